package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// seen waits until the stored run shows what is looked for, as a page that reads it would.
func (w *world) seen(what string, is func(r engine.Run) bool) error {
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	for {
		r, found, err := w.st.ActiveRun(ctx, ws, w.flow.ID)
		if err != nil {
			return fmt.Errorf("%s was not seen: %w; last %+v", what, err, r.Progress)
		}
		if found && is(r) {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func under(r engine.Run, phase engine.Phase, side int) bool {
	for _, s := range r.Progress.Stages {
		if s.Phase == phase && s.Side == side && !s.Since.IsZero() {
			return true
		}
	}
	return false
}

// Each moment is held until the store shows it, so what is seen here is what a page could show then.
func TestARunTellsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 1500, Seed: 3})
	var mu sync.Mutex
	times := map[string]int{}
	looks := map[string]func(r engine.Run) bool{
		"Capabilities 1": func(r engine.Run) bool { return under(r, engine.PhasePrepare, -1) },
		// Which side it is that saves its page is open, and the other may be through.
		"SavePage 3": func(r engine.Run) bool {
			a, b := r.Progress.Read[engine.A], r.Progress.Read[engine.B]
			return (under(r, engine.PhaseRead, 0) || under(r, engine.PhaseRead, 1)) && a.N+b.N > 0 && a.N <= a.Of && b.N <= b.Of
		},
		"Seed 1": func(r engine.Run) bool {
			a, b := r.Progress.Read[engine.A], r.Progress.Read[engine.B]
			return under(r, engine.PhaseCompare, -1) && a.Over && b.Over && a.Whole && b.Whole && a.N == a.Of && b.N == b.Of && a.Of > 900
		},
		"Commit 1": func(r engine.Run) bool {
			return under(r, engine.PhaseWrite, -1) && r.Progress.Due > 2000 && r.Progress.Done == 0
		},
		"Commit 5": func(r engine.Run) bool { return r.Progress.Done > 0 && r.Progress.Done < r.Progress.Due },
	}
	w.e.Store = &tap{Store: w.st, on: func(method string) error {
		mu.Lock()
		times[method]++
		name := fmt.Sprint(method, " ", times[method])
		look := looks[name]
		delete(looks, name)
		mu.Unlock()
		if look == nil {
			return nil
		}
		return w.seen("what is so at "+name, look)
	}}
	r := w.run(engine.Done)
	if len(looks) > 0 {
		t.Errorf("never came to %v", looks)
	}
	r, err := w.st.RunByID(t.Context(), ws, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Progress
	if _, any := p.Now(); any || len(p.Waits) > 0 || p.Done != p.Due {
		t.Errorf("it is over, and still shows %+v", p)
	}
	var took time.Duration
	for i, s := range p.Stages {
		if i > 0 && s.Began.Before(p.Stages[i-1].Began) {
			t.Errorf("stages are out of order: %+v", p.Stages)
		}
		took += s.Took
	}
	if len(p.Stages) < 5 || took <= 0 || took > 2*r.Finished.Sub(r.Started) {
		t.Errorf("%v in %v: %+v", took, r.Finished.Sub(r.Started), p.Stages)
	}
}

// metered reaches the systems through real budgets.
type metered struct {
	*world
	budgets [2]*connection.Budget
}

func (m metered) side(conn string) engine.Side {
	if conn == m.flow.Connections[engine.B] {
		return engine.B
	}
	return engine.A
}

func (m metered) Open(_ context.Context, _, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	return m.open(conn, observe, m.budgets[m.side(conn)])
}

// Paused implements engine.Pauses.
func (m metered) Paused(conn string, class connector.Class) (time.Time, string, bool) {
	return m.budgets[m.side(conn)].Stopped(class)
}

func (w *world) meter(perSecond float64) metered {
	m := metered{world: w}
	m.budgets[engine.A] = connection.NewBudget(highlevel.Spec().Limits, perSecond, time.Now)
	m.budgets[engine.B] = connection.NewBudget(usercom.Spec().Limits, perSecond, time.Now)
	return m
}

func TestARunSaysThatItWritesAsFastAsAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 60, Seed: 3, RateLimits: "20/s"})
	w.e.Links = w.meter(15)
	told := make(chan error, 1)
	go func() {
		told <- w.seen("the allowance", func(r engine.Run) bool {
			for _, wait := range r.Progress.Waits {
				if wait.For == engine.ForAllowance {
					return under(r, engine.PhaseWrite, -1)
				}
			}
			return false
		})
	}()
	w.run(engine.Done)
	if err := <-told; err != nil {
		t.Error(err)
	}
}

func TestARunSaysUntilWhenASystemMadeItStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 30, Seed: 3})
	m := w.meter(50)
	w.e.Links = m
	m.budgets[engine.B].Done(429, map[string][]string{"Retry-After": {"4"}})
	until := m.budgets[engine.B].Snapshot().PausedUntil
	told := make(chan error, 1)
	go func() {
		told <- w.seen("the pause", func(r engine.Run) bool {
			for _, wait := range r.Progress.Waits {
				if wait.For == engine.ForStop && wait.Side == int(engine.B) && wait.Why != "" && wait.Until.Sub(until).Abs() < time.Millisecond {
					return true
				}
			}
			return false
		})
	}()
	r := w.run(engine.Done)
	if err := <-told; err != nil {
		t.Error(err)
	}
	if len(r.Progress.Waits) > 0 {
		t.Errorf("still waits: %+v", r.Progress.Waits)
	}
}

// What somebody made a moment ago may not be seen yet by the other side's search, and the run says that it waits for that.
func TestARunSaysThatItWaitsUntilAbsenceCanBeBelieved(t *testing.T) {
	t.Parallel()
	w, _, _ := ada(t)
	w.e.Settle = 3 * time.Second
	w.pass(time.Minute)
	w.add(engine.A, fields{"firstName": "Bea", "email": "bea@example.com"})
	told := make(chan error, 1)
	go func() {
		told <- w.seen("settling", func(r engine.Run) bool {
			for _, wait := range r.Progress.Waits {
				if wait.For == engine.ForSettle && wait.Until.After(r.Started) {
					stage, _ := r.Progress.Now()
					return r.Status == engine.Waiting && stage.Phase == engine.PhaseWait
				}
			}
			return false
		})
	}()
	w.run(engine.Done)
	if err := <-told; err != nil {
		t.Error(err)
	}
}
