package engine

import (
	"context"
	"errors"
	"time"
)

// most is how many outcomes are stored together at most, and gather how long one waits for others that are on their way:
// a commit waits for the disk however little it holds. What a kill loses in this time is found again by its intents.
const (
	most   = 500
	gather = 100 * time.Millisecond
)

// collect stores outcomes in groups: as many as came in while the last group was being stored and, while jobs are out
// with the systems, for a moment more. When none is out, nothing waits.
func (s *session) collect(ctx context.Context, cancel context.CancelCauseFunc, in <-chan outcome, idle func() bool) error {
	// Outcomes of calls that have been made are stored even when the run is being stopped.
	ctx = context.WithoutCancel(ctx)
	for o := range in {
		group := together(o, in, idle)
		if err := s.commit(ctx, group); err != nil {
			cancel(err)
			for range in { // let the workers finish; what they did is found again
			}
			return err
		}
	}
	return nil
}

// together gathers a group.
func together(first outcome, in <-chan outcome, idle func() bool) []outcome {
	group := []outcome{first}
	enough := time.NewTimer(gather)
	defer enough.Stop()
	for len(group) < most {
		select {
		case o, ok := <-in:
			if !ok {
				return group
			}
			group = append(group, o)
			continue
		default:
		}
		if idle() {
			return group
		}
		select {
		case o, ok := <-in:
			if !ok {
				return group
			}
			group = append(group, o)
		case <-enough.C:
			return group
		}
	}
	return group
}

// both counts what two counts.
func both(a, b func(*Run)) func(*Run) {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return func(r *Run) { a(r); b(r) }
}

func (s *session) commit(ctx context.Context, group []outcome) error {
	commits := make([]Commit, 0, len(group))
	s.mu.Lock()
	before := s.run
	for _, o := range group {
		commits = append(commits, o.commit)
		if o.count != nil {
			o.count(&s.run)
		}
	}
	run := s.run
	s.mu.Unlock()
	err := s.e.Store.Commit(ctx, s.ws, s.lease, run, commits)
	if err == nil {
		s.release(group)
		s.workedOff(group)
	}
	if errors.Is(err, ErrLinked) && len(group) > 1 {
		s.uncount(before)
		for i := range group { // find the one that came too late
			if err := s.commit(ctx, group[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	if errors.Is(err, ErrLinked) {
		s.uncount(before)
		o := group[0]
		again := append(o.commit.Finished, o.commit.Again...)
		for i := range again { // each time later, so that no run waits for ever for what never fits
			again[i].Due = s.e.Now().Add(time.Second << min(again[i].Attempts, 9))
			again[i].Attempts++
		}
		return s.commit(ctx, []outcome{{places: o.places, commit: Commit{Mirrors: o.commit.Mirrors, Again: again}}})
	}
	if err != nil {
		s.uncount(before)
	}
	return err
}

// uncount takes back the counts of a group that was not stored. It touches nothing else of the run: what never changes
// there is read without a lock.
func (s *session) uncount(before Run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run.To, s.run.Linked, s.run.Asked, s.run.OneWay, s.run.Outside = before.To, before.Linked, before.Asked, before.OneWay, before.Outside
	s.run.Alike, s.run.Left, s.run.Held = before.Alike, before.Left, before.Held
}
