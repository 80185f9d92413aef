package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"couplet/internal/connector"
	"couplet/internal/flow"
)

// Engine keeps pairs of records in step. One is enough for a process; it holds no state of its own.
type Engine struct {
	Store Store
	Links Links
	Now   func() time.Time
	// Settle is how long after a change the other side's index may still not show it (COUPLET_SETTLE).
	Settle time.Duration
	Log    *slog.Logger
	// Owner names this process in leases. HashKey keys the hashes of tombstones.
	Owner   string
	HashKey []byte
	// Dead reports whether an owner is known to be dead before its heartbeat is old enough to tell; it may be nil. A
	// wrong answer is safe: the fence refuses what a living one still commits, and open intents are looked into.
	Dead func(owner string) bool
	// Random is in [0,1); it spreads retries.
	Random func() float64
}

// DeadAfter is how old a heartbeat may be before a run is taken over (cli.md, `couplet run`); beat is its pace, at which
// the progress is stored, too.
const (
	DeadAfter = 15 * time.Second
	beat      = time.Second
)

// patience is how far ahead a waiting run looks for work before it leaves the rest to the next run.
const patience = 2 * time.Minute

// ErrBusy says that somebody alive is working on this flow.
var ErrBusy = errors.New("this flow is being run by another worker")

// Request asks for a run.
type Request struct {
	Workspace string
	Flow      flow.Flow
	Trigger   string
	By        string // the person who asked for it, "" when nobody did
	DryRun    bool
	Full      bool
	// Look reads both sides first; without it only what is already in the inbox is worked (a webhook's hints).
	Look bool
	// Allow lets this run write beyond the brake.
	Allow bool
	// Started, when not nil, is told the run as soon as it is stored.
	Started func(Run)
	// Undo asks for a run that takes back what an earlier one wrote, and does nothing else.
	Undo *Undoing
}

// Run runs a flow once, or goes on with its unfinished run, and returns at a final status. The error is not nil only
// when there is no run to show: the flow is busy, or the database cannot be used. A request that does not look and finds
// the inbox empty makes no run; the Run is then zero. An undo that was cut off, or that somebody asked for on a page, comes
// first; a request with the trigger of an undo and without one asks for nothing else.
func (e *Engine) Run(ctx context.Context, req Request) (Run, error) {
	var undone Run
	for {
		r, err := e.once(ctx, req)
		if err == nil && r.ID == "" {
			return undone, nil
		}
		if err != nil || r.Undo == nil || req.Undo != nil || !r.Status.Final() {
			return r, err
		}
		undone = r
	}
}

// asked reports whether a request is for the undos alone that people asked for.
func (r Request) asked() bool { return r.Trigger == Undo && r.Undo == nil }

func (e *Engine) once(ctx context.Context, req Request) (Run, error) {
	f := req.Flow
	watch := f.Watch && req.Undo == nil && !req.DryRun && !req.asked()
	req.DryRun = req.DryRun || watch // whoever asks: nothing is written
	pair, err := e.Store.PairFor(ctx, req.Workspace, f.Connections, f.Object, NewID("pair", e.Now()))
	if err != nil {
		return Run{}, err
	}
	asked := e.Now()
	lease, release, err := e.lease(ctx, req.Workspace, pair.ID, f)
	if err != nil {
		return Run{}, err
	}
	defer release()
	s := &session{e: e, ws: req.Workspace, flow: f, pair: pair, lease: lease, began: e.Now(), kept: asked, look: req.Look && !req.asked() || req.Undo != nil, anew: map[string]int64{}, busy: map[Place]bool{}, doubts: map[Place]bool{}, refused: map[Place]bool{}, calls: map[CallCount]int{}, away: noSide, ledger: newLedger()}
	if idle, err := s.idle(ctx, req.asked()); err != nil || idle {
		return Run{}, err
	}
	if err := s.undoable(ctx, req.Undo); err != nil {
		return Run{}, err
	}
	if err := s.begin(ctx, req, watch); err != nil {
		return Run{}, err
	}
	if req.Started != nil {
		req.Started(s.run)
	}
	if s.run.Status.Final() {
		return s.run, nil
	}
	return s.live(ctx)
}

// idle reports whether a webhook's wake-up came after its hint was worked off already, or the one of an undo after the undo.
func (s *session) idle(ctx context.Context, asked bool) (bool, error) {
	if s.flow.Watch && !s.look && !asked {
		return true, nil // it tells by its schedule what it would do
	}
	if s.look || s.pair.Seeded.IsZero() && !asked {
		return false, nil
	}
	if _, unfinished, err := s.e.Store.ActiveRun(ctx, s.ws, s.flow.ID); err != nil || unfinished || asked {
		return err == nil && !unfinished, err
	}
	due, _, err := s.e.Store.Pending(ctx, s.ws, s.pair.ID, s.e.Now())
	return due == 0, err
}

