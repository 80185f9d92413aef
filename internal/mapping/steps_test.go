package mapping_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// stepped compiles one row with steps between a field of one type and a field of another.
func stepped(t interface {
	Helper()
	Fatal(...any)
}, a, b connector.Type, steps ...mapping.Step) *mapping.Rule {
	t.Helper()
	return rule(t, mapping.Row{Steps: steps}, field("x", a), field("y", b))
}

func with(do string, kv ...string) mapping.Step {
	s := mapping.Step{Do: do}
	for i := 0; i < len(kv); i += 2 {
		if s.With == nil {
			s.With = map[string]string{}
		}
		s.With[kv[i]] = kv[i+1]
	}
	return s
}

const gold = "Gold = VIP\nSilver = Regular\n"

// TestWhatStepsMake holds what each kind of step makes of a value on its way, and on the way back.
func TestWhatStepsMake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		steps    []mapping.Step
		a, b     connector.Type
		in, out  mapping.Value
		back     mapping.Value // nil: the step works one way only
		wayThere mapping.Direction
	}{
		{steps: []mapping.Step{with("single_spaces")}, in: "a  b\n c", out: "a b c", back: "a b c"},
		{steps: []mapping.Step{with("uppercase")}, in: "ada", out: "ADA", back: "ADA"},
		{steps: []mapping.Step{with("title_case")}, in: "ADA de la MCDONALD", out: "Ada De La Mcdonald", back: "Ada De La Mcdonald"},
		{steps: []mapping.Step{with("title_case")}, in: "ada McDonald", out: "Ada McDonald", back: "Ada McDonald"},
		{steps: []mapping.Step{with("sentence_case")}, in: "élan vital", out: "Élan vital", back: "Élan vital"},
		{steps: []mapping.Step{with("replace", "find", "St.", "with", "Saint")}, in: "St. Louis", out: "Saint Louis", back: "St. Louis"},
		{steps: []mapping.Step{with("replace", "find", "-")}, in: "12-34", out: "1234", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("prefix", "text", "+")}, in: "48", out: "+48", back: "48"},
		{steps: []mapping.Step{with("suffix", "text", " kg")}, in: "48", out: "48 kg", back: "48"},
		{steps: []mapping.Step{with("truncate", "length", "3")}, in: "abcdef", out: "abc", back: "abc"},
		{steps: []mapping.Step{with("extract", "pattern", `#(\d+)`)}, in: "see #42 there", out: "42", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("extract", "pattern", `\d+`)}, in: "none", out: mapping.Value(nil), wayThere: mapping.AToB},
		{steps: []mapping.Step{with("digits")}, in: "(415) 55", out: "41555", back: "41555"},
		{steps: []mapping.Step{with("plain_letters")}, in: "José Ångström", out: "Jose Angstrom", back: "Jose Angstrom"},
		{steps: []mapping.Step{with("strip_html")}, in: "<p>Hello <b>you</b></p>", out: "Hello you", back: "<p>Hello you</p>"},
		{steps: []mapping.Step{with("to_html")}, in: "Hello", out: "<p>Hello</p>", back: "Hello"},
		{steps: []mapping.Step{with("first_word")}, in: "Ada King Lovelace", out: "Ada", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("last_word")}, in: "Ada King Lovelace", out: "Lovelace", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("other_words")}, in: "Ada King Lovelace", out: "King Lovelace", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("e164", "country", "PL")}, in: "512 345 678", out: "+48512345678", back: "+48512345678"},
		{steps: []mapping.Step{with("email")}, in: ` "Ada" <MAILTO:Ada@Example.com?x=1> `, out: "ada@example.com", back: "ada@example.com"},
		{steps: []mapping.Step{with("read_date", "form", "dmy")}, b: connector.Day, in: "3/4/2026", out: "2026-04-03", back: "03.04.2026"},
		{steps: []mapping.Step{with("read_date", "form", "mdy")}, b: connector.Day, in: "3/4/2026", out: "2026-03-04", back: "03/04/2026"},
		{steps: []mapping.Step{with("write_date", "form", "dmy")}, a: connector.Day, in: "2026-04-03", out: "03.04.2026", back: "2026-04-03"},
		{steps: []mapping.Step{with("read_time", "form", "dmy", "zone", "Europe/Warsaw")}, b: connector.Instant, in: "03.04.2026 14:30", out: "2026-04-03T12:30:00Z", back: "03.04.2026 14:30"},
		{steps: []mapping.Step{with("write_time", "form", "ymd", "zone", "America/New_York")}, a: connector.Instant, in: "2026-04-03T12:30:00Z", out: "2026-04-03 08:30", back: "2026-04-03T12:30:00Z"},
		{steps: []mapping.Step{with("read_number", "decimal", ",")}, b: connector.Number, in: "€ 1.234,50", out: 1234.5, back: "1234,5"},
		{steps: []mapping.Step{with("write_number", "decimal", ",", "decimals", "2")}, a: connector.Number, in: 1234.5, out: "1234,50", back: 1234.5},
		{steps: []mapping.Step{with("multiply", "factor", "100")}, a: connector.Number, b: connector.Number, in: 12.34, out: 1234.0, back: 12.34},
		{steps: []mapping.Step{with("read_yes_no", "yes", "Ja", "no", "Nein")}, b: connector.Bool, in: "ja", out: true, back: "Ja"},
		{steps: []mapping.Step{with("write_yes_no")}, a: connector.Bool, in: false, out: "No", back: false},
		{steps: []mapping.Step{with("map_values", "table", gold)}, in: "gold", out: "VIP", back: "Gold"},
		{steps: []mapping.Step{with("map_values", "table", gold, "others", "keep")}, in: "Bronze", out: "Bronze", back: "Bronze"},
		{steps: []mapping.Step{with("look_up", "table", "PL = Europe\nDE = Europe", "otherwise", "elsewhere")}, in: "US", out: "elsewhere", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("if_empty", "use", "Private person")}, in: nil, out: "Private person", back: "Private person"},
		{steps: []mapping.Step{with("if_empty", "use", "Private person")}, in: "Okafor Studio", out: "Okafor Studio", back: "Okafor Studio"},
		{steps: []mapping.Step{with("if_empty", "use", "0")}, b: connector.Number, in: nil, out: 0.0, back: "0"},
		{steps: []mapping.Step{with("extract", "pattern", `\d+`), with("if_empty", "use", "none"), with("uppercase")}, in: "abc", out: "NONE", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("part", "separator", "/", "number", "2")}, in: "a / b / c", out: "b", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("formula", "formula", `value contains "@" ? "mail" : upper(value)`)}, in: "ada", out: "ADA", wayThere: mapping.AToB},
		{steps: []mapping.Step{with("formula", "formula", `len(value)`)}, b: connector.Number, in: "ada", out: 3.0, wayThere: mapping.AToB},
		{steps: []mapping.Step{with("trim"), with("prefix", "text", "("), with("suffix", "text", ")"), with("uppercase")}, in: " ada ", out: "(ADA)", back: "ADA"},
	} {
		if c.a == "" {
			c.a = connector.Text
		}
		if c.b == "" {
			c.b = connector.Text
		}
		r := rule(t, mapping.Row{Steps: c.steps, Direction: c.wayThere}, field("x", c.a), field("y", c.b))
		out, err := r.Convert(connector.B, c.in)
		if err != nil || fmt.Sprint(out) != fmt.Sprint(c.out) {
			t.Errorf("%v of %v makes %v, %v; want %v", c.steps, c.in, out, err, c.out)
		}
		if stops := r.Walk(connector.B, c.in); len(stops) != len(c.steps)+1 || fmt.Sprint(stops[len(stops)-1].Value) != fmt.Sprint(out) {
			t.Errorf("%v of %v is shown as %v", c.steps, c.in, stops)
		}
		if c.wayThere != "" {
			if _, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Steps: c.steps}}, []connector.Field{field("x", c.a)}, []connector.Field{field("y", c.b)}, mapping.Options{}); len(problems) != 1 || !strings.Contains(problems[0].Plain, "one way only") {
				t.Errorf("%v works both ways: %v", c.steps, problems)
			}
			continue
		}
		back, err := r.Convert(connector.A, out)
		if err != nil || fmt.Sprint(back) != fmt.Sprint(c.back) {
			t.Errorf("%v: %v comes back as %v, %v; want %v", c.steps, out, back, err, c.back)
		}
		if !r.Agree(c.in, out) || !r.Agree(back, out) || !r.Agree(nil, nil) {
			t.Errorf("%v: %v and %v do not agree with %v", c.steps, c.in, back, out)
		}
	}
}

