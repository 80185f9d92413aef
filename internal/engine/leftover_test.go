package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// cutOff lets a run die when its update is written down and has not left.
func (w *world) cutOff() {
	w.t.Helper()
	begun := false
	dead := w.diesAt(engine.Request{Look: true}, func(m string) bool {
		if m == "Intend" && !begun {
			begun = true
			w.fault("before", 1)
		}
		return m == "Commit" && begun
	})
	w.calm()
	if !dead || !begun {
		w.t.Fatal("nothing was cut off, so this shows nothing")
	}
}

// An update that never left, and that nobody wants any more, is forgotten: the same value typed later by a person on the
// other side is theirs.
func TestAnUpdateThatIsNotWantedAnyMoreIsForgotten(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Conflict = mapping.AWins
	w.edit(engine.A, a, fields{"phone": phoneA})
	w.cutOff()
	w.edit(engine.A, a, fields{"phone": phone0})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.quiet()
	w.pass(time.Hour)
	w.edit(engine.B, b, fields{"phone_number": phoneA})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phoneA})
	w.want(engine.B, b, fields{"phone_number": phoneA})
}

// A flow that was turned round meanwhile sends nothing to where it no longer writes.
func TestACutOffUpdateIsNotSentAgainAgainstTheFlow(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	w.cutOff()
	w.flow.Direction = mapping.AToB
	before := w.writes(engine.A)
	w.pass(time.Minute)
	w.run(engine.Done)
	if n := w.writes(engine.A) - before; n != 0 {
		t.Errorf("%d writes to a side that the flow no longer writes to", n)
	}
	w.want(engine.A, a, fields{"phone": phone0})
}

// What somebody edits while an undo writes travels like any other edit.
func TestAnEditBetweenTheReadAndTheWriteOfAnUndoArrives(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	run := w.run(engine.Done)
	w.pass(time.Hour)
	begun := false
	w.e.Store = &tap{Store: w.st, on: func(m string) error {
		if m == "Intend" && !begun {
			begun = true
			w.edit(engine.B, b, fields{"first_name": "Ada", "last_name": "Lovelace"})
		}
		return nil
	}}
	w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	w.e.Store = w.st
	if !begun {
		t.Fatal("the undo wrote nothing, so this shows nothing")
	}
	w.pass(time.Minute)
	w.run(engine.Done)
	w.want(engine.A, a, fields{"lastName": "Lovelace"})
}

// A difference that a person left outlives that the record is made again, also when the process dies between the two.
func TestADifferenceThatWasLeftOutlivesARestore(t *testing.T) {
	t.Parallel()
	for _, dies := range []bool{false, true} {
		w, a, b := ada(t)
		w.flow.Delete, w.flow.Conflict = flow.Restore, mapping.Ask
		w.edit(engine.A, a, fields{"phone": phoneA})
		w.edit(engine.B, b, fields{"phone_number": phoneB})
		w.run(engine.Done)
		open, err := w.st.Conflicts(t.Context(), ws, w.pair().ID, true, "", 9)
		if err != nil || len(open) != 1 {
			t.Fatal(open, err)
		}
		w.order(engine.Order{Kind: engine.OrderAlone, Link: open[0].Link, Field: open[0].Field})
		w.run(engine.Done)
		w.flow.Conflict = mapping.AWins
		w.quiet()
		w.pass(time.Hour)
		w.remove(engine.A, a)
		w.hint(engine.A, a)
		w.request(engine.Request{}, engine.Done)
		w.pass(11 * time.Minute)
		if dies {
			n := len(w.all(engine.A))
			if !w.diesAt(engine.Request{}, func(m string) bool { return m == "Commit" && len(w.all(engine.A)) > n }) {
				t.Fatal("it lives")
			}
			w.pass(12 * time.Minute)
		}
		w.run(engine.Done)
		w.pass(time.Minute)
		w.run(engine.Done)
		w.want(engine.B, b, fields{"phone_number": phoneB})
		w.want(engine.A, w.partner(engine.B, b), fields{"phone": phoneA})
	}
}

// A tag that somebody adds or takes away while another one is written travels like any other edit.
func TestATagThatIsSetBetweenOurReadAndOurWriteArrives(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "tags": []any{"old", "vip"}})
	w.edit(engine.A, a, fields{"tags": []any{"old", "vip", "new"}})
	begun := false
	w.e.Store = &tap{Store: w.st, on: func(m string) error {
		if m == "Intend" && !begun {
			begun = true
			w.edit(engine.B, b, fields{"tags": []any{"vip", "right"}})
		}
		return nil
	}}
	w.run(engine.Done)
	w.e.Store = w.st
	if !begun {
		t.Fatal("nothing was written, so this shows nothing")
	}
	w.pass(time.Minute)
	w.run(engine.Done)
	w.want(engine.A, a, fields{"tags": "new right vip"})
	w.want(engine.B, b, fields{"tags": "new right vip"})
	w.quiet()
}

// What a read right before a write shows may ask for a write to the other side, which is read right before that as well.
func TestBothSidesAreReadBeforeBothAreWritten(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Conflict = mapping.Ask
	w.edit(engine.A, a, fields{"phone": phoneA})
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	w.run(engine.Done)
	open, err := w.st.Conflicts(t.Context(), ws, w.pair().ID, true, "", 9)
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	w.edit(engine.A, a, fields{"email": "bea@example.com"})
	w.edit(engine.B, b, fields{"email": "eve@example.com"})
	w.pass(time.Hour)
	w.order(engine.Order{Kind: engine.OrderChoose, Link: open[0].Link, Field: open[0].Field, From: engine.B, Seen: open[0].V})
	w.request(engine.Request{}, engine.Done)
	w.want(engine.A, a, fields{"phone": phoneB, "email": "bea@example.com"})
	w.want(engine.B, b, fields{"email": "eve@example.com"})
}
