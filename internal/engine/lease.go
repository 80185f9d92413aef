package engine

import (
	"context"
	"errors"
	"time"

	"couplet/internal/flow"
)

// Abandon ends what is unfinished of a flow that is to run no more, when nobody is working on it. It returns ErrBusy when
// somebody is, and the zero Run when nothing was unfinished.
func (e *Engine) Abandon(ctx context.Context, ws string, f flow.Flow) (Run, error) {
	old, found, err := e.Store.ActiveRun(ctx, ws, f.ID)
	if err != nil || !found {
		return Run{}, err
	}
	lease, release, err := e.lease(ctx, ws, old.Pair, f)
	if err != nil {
		return Run{}, err
	}
	defer release()
	if old, found, err = e.Store.ActiveRun(ctx, ws, f.ID); err != nil || !found {
		return Run{}, err
	}
	old.Status, old.Note, old.Finished = Cancelled, "The flow was switched off. What this run had written stays; the rest is done when the flow is on again.", e.Now()
	if old.DryRun {
		old.Status, old.Note = Failed, forgotten
	}
	old.Progress.over(old.Beat)
	return old, e.Store.SaveRun(ctx, ws, lease, old)
}

// forgotten is the note of a dry run whose worker died.
const forgotten = "The program ended in the middle of this dry run. Nothing was written."

// lease takes the pair of a flow, unless somebody alive has it (ErrBusy). release gives it back.
func (e *Engine) lease(ctx context.Context, ws, pair string, f flow.Flow) (l Lease, release func(), err error) {
	name := "pair/" + pair
	l, ok, err := e.Store.Acquire(ctx, ws, name, e.Owner, e.Now(), e.Now().Add(-DeadAfter))
	if err == nil && !ok && e.Dead != nil && e.Dead(l.Owner) {
		l, ok, err = e.Store.TakeOver(ctx, ws, l, e.Owner, e.Now())
	}
	if err == nil && !ok {
		err = ErrBusy
	}
	if err != nil {
		return l, nil, err
	}
	return l, func() {
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := e.Store.Release(c, ws, l); err != nil && !errors.Is(err, ErrLeaseLost) {
			e.Log.Warn("lease not released", "flow", f.Name, "error", err)
		}
	}, nil
}
