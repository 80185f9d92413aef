package engine_test

import (
	"testing"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

func TestAOneWayFlowNeverWritesItsSource(t *testing.T) {
	t.Parallel()
	for from, direction := range []mapping.Direction{mapping.AToB, mapping.BToA} {
		source, target := engine.Side(from), engine.Side(from).Other()
		w := newWorld(t, sandbox.Options{Contacts: 60, Seed: 5})
		w.flow.Direction = direction
		w.run(engine.Done)
		if w.partner(source, w.add(source, fields{"email": "nobody@example.com"})) != "" {
			t.Fatal("a link out of nothing")
		}
		own := w.add(target, fields{"email": "only.there@example.com"})
		linked := w.links()[0]
		drift := []fields{{"phone": phoneA, "tags": []any{"mine"}}, {"phone_number": phoneA, "tags": []any{"mine"}}}
		w.edit(target, linked.IDs[target], drift[target])
		w.run(engine.Done)
		change := []fields{{"firstName": "Zelda", "lastName": "New"}, {"name": "Zelda New"}}
		w.edit(source, linked.IDs[source], change[source])
		w.run(engine.Done)
		name := [][2]string{{"name", "Zelda New"}, {"firstName", "Zelda"}}[from]
		w.want(target, linked.IDs[target], fields{name[0]: name[1]})
		if n := w.writes(source); n != 0 {
			t.Errorf("%s: %d writes to the source", direction, n)
		}
		if w.partner(target, own) != "" {
			t.Errorf("%s: a record of the target got a partner", direction)
		}
		w.quiet()
	}
}

func TestAnEmptiedValueDeletesOnlyWhenToldTo(t *testing.T) {
	t.Parallel()
	for _, blank := range []mapping.Blank{mapping.Keep, mapping.Clear} {
		w, a, b := ada(t)
		w.flow.Blank = blank
		w.edit(engine.A, a, fields{"phone": nil})
		w.run(engine.Done)
		kept := any(phone0)
		if blank == mapping.Clear {
			kept = nil
		}
		w.want(engine.A, a, fields{"phone": nil})
		w.want(engine.B, b, fields{"phone_number": kept})
		w.quiet()
		w.edit(engine.B, b, fields{"phone_number": phoneB})
		w.run(engine.Done)
		w.want(engine.A, a, fields{"phone": phoneB})
		w.edit(engine.B, b, fields{"name": ""})
		w.run(engine.Done)
		first := any("Ada")
		if blank == mapping.Clear {
			first = nil
		}
		w.want(engine.A, a, fields{"firstName": first})
		w.quiet()
	}
}

func TestTheSourceOfAOneWayFlowStandsEvenEmptied(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Direction, w.flow.Blank = mapping.AToB, mapping.Clear
	w.edit(engine.A, a, fields{"phone": nil})
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": nil})
	w.want(engine.B, b, fields{"phone_number": nil})
	if got := w.conflicts(false); len(got) != 1 {
		t.Errorf("kept %q", got)
	}
	w.quiet()
}