// TestWhatStepsMakeAgrees holds for every kind that can go both ways: what is made of any value agrees with it, in both
// directions, so that nothing is written again and again; and a step that says that it loses nothing gives the value back.
func TestWhatStepsMakeAgrees(t *testing.T) {
	t.Parallel()
	settings := map[string][]string{"replace": {"find", "a", "with", "b"}, "prefix": {"text", "+"}, "suffix": {"text", "+"}, "map_values": {"table", gold, "others", "keep"}, "if_empty": {"use", "nobody"},
		"multiply": {"factor", "3"}, "read_date": {"form", "dmy"}, "write_date": {"form", "dmy"}, "read_time": {"form", "dmy"}, "write_time": {"form", "dmy"}}
	types := map[string][2]connector.Type{"read_date": {connector.Text, connector.Day}, "write_date": {connector.Day, connector.Text}, "read_time": {connector.Text, connector.Instant},
		"write_time": {connector.Instant, connector.Text}, "read_number": {connector.Text, connector.Number}, "write_number": {connector.Number, connector.Text},
		"multiply": {connector.Number, connector.Number}, "e164": {connector.Phone, connector.Text}, "read_yes_no": {connector.Text, connector.Bool}, "write_yes_no": {connector.Bool, connector.Text}}
	any := rapid.OneOf(words, rapid.String(), rapid.SampledFrom([]string{"Yes", "no", "31.12.2026", "1.1.2026 8:00", "2026-12-31", "2026-12-31T10:00:00Z", "gold", "VIP", "1,234.50", "7"}))
	both := 0
	for _, k := range mapping.StepKinds() {
		ab, typed := types[k.Name]
		if !typed {
			ab = [2]connector.Type{connector.Text, connector.Text}
		}
		row := mapping.Row{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Steps: []mapping.Step{with(k.Name, settings[k.Name]...)}}
		m, problems := mapping.Compile([]mapping.Row{row}, []connector.Field{field("x", ab[0])}, []connector.Field{field("y", ab[1])}, mapping.Options{Region: "US"})
		if len(problems) > 0 {
			continue // one way, or of several fields
		}
		both++
		r := &m.Rules[0]
		t.Run(k.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				from := connector.Side(rapid.IntRange(0, 1).Draw(t, "from"))
				v := mapping.Value(any.Draw(t, "v"))
				out, err := r.Convert(from.Other(), v)
				if err != nil {
					return // it waits for a person
				}
				pair := [2]mapping.Value{v, out}
				if from == connector.B {
					pair = [2]mapping.Value{out, v}
				}
				if !r.Agree(pair[0], pair[1]) && !mapping.Empty(out) {
					t.Fatalf("%v became %v, and the two do not agree", v, out)
				}
				if back, err := r.Convert(from, out); !r.Lossy && from == connector.A && !mapping.Empty(out) && (err != nil || !r.Same(from, v, back)) {
					t.Fatalf("%v became %v and came back as %v, %v, though nothing is lost", v, out, back, err)
				}
			})
		})
	}
	if both < 20 {
		t.Errorf("only %d kinds of steps were tried both ways", both)
	}
}

