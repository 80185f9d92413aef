package flow_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// own is a custom field of an account.
func own(name, label string, t connector.Type, options ...string) connector.Field {
	return connector.Field{Name: name, Label: label, Type: t, Custom: true, Options: options}
}

func row(a, b string) mapping.Row { return mapping.Row{A: mapping.Names{a}, B: mapping.Names{b}} }

// A copy has what means the same over there, and tells of the rest.
func TestACopyGoesByWhatFieldsMeanThere(t *testing.T) {
	email := connector.Field{Name: "email", Label: "Email", Type: connector.Email}
	from := [2][]connector.Field{
		{email, own("cf.1", "Shirt size", connector.Option, "S", "XL"), own("cf.2", "Vip", connector.Bool), own("cf.3", "Twin", connector.Text), own("cf.4", "Alone", connector.Text), own("cf.5", "Made", connector.Text)},
		{email, own("size", "Size", connector.Text), own("vip", "VIP", connector.Bool), own("x", "X", connector.Text), {Name: "score", Label: "Score", Type: connector.Number}}}
	to := [2][]connector.Field{
		{email, own("cf.91", " shirt SIZE", connector.Option, "S", "M"), own("cf.92", "Vip", connector.Text), own("cf.93", "Twin", connector.Text), own("cf.94", "twin", connector.Text)},
		{email, own("size", "Size", connector.Text), own("vip", "VIP", connector.Bool), own("x", "X", connector.Text)}}
	size := row("cf.1", "size")
	size.Steps = []mapping.Step{{Do: "map_values", With: map[string]string{"table": "S = small\nL = large\n"}}}
	f := flow.Flow{ID: "flow1", Workspace: "w", Name: "Contacts", Object: "contact", Connections: [2]string{"c1", "c2"}, Enabled: true, Version: 7, Watch: true,
		Approval: &flow.Approval{By: "ann"}, Match: []string{"email"}, Scope: flow.Scope{Only: flow.ScopeThese, Records: []string{"joe@x.test"}, Since: time.Unix(1, 0)},
		Map: []mapping.Row{row("email", "email"), size, row("cf.2", "vip"), row("cf.3", "x"), row("cf.4", "x"), row("email", "score")}}
	got, gaps := f.CopyTo(from, to)

	sized := size
	sized.A = mapping.Names{"cf.91"}
	want := flow.Flow{Name: "Contacts", Object: "contact", Watch: true, Match: []string{"email"}, Scope: flow.Scope{Only: flow.ScopeNew}, Map: []mapping.Row{row("email", "email"), sized}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	wanted := []flow.Gap{
		{Pair: [2]string{"Shirt size", "Size"}, Why: flow.GapChoices, Field: "Shirt size", Choices: []string{"XL", "L"}},
		{Pair: [2]string{"Vip", "VIP"}, Why: flow.GapType, Field: "Vip", Type: connector.Bool, There: connector.Text},
		{Pair: [2]string{"Twin", "X"}, Why: flow.GapSeveral, Field: "Twin", Type: connector.Text},
		{Pair: [2]string{"Alone", "X"}, Why: flow.GapField, Field: "Alone", Type: connector.Text},
		{Pair: [2]string{"Email", "Score"}, Why: flow.GapField, Side: connector.B, Field: "Score", Type: connector.Number},
	}
	if d := cmp.Diff(wanted, gaps); d != "" {
		t.Error(d)
	}
	if f.Map[1].A[0] != "cf.1" || f.Scope.Records[0] != "joe@x.test" || !f.Enabled {
		t.Error("the flow itself was changed")
	}
}

// A field that the template makes on switching on goes along where it is not there yet; a field that nobody could look up does not.
func TestACopyTakesWhatIsMadeOnSwitchingOn(t *testing.T) {
	for _, tmpl := range flow.Templates() {
		f := tmpl.Flow()
		if len(f.Extras()) == 0 {
			continue
		}
		var from, to [2][]connector.Field
		for _, r := range f.Map {
			for side := range from {
				for _, name := range r.Side(connector.Side(side)) {
					x := connector.Field{Name: name, Label: name}
					from[side] = append(from[side], x)
					to[side] = append(to[side], x)
				}
			}
		}
		for _, e := range f.Extras() {
			for _, fields := range []*[]connector.Field{&from[e.Side], &to[e.Side]} {
				for i := range *fields {
					if (*fields)[i].Name == e.Field.Name {
						(*fields)[i] = connector.Field{}
					}
				}
			}
			from[e.Side] = append(from[e.Side], e.Field)
		}
		got, gaps := f.CopyTo(from, to)
		if len(gaps) > 0 || len(got.Map) != len(f.Map) {
			t.Errorf("%s: %d of %d pairs, %+v", tmpl.ID, len(got.Map), len(f.Map), gaps)
		}
		return
	}
	t.Error("no template makes a field, so nothing was held")
}
