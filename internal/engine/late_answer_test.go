package engine_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// patient is a User.com whose calls wait before they leave, as a call does that has no turn in its budget.
type patient struct {
	*world
	wait time.Duration
}

type waiting struct {
	*usercom.Connector
	p patient
}

func (p patient) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := p.world.Open(ctx, ws, conn, observe)
	if u, ok := c.(*usercom.Connector); ok {
		return waiting{u, p}, err
	}
	return c, err
}

func (w waiting) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	w.p.pass(w.p.wait)
	return w.Connector.Update(ctx, ref, set)
}

func (w waiting) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	w.p.pass(w.p.wait)
	return w.Connector.Create(ctx, object, parent, set)
}

func (w waiting) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	w.p.pass(w.p.wait)
	return w.Connector.Get(ctx, ref)
}

// A call that waited for longer than the settle time is followed by a list that does not show it yet. The old row is no
// change that somebody made: an index has the settle time from the answer on, in the next run as well.
func TestAnOldRowAfterACallThatWaitedIsNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{UserComLag: 20 * time.Second})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
	w.e.Settle, w.e.Links = 30*time.Second, patient{w, 40 * time.Second}
	for _, name := range []string{"Augusta", "Ada", "Augusta Ada"} {
		w.pass(2 * time.Minute)
		w.edit(engine.A, a, fields{"firstName": name})
		for range 2 {
			r := w.run(engine.Done)
			w.want(engine.A, a, fields{"firstName": name})
			w.want(engine.B, b, fields{"name": name + " Byron"})
			if n := len(w.entries(r, engine.ResultConflict)); n > 0 {
				t.Errorf("%d conflicts, though nobody else typed", n)
			}
			w.pass(5 * time.Second)
		}
	}
	if n := w.writes(engine.A); n != 0 {
		t.Errorf("%d writes to HighLevel, want none", n)
	}
}
