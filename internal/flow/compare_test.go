package flow

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"couplet/internal/mapping"
)

// TestNothingOfAVersionIsLeftOutOfAComparison: a field that is added to Flow is compared, or is named here as no part of one.
func TestNothingOfAVersionIsLeftOutOfAComparison(t *testing.T) {
	t.Parallel()
	no := []string{"ID", "Workspace", "Enabled", "Version", "Approval"}
	full := Flow{Name: "n", Template: "t", Object: "o", Connections: [2]string{"a", "b"}, Direction: mapping.AToB, Schedule: Schedule{Every: Duration(time.Hour)}, Match: []string{"email"},
		Map: []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}}}, Conflict: mapping.Ask, Blank: mapping.Clear, Delete: Approve, Scope: Scope{Only: ScopeThese, Records: []string{"r"}},
		Watch: true, Brake: Brake{0.1, 0.2}, Retry: Retry{MaxAttempts: 3}, Region: "PT"}
	v := reflect.ValueOf(full)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if slices.Contains(no, name) {
			continue
		}
		if v.Field(i).IsZero() {
			t.Errorf("%s is not set in this test", name)
		}
		var one Flow
		reflect.ValueOf(&one).Elem().Field(i).Set(v.Field(i))
		if len(Compare(Flow{}, one)) == 0 {
			t.Errorf("a change of %s is not seen", name)
		}
	}
	if got := Compare(full, full); got != nil {
		t.Errorf("the same differs: %+v", got)
	}
}

func TestAComparisonSaysPairsAndSettingsInTheWordsOfAFlowFile(t *testing.T) {
	t.Parallel()
	row := func(a string, more func(*mapping.Row)) mapping.Row {
		r := mapping.Row{A: mapping.Names{a}, B: mapping.Names{a}}
		if more != nil {
			more(&r)
		}
		return r
	}
	was := Flow{Map: []mapping.Row{row("email", func(r *mapping.Row) { r.Transform = "lowercase" }), row("tags", nil), row("city", func(r *mapping.Row) { r.Direction = mapping.Both })},
		Scope: Scope{Only: ScopeNew, Since: time.Unix(1, 0)}}
	now := Flow{Map: []mapping.Row{row("city", nil), row("email", func(r *mapping.Row) { r.Steps = []mapping.Step{{Do: "trim"}, {Do: "lowercase"}} }), row("state", nil)},
		Scope: Scope{Only: ScopeNew}, Conflict: mapping.Ask, Direction: mapping.Both, Blank: mapping.Keep, Delete: Detach}
	var got []string
	for _, c := range Compare(was, now) {
		got = append(got, fmt.Sprintf("%s %s: %s -> %s", c.Setting, c.Pair, c.Was, c.Now))
	}
	want := []string{
		"map email=email: { a: email, b: email, transform: lowercase } -> { a: email, b: email, steps: [trim, lowercase] }",
		"map state=state:  -> { a: state, b: state }",
		"map tags=tags: { a: tags, b: tags } -> ",
		"conflict : newest -> ask",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnotherStateOfAFlowKeepsWhatItIsCalledAndBetweenWhom(t *testing.T) {
	t.Parallel()
	since := time.Unix(1, 0)
	f := Flow{ID: "f", Workspace: "w", Name: "now", Object: "contact", Connections: [2]string{"a", "b"}, Enabled: true, Version: 4, Approval: &Approval{By: "ann"}, Scope: Scope{Only: ScopeNew, Since: since}}
	got := f.As(Flow{ID: "x", Name: "old", Object: "note", Connections: [2]string{"c", "d"}, Version: 1, Conflict: mapping.Ask, Scope: Scope{Only: ScopeNew}})
	want := f
	want.Conflict = mapping.Ask
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
