package engine_test

import (
	"errors"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// held runs the flow in the background until the store is asked for the method the n-th time, and holds it there.
func (w *world) held(method string) (end func() (engine.Run, error)) {
	w.t.Helper()
	there, on := make(chan struct{}), make(chan struct{})
	e := w.engine()
	first := true
	guard := make(chan struct{}, 1)
	e.Store = &tap{Store: w.st, on: func(m string) error {
		guard <- struct{}{}
		hold := m == method && first
		if hold {
			first = false
		}
		<-guard
		if hold {
			close(there)
			<-on
		}
		return nil
	}}
	type end2 struct {
		r   engine.Run
		err error
	}
	out := make(chan end2, 1)
	go func() {
		r, err := e.Run(w.t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Look: true})
		out <- end2{r, err}
	}()
	select {
	case <-there:
	case o := <-out:
		w.t.Fatal("it ended before: ", o.r, o.err)
	}
	return func() (engine.Run, error) { close(on); o := <-out; return o.r, o.err }
}

func TestASecondEngineWaitsWhileTheFirstIsAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 60, Seed: 3})
	end := w.held("Hints")
	for range 3 {
		if _, err := w.engine().Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Look: true}); !errors.Is(err, engine.ErrBusy) {
			t.Fatalf("got %v", err)
		}
	}
	if r, err := end(); err != nil || r.Status != engine.Done {
		t.Fatal(r.Status, err)
	}
	w.run(engine.Done)
}

func TestAfterADeathTheSameRunGoesOn(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"SavePage", "Seed", "Begin", "Commit", "SettlePair"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Options{Contacts: 120, Seed: 3})
			want := w.box.Info().Expected
			if !w.dies(method) {
				t.Fatal("it lives")
			}
			old, active, err := w.st.ActiveRun(t.Context(), ws, w.flow.ID)
			if err != nil || !active {
				t.Fatal(active, err)
			}
			r := w.run(engine.Done)
			if r.ID != old.ID || !r.Recovered {
				t.Errorf("run %s after %s, recovered %v", r.ID, old.ID, r.Recovered)
			}
			if links := w.inStep(); len(links) != want.Linked+want.CreatedA+want.CreatedB {
				t.Errorf("%d links, want %+v", len(links), want)
			}
			w.quiet()
		})
	}
}

func TestWhoeverLostTheLeaseStoresNothingMore(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Commit", "Begin", "Hints", "SettlePair"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Options{Contacts: 60, Seed: 3})
			want := w.box.Info().Expected
			end := w.held(method)
			w.e.Dead = func(string) bool { return true } // wrongly
			r := w.run(engine.Done)
			links := len(w.links())
			if late, err := end(); !errors.Is(err, engine.ErrBusy) {
				t.Errorf("the late one got %s, %v", late.Status, err)
			}
			if got, err := w.st.RunByID(t.Context(), ws, r.ID); err != nil || got.Status != engine.Done || got.Owner != w.e.Owner {
				t.Errorf("the run is %s of %s now: %v", got.Status, got.Owner, err)
			}
			if n := len(w.links()); n != links || n != want.Linked+want.CreatedA+want.CreatedB {
				t.Errorf("%d links, then %d, want %+v", links, n, want)
			}
			w.run(engine.Done)
			w.inStep()
			w.quiet()
		})
	}
}

func TestOnlyTheDeadAreTakenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 20, Seed: 3})
	w.run(engine.Done)
	name, now := "pair/"+w.pair().ID, w.e.Now()
	take := func(owner string, deadBefore time.Time) engine.Lease {
		t.Helper()
		l, ok, err := w.st.Acquire(t.Context(), ws, name, owner, w.e.Now(), deadBefore)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return l
	}
	take("the dead", now)
	var third engine.Lease
	w.e.Dead = func(owner string) bool { // while this one finds out, a third takes over
		third = take("the third", now.Add(time.Hour))
		return owner == "the dead"
	}
	if r, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Look: true}); !errors.Is(err, engine.ErrBusy) {
		t.Errorf("it ran: %s %v", r.Status, err)
	}
	if err := w.st.Release(t.Context(), ws, third); err != nil {
		t.Error("the third was thrown out:", err)
	}
	take("the dead", now)
	w.e.Dead = func(owner string) bool { return owner == "the dead" }
	w.run(engine.Done)
}
