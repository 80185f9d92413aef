package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Steps change a value on its way, and back again: what is edited on either side arrives once, and nothing goes back and forth.
func TestValuesGoThroughTheirStepsAndComeToRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Map = append(w.flow.Map,
		mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"city"}, Steps: []mapping.Step{{Do: "trim"}, {Do: "title_case"}}},
		mapping.Row{A: mapping.Names{"state"}, B: mapping.Names{"region"}, Steps: []mapping.Step{{Do: "map_values", With: map[string]string{"table": "CA = California\nNY = New York"}}}})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "city": "LISBON", "state": "CA"})
	w.want(engine.B, b, fields{"city": "Lisbon", "region": "California"})
	w.quiet()
	for _, c := range []struct {
		side     engine.Side
		edit     fields
		inA, inB fields
	}{
		{engine.B, fields{"city": "porto", "region": "New York"}, fields{"city": "Porto", "state": "NY"}, fields{"city": "porto", "region": "New York"}},
		{engine.A, fields{"city": "faro"}, fields{"city": "faro", "state": "NY"}, fields{"city": "Faro", "region": "New York"}},
		{engine.A, fields{"state": "CA"}, fields{"state": "CA"}, fields{"region": "California"}},
	} {
		w.pass(time.Minute)
		w.edit(c.side, [2]string{a, b}[c.side], c.edit)
		w.run(engine.Done)
		w.want(engine.A, a, c.inA)
		w.want(engine.B, b, c.inB)
		w.quiet()
	}
	// A value that the map does not name waits for a person, and the rest of the record does not.
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"state": "TX", "city": "Braga"})
	w.run(engine.DoneWithProblems)
	w.want(engine.B, b, fields{"city": "Braga", "region": "California"})
}

// A pair that uses a word of its own for nothing gives it to new partners and to linked ones, and never to where values come
// from. What a person types there counts, and goes back; who empties it is left in peace.
func TestWhatIsUsedForNothingFillsTheGapAndStaysThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"city"},
		Steps: []mapping.Step{{Do: "if_empty", With: map[string]string{"use": "unknown"}}}})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada"})
	w.want(engine.B, b, fields{"city": "unknown"})
	w.want(engine.A, a, fields{"city": nil})
	w.quiet()
	for _, c := range []struct {
		side     engine.Side
		edit     fields
		inA, inB any
	}{
		{engine.A, fields{"firstName": "Augusta"}, nil, "unknown"},
		{engine.B, fields{"city": "Porto"}, "Porto", "Porto"},
		{engine.A, fields{"city": ""}, nil, "Porto"}, // emptied, and an empty value deletes nothing
		{engine.B, fields{"city": ""}, nil, nil},     // whoever empties it wants it so
		{engine.A, fields{"city": "Faro"}, "Faro", "Faro"},
	} {
		w.pass(time.Minute)
		w.edit(c.side, [2]string{a, b}[c.side], c.edit)
		w.run(engine.Done)
		w.want(engine.A, a, fields{"city": c.inA})
		w.want(engine.B, b, fields{"city": c.inB})
		w.quiet()
	}
}
