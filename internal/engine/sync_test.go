package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

func TestFirstRunLinksCreatesAndLeavesTheRestToAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 400, Seed: 3})
	want := w.box.Info().Expected
	r := w.run(engine.Done)
	got := sandbox.Expected{Linked: r.Linked, CreatedA: r.To[engine.A].Created, CreatedB: r.To[engine.B].Created, Review: r.Review}
	if got != want {
		t.Errorf("got %+v, the sandbox says %+v", got, want)
	}
	w.inStep()
	t.Logf("calls %+v", r.APICalls)

	second := w.run(engine.Done)
	if n := second.APICalls[0].Write + second.APICalls[1].Write; n != 0 {
		t.Errorf("a run after quiet wrote %d times", n)
	}
	t.Logf("second run: calls %+v", second.APICalls)
}

func TestChaosEndsInTheSamePlace(t *testing.T) {
	t.Parallel()
	for seed := int64(1); seed <= 3; seed++ {
		w := newWorld(t, sandbox.Options{Contacts: 300, Seed: seed, Chaos: true, SearchLag: 20 * time.Millisecond})
		want := w.box.Info().Expected
		w.e.Settle = 200 * time.Millisecond
		r := w.run(engine.Done)
		w.calm()
		for range 3 {
			w.run(engine.Done)
		}
		links := w.inStep()
		if n := want.Linked + want.CreatedA + want.CreatedB; len(links) != n {
			t.Errorf("seed %d: %d links, want %d", seed, len(links), n)
		}
		t.Logf("%+v", r)
		last := w.run(engine.Done)
		if last.Review != want.Review {
			t.Errorf("seed %d: %d in review, want %d", seed, last.Review, want.Review)
		}
		if n := last.APICalls[0].Write + last.APICalls[1].Write; n != 0 {
			t.Errorf("seed %d: still writing: %d", seed, n)
		}
	}
}