// begin stores the run, or takes over one whose owner is dead.
func (s *session) begin(ctx context.Context, req Request, watch bool) error {
	now := s.e.Now()
	old, found, err := s.e.Store.ActiveRun(ctx, s.ws, s.flow.ID)
	if err != nil {
		return err
	}
	if found && old.Status == Queued && !req.DryRun && (req.Undo == nil || *old.Undo == *req.Undo) {
		s.run = s.takeUp(old)
		return s.e.Store.SaveRun(ctx, s.ws, s.lease, s.run)
	}
	if found && old.DryRun && old.Status != Queued { // its owner is dead, or this one had no lease; it has done nothing that could be gone on with
		old.Status, old.Note, old.Finished = Failed, forgotten, now
		old.Progress.over(old.Beat)
		if err := s.e.Store.SaveRun(ctx, s.ws, s.lease, old); err != nil {
			return err
		}
		if old, found, err = s.e.Store.ActiveRun(ctx, s.ws, s.flow.ID); err != nil {
			return err
		}
	}
	if found && !old.DryRun && old.Status != Queued && old.Undo == nil && watch { // it wrote, and is not to any more
		old.Status, old.Note, old.Finished = Cancelled, "The flow was set to watch only, so this run ended. What it had written stays.", now
		old.Progress.over(old.Beat)
		if err := s.e.Store.SaveRun(ctx, s.ws, s.lease, old); err != nil {
			return err
		}
		found = false
	}
	if found && !old.DryRun && old.Status != Queued && !req.DryRun && (req.Undo == nil || old.Undo != nil && *old.Undo == *req.Undo) {
		s.run = old
		s.run.Progress.over(old.Beat)
		s.run.Recovered, s.run.Owner, s.run.Status, s.run.Note, s.run.Beat = true, s.e.Owner, Running, "", now
		s.run.Revision, s.run.Version = s.flow.Revision(), s.flow.Version
		s.run.Allow = s.run.Allow || req.Allow
		s.look = true // nobody knows how far the other had looked
		return s.e.Store.SaveRun(ctx, s.ws, s.lease, s.run)
	}
	s.run = Run{ID: NewID("run", now), Workspace: s.ws, Flow: s.flow.ID, FlowName: s.flow.Name, Pair: s.pair.ID, Version: s.flow.Version,
		Trigger: req.Trigger, By: req.By, Status: Running, DryRun: req.DryRun, Full: req.Full, Allow: req.Allow,
		Started: now, Beat: now, Owner: s.e.Owner, Revision: s.flow.Revision(), Undo: req.Undo, Watch: watch}
	return s.e.Store.StartRun(ctx, s.run)
}

// live carries the run out under a heartbeat.
func (s *session) live(caller context.Context) (Run, error) {
	ctx, cancel := context.WithCancelCause(caller)
	var beating sync.WaitGroup
	beating.Go(func() { s.heartbeat(ctx, cancel) })
	err := s.work(ctx)
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = cause
		if stop := context.Cause(caller); stop != nil && errors.Is(cause, stop) {
			err = context.Canceled // the program is stopping, whatever its caller calls that
		}
	}
	cancel(nil)
	beating.Wait()
	return s.finish(context.WithoutCancel(ctx), err)
}

func (s *session) heartbeat(ctx context.Context, cancel context.CancelCauseFunc) {
	t := time.NewTicker(beat)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.keepCalls(ctx)
		s.paused()
		err := s.beat(ctx)
		switch {
		case errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrCancelled):
			cancel(err)
			return
		case err != nil && ctx.Err() == nil:
			s.e.Log.Warn("heartbeat not stored", "run", s.run.ID, "error", err)
		}
	}
}

