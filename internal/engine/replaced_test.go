package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// stuck is a User.com whose next update waits until it is let go: a process that was stopped right before its call left.
type stuck struct {
	whole
	there, on chan struct{}
	first     *bool
}

func (s stuck) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if *s.first {
		*s.first = false
		close(s.there)
		<-s.on
		ctx = context.WithoutCancel(ctx) // the call had left as far as that process knows
	}
	return s.whole.Update(ctx, ref, set)
}

// A process is stopped between its sending and its call; another one takes over, finishes the update, and carries a newer edit. When the
// first one wakes its old call does not leave.
func TestAnUpdateOfAProcessThatWasReplacedIsNoPersonsChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "phone": "+12025550100"})
	w.pass(time.Hour)
	w.edit(engine.A, a, fields{"phone": "+12025550101"})
	w.pass(time.Minute)
	there, on, first := make(chan struct{}), make(chan struct{}), true
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.B {
			return stuck{c, there, on, &first}
		}
		return c
	}
	e := w.engine()
	ended := make(chan error, 1)
	go func() {
		_, err := e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Look: true})
		ended <- err
	}()
	<-there
	w.e.Dead = func(string) bool { return true }
	w.veil = nil
	w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": "+12025550101"})
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"phone": "+12025550102"})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": "+12025550102"})
	w.pass(time.Minute)
	close(on)
	if err := <-ended; !errors.Is(err, engine.ErrBusy) {
		t.Error(err)
	}
	for range 3 {
		w.pass(time.Minute)
		w.run(engine.Done)
	}
	w.want(engine.A, a, fields{"phone": "+12025550102"})
}
