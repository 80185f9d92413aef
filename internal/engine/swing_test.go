package engine_test

import (
	"slices"
	"testing"
	"time"

	"couplet/internal/engine"
)

// swing changes a field of side b back and forth, each time followed by a run.
func (w *world) swing(b string, n int, every time.Duration) {
	w.t.Helper()
	for i := range n {
		w.edit(engine.B, b, fields{"phone_number": []string{phoneB, phone0}[i%2]})
		w.run(engine.Done)
		w.pass(every)
	}
}

func TestAFieldThatAnotherToolKeepsChangingIsPutToRest(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.swing(b, 4, time.Hour)
	w.want(engine.A, a, fields{"phone": phone0})
	if len(w.conflicts(true)) != 0 {
		t.Fatalf("at rest too early: %v", w.conflicts(true))
	}
	// The fifth change is not carried; the other fields are.
	w.edit(engine.B, b, fields{"phone_number": phoneB, "name": "Bea"})
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	r := w.run(engine.Done)
	w.foretold(dry, r)
	w.want(engine.A, a, fields{"phone": phone0, "firstName": "Bea"})
	if got := w.conflicts(true); len(got) != 1 || !slices.Contains(w.changes(r, "phone"), "ask swinging") {
		t.Errorf("conflicts %v, changes %v", got, w.changes(r, "phone"))
	}
	// It stays so, however long the two differ.
	w.pass(48 * time.Hour)
	w.run(engine.Done)
	w.edit(engine.B, b, fields{"name": "Bea Bell"})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phone0, "lastName": "Bell"})
	// When both have agreed for a day, it goes on by itself.
	w.edit(engine.A, a, fields{"phone": phoneB})
	w.run(engine.Done)
	if len(w.conflicts(true)) != 1 {
		t.Error("over at once")
	}
	w.pass(12 * time.Hour)
	w.run(engine.Done)
	if len(w.conflicts(true)) != 1 {
		t.Error("over after half a day")
	}
	w.pass(13 * time.Hour)
	w.run(engine.Done)
	if got := w.conflicts(true); len(got) != 0 {
		t.Errorf("still at rest: %v", got)
	}
	w.edit(engine.B, b, fields{"phone_number": phoneA})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phoneA})
	w.inStep()
	w.quiet()
}

func TestSlowOrDifferentChangesAreNoSwing(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.swing(b, 7, 13*time.Hour) // two turns a day
	for _, p := range []string{phoneA, phoneB, phone0, phoneA, phoneB, phone0, phoneA} {
		w.edit(engine.B, b, fields{"phone_number": p})
		w.run(engine.Done)
		w.want(engine.A, a, fields{"phone": p})
	}
	w.quiet()
}

func TestTagsSwingToo(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	for i := range 5 {
		w.edit(engine.B, b, fields{"tags": [][]any{{"vip"}, {}}[i%2]})
		w.run(engine.Done)
		w.pass(time.Hour)
	}
	if got := w.shows(engine.A, a, "tags"); got != "" || len(w.conflicts(true)) != 1 {
		t.Errorf("tags %v, conflicts %v", got, w.conflicts(true))
	}
}

func TestAPersonReleasesAFieldThatIsAtRest(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.swing(b, 5, time.Hour)
	list, err := w.st.Conflicts(t.Context(), ws, w.pair().ID, true, "", 9)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	w.order(engine.Order{Kind: engine.OrderChoose, Link: list[0].Link, Field: list[0].Field, From: engine.B})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phoneB})
	w.edit(engine.B, b, fields{"phone_number": phoneA})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phoneA})
	if got := w.conflicts(true); len(got) != 0 {
		t.Errorf("conflicts %v", got)
	}
	w.quiet()
}
