package mapping_test

import (
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// TestEveryRowThatCannotWorkSaysWhyAndWhatToDo holds the sentences that a person reads beside a row.
func TestEveryRowThatCannotWorkSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	whole := field("full", connector.Text)
	whole.Parts = []string{"given", "family"}
	given := field("given", connector.Text)
	given.Read = false
	fixed := field("score", connector.Number)
	fixed.OnCreate, fixed.OnUpdate = connector.No, connector.No
	no := field("no_mail", connector.Bool)
	no.Consent = true
	a := []connector.Field{field("firstName", connector.Text), field("lastName", connector.Text), field("city", connector.Text), field("tags", connector.Set), no, fixed}
	b := []connector.Field{whole, given, field("family", connector.Text), field("town", connector.Text), field("tags", connector.Set), field("out", connector.Bool)}
	n := func(names ...string) mapping.Names { return names }
	for _, c := range []struct {
		rows []mapping.Row
		o    mapping.Options
		want string
	}{
		{rows: []mapping.Row{{A: n("first_name"), B: n("town")}}, want: `Left has no field "first_name"; did you mean "firstName"?`},
		{rows: []mapping.Row{{A: n("city"), B: n("colour")}}, want: `Right has no field "colour"`},
		{rows: []mapping.Row{{A: n("city"), B: n("given")}}, want: "given can be written but not read in Right; map full instead"},
		{rows: []mapping.Row{{A: n("score"), B: n("town")}}, want: "score cannot be written in Left; set direction to a_to_b for this row"},
		{rows: []mapping.Row{{A: n("city"), B: n("tags")}}, want: "a list of names cannot be paired with a single value"},
		{rows: []mapping.Row{{A: n("tags"), B: n("tags"), Transform: "trim"}}, want: `transform "trim" works on single values, not on a list of names; take it out of this row`},
		{rows: []mapping.Row{{A: n("no_mail"), B: n("town")}}, want: "a consent field can only be paired with a yes-or-no field"},
		{rows: []mapping.Row{{A: n("city"), B: n("full")}}, want: "full is written as given and family; use transform split_name and two fields on the other side"},
		{rows: []mapping.Row{{A: n("city"), B: n("full"), Transform: "split_name"}}, want: "this row needs 2 field(s) of Left and has 1"},
		{rows: []mapping.Row{{A: n("city", "firstName"), B: n("town")}}, want: "this row needs 1 field(s) of Left and has 2"},
		{rows: []mapping.Row{{A: n("city"), B: n("town"), Transform: "upper"}}, want: `transform "upper" is not known; use one of trim, single_spaces`},
		{rows: []mapping.Row{{A: n("city"), B: n("town"), Conflict: "mine"}}, want: `conflict "mine" is not known; use one of [a_wins b_wins newest richer union ask most_advanced keep_both]`},
		{rows: []mapping.Row{{A: n("city"), B: n("town"), Conflict: mapping.Restrictive}}, want: `conflict "most_restrictive" is not known`},
		{rows: []mapping.Row{{A: n("city"), B: n("town"), Direction: mapping.BToA}}, o: mapping.Options{Direction: mapping.AToB}, want: `direction "b_to_a" does not fit the flow's "a_to_b"`},
		{rows: []mapping.Row{{A: n("city"), B: n("town")}, {A: n("lastName"), B: n("town")}}, want: "town is already written by row 1 of this map; a field can have only one source"},
	} {
		c.o.Systems = [2]string{"Left", "Right"}
		m, problems := mapping.Compile(c.rows, a, b, c.o)
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Text, c.want) || problems[0].Row != len(c.rows)-1 {
			t.Errorf("%+v: %+v, want %q", c.rows, problems, c.want)
		}
		if len(m.Rules) != len(c.rows)-1 {
			t.Errorf("%+v: %d rules", c.rows, len(m.Rules))
		}
	}
}

func TestAllProblemsComeAtOnce(t *testing.T) {
	t.Parallel()
	_, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"no"}, B: mapping.Names{"y"}}, {A: mapping.Names{"x"}, B: mapping.Names{"y"}}, {A: mapping.Names{"x"}, B: mapping.Names{"neither"}}},
		[]connector.Field{field("x", connector.Text)}, []connector.Field{field("y", connector.Text)}, mapping.Options{})
	if len(problems) != 2 || problems[0].Row != 0 || problems[1].Row != 2 {
		t.Errorf("%+v", problems)
	}
}

// TestARowMayOnlyNarrowItsFlow: a row has the flow's direction, policy and blank where it says nothing.
func TestARowMayOnlyNarrowItsFlow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ flow, row, want mapping.Direction }{
		{"", "", mapping.Both}, {mapping.AToB, "", mapping.AToB}, {mapping.AToB, mapping.Both, mapping.AToB}, {mapping.Both, mapping.BToA, mapping.BToA}, {"", mapping.AToB, mapping.AToB},
	} {
		m, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Direction: c.row}},
			[]connector.Field{field("x", connector.Text)}, []connector.Field{field("y", connector.Text)},
			mapping.Options{Direction: c.flow, Policy: mapping.AWins, Blank: mapping.Clear})
		if len(problems) > 0 || m.Rules[0].Direction != c.want || m.Rules[0].Policy != mapping.AWins || m.Rules[0].Blank != mapping.Clear {
			t.Errorf("%+v: %+v %v", c, m.Rules, problems)
		}
	}
}

func TestAConsentRowHasNoOtherPolicy(t *testing.T) {
	t.Parallel()
	no := field("x", connector.Bool)
	no.Consent = true
	r := rule(t, mapping.Row{Conflict: mapping.BWins}, no, field("y", connector.Bool))
	if r.Kind != mapping.Consent || r.Policy != mapping.Restrictive {
		t.Errorf("%s %s", r.Kind, r.Policy)
	}
	if !r.Same(connector.A, nil, false) || r.Same(connector.A, nil, true) {
		t.Error("never asked is not a wish")
	}
}

func TestAKeyDependsOnFieldNamesAlone(t *testing.T) {
	t.Parallel()
	x, y := field("x", connector.Text), field("y", connector.Text)
	first := rule(t, mapping.Row{}, x, y)
	y.Label, y.Type = "Other", connector.Phone
	if other := rule(t, mapping.Row{Transform: "trim", Direction: mapping.AToB, Conflict: mapping.Ask}, x, y); first.Key != "x=y" || other.Key != first.Key {
		t.Errorf("%q and %q", first.Key, other.Key)
	}
}