// work is the whole run: prepare, observe, seed, drain.
func (s *session) work(ctx context.Context) error {
	s.enter(PhasePrepare, noSide)
	if err := s.prepare(ctx); err != nil {
		return err
	}
	s.leave(PhasePrepare, noSide)
	if err := s.nameFields(ctx); err != nil {
		return err
	}
	if err := s.beside(ctx); err != nil {
		return err
	}
	if err := s.mayStart(); err != nil {
		return err
	}
	if s.run.Undo != nil {
		return s.undo(ctx)
	}
	if s.look || s.pair.Seeded.IsZero() {
		if err := s.observe(ctx); err != nil {
			return err
		}
	}
	s.enter(PhaseCompare, noSide)
	scope := s.flow.Scope.Key()
	if s.pair.Seeded.IsZero() || s.pair.Scope != scope || s.pair.Again > 0 || s.pair.Afresh.Proposed && s.run.DryRun {
		s.pair.Scope = scope
		if err := s.e.Store.Seed(ctx, s.ws, s.lease, s.pair, s.e.Now()); err != nil {
			return err
		}
		if s.pair.Seeded.IsZero() {
			s.pair.Seeded = s.e.Now()
		}
		if s.pair.First.IsZero() {
			s.pair.First = s.pair.Seeded
		}
	}
	if err := s.wakeChildren(ctx); err != nil {
		return err
	}
	if err := s.recall(ctx); err != nil {
		return err
	}
	if s.run.DryRun {
		return s.rehearse(ctx)
	}
	return s.drain(ctx)
}

// finish turns the way the work ended into a status and stores it.
func (s *session) finish(ctx context.Context, err error) (Run, error) {
	s.keepCalls(ctx)
	s.mu.Lock()
	r := s.run
	s.mu.Unlock()
	r.Finished, r.Beat, r.Drift = s.e.Now(), s.e.Now(), s.drifted()
	r.Progress.over(s.e.Now())
	var stop *stopError
	var ce *connector.Error
	switch {
	case errors.Is(err, ErrLeaseLost):
		return r, ErrBusy // the other owner stores the run from here on
	case err == nil:
		r.Status = Done
		if r.To[A].Failed+r.To[B].Failed > 0 {
			r.Status = DoneWithProblems
		}
	case errors.Is(err, ErrCancelled):
		r.Status, r.Note = Cancelled, "Somebody cancelled this run. What it had written stays; the rest is done by the next run."
	case errors.As(err, &stop):
		r.Status, r.Note, r.Halt = Paused, stop.Note, stop.Halt
	case errors.As(err, &ce) && (ce.Kind == connector.Unauthorized || ce.Kind == connector.Forbidden):
		r.Status, r.Note = Paused, ce.Message+" Nothing is lost: the run goes on from here once that is mended."
		if r.DryRun {
			r.Note = ce.Message
		}
		r.Halt = Halt{Why: HaltKey, Side: s.turnedAway()}
		if ce.Kind == connector.Forbidden {
			r.Halt.Why, r.Halt.Scope = HaltPermit, ce.Scope
		}
	case errors.Is(err, context.Canceled):
		// The process is stopping. The run stays unfinished, so that whoever starts next goes on with it.
		r.Status, r.Finished, r.Beat, r.Note = Waiting, time.Time{}, time.Time{}, "The program is stopping; the run goes on when it starts again."
	default:
		r.Status, r.Note = Failed, sentence(err)
	}
	if n, e := s.e.Store.CountReviews(ctx, s.ws, s.pair.ID); e == nil {
		r.Review = n + s.foretold
	}
	if s.kin != nil {
		if n, e := s.e.Store.CountOrphans(ctx, s.ws, s.pair.ID); e == nil {
			if r.DryRun { // those that no run has seen yet are foretold
				n[A], n[B] = n[A]+r.Waiting[A], n[B]+r.Waiting[B]
			}
			r.Waiting = n
		}
	}
	if r.Status.Final() {
		if n, e := s.e.Store.CountLinks(ctx, s.ws, s.pair.ID); e == nil {
			if t, e := s.e.Store.CountTouched(ctx, s.ws, r.ID); e == nil {
				r.Same = max(0, n-t)
			}
		}
	}
	s.mu.Lock()
	s.run = r
	s.mu.Unlock()
	if r.DryRun && (r.Status == Done || r.Status == DoneWithProblems) { // it takes the place of what was foretold before
		if e := s.e.Store.DropPlans(ctx, s.ws, r); e != nil {
			s.e.Log.Warn("earlier plans not forgotten", "flow", s.flow.Name, "error", e)
		}
	}
	if e := s.e.Store.SaveRun(ctx, s.ws, s.lease, r); e != nil {
		return r, fmt.Errorf("the end of run %s could not be stored: %w", r.ID, e)
	}
	return r, nil
}

// stopError pauses a run with a note for people.
type stopError struct {
	Note string
	Halt Halt
}

func (e *stopError) Error() string { return e.Note }

// ErrCancelled says that a person cancelled the run.
var ErrCancelled = errors.New("cancelled")
