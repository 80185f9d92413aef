package engine_test

import (
	"context"
	"errors"

	"couplet/internal/engine"
)

// A process that dies stores nothing from one moment on. Here that moment is a call of the store: it and all later ones
// fail, and the next engine knows that the owner is dead.

var errDead = errors.New("the process is dead")

// dies runs the flow until the store is asked for the method, and goes on with a new engine. It reports whether the run
// came that far.
func (w *world) dies(method string) bool {
	w.t.Helper()
	return w.diesAt(engine.Request{Look: true}, func(m string) bool { return m == method })
}

func (w *world) diesAt(req engine.Request, now func(method string) bool) (dead bool) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	guard := make(chan struct{}, 1)
	e := w.engine()
	e.Store = &tap{Store: w.store(), on: func(m string) error {
		guard <- struct{}{}
		defer func() { <-guard }()
		if dead = dead || now(m); dead {
			cancel() // calls on their way break off
			return errDead
		}
		return nil
	}}
	e.Settle, e.Dead = w.e.Settle, w.e.Dead
	req.Workspace, req.Flow, req.Trigger = ws, w.flow, "manual"
	r, err := e.Run(ctx, req)
	if !dead {
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Logf("%s before it could die", r.Status)
		return false
	}
	settle := w.e.Settle
	w.e = w.engine()
	w.e.Settle, w.e.Dead = settle, func(string) bool { return true }
	return true
}
