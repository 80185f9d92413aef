package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

func TestARowSaysWhichWaysItCanGoAndWhyNot(t *testing.T) {
	t.Parallel()
	fixed := labelled("score", "Score", connector.Number)
	fixed.OnCreate, fixed.OnUpdate = connector.No, connector.No
	a := []connector.Field{fixed, field("city", connector.Text), field("email", connector.Email)}
	b := []connector.Field{field("points", connector.Number), labelled("town", "Town", connector.Text), full()}
	n := func(names ...string) mapping.Names { return names }
	for _, c := range []struct {
		what string
		rows []mapping.Row
		flow mapping.Direction
		want [3]string // why not: both ways, a to b, b to a
	}{
		{what: "everything", rows: []mapping.Row{{A: n("city"), B: n("town")}}},
		{what: "a field that cannot be written", rows: []mapping.Row{{A: n("score"), B: n("points")}}, want: [3]string{"Score cannot be written in Left", "", "Score cannot be written in Left"}},
		{what: "a name in two parts", rows: []mapping.Row{{A: n("city"), B: n("name")}}, want: [3]string{"Name is one name that is written in two parts", "Name is one name that is written in two parts", ""}},
		{what: "a one-way flow", rows: []mapping.Row{{A: n("city"), B: n("town")}}, flow: mapping.AToB, want: [3]string{"The whole flow goes from Left to Right only.", "", "The whole flow goes from Left to Right only."}},
		{what: "a second source", rows: []mapping.Row{{A: n("city"), B: n("town"), Direction: mapping.BToA}, {A: n("email"), B: n("town"), Direction: mapping.AToB}},
			want: [3]string{"Town gets its value from another pair already.", "Town gets its value from another pair already.", ""}},
	} {
		o := mapping.Options{Systems: [2]string{"Left", "Right"}, Direction: c.flow}
		got := mapping.Ways(c.rows, a, b, o)
		if len(got) != len(c.rows) {
			t.Fatalf("%s: %+v", c.what, got)
		}
		for i, d := range []mapping.Direction{mapping.Both, mapping.AToB, mapping.BToA} {
			w := got[0][i]
			if w.Direction != d || (w.Why == "") != (c.want[i] == "") || !strings.HasPrefix(w.Why, c.want[i]) {
				t.Errorf("%s, %s: %q, want %q", c.what, d, w.Why, c.want[i])
			}
			// What is said to be possible is what Compile takes, and nothing else.
			rows := slices.Clone(c.rows)
			rows[0].Direction = d
			if _, problems := mapping.Compile(rows, a, b, o); (len(problems) == 0) != (w.Why == "") && c.flow == "" {
				t.Errorf("%s, %s: %q, and Compile says %+v", c.what, d, w.Why, problems)
			}
		}
	}
}

func TestOnlyStepsThatFitAreOffered(t *testing.T) {
	t.Parallel()
	a := []connector.Field{field("firstName", connector.Text), field("lastName", connector.Text), field("tags", connector.Set), field("city", connector.Text)}
	b := []connector.Field{full(), field("tags", connector.Set), field("town", connector.Text)}
	for _, c := range []struct {
		row       mapping.Row
		fit, miss []string
	}{
		{mapping.Row{A: mapping.Names{"firstName", "lastName"}, B: mapping.Names{"name"}, Transform: "split_name"}, []string{"trim", "title_case"}, []string{"split_list", "join_list"}},
		{mapping.Row{A: mapping.Names{"tags"}, B: mapping.Names{"tags"}}, nil, []string{"trim", "lowercase", "join_list", "formula"}},
		{mapping.Row{A: mapping.Names{"tags"}, B: mapping.Names{"town"}, Steps: []mapping.Step{{Do: "join_list"}}}, []string{"trim", "truncate"}, []string{"split_list"}},
		{mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"town"}, Transform: "trim"}, []string{"lowercase", "e164", "first_word", "map_values", "formula"}, []string{"split_name", "join_list"}},
	} {
		var got []string
		for _, k := range mapping.StepsFor([]mapping.Row{c.row}, 0, a, b, mapping.Options{}) {
			got = append(got, k.Name)
		}
		for _, name := range c.fit {
			if !slices.Contains(got, name) {
				t.Errorf("%s: %s is not offered: %v", c.row.Key(), name, got)
			}
		}
		for _, name := range c.miss {
			if slices.Contains(got, name) {
				t.Errorf("%s: %s is offered", c.row.Key(), name)
			}
		}
	}
}

