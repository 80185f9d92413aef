package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

func text(name string) connector.Field {
	return connector.Field{Name: name, Label: name, Type: connector.Text, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes}
}

func rules(t testing.TB, rows []mapping.Row, a, b []connector.Field, o mapping.Options) []mapping.Rule {
	t.Helper()
	o.Systems = [2]string{"Left", "Right"}
	m, problems := mapping.Compile(rows, a, b, o)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return m.Rules
}

func base(a, b any) map[string]Base { return map[string]Base{"x=y": {V: [2]any{a, b}}} }

// TestPlannerTable holds every cell of the planner table (sync-semantics 5.5) for a single value.
// left is a base that a rule left.
func left(rule string, a, b any) map[string]Base {
	out := base(a, b)
	for k, v := range out {
		v.Rule = rule
		out[k] = v
	}
	return out
}

func TestPlannerTable(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	type want struct {
		Outcome Outcome
		Why     string
		A, B    any // what is sent, nil for nothing
		Commit  bool
		Lost    bool
	}
	for _, c := range []struct {
		name   string
		a, b   any
		base   map[string]Base
		row    mapping.Row
		later  connector.Side
		want   want
		denied bool
	}{
		{name: "nothing changed and equal", a: "v", b: "v", base: base("v", "v"), want: want{Outcome: InSync, Why: "in_sync"}},
		{name: "nothing changed, an accepted difference stays accepted", a: "Jonathan", b: "Jonat", base: base("Jonathan", "Jonat"), want: want{Outcome: InSync, Why: "in_sync"}},
		{name: "only a changed", a: "new", b: "v", base: base("v", "v"), want: want{Outcome: Write, Why: "changed_a", B: "new"}},
		{name: "only b changed", a: "v", b: "new", base: base("v", "v"), want: want{Outcome: Write, Why: "changed_b", A: "new"}},
		{name: "both made the same change", a: "n", b: "n", base: base("v", "v"), want: want{Outcome: Absorb, Why: "same_change", Commit: true}},
		{name: "one looks like a shortening of the other", a: "Alexandra", b: "Alexan", base: base("v", "v"), want: want{Outcome: Clash, Why: "shortened", B: "Alexandra", Lost: true}},
		{name: "both changed, a wins", a: "1", b: "2", base: base("v", "v"), row: mapping.Row{Conflict: mapping.AWins}, want: want{Outcome: Clash, Why: "a_wins", B: "1", Lost: true}},
		{name: "both changed, b wins", a: "1", b: "2", base: base("v", "v"), row: mapping.Row{Conflict: mapping.BWins}, want: want{Outcome: Clash, Why: "b_wins", A: "2", Lost: true}},
		{name: "both changed, newest is the one seen later", a: "1", b: "2", base: base("v", "v"), later: B, want: want{Outcome: Clash, Why: "newest", A: "2", Lost: true}},
		{name: "both changed between two looks, a stands", a: "1", b: "2", base: base("v", "v"), later: A, want: want{Outcome: Clash, Why: "newest_tie", B: "1", Lost: true}},
		{name: "both changed, richer", a: "12", b: "2345", base: base("v", "v"), row: mapping.Row{Conflict: mapping.Richer}, want: want{Outcome: Clash, Why: "richer", A: "2345", Lost: true}},
		{name: "both changed, ask", a: "1", b: "2", base: base("v", "v"), row: mapping.Row{Conflict: mapping.Ask}, want: want{Outcome: OpenClash, Why: "ask"}},
		{name: "both changed and one emptied it: filled", a: nil, b: "2", base: base("v", "v"), want: want{Outcome: Write, Why: "filled", A: "2"}},
		{name: "emptied on one side deletes nothing by default", a: nil, b: "v", base: base("v", "v"), want: want{Outcome: Accept, Why: "blank_kept", Commit: true}},
		{name: "emptied on one side, told to clear", a: nil, b: "v", base: base("v", "v"), row: mapping.Row{Blank: mapping.Clear}, want: want{Outcome: Write, Why: "changed_a"}},
		{name: "first match and equal", a: "v", b: "v", want: want{Outcome: Absorb, Why: "first_same", Commit: true}},
		{name: "first match, one blank: filled", a: "v", b: nil, want: want{Outcome: Write, Why: "first_fill", B: "v"}},
		{name: "first match and different: the policy", a: "1", b: "2", row: mapping.Row{Conflict: mapping.BWins}, want: want{Outcome: Clash, Why: "b_wins", A: "2", Lost: true}},
		{name: "both changed a text, keep both: one under the other", a: "one", b: "two", base: base("v", "v"), row: mapping.Row{Conflict: mapping.KeepBoth}, want: want{Outcome: Clash, Why: "keep_both", A: "one\n\n— — —\n\ntwo", B: "one\n\n— — —\n\ntwo"}},
		{name: "keep both, and one half of the merge arrived: nothing twice", a: "one", b: "one\n\n— — —\n\ntwo", base: base("v", "v"), row: mapping.Row{Conflict: mapping.KeepBoth}, want: want{Outcome: Clash, Why: "keep_both", A: "one\n\n— — —\n\ntwo"}},
		{name: "a write was taken in part, and its source is back at what it was before: it is sent", a: "v", b: "half", base: left("unfinished_b", "v", "half"), want: want{Outcome: Write, Why: "changed_a", B: "v"}},
		{name: "the same, towards a", a: "half", b: "v", base: left("unfinished_a", "half", "v"), want: want{Outcome: Write, Why: "changed_b", A: "v"}},
		{name: "a write was taken in part, and somebody changed it there since", a: "v", b: "new", base: left("unfinished_b", "v", "half"), row: mapping.Row{Conflict: mapping.BWins}, want: want{Outcome: Clash, Why: "b_wins", A: "new", Lost: true}},
		{name: "one way, the other side drifts", a: "v", b: "new", base: base("v", "v"), row: mapping.Row{Direction: mapping.AToB}, want: want{Outcome: Accept, Why: "one_way", Commit: true}},
		{name: "one way, both changed: the source stands", a: "1", b: "2", base: base("v", "v"), row: mapping.Row{Direction: mapping.BToA}, want: want{Outcome: Clash, Why: "one_way", A: "2", Lost: true}},
		{name: "not writable there", a: "new", b: "v", base: base("v", "v"), denied: true, want: want{Outcome: Blocked, Why: "not_writable_b", Commit: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.row.A, c.row.B = mapping.Names{"x"}, mapping.Names{"y"}
			in := Input{
				Rules: rules(t, []mapping.Row{c.row}, []connector.Field{text("x")}, []connector.Field{text("y")}, mapping.Options{}),
				Obs:   [2]connector.Fields{{"x": c.a}, {"y": c.b}}, Base: c.base,
				Changed: [2]time.Time{t0, t0}, Interval: time.Minute,
				Denied: func(Side, string) bool { return c.denied },
			}
			if c.later == B {
				in.Changed[B] = t0.Add(time.Hour)
			}
			d := Plan(in)
			f := d.Fields[0]
			got := want{Outcome: f.Outcome, Why: f.Why, A: d.Writes[A]["x"], B: d.Writes[B]["y"], Commit: f.Commit, Lost: f.HasLost}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if again := Plan(in); cmp.Diff(d.Writes, again.Writes) != "" {
				t.Error("the same input gave another plan (I18)")
			}
		})
	}
}

