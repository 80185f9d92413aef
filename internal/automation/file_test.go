package automation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"couplet/internal/automation"
	"couplet/internal/flow"
)

func TestAFileIsReadAsTheAutomationThatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := automations().Draw(t, "automation")
		data, err := automation.Write(a)
		if err != nil {
			t.Fatal(err)
		}
		back, err := automation.Read("x.yaml", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if diff := cmp.Diff(a, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s\n%s", diff, data)
		}
	})
}

// automations draws automations with every optional value present or left out, and texts that YAML could take for something else.
func automations() *rapid.Generator[automation.Automation] {
	odd := rapid.OneOf(
		rapid.SampledFrom([]string{"true", "no", "null", "~", "12", "1.5e3", "0x10", "- a", "a: b", "#x", "a #b", "'", `"`, `\`, "{a}", "[b]", "*x", "&x", "!x", "%x", "@x", "`x", "a,b", "2020-01-01", "12:30", "ü ñ", "日本", "a\u2028b", "=", "<<", "|", ">", "?", ":",
			"{{contact.email}}", "a\nb", "a\n\n  b\nc", " a\nb", "a\nb\n", "\n", "\t", "a\tb\nc", "# a\nb", "- a\n- b", "def run(input):\n  return {\"a\": 1}", "a \nb", "...\nb", "---\nb", "a\n---\nb"}),
		rapid.StringMatching(`[ -~]{1,12}`), rapid.StringMatching(`[ -~\n]{1,20}`), rapid.StringMatching(`\pL{1,5}`),
	)
	return rapid.Custom(func(t *rapid.T) automation.Automation {
		some := func() bool { return rapid.Bool().Draw(t, "some") }
		text := func() string {
			if some() {
				return ""
			}
			return odd.Draw(t, "text")
		}
		span := func() flow.Duration {
			if some() {
				return 0
			}
			return flow.Duration(rapid.Int64Range(1, int64(99*time.Hour)).Draw(t, "ns"))
		}
		pairs := func() map[string]string {
			return rapid.MapOfN(odd, odd, 0, 3).Draw(t, "pairs")
		}
		var filter func(depth int) automation.Filter
		filter = func(depth int) automation.Filter {
			f := automation.Filter{Value: text(), Op: text(), Than: text(), Formula: text()}
			for range rapid.IntRange(0, depth).Draw(t, "all") {
				f.All = append(f.All, filter(depth-1))
			}
			for range rapid.IntRange(0, depth).Draw(t, "any") {
				f.Any = append(f.Any, filter(depth-1))
			}
			return f
		}
		var steps func(depth int) []automation.Step
		steps = func(depth int) (out []automation.Step) {
			for range rapid.IntRange(0, depth).Draw(t, "steps") {
				out = append(out, automation.Step{ID: text(), Kind: text(), Name: text(), System: text(), Operation: text(), With: pairs(), If: filter(1),
					Then: steps(depth - 1), Else: steps(depth - 1), Do: steps(depth - 1), Over: text(), Most: rapid.IntRange(-1, 9).Draw(t, "most"),
					Wait: automation.Wait{For: span(), Until: text(), At: text(), Moment: text(), Before: span(), TimeZone: text()},
					HTTP: automation.HTTP{Method: text(), URL: text(), Headers: pairs(), Body: text()}, Code: text(), Fail: text(), FailFor: span(), Retry: automation.Retry{Tries: rapid.IntRange(0, 9).Draw(t, "tries"), First: span(), Longest: span()}, Once: some()})
			}
			return out
		}
		return automation.Automation{Name: text(), Template: text(), Connections: [2]string{text(), text()}, Enabled: some(), TimeZone: text(), PerHour: rapid.IntRange(0, 9).Draw(t, "hour"),
			Trigger: automation.Trigger{Kind: text(), System: text(), Event: text(), Object: text(), Schedule: flow.Schedule{Every: span(), Cron: text(), TimeZone: text()}, Sample: text(), Own: some()},
			Filter:  filter(2), Steps: steps(2)}
	})
}

func TestAFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		line int
		says string
	}{
		{"", 1, "is empty"},
		{"name: x\nnmae: y\n", 2, "nmae is not a key of an automation; known here: name"},
		{"name: x\nname: y\n", 2, "twice"},
		{"name:\n", 1, "no value"},
		{"name: [a]\n", 1, "one value"},
		{"steps: x\n", 1, "must be a list"},
		{"steps:\n  - id: a\n    kin: stop\n", 3, "kin is not a key of a step"},
		{"steps:\n  - id: a\n    then:\n      - moon: 1\n", 4, "moon is not a key of a step"},
		{"steps: [a]\n", 1, "must be keys with values"},
		{"enabled: perhaps\n", 1, "true or false"},
		{"steps:\n  - most: many\n", 2, "whole number"},
		{"steps:\n  - wait: { for: long }\n", 2, "time span"},
		{"connections: [a, b, c]\n", 1, "2 is the most"},
		{"name: x\n---\nname: y\n", 3, "second document"},
		{"name: &a x\n", 1, "anchor"},
		{"name: 'x\n", 1, "YAML"},
	} {
		_, err := automation.Read("x.yaml", []byte(c.text))
		var errs flow.Errors
		if !errors.As(err, &errs) || errs[0].Line != c.line || !strings.Contains(errs[0].Text, c.says) {
			t.Errorf("%q: %v, want line %d to say %q", c.text, err, c.line, c.says)
		}
	}
	_, err := automation.Read("x.yaml", []byte("a: 1\nb: 2\n"))
	var errs flow.Errors
	if !errors.As(err, &errs) || len(errs) != 2 {
		t.Errorf("not all errors at once: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("{}"))
	f.Add([]byte("name: x\nsteps:\n  - { id: a, kind: stop }\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := automation.Read("x.yaml", data)
		if err != nil {
			return
		}
		if _, err := automation.Write(a); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