func TestStepsOfSeveralFieldsAndOfLists(t *testing.T) {
	t.Parallel()
	a := []connector.Field{field("street", connector.Text), field("town", connector.Text), field("tags", connector.Set)}
	b := []connector.Field{field("place", connector.Text), field("labels", connector.Set)}
	for _, c := range []struct {
		row  mapping.Row
		have connector.Fields
		want mapping.Value
	}{
		{mapping.Row{A: mapping.Names{"street", "town"}, B: mapping.Names{"place"}, Steps: []mapping.Step{with("join_fields", "separator", ", ")}}, connector.Fields{"street": "Main St 1", "town": "Ada"}, "Main St 1, Ada"},
		{mapping.Row{A: mapping.Names{"street", "town"}, B: mapping.Names{"place"}, Steps: []mapping.Step{with("formula", "formula", `f2 + " / " + f1`)}}, connector.Fields{"street": "Main St 1", "town": "Ada"}, "Ada / Main St 1"},
		{mapping.Row{A: mapping.Names{"tags"}, B: mapping.Names{"place"}, Steps: []mapping.Step{with("join_list", "separator", "; "), with("uppercase")}}, connector.Fields{"tags": []any{"vip", "new"}}, "VIP; NEW"},
		{mapping.Row{A: mapping.Names{"town"}, B: mapping.Names{"labels"}, Steps: []mapping.Step{with("split_list", "separator", ",")}}, connector.Fields{"town": "vip, new,"}, []string{"vip", "new"}},
	} {
		c.row.Direction = mapping.AToB
		m, problems := mapping.Compile([]mapping.Row{c.row}, a, b, mapping.Options{})
		if len(problems) > 0 {
			t.Errorf("%v: %v", c.row.Steps, problems)
			continue
		}
		r := &m.Rules[0]
		v, _ := r.Read(connector.A, c.have)
		out, err := r.Convert(connector.B, v)
		if err != nil || fmt.Sprint(out) != fmt.Sprint(c.want) || !r.Agree(v, out) {
			t.Errorf("%v: %v, %v, want %v", c.row.Steps, out, err, c.want)
		}
	}
}

