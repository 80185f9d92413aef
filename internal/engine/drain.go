package engine

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"couplet/internal/connector"
)

// Draining is working off the inbox. Three things go on at once: one goroutine takes hints and decides, many talk to
// the two systems, one stores outcomes. They meet in two places only: a job is in the hands of one goroutine at a time,
// and outcomes go through one channel.

// batch is how many hints are taken at a time. More would lie longer between the storing of an intent and its call, which
// the settling of a create that was cut off does not count.
const batch = 200

// crowd bounds the jobs that are out with the systems at once. How many calls really run is the budget's decision.
const crowd = 400

// careful is how many records the first plan writes before it looks at how that went (sync-semantics, correction 4).
const careful = 25

// outcome is what a job came to.
type outcome struct {
	places []Place
	commit Commit
	count  func(*Run)
	err    error
}

// drain works until nothing is due, waiting for what will be due soon.
func (s *session) drain(ctx context.Context) error {
	if err := s.allowance(ctx); err != nil {
		return err
	}
	s.enter(PhaseWrite, noSide, PhaseCompare)
	class := connector.Live
	if s.bulk() {
		class = connector.Backfill
	}
	s.working(A, class)
	s.working(B, class)
	for {
		if err := s.loadGens(ctx); err != nil {
			return err
		}
		if err := s.toDo(ctx); err != nil {
			return err
		}
		first := s.starting()
		if err := s.round(ctx); err != nil {
			return err
		}
		if first {
			if err := s.lookBack(ctx); err != nil {
				return err
			}
		}
		now := s.e.Now()
		due, next, err := s.e.Store.Pending(ctx, s.ws, s.pair.ID, now)
		if err != nil {
			return err
		}
		if due > 0 {
			continue
		}
		if next.IsZero() || next.Sub(now) > s.farthest() {
			if s.pair.Settled.IsZero() && s.run.Trigger != Trial { // the first run is still to come
				if err := s.e.Store.SettlePair(ctx, s.ws, s.lease, s.pair.ID, now); err != nil {
					return err
				}
			}
			return s.carriedOut(ctx)
		}
		if err := s.sleep(ctx, next); err != nil {
			return err
		}
	}
}

// glance is how often a waiting run looks whether somebody left a new hint.
const glance = 100 * time.Millisecond

// sleep waits until a time, or until a new hint comes in, and says so in the run.
func (s *session) sleep(ctx context.Context, until time.Time) error {
	d := until.Sub(s.e.Now())
	waiting := d > time.Second
	if waiting {
		w, err := s.waitsFor(ctx, until)
		if err != nil {
			return err
		}
		s.waitFor(w, true)
		defer s.waitFor(w, false)
		s.enter(PhaseWait, noSide, PhaseWrite)
		s.setStatus(ctx, Waiting, "Waiting until "+until.UTC().Format("15:04:05")+" UTC, when the other side can be trusted to show what is there, or a failed record is tried again.")
	}
	for {
		t := time.NewTimer(min(max(d, time.Millisecond), glance))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
		due, _, err := s.e.Store.Pending(ctx, s.ws, s.pair.ID, s.e.Now())
		if err != nil {
			return err
		}
		if d = until.Sub(s.e.Now()); due > 0 || d <= 0 {
			break
		}
	}
	if waiting {
		s.enter(PhaseWrite, noSide, PhaseWait)
		s.setStatus(ctx, Running, "")
	}
	return nil
}

// farthest is how far ahead this run waits for work.
func (s *session) farthest() time.Duration { return max(patience, 2*s.e.Settle) }

// waitsFor says what the next record that is due at a time waits for.
func (s *session) waitsFor(ctx context.Context, until time.Time) (Wait, error) {
	w := Wait{For: ForSettle, Side: noSide, Until: until}
	next, err := s.e.Store.Hints(ctx, s.ws, s.pair.ID, until, Place{Side: -1}, 1)
	if err == nil && len(next) > 0 && (next[0].Reason == "retry" || outside(next[0].Reason) && next[0].Problem != "") {
		w.For, w.Why = ForRetry, next[0].Problem
	}
	return w, err
}

func (s *session) setStatus(ctx context.Context, st Status, note string) {
	s.mu.Lock()
	s.run.Status, s.run.Note = st, note
	r := s.run
	s.mu.Unlock()
	if err := s.e.Store.SaveRun(ctx, s.ws, s.lease, r); err != nil && ctx.Err() == nil {
		s.e.Log.Warn("run status not stored", "run", r.ID, "error", err)
	}
}

