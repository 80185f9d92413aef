package engine_test

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Sync-semantics 5.5, the conflict policies. Phones stand for single values: both systems take them as they are.
const (
	phone0 = "+12025550100"
	phoneA = "+12025550101"
	phoneB = "+12025550102"
)

// ada is a person that both sides know.
func ada(t *testing.T) (w *world, a, b string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	a, b = w.couple(fields{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com", "phone": phone0})
	w.pass(time.Hour)
	return w, a, b
}

// quiet fails unless another run writes nothing.
func (w *world) quiet() {
	w.t.Helper()
	w.pass(time.Minute)
	before := [2]int{w.writes(engine.A), w.writes(engine.B)}
	w.run(engine.Done)
	if after := [2]int{w.writes(engine.A), w.writes(engine.B)}; after != before {
		w.t.Errorf("a run after quiet wrote: %v, then %v", before, after)
	}
}

func TestAnEditTravelsEitherWay(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	w.edit(engine.B, b, fields{"name": "Ada Lovelace"})
	r := w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phoneA, "firstName": "Ada", "lastName": "Lovelace"})
	w.want(engine.B, b, fields{"phone_number": phoneA, "name": "Ada Lovelace"})
	if r.To[engine.A].Updated != 1 || r.To[engine.B].Updated != 1 || len(w.conflicts(false)) != 0 {
		t.Errorf("%+v, conflicts %q", r.To, w.conflicts(false))
	}
	w.quiet()
}

func TestWhoeverWinsTheOtherValueIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy mapping.Policy
		a, b   string // the new first names
		want   string
		rule   string
	}{
		{mapping.AWins, "Alice", "Berta", "Alice", "a_wins"},
		{mapping.BWins, "Alice", "Berta", "Berta", "b_wins"},
		{mapping.Newest, "Alice", "Berta", "Alice", "newest_tie"},
		{mapping.Richer, "Alice", "Bernadette", "Bernadette", "richer"},
		{mapping.Union, "Alice", "Bernadette", "Bernadette", "union"},
		{mapping.BWins, "Alexandra", "Alexa", "Alexandra", "b_wins"},
	} {
		t.Run(string(c.policy)+" "+c.b, func(t *testing.T) {
			t.Parallel()
			w, a, b := ada(t)
			w.flow.Conflict = c.policy
			w.edit(engine.A, a, fields{"firstName": c.a, "lastName": nil})
			w.edit(engine.B, b, fields{"name": c.b})
			r := w.run(engine.Done)
			w.want(engine.A, a, fields{"firstName": c.want})
			w.want(engine.B, b, fields{"name": c.want})
			kept := strings.Join(w.conflicts(false), "\n")
			if c.b == "Alexa" {
				c.rule = "shortened"
			}
			if !strings.Contains(kept, c.a) || !strings.Contains(kept, c.b) || !strings.HasSuffix(kept, ", "+c.rule) {
				t.Errorf("kept %q", kept)
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
		w, a, b := ada(t)
		change := func(side engine.Side) {
			if side == engine.A {
				w.edit(engine.A, a, fields{"phone": phoneA})
			} else {
				w.edit(engine.B, b, fields{"phone_number": phoneB})
			}
		}
		change(later.Other())
		w.dies("Hints") // looked, and carried nothing
		w.pass(time.Hour)
		change(later)
		w.run(engine.Done)
		want := [2]string{phoneA, phoneB}[later]
		w.want(engine.A, a, fields{"phone": want})
		w.want(engine.B, b, fields{"phone_number": want})
		if got := w.conflicts(false); len(got) != 1 || !strings.HasSuffix(got[0], ", newest") {
			t.Errorf("kept %q", got)
		}
	}
}

func TestAskStaysOpenAndHoldsNothingElseBack(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(w *world, a, b string){
		"both typed the same": func(w *world, a, b string) {
			w.edit(engine.A, a, fields{"phone": phoneB})
		},
		"both went back": func(w *world, a, b string) {
			w.edit(engine.A, a, fields{"phone": phone0})
			w.edit(engine.B, b, fields{"phone_number": phone0})
		},
		"one went back": func(w *world, a, b string) {
			w.edit(engine.A, a, fields{"phone": phone0})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, a, b := ada(t)
			w.row("phone", func(r *mapping.Row) { r.Conflict = mapping.Ask })
			w.edit(engine.A, a, fields{"phone": phoneA, "lastName": "Lovelace"})
			w.edit(engine.B, b, fields{"phone_number": phoneB, "tags": []any{"vip"}})
			r := w.run(engine.Done)
			w.want(engine.A, a, fields{"phone": phoneA, "tags": "vip"})
			w.want(engine.B, b, fields{"phone_number": phoneB, "name": "Ada Lovelace"})
			told := w.entries(r, engine.ResultConflict)
			if len(w.conflicts(true)) != 1 || len(told) != 1 || told[0].Reason != "ask" || r.Asked != 1 {
				t.Fatalf("open %q, entries %+v", w.conflicts(true), w.entries(r, ""))
			}
			w.quiet()
			w.edit(engine.A, a, fields{"lastName": "King"})
			w.run(engine.Done)
			w.want(engine.B, b, fields{"name": "Ada King", "phone_number": phoneB})
			if got := w.conflicts(true); len(got) != 1 {
				t.Fatalf("open %q", got)
			}
			settle(w, a, b)
			w.run(engine.Done)
			if got := w.conflicts(true); len(got) != 0 {
				t.Errorf("still open: %q", got)
			}
			if x, y := w.shows(engine.A, a, "phone"), w.shows(engine.B, b, "phone_number"); x != y {
				t.Errorf("%v and %v", x, y)
			}
			w.quiet()
		})
	}
}

// A question about a pair that is none any more waits for nobody; both values stay in the log of conflicts.
func TestAQuestionEndsWithItsPair(t *testing.T) {
	t.Parallel()
	w, _, b, _ := asked(t)
	w.remove(engine.B, b)
	for range 3 {
		w.pass(25 * time.Hour)
		w.run(engine.Done)
	}
	if open := w.conflicts(true); len(open) != 0 {
		t.Errorf("still open: %q", open)
	}
	if len(w.conflicts(false)) == 0 {
		t.Error("the values are forgotten")
	}
}