func TestAStepThatCannotWorkSaysWhy(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]mapping.Step{
		"lacks its setting “Find”":     with("replace"),
		"has no setting “colour”":      with("trim", "colour", "red"),
		"is none of its choices":       with("read_date", "form", "xyz"),
		"missing closing ): `(`":       with("extract", "pattern", "("),
		"there is nothing to use":      with("if_empty", "use", " "),
		"names \"Gold\" once more":     with("map_values", "table", "Gold = 1\nGold = 2"),
		"is not of the form from = to": with("map_values", "table", "Gold"),
		"it ends too early":            with("formula", "formula", "value +"),
		"it goes through a list":       with("formula", "formula", "all(1..90000, any(1..90000, # < 0))"),
		"“phone” is neither a field nor a function here (line 1, character 1)": with("formula", "formula", "phone"),
		"\"Mars\" is no time zone":             with("read_time", "form", "dmy", "zone", "Mars"),
		"yes and no have the same word":        with("write_yes_no", "yes", "x", "no", "X"),
		"\"PLX\" is no country of two letters": with("e164", "country", "PLX"),
	} {
		_, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Steps: []mapping.Step{s}, Direction: mapping.AToB}},
			[]connector.Field{field("x", connector.Text)}, []connector.Field{field("y", connector.Text)}, mapping.Options{})
		if len(problems) != 1 || !strings.Contains(problems[0].Plain, want) {
			t.Errorf("%v: %v, want %q", s, problems, want)
		}
	}
}

