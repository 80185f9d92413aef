package engine_test

import (
	"testing"

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
