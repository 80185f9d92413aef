package engine

import (
	"testing"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// What a pair uses for nothing is given only where neither side has anything, never goes to the side that the values come from,
// replaces nothing that a person gave, and comes to rest, whatever people do on both sides.
func TestWhatIsUsedForNothingReplacesNothingAndComesToRest(t *testing.T) {
	t.Parallel()
	const word = "nobody"
	directions := []mapping.Direction{mapping.Both, mapping.AToB, mapping.BToA}
	rapid.Check(t, func(t *rapid.T) {
		row := mapping.Row{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Direction: rapid.SampledFrom(directions).Draw(t, "direction"),
			Blank: rapid.SampledFrom([]mapping.Blank{mapping.Keep, mapping.Clear}).Draw(t, "blank"), Conflict: rapid.SampledFrom([]mapping.Policy{mapping.AWins, mapping.BWins, mapping.Richer}).Draw(t, "policy"),
			Steps: []mapping.Step{{Do: "trim"}, {Do: "if_empty", With: map[string]string{"use": word}}}}
		m, problems := mapping.Compile([]mapping.Row{row}, []connector.Field{text("x")}, []connector.Field{text("y")}, mapping.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		r, source := &m.Rules[0], A
		if row.Direction == mapping.BToA {
			source = B
		}
		to, names := source.Other(), [2]string{"x", "y"}
		value := rapid.SampledFrom([]any{nil, "", " ", "ada", "grace", word})
		now := [2]any{value.Draw(t, "a"), value.Draw(t, "b")}
		given := false // by us, and untouched since
		var agreed map[string]Base
		plan := func() Decision {
			return Plan(Input{Rules: m.Rules, Obs: [2]connector.Fields{{"x": now[A]}, {"y": now[B]}}, Base: agreed})
		}
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			was := now
			d := plan()
			f := d.Fields[0]
			for side, name := range names {
				if v, writes := d.Writes[side][name]; writes {
					now[side] = v
				}
			}
			if v, writes := d.Writes[to][names[to]]; writes && mapping.Empty(was[source]) {
				cleared := row.Blank == mapping.Clear && f.Why != usedInstead
				if v != word || !mapping.Empty(was[to]) && !cleared {
					t.Fatalf("%v became %v by %s, though the other side had nothing", was[to], v, f.Why)
				}
				given = true
			}
			if v, writes := d.Writes[source][names[source]]; writes && given {
				t.Fatalf("%v, which nobody gave, came back", v)
			}
			if agreed == nil && mapping.Empty(now[source]) && mapping.Empty(now[to]) {
				t.Fatal("the gap was not filled")
			}
			if f.Sends != [2]bool{} || f.Commit {
				agreed = map[string]Base{r.Key: {V: now}}
			}
			if d := plan(); d.Writing() {
				t.Fatalf("%v and %v do not rest: %v", now[A], now[B], d.Writes)
			}
			if agreed = nil; rapid.IntRange(0, 3).Draw(t, "forgotten") > 0 { // else what was agreed on is lost, and nothing happens for it
				agreed = map[string]Base{r.Key: {V: now}}
			} else if d := plan(); d.Writing() && given {
				t.Fatalf("%v and %v do not rest once nothing is agreed on: %v", now[A], now[B], d.Writes)
			}
			side := rapid.IntRange(0, 1).Draw(t, "side")
			if now[side] = value.Draw(t, "edit"); connector.Side(side) == to {
				given = false
			}
		}
	})
}

// A new partner holds it from the first moment.
func TestANewRecordHoldsWhatIsUsedForNothing(t *testing.T) {
	t.Parallel()
	rules := rules(t, []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}, Steps: []mapping.Step{{Do: "if_empty", With: map[string]string{"use": "nobody"}}}}},
		[]connector.Field{text("x")}, []connector.Field{text("y")}, mapping.Options{})
	free := func(*mapping.Rule, Side) bool { return false }
	d, set := planNew(rules, A, connector.Fields{"x": nil}, free)
	if set["y"] != "nobody" || d.Fields[0].Why != usedInstead {
		t.Errorf("%v %v", set, d.Fields[0].Why)
	}
	if _, set := planNew(rules, B, connector.Fields{"y": nil}, free); len(set) > 0 {
		t.Errorf("the other way: %v", set)
	}
}