// A list is joined name by name, so no step after the one that makes it would ever be done.
func TestNoStepFollowsTheOneThatMakesAList(t *testing.T) {
	t.Parallel()
	_, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Direction: mapping.AToB, Steps: []mapping.Step{with("split_list"), with("uppercase")}}},
		[]connector.Field{field("x", connector.Text)}, []connector.Field{field("y", connector.Set)}, mapping.Options{})
	if len(problems) != 1 || !strings.Contains(problems[0].Plain, "no further step works on that") {
		t.Errorf("%v", problems)
	}
}

// A list that is paired with a text gets the step between them, in the way that a fills b; turned round it does the opposite.
func TestAListIsPairedWithATextByAStep(t *testing.T) {
	t.Parallel()
	list, words, day := field("x", connector.Set), field("y", connector.Text), field("z", connector.Day)
	for _, c := range []struct {
		a, b       connector.Field
		step, back string
	}{{list, words, "join_list", "split_list"}, {words, list, "split_list", "join_list"}} {
		a, b := []connector.Field{c.a}, []connector.Field{c.b}
		row, err := mapping.Pair(nil, a, b, c.a.Name, c.b.Name, mapping.Options{})
		if err != nil || row.Transform != c.step || row.Direction != mapping.AToB {
			t.Errorf("%+v, %v", row, err)
		}
		ways := mapping.Ways([]mapping.Row{row}, a, b, mapping.Options{})[0]
		if ways[0].Why == "" || ways[1].Why != "" || ways[2].Why != "" {
			t.Errorf("%+v", ways)
		}
		turned := mapping.Turn(row, mapping.BToA)
		if _, problems := mapping.Compile([]mapping.Row{turned}, a, b, mapping.Options{}); turned.Transform != c.back || len(problems) > 0 {
			t.Errorf("%+v: %v", turned, problems)
		}
	}
	if row, err := mapping.Pair(nil, []connector.Field{list}, []connector.Field{day}, "x", "z", mapping.Options{}); err == nil || !strings.Contains(err.Error(), "A list goes only with a list") {
		t.Errorf("%+v, %v", row, err)
	}
}

// What is used for nothing has to fit: a word is no number, and one that is cut would look like a value of its own.
func TestWhatIsUsedForNothingFits(t *testing.T) {
	t.Parallel()
	short := field("y", connector.Text)
	short.MaxLen = 5
	for want, y := range map[string]connector.Field{"is not a number": field("y", connector.Number), "it is longer than 5 characters": short} {
		_, problems := mapping.Compile([]mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Steps: []mapping.Step{with("if_empty", "use", "nobody")}}},
			[]connector.Field{field("x", connector.Text)}, []connector.Field{y}, mapping.Options{})
		if len(problems) != 1 || !strings.Contains(problems[0].Plain, want) {
			t.Errorf("%v, want %s", problems, want)
		}
	}
}

// A person knows a step by its drawing, so no two have the same, and each is among those that are drawn.
func TestEveryKindOfStepHasItsOwnIcon(t *testing.T) {
	t.Parallel()
	drawn, err := os.ReadFile("../../static/icons.txt")
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, k := range mapping.StepKinds() {
		if !slices.Contains(strings.Fields(string(drawn)), k.Icon) {
			t.Errorf("%s: the icon %q is not in static/icons.txt", k.Name, k.Icon)
		}
		if of[k.Icon] != "" {
			t.Errorf("%s and %s have the same icon %q", of[k.Icon], k.Name, k.Icon)
		}
		of[k.Icon] = k.Name
	}
}

// docs/steps.md tells of every kind of step and of each of its settings.
func TestEveryStepIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/steps.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range mapping.StepKinds() {
		at := strings.Index(string(page), "| `"+k.Name+"` |")
		if at < 0 {
			t.Errorf("%s is not documented", k.Name)
			continue
		}
		line, _, _ := strings.Cut(string(page)[at:], "\n")
		for _, s := range k.Settings {
			if !strings.Contains(line, "`"+s.Name+"`") {
				t.Errorf("%s: the setting %s is not documented", k.Name, s.Name)
			}
		}
	}
}