// round takes every hint that is due now, once.
func (s *session) round(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make(chan outcome, crowd)
	stored := make(chan error, 1)
	c := newCrew(crowd, func(j job) outcome {
		o := s.safely(ctx, j)
		o.places = j.holds()
		if o.err != nil {
			cancel(o.err)
		}
		return o
	}, out)
	go func() { stored <- s.collect(ctx, cancel, out, c.idle) }()

	err := s.takeAll(ctx, func(j job) {
		if done, ok := s.inline(j); ok {
			done.places = j.holds()
			out <- done
			return
		}
		c.hand(ctx, j)
	})
	c.end()
	close(out)
	if e := <-stored; e != nil {
		return e
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// safely carries out a job. A defect of ours that one record brings to light parks that record, and stops nothing else.
func (s *session) safely(ctx context.Context, j job) (o outcome) {
	defer func() {
		if v := recover(); v != nil {
			s.e.Log.Error("a job failed by a defect", "run", s.run.ID, "do", j.do, "record", j.hint.ID, "panic", v, "stack", string(debug.Stack()))
			o = s.park(j, "Couplet met a defect of its own with this record and left it alone; the log has the details. The others are not affected.")
		}
	}()
	return s.do(ctx, j)
}

// takeAll reads the due hints page by page, decides, stores the intents of creates, and hands the jobs out. While the
// first plan starts carefully it takes one small page, so that the round ends and its outcome can be looked at.
func (s *session) takeAll(ctx context.Context, hand func(job)) error {
	now := s.e.Now()
	size := batch
	first := s.starting()
	if first {
		size = careful
	}
	for place := (Place{Side: -1}); ; {
		hints, err := s.e.Store.Hints(ctx, s.ws, s.pair.ID, now, place, size)
		if err != nil || len(hints) == 0 {
			return err
		}
		last := hints[len(hints)-1]
		place = Place{last.Side, last.ID}
		// A record that another job still has in hand is left for the next round. It is claimed before it is looked up,
		// so that what is decided about it cannot be older than what was stored about it.
		hints = s.claimHints(hints)
		jobs, err := s.decide(ctx, hints)
		if err != nil {
			return err
		}
		jobs = s.claimJobs(hints, jobs)
		if jobs, err = s.beginCreates(ctx, jobs); err != nil {
			return err
		}
		for _, j := range jobs {
			hand(j)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
		}
		if first {
			return nil
		}
	}
}

// beginCreates stores the intents of a batch's creates in one transaction, before any of their calls leaves.
func (s *session) beginCreates(ctx context.Context, jobs []job) ([]job, error) {
	var intents []Intent
	for i := range jobs {
		if jobs[i].do != create {
			continue
		}
		if ok, err := s.mayCreate(&jobs[i]); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		jobs[i].intent = s.newIntent(jobs[i])
		intents = append(intents, jobs[i].intent)
	}
	if len(intents) == 0 {
		return jobs, nil
	}
	return jobs, s.e.Store.Begin(ctx, s.ws, s.lease, intents)
}

func (s *session) newIntent(j job) Intent {
	now := s.e.Now()
	id := j.intent.ID
	if id == "" {
		id = NewID("int", now)
	}
	return Intent{ID: id, Pair: s.pair.ID, Side: j.side.Other(), Source: j.m[j.side].ID,
		Beyond: j.beyond, Stamp: s.stamp(j.m[j.side].ID), Content: s.content(j), Run: s.run.ID, State: Sent, At: now, Refusals: j.intent.Refusals}
}

// claimHints takes the hints of records that no job has in hand.
func (s *session) claimHints(hints []Hint) []Hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	free := hints[:0]
	for _, h := range hints {
		if p := (Place{h.Side, h.ID}); !s.busy[p] {
			s.busy[p] = true
			free = append(free, h)
		}
	}
	return free
}

// claimJobs takes the partners too; a job whose partner is in other hands is put off, and claims without a job end.
func (s *session) claimJobs(hints []Hint, jobs []job) []job {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := make(map[Place]bool, len(hints))
	for _, h := range hints {
		mine[Place{h.Side, h.ID}] = true
	}
	kept := jobs[:0]
	used := make(map[Place]bool, 2*len(hints))
	for _, j := range jobs {
		free := true
		for _, p := range j.holds() {
			free = free && !used[p] && (mine[p] || !s.busy[p])
		}
		if !free {
			continue
		}
		for _, p := range j.holds() {
			s.busy[p], used[p] = true, true
		}
		kept = append(kept, j)
	}
	for p := range mine {
		if !used[p] {
			delete(s.busy, p)
		}
	}
	return kept
}

func (s *session) release(group []outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range group {
		for _, p := range o.places {
			delete(s.busy, p)
		}
	}
}

// places are the records that a job is about.
func (j job) places() []Place {
	p := []Place{{j.side, j.hint.ID}}
	if other := j.side.Other(); j.m[other].ID != "" {
		p = append(p, Place{other, j.m[other].ID})
	} else if j.link.ID != "" {
		p = append(p, Place{other, j.link.IDs[other]})
	}
	return p
}

// holds are the places that nobody else may work at while the job is under way.
func (j job) holds() []Place {
	if j.lock == "" {
		return j.places()
	}
	return append(j.places(), Place{noSide, j.lock})
}

func (s *session) touchedSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run.touched()
}

func (s *session) loadGens(ctx context.Context) error {
	for side := range s.gens {
		if s.kin != nil && s.kin.lists[side] {
			continue // there is no reading of the whole side
		}
		cur, err := s.e.Store.Cursor(ctx, s.ws, s.flow.Connections[side], s.flow.Object)
		if err != nil {
			return err
		}
		s.gens[side], s.readings[side] = cur.GenBegan, cur.Generation
		if ahead := cur.Began.Sub(cur.At); !cur.At.IsZero() && ahead > margin {
			s.ahead[side] = ahead
		}
	}
	return s.loadPassed(ctx)
}
