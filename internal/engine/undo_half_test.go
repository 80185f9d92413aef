package engine_test

import (
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// Of an undo of a write to both sides one call fails. What was given back on one side does not go over to the other.
func TestAnUndoOfBothSidesOfWhichOneFailsDoesNotFlowOver(t *testing.T) {
	t.Parallel()
	w, a, b, c := asked(t)
	c.Kind, c.Value = engine.OrderPut, "+12025550103"
	w.order(c)
	run := w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": c.Value})
	w.want(engine.B, b, fields{"phone_number": c.Value})
	w.pass(time.Minute)
	wrongs := []string{"fails"}
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.A {
			return clumsy{c, &wrongs}
		}
		return c
	}
	w.undo(engine.Undoing{Run: run.ID}, engine.DoneWithProblems)
	for range 3 {
		w.pass(time.Minute)
		w.run(engine.Done)
	}
	if got := w.shows(engine.A, a, "phone"); got != phoneA && got != c.Value {
		t.Errorf("HighLevel shows %v: neither what it had before (%s) nor what the run wrote (%v)", got, phoneA, c.Value)
	}
	if got := w.shows(engine.B, b, "phone_number"); got != phoneB && got != c.Value {
		t.Errorf("User.com shows %v: neither what it had before (%s) nor what the run wrote (%v)", got, phoneB, c.Value)
	}
}
