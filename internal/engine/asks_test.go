package engine_test

import (
	"testing"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// TestARunLeavesAsManyToAPersonAsThenWait, though a record comes up again in the same run: our own write to it is seen as a change.
func TestARunLeavesAsManyToAPersonAsThenWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 60, Seed: 1})
	w.flow.Conflict = mapping.Ask
	dry := w.request(engine.Request{DryRun: true, Look: true}, engine.Done)
	r := w.run(engine.Done)
	waits, err := w.st.CountWaiting(t.Context(), ws, 99)
	open := len(w.conflicts(true))
	if err != nil || open == 0 || r.Asked != waits || dry.Asked != waits {
		t.Errorf("%d were left to a person, %d foretold, %d wait: %v", r.Asked, dry.Asked, waits, err)
	}
	told := len(w.entries(r, engine.ResultConflict))
	if told != open || r.To[engine.A].Conflicts+r.To[engine.B].Conflicts != open {
		t.Errorf("%d are open, %d told, counted %+v", open, told, r.To)
	}
}

// TestAFieldThatWaitsIsNotToldAgain when its record comes up for something else, and is when it shows other values.
func TestAFieldThatWaitsIsNotToldAgain(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.row("phone", func(r *mapping.Row) { r.Conflict = mapping.Ask })
	w.edit(engine.A, a, fields{"phone": phoneA})
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	if r := w.run(engine.Done); r.Asked != 1 {
		t.Fatal(r.Asked)
	}
	w.edit(engine.A, a, fields{"lastName": "King"})
	r := w.run(engine.Done)
	w.want(engine.B, b, fields{"name": "Ada King", "phone_number": phoneB})
	if r.Asked != 0 || len(w.entries(r, engine.ResultConflict)) != 0 || len(w.entries(r, engine.ResultUpdated)) != 1 || len(w.conflicts(true)) != 1 {
		t.Errorf("asked %d: %+v", r.Asked, w.entries(r, ""))
	}
	w.edit(engine.A, a, fields{"phone": phone0})
	w.edit(engine.A, a, fields{"phone": "+12025550188"})
	r = w.run(engine.Done)
	if r.Asked != 0 || len(w.entries(r, engine.ResultConflict)) != 1 || len(w.conflicts(true)) != 1 {
		t.Errorf("asked %d: %+v", r.Asked, w.entries(r, ""))
	}
}