func TestAFieldThatWasNotShownIsNotBlank(t *testing.T) {
	t.Parallel()
	in := Input{Rules: rules(t, []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Blank: mapping.Clear}}, []connector.Field{text("x")}, []connector.Field{text("y")}, mapping.Options{}),
		Obs: [2]connector.Fields{{}, {"y": "v"}}, Base: base("v", "v")}
	d := Plan(in)
	if d.Writing() || !d.Unseen() {
		t.Fatalf("planned %v", d.Fields)
	}
}

func TestSetsMergeElementByElement(t *testing.T) {
	t.Parallel()
	set := func(name string) connector.Field {
		f := text(name)
		f.Type = connector.Set
		return f
	}
	s := func(e ...string) []string { return e }
	for _, c := range []struct {
		name  string
		a, b  []string
		base  map[string]Base
		dir   mapping.Direction
		toA   any
		toB   any
		quiet bool
	}{
		{name: "first match: the union", a: s("vip"), b: s("new"), toA: connector.Delta{Add: s("new")}, toB: connector.Delta{Add: s("vip")}},
		{name: "added and removed on different sides", a: s("x", "y"), b: s("z"), base: base(s("x", "z"), s("x", "z")), toA: connector.Delta{Remove: s("x")}, toB: connector.Delta{Add: s("y"), Remove: s("z")}},
		{name: "removed here is removed there", a: s(), b: s("x"), base: base(s("x"), s("x")), toB: connector.Delta{Remove: s("x")}},
		{name: "case does not matter", a: s("vip"), b: s("VIP"), base: base(s("vip"), s("vip")), quiet: true},
		{name: "an element that only one side keeps is not sent again", a: s("x"), b: s("x", "odd"), base: base(s("x"), s("x", "odd")), quiet: true},
		{name: "one way", a: s("x"), b: s("y"), dir: mapping.AToB, toB: connector.Delta{Add: s("x")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := Plan(Input{Rules: rules(t, []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Direction: c.dir}}, []connector.Field{set("x")}, []connector.Field{set("y")}, mapping.Options{}),
				Obs: [2]connector.Fields{{"x": c.a}, {"y": c.b}}, Base: c.base})
			if c.quiet && d.Writing() {
				t.Fatalf("wrote %v", d.Writes)
			}
			if diff := cmp.Diff([2]any{c.toA, c.toB}, [2]any{d.Writes[A]["x"], d.Writes[B]["y"]}); !c.quiet && diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConsentIsOnlyEverTightened(t *testing.T) {
	t.Parallel()
	flag := func(name string) connector.Field {
		f := text(name)
		f.Type, f.Consent = connector.Bool, true
		return f
	}
	for _, policy := range mapping.Policies {
		for _, b := range []map[string]Base{nil, base(true, true), base(false, false), base(true, false)} {
			for _, a := range []any{true, false, nil} {
				for _, other := range []any{true, false, nil} {
					d := Plan(Input{Rules: rules(t, []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Conflict: policy}}, []connector.Field{flag("x")}, []connector.Field{flag("y")}, mapping.Options{}),
						Obs: [2]connector.Fields{{"x": a}, {"y": other}}, Base: b})
					for side, name := range []string{"x", "y"} {
						if v, ok := d.Writes[side][name]; ok && v != true {
							t.Errorf("policy %s, a %v, b %v: wrote %v", policy, a, other, v)
						}
					}
					if (a == true) != (other == true) && !d.Writing() {
						t.Errorf("policy %s, a %v, b %v: nothing written", policy, a, other)
					}
				}
			}
		}
	}
}
