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

// LeaseName is what the lease of a pair is called.
func LeaseName(pair string) string { return "pair/" + pair }

// lease takes the pair of a flow, unless somebody alive has it (ErrBusy). release gives it back.
func (e *Engine) lease(ctx context.Context, ws, pair string, f flow.Flow) (l Lease, release func(), err error) {
	name := LeaseName(pair)
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

// beat keeps the lease, with the progress of the run.
func (s *session) beat(ctx context.Context) error {
	s.mu.Lock()
	p := s.run.Progress
	s.mu.Unlock()
	now := s.e.Now()
	err := s.e.Store.Beat(ctx, s.ws, s.lease, s.run.ID, p, now)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.kept = now
	}
	return err
}

// shaky is the age from which a lease is asked for before a create leaves. What leaves then has most of DeadAfter to
// arrive.
const shaky = DeadAfter / 3

// ours reports whether the pair still is ours, before a call leaves that must not be made twice. A process that was stopped
// (a paused machine) does not know how long: its heart has not beaten yet, and somebody else may have taken over.
func (s *session) ours(ctx context.Context) error {
	s.asking.Lock()
	defer s.asking.Unlock()
	now := s.e.Now()
	s.mu.Lock()
	kept := s.kept
	s.mu.Unlock()
	// The clock that never jumps may stand still while a machine sleeps, and the other may be set back.
	if max(now.Sub(kept), now.Round(0).Sub(kept.Round(0))) < shaky {
		return nil
	}
	return s.beat(ctx)
}
