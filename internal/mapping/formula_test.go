package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// What is wrong with a formula is said in words, with the line and the character where it is.
func TestAFormulaThatCannotBeReadSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, says string
		at         mapping.Place
	}{
		{"value +", "too early", mapping.Place{Line: 1, Column: 8}},
		{"upper(value) +\n  lowr(value)", "lowr", mapping.Place{Line: 2, Column: 3}},
		{"value +\n  phone", "“phone” is neither a field nor a function here", mapping.Place{Line: 2, Column: 3}},
		{"now()", "now", mapping.Place{Line: 1, Column: 1}},
		{"upper(value))", "“)” is not expected here", mapping.Place{Line: 1, Column: 13}},
	} {
		_, err := mapping.Formula(c.code)
		var f *mapping.FormulaError
		if !errors.As(err, &f) || f.At != c.at || !strings.Contains(f.Text, c.says) {
			t.Errorf("%s: %v", c.code, err)
		}
		_, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Direction: mapping.AToB, Steps: []mapping.Step{with("formula", "formula", c.code), with("trim")}}},
			[]connector.Field{field("x", connector.Text)}, []connector.Field{field("y", connector.Text)}, mapping.Options{})
		if len(problems) != 1 || problems[0].Step != 0 || problems[0].Setting != "formula" || problems[0].At != c.at {
			t.Errorf("%s: %+v", c.code, problems)
		}
	}
}

// Every function that a person is offered is one that formulas know.
func TestTheFunctionsThatAreOfferedWork(t *testing.T) {
	t.Parallel()
	for _, f := range mapping.Functions {
		code, _, _ := strings.Cut(f.Means, ":")
		for word, value := range map[string]string{"text": `"a-1"`, "piece": `"a"`, "other": `"b"`, "separator": `"-"`, "beginning": `"a"`, "end": `"1"`, "number": "1.5", "x": "1", "y": "2"} {
			code = strings.NewReplacer("("+word, "("+value, ", "+word, ", "+value).Replace(code)
		}
		if !strings.HasPrefix(code, f.Put) {
			t.Errorf("%s is told of as %s", f.Put, code)
		}
		if _, err := mapping.Formula(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A value that goes to the other side and back is lost where what comes back is another one, also where a system cuts it.
func TestATripTellsWhatIsLost(t *testing.T) {
	t.Parallel()
	short := field("y", connector.Text)
	short.MaxLen = 6
	for _, c := range []struct {
		steps []mapping.Step
		in    mapping.Value
		lost  bool
		back  mapping.Value
	}{
		{[]mapping.Step{with("prefix", "text", "+")}, "48", false, "48"},
		{[]mapping.Step{with("uppercase")}, "ADA", false, "ADA"},
		{[]mapping.Step{with("uppercase")}, "Ada", true, "ADA"},
		{nil, "Augusta", true, "August"},
		{[]mapping.Step{with("map_values", "table", gold)}, "Tin", true, nil},
	} {
		r := rule(t, mapping.Row{Steps: c.steps}, field("x", connector.Text), short)
		trip, ok := r.Trip(connector.A, c.in)
		if !ok || trip.Lost != c.lost || trip.Back != c.back {
			t.Errorf("%v of %v: %+v, %v", c.steps, c.in, trip, ok)
		}
	}
	fills := rule(t, mapping.Row{Steps: []mapping.Step{with("if_empty", "use", "nobody")}}, field("x", connector.Text), short)
	if trip, ok := fills.Trip(connector.A, nil); !ok || !trip.Lost || !trip.Filled || trip.After != "nobody" || trip.Back != nil {
		t.Errorf("what is filled differs from then on: %+v, %v", trip, ok)
	}
	if trip, ok := fills.Trip(connector.B, nil); ok {
		t.Errorf("it fills one side only: %+v", trip)
	}
	if trip, ok := fills.Trip(connector.A, "Ada"); !ok || trip.Lost || trip.Filled {
		t.Errorf("it replaces nothing: %+v, %v", trip, ok)
	}
	if _, ok := rule(t, mapping.Row{Direction: mapping.AToB}, field("x", connector.Text), short).Trip(connector.A, "x"); ok {
		t.Error("a pair that goes one way has no way back")
	}
}
