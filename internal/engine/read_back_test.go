package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// readsBack is a User.com whose write is answered by a read after it, as both connectors do where an answer does not show all
// (highlevel: complete, join; usercom: an answer without an id). Somebody types in between.
type readsBack struct {
	whole
	between func()
}

func (r readsBack) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if out, err := r.whole.Update(ctx, ref, set); err != nil {
		return out, err
	}
	r.between()
	return r.whole.Get(ctx, ref)
}

// What a person typed between a write and the read that answers it is no form that the system made of our value.
func TestAnEditBetweenAWriteAndItsReadBackIsAPersons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "phone": "+12025550100"})
	w.pass(time.Hour)
	w.edit(engine.A, a, fields{"phone": "+12025550101"})
	w.pass(time.Minute)
	first := true
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.A {
			return c
		}
		return readsBack{c, func() {
			if first {
				first = false
				w.edit(engine.B, b, fields{"phone_number": "+12025550102"})
			}
		}}
	}
	for range 4 {
		w.run(engine.Done)
		w.pass(25 * time.Hour)
	}
	if x, y := w.shows(engine.A, a, "phone"), w.shows(engine.B, b, "phone_number"); x != y && len(w.conflicts(true)) == 0 {
		t.Errorf("%v and %v for good, and nobody is asked", x, y)
	}
}

// Of two versions of a note that are both to be kept the one may stand by chance in the other.
func TestAShortNoteThatStandsInALongOneIsNotLost(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "Asked about prices."})
	f.sync(f.notes)
	two := f.partner(engine.A, one)
	f.pass(time.Minute)
	f.turn(engine.A, one, fields{"body": "Call her"})
	f.hint(engine.A, one)
	f.turn(engine.B, two, fields{"description": "Never ever Call her again"})
	f.sync(f.notes)
	all := strings.Join(append(append(f.raw(engine.A, "body"), f.conflicts(false)...), f.conflicts(true)...), " | ")
	if strings.Count(all, "Call her") < 2 {
		t.Errorf("“Call her” is kept nowhere: %s", all)
	}
}
