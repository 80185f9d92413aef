package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

func TestAmbiguousPeopleStayInReviewAndHoldNothingBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	b1 := w.add(engine.B, fields{"name": "Ada", "email": "ada@example.com"})
	b2 := w.add(engine.B, fields{"name": "Ada Two", "email": "ada@example.com"})
	plain := w.add(engine.A, fields{"firstName": "Bea", "email": "bea@example.com"})
	r := w.run(engine.Done)
	want := map[string]string{"a " + a: "shared_key", "b " + b1: "shared_key", "b " + b2: "shared_key"}
	if got := w.reviews(); len(got) != 3 || got["a "+a] != want["a "+a] || got["b "+b1] != want["b "+b1] || got["b "+b2] != want["b "+b2] {
		t.Fatalf("in review: %v", got)
	}
	if r.Review != 3 || r.Asked != 3 || w.partner(engine.A, plain) == "" {
		t.Errorf("%d in review; the other person's partner is %q", r.Review, w.partner(engine.A, plain))
	}
	// Sticky: even when the doubt seems to be over, only a person resolves it.
	w.remove(engine.B, b2)
	w.edit(engine.A, a, fields{"firstName": "Ada Augusta"})
	w.edit(engine.B, b1, fields{"name": "Ada King"})
	w.hint(engine.B, b2)
	r = w.run(engine.Done)
	if w.partner(engine.A, a) != "" || r.Review != 2 || r.Asked != 0 { // those who wait already are not left to a person again
		t.Errorf("linked by itself, or %d in review: %v", r.Review, w.reviews())
	}
	w.quiet()
}

func TestSomebodyWithoutAKeyWaitsForOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": "Ada"})
	r := w.run(engine.Done)
	if r.Review != 1 || w.reviews()["a "+a] != "no_key" {
		t.Fatalf("in review: %v", w.reviews())
	}
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"email": "ada@example.com"})
	r = w.run(engine.Done)
	if r.Review != 0 || w.partner(engine.A, a) == "" {
		t.Errorf("still in review: %v", w.reviews())
	}
}

func TestATwinOfALinkedPersonGoesToReview(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	twin := w.add(engine.B, fields{"name": "Ada", "email": "ada@example.com"})
	r := w.run(engine.Done)
	if r.Review != 1 || w.reviews()["b "+twin] == "" || w.partner(engine.A, a) != b {
		t.Errorf("in review: %v", w.reviews())
	}
	w.edit(engine.A, a, fields{"phone": phoneA}) // the pair itself goes on
	w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": phoneA})
}

// A record that carries our reference although the one it was made from has a partner already (a copy made by hand).
func TestACopyOfARecordOfOursGoesToReview(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	ref := w.shows(engine.B, b, "couplet_ref")
	if ref == nil {
		t.Fatal("no reference")
	}
	second := w.add(engine.B, fields{"name": "Ada", "email": "other@example.com", "couplet_ref": ref})
	w.run(engine.Done)
	if got := w.reviews()["b "+second]; got != "made_by_us" || w.partner(engine.A, a) != b {
		t.Errorf("in review: %v", w.reviews())
	}
}