func TestABrokenRowIsMendedByItsFixes(t *testing.T) {
	t.Parallel()
	fixed := labelled("seen", "Last seen", connector.Text)
	fixed.OnCreate, fixed.OnUpdate = connector.No, connector.No
	part := labelled("first_name", "First name", connector.Text)
	part.Read = false
	a := []connector.Field{labelled("firstName", "First name", connector.Text), labelled("lastName", "Last name", connector.Text), labelled("city", "City", connector.Text)}
	b := []connector.Field{labelled("town", "Town", connector.Text), fixed, full(), part, field("tags", connector.Set)}
	n := func(names ...string) mapping.Names { return names }
	for _, c := range []struct {
		what  string
		row   mapping.Row
		flow  mapping.Direction
		fixes []string
	}{
		{"a misspelt field", mapping.Row{A: n("citty"), B: n("town")}, "", []string{"Use City instead"}},
		{"a field that cannot be written", mapping.Row{A: n("city"), B: n("seen")}, "", []string{"Only Right fills Left"}},
		{"a part of a name", mapping.Row{A: n("firstName"), B: n("first_name"), Direction: mapping.BToA}, "", []string{"Use Name instead"}},
		{"a name in two parts", mapping.Row{A: n("firstName"), B: n("name")}, "", []string{"Only Right fills Left", "Join first and last name"}},
		{"against the flow", mapping.Row{A: n("city"), B: n("town"), Direction: mapping.BToA}, mapping.AToB, []string{"Both ways", "Only Left fills Right"}},
		{"a step that does not fit", mapping.Row{A: n("city"), B: n("town"), Transform: "split_name"}, "", []string{"Take the step out"}},
		{"a list with a value", mapping.Row{A: n("city"), B: n("tags")}, "", nil},
	} {
		o := mapping.Options{Systems: [2]string{"Left", "Right"}, Direction: c.flow}
		_, problems := mapping.Compile([]mapping.Row{c.row}, a, b, o)
		if len(problems) != 1 || problems[0].Plain == "" {
			t.Fatalf("%s: %+v", c.what, problems)
		}
		var texts []string
		for _, f := range mapping.Fixes([]mapping.Row{c.row}, problems[0], a, b, o) {
			texts = append(texts, f.Text)
			if _, left := mapping.Compile([]mapping.Row{f.Row}, a, b, o); len(left) > 0 {
				t.Errorf("%s: %q does not mend it: %+v", c.what, f.Text, left)
			}
		}
		if !slices.Equal(texts, c.fixes) {
			t.Errorf("%s: %q, want %q", c.what, texts, c.fixes)
		}
	}
}

func TestAPairSaysWhatOfAValueIsLost(t *testing.T) {
	t.Parallel()
	text, short := field("x", connector.Text), field("y", connector.Text)
	short.MaxLen = 2
	choice := labelled("y", "Level", connector.Option)
	choice.Options = []string{"gold", "silver"}
	for _, c := range []struct {
		what string
		row  mapping.Row
		a, b connector.Field
		want [2]string // on the way to a, to b
	}{
		{"the same type", mapping.Row{}, text, field("y", connector.Text), [2]string{}},
		{"small letters of an address are the same address", mapping.Row{Transform: "lowercase"}, field("x", connector.Email), field("y", connector.Email), [2]string{}},
		{"small letters of a name", mapping.Row{Transform: "lowercase"}, text, field("y", connector.Text), [2]string{"Capital letters are not kept.", "Capital letters are not kept."}},
		{"a short field", mapping.Row{}, text, short, [2]string{"", "Right keeps 2 characters of Y; what is longer is cut."}},
		{"a choice", mapping.Row{}, text, choice, [2]string{"", "Right takes only gold or silver for Level; other values are refused."}},
		{"words for a number", mapping.Row{}, text, field("y", connector.Number), [2]string{"", "What is no number does not arrive."}},
		{"a moment for a day", mapping.Row{}, field("x", connector.Instant), field("y", connector.Day), [2]string{"A date has no time of day, so it arrives as noon.", "The time of day is not kept."}},
		{"one way loses nothing the other way", mapping.Row{Direction: mapping.BToA}, text, short, [2]string{}},
		{"lists", mapping.Row{}, field("x", connector.Set), field("y", connector.Set), [2]string{}},
	} {
		r := rule(t, c.row, c.a, c.b)
		for side, want := range c.want {
			got := strings.Join(r.Loses(connector.Side(side), [2]string{"Left", "Right"}[side]), " ")
			if got != want {
				t.Errorf("%s, to %s: %q, want %q", c.what, connector.Side(side), got, want)
			}
		}
	}
}

func TestARoomyLimitIsSaidAndIsNoLoss(t *testing.T) {
	t.Parallel()
	y := field("y", connector.Text)
	y.MaxLen = 64
	r := rule(t, mapping.Row{}, field("x", connector.Text), y)
	if lost, says := r.Loses(connector.B, "Right"), r.Limits(connector.B, "Right"); len(lost) > 0 || says != "Right keeps 64 characters of Y; what is longer is cut." {
		t.Errorf("%v, %q", lost, says)
	}
	y.MaxLen = 2
	if says := rule(t, mapping.Row{}, field("x", connector.Text), y).Limits(connector.B, "Right"); says != "" {
		t.Errorf("what is lost is said twice: %q", says)
	}
}

func TestAValueIsShownAfterEachStep(t *testing.T) {
	t.Parallel()
	r := rule(t, mapping.Row{Transform: "e164"}, field("x", connector.Phone), field("y", connector.Phone))
	steps := r.Walk(connector.B, "(415) 555-0136")
	if len(steps) != 2 || steps[0].Value != "(415) 555-0136" || steps[1].Step.Do != "e164" || steps[1].Value != "+14155550136" {
		t.Errorf("%+v", steps)
	}
	if steps := rule(t, mapping.Row{}, field("x", connector.Text), field("y", connector.Text)).Walk(connector.A, "x"); len(steps) != 1 {
		t.Errorf("%+v", steps)
	}
	if steps := rule(t, mapping.Row{Transform: "trim"}, field("x", connector.Text), field("y", connector.Number)).Walk(connector.B, "many"); steps[1].Problem == "" {
		t.Errorf("%+v", steps)
	}
	for v, want := range map[mapping.Value]string{true: "Yes", false: "No", 1.5: "1.5", "x": "x", nil: ""} {
		if got := mapping.Words(v); got != want {
			t.Errorf("%v: %q", v, got)
		}
	}
	for _, k := range mapping.StepKinds() {
		if k.Help == "" || k.Title == "" || k.Group == "" {
			t.Errorf("%q is not explained", k.Name)
		}
	}
}
