package main

import (
	"context"
	"errors"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/jobs"
	"couplet/internal/store"
)

// source tells jobs what is due.
type source struct {
	st   *store.Store
	dead func(owner string) bool
	now  func() time.Time
}

func (s source) DueFlows(ctx context.Context, now time.Time) ([]jobs.Due, error) {
	due, err := s.st.TakeDue(ctx, now)
	list := make([]jobs.Due, len(due))
	for i, d := range due {
		list[i] = jobs.Due{Workspace: d.Workspace, Flow: d.Flow, Trigger: jobs.Webhook}
		if d.Scheduled {
			list[i].Trigger = "schedule"
		}
	}
	more, e := s.dueAutomations(ctx)
	return append(list, more...), errors.Join(err, e)
}

func (s source) DeadRuns(ctx context.Context, beatBefore time.Time) ([]jobs.Due, error) {
	runs, err := s.st.DeadRuns(ctx, beatBefore.Add(engine.DeadAfter))
	var list []jobs.Due
	for _, r := range runs { // a process of this machine that is gone need not be waited for
		if r.Beat.Before(beatBefore) || s.dead(r.Owner) {
			list = append(list, jobs.Due{Workspace: r.Workspace, Flow: r.Flow, Trigger: jobs.Recovery})
		}
	}
	return list, err
}

// jobs wires the workers. seen is told the status of each run that ends; it may be nil.
func (a *app) jobs(seen func(engine.Status)) (*jobs.Jobs, error) {
	return jobs.New(jobs.Options{DB: a.db, Source: source{a.store, a.engine.Dead, a.now}, Now: a.now, Log: a.log,
		Work: func(ctx context.Context, ws, id, trigger, by string) error {
			if isAutomation(id) {
				return a.automate(ctx, ws, id, trigger == "schedule")
			}
			r, err := a.work(ctx, ws, id, trigger, by)
			if err == nil && seen != nil && r.ID != "" {
				seen(r.Status)
			}
			return err
		}})
}

// work is what a wake-up of a flow leads to. A rehearsal is of what a person is editing, whether the flow is on or not,
// and so is the trial of one record before it ever was. The
// run of a flow that was switched off meanwhile is ended when its worker is gone; one that lives hears of it by itself.
func (a *app) work(ctx context.Context, ws, id, trigger, by string) (engine.Run, error) {
	var f flow.Flow
	var err error
	switch trigger {
	case engine.Rehearse:
		f, _, err = a.store.Draft(ctx, ws, id)
	case engine.Trial:
		f, err = a.store.TrialOf(ctx, ws, id)
	default:
		f, err = a.store.FlowByID(ctx, ws, id)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return engine.Run{}, nil // deleted since
	case err != nil:
		return engine.Run{}, err
	case trigger == engine.Rehearse:
		return a.engine.Run(ctx, engine.Request{Workspace: ws, Flow: f, Trigger: trigger, By: by, Look: true, DryRun: true})
	case !f.Enabled && trigger != engine.Trial:
		undo, err := a.undoing(ctx, ws, id, trigger)
		if err != nil {
			return engine.Run{}, err
		}
		if !undo {
			return a.engine.Abandon(ctx, ws, f)
		}
		trigger = engine.Undo
	}
	if held, err := a.held(ctx, ws, f.Connections); held || err != nil {
		return engine.Run{}, err // what came in waits in the inbox until the account is connected again
	}
	return a.engine.Run(ctx, engine.Request{Workspace: ws, Flow: f, Trigger: trigger, By: by, Look: trigger != jobs.Webhook && trigger != engine.Undo, Allow: trigger == engine.Once})
}

// undoing reports whether a wake-up of a flow that is off is for an undo, which a flow that is off carries out, too: most
// people switch off first what they want to take back.
func (a *app) undoing(ctx context.Context, ws, id, trigger string) (bool, error) {
	r, open, err := a.store.ActiveRun(ctx, ws, id)
	return open && r.Undo != nil && (trigger == engine.Undo || trigger == jobs.Recovery), err
}

// Paused implements engine.Pauses: calls that stand in line although more could be out at once wait for the allowance.
func (l links) Paused(conn string, class connector.Class) (until time.Time, why string, held bool) {
	return l.a.pool.Stopped(conn, class)
}

// reseal seals every secret with another key.
func (a *app) reseal(ctx context.Context, with *connection.Sealer) (int, error) {
	return a.store.ReplaceSecrets(ctx, func(s store.SealedSecret) ([]byte, error) {
		plain, err := with.Open(s.Workspace, s.Connection, s.Kind, s.Sealed) // the new key opens what the old ones sealed
		if err != nil {
			return nil, err
		}
		return with.Seal(s.Workspace, s.Connection, s.Kind, plain)
	})
}
