package engine_test

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Sync-semantics 5.5, the conflict policies. The company cannot be changed in HighLevel and the name is two fields there,
// so phones stand for single values: both systems take them as they are.
const (
	phoneA = "+12025550101"
	phoneB = "+12025550102"
	phone0 = "+12025550100"
)

// clashed is a world in which the phone was changed on both sides; later is the side whose change is seen ten minutes
// after the other's, -1 for none.
func clashed(t *testing.T, policy mapping.Policy, later engine.Side, a, b string) (w *world, idA, idB string, r engine.Run) {
	w = newWorld(t, sandbox.Options{})
	w.flow.Conflict = policy
	idA, idB = w.couple(fields{"firstName": "Ada", "email": "ada@example.com", "phone": phone0})
	w.pass(time.Hour)
	first := w.flow.Direction
	if later >= 0 {
		// The earlier change is seen by a look that carries nothing anywhere.
		w.flow.Direction = [2]mapping.Direction{mapping.AToB, mapping.BToA}[later]
	}
	if later != engine.A {
		w.edit(engine.A, idA, fields{"phone": a})
	}
	if later != engine.B {
		w.edit(engine.B, idB, fields{"phone_number": b})
	}
	_ = first
	return w, idA, idB, r
}

func TestWhoeverWinsTheOtherValueIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy mapping.Policy
		a, b   string
		want   string
		lost   string
	}{
		{mapping.AWins, phoneA, phoneB, phoneA, "phone=phone_number: +12025550101 | +12025550102, a_wins"},
		{mapping.BWins, phoneA, phoneB, phoneB, "phone=phone_number: +12025550101 | +12025550102, b_wins"},
		{mapping.Newest, phoneA, phoneB, phoneA, "phone=phone_number: +12025550101 | +12025550102, newest_tie"},
		{mapping.Richer, phoneA, "+12025550102 ext. 7", "+12025550102 ext. 7", "richer"},
		{mapping.Union, phoneA, phoneB, phoneA, "phone=phone_number: +12025550101 | +12025550102, union"},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			t.Parallel()
			w, a, b, _ := clashed(t, c.policy, -1, c.a, c.b)
			r := w.run(engine.Done)
			if c.policy != mapping.Richer { // HighLevel keeps no extension
				w.want(engine.A, a, fields{"phone": c.want})
			}
			w.want(engine.B, b, fields{"phone_number": c.want})
			if got := w.conflicts(false); len(got) != 1 || !strings.HasSuffix(got[0], c.lost) {
				t.Errorf("kept %q, want %q", got, c.lost)
			}
			if n := r.To[engine.A].Conflicts + r.To[engine.B].Conflicts; n != 1 || len(w.conflicts(true)) != 0 {
				t.Errorf("%d counted, open %q", n, w.conflicts(true))
			}
			w.quiet()
		})
	}
}

func TestTheNewestIsTheOneSeenLater(t *testing.T) {
	t.Parallel()
	for _, later := range []engine.Side{engine.A, engine.B} {
		w := newWorld(t, sandbox.Options{})
		w.row("phone", func(r *mapping.Row) { r.Conflict = mapping.Ask })
		a, b := w.couple(fields{"firstName": "Ada", "email": "ada@example.com", "phone": phone0})
		// While the phone is asked about, both sides' changes are seen an hour apart; then the rule becomes "newest".
		w.pass(time.Hour)
		w.edit(engine.A, a, fields{"phone": phone0 + "9"[:0]})
		early, late := later.Other(), later
		change := func(side engine.Side) {
			if side == engine.A {
				w.edit(engine.A, a, fields{"phone": phoneA})
			} else {
				w.edit(engine.B, b, fields{"phone_number": phoneB})
			}
		}
		w.flow.Direction = [2]mapping.Direction{mapping.BToA, mapping.AToB}[early]
		w.row("phone", func(r *mapping.Row) { r.Conflict = mapping.Newest })
		w.fault("before", 0)
		change(early)
		w.stop("Commit", func() { w.request(engine.Request{Look: true}, engine.Failed) })
		w.pass(time.Hour)
		change(late)
		w.flow.Direction = mapping.Both
		w.run(engine.Done)
		want := [2]string{phoneA, phoneB}[late]
		w.want(engine.A, a, fields{"phone": want})
		w.want(engine.B, b, fields{"phone_number": want})
		if got := w.conflicts(false); len(got) != 1 || !strings.HasSuffix(got[0], ", newest") {
			t.Errorf("kept %q", got)
		}
	}
}
