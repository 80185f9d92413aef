package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// freezer holds up the creates of a run where they wait for their turn, and its heart, as a stopped process does.
type freezer struct {
	*world
	frozen, still, thawed, late chan struct{} // still: the heart stands, too; late: what the creates came to is being stored
	freeze, store               sync.Once
	stopped                     atomic.Bool
}

func (f *freezer) Open(_ context.Context, _, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	return f.open(conn, observe, &turns{f: f})
}

// turns are the turns of the calls of a connection.
type turns struct {
	connectortest.Budget
	f *freezer
}

func (b *turns) Wait(ctx context.Context) error {
	if b.f.is(b.f.frozen) {
		<-b.f.thawed
	}
	return b.Budget.Wait(ctx)
}

func (f *freezer) is(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// on holds the heart until the creates came to something: what it finds out then comes too late for them.
func (f *freezer) on(m string) error {
	switch {
	case m == "Begin":
		f.freeze.Do(func() { close(f.frozen) })
	case m == "Beat" && f.is(f.frozen) && f.stopped.CompareAndSwap(false, true):
		close(f.still)
		<-f.late
	case m == "Commit" && f.is(f.thawed):
		f.store.Do(func() { close(f.late) })
	}
	return nil
}

// frozen runs the flow until its first creates are about to leave, and stops it there. thaw lets it go on.
func (w *world) frozen() (thaw func() (engine.Run, error)) {
	w.t.Helper()
	f := &freezer{world: w, frozen: make(chan struct{}), still: make(chan struct{}), thawed: make(chan struct{}), late: make(chan struct{})}
	e := w.engine()
	e.Links, e.Store = f, &tap{Store: w.st, on: f.on}
	var r engine.Run
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r, err = e.Run(w.t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Look: true})
	}()
	select {
	case <-f.still:
	case <-ended:
		w.t.Fatal("it ended before: ", r, err)
	}
	return func() (engine.Run, error) { close(f.thawed); <-ended; return r, err }
}

// newcomers are people whom the other side does not know.
func newcomers(t *testing.T, n int) *world {
	w := newWorld(t, sandbox.Options{})
	w.run(engine.Done)
	for i := range n {
		w.add(engine.A, fields{"email": fmt.Sprintf("new%d@example.com", i)})
	}
	w.pass(time.Minute)
	return w
}

func TestAProcessThatWasStoppedCreatesNothingOnceAnotherTookOver(t *testing.T) {
	t.Parallel()
	const n = 5
	w := newcomers(t, n)
	thaw := w.frozen()
	w.pass(2 * engine.DeadAfter)
	w.run(engine.Done)
	if got := w.calls(engine.B, created); got != n {
		t.Fatalf("%d creates by who took over, want %d", got, n)
	}
	if r, err := thaw(); !errors.Is(err, engine.ErrBusy) {
		t.Errorf("the late one got %s, %v", r.Status, err)
	}
	if got := w.calls(engine.B, created); got != n {
		t.Errorf("%d creates were sent after another took over", got-n)
	}
	w.quiet()
}

func TestAProcessThatWasStoppedGoesOnWhenNobodyTookOver(t *testing.T) {
	t.Parallel()
	const n = 5
	w := newcomers(t, n)
	thaw := w.frozen()
	w.pass(2 * engine.DeadAfter)
	if r, err := thaw(); err != nil || r.Status != engine.Done || r.To[engine.B].Created != n {
		t.Errorf("%s, %+v, %v", r.Status, r.To, err)
	}
	if got := w.calls(engine.B, created); got != n {
		t.Errorf("%d creates, want %d", got, n)
	}
	w.quiet()
}
