package engine

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// The brake keeps a mistake small (sync-semantics 5.12). The first full plan needs an approval. Later runs may write
// max(25, 5 %) of the linked records; a run that wants more stops before it writes anything.

// So it is with links: a run lets go of max(5, 1 %) of them, and deletes as many records that people said are to be deleted, because an account that suddenly shows nobody is more likely
// mistaken than empty, and what was let go of is never joined again by itself.

const (
	leastChanges = 25
	leastLosses  = 5
)

// allowance says how many writes this run may make, and stops a run that plans more before its first write.
func (s *session) allowance(ctx context.Context) error {
	if s.run.Allow {
		return nil
	}
	if s.pair.Settled.IsZero() {
		if s.flow.Approval == nil {
			return &stopError{Halt: Halt{Why: HaltApproval, Side: noSide}, Note: fmt.Sprintf("The first plan of flow %s has not been approved, so nothing was written. Look at it with a dry run, then approve it by switching the flow on.", s.flow.Name)}
		}
		if s.pair.Afresh.InForce().Why != Reapply {
			return nil
		}
	}
	links, err := s.e.Store.CountLinks(ctx, s.ws, s.pair.ID)
	if err != nil {
		return err
	}
	if s.pair.Settled.IsZero() { // a map that is applied to what is there lets go of nobody
		s.losable = max(leastLosses, int(float64(links)*float64(s.flow.Brake.Delete)))
		return s.losses(ctx)
	}
	s.limit = max(leastChanges, int(float64(links)*float64(s.flow.Brake.Change)))
	s.losable = max(leastLosses, int(float64(links)*float64(s.flow.Brake.Delete)))
	if err := s.losses(ctx); err != nil {
		return err
	}
	due, _, err := s.e.Store.Pending(ctx, s.ws, s.pair.ID, s.e.Now())
	if err != nil || due <= s.limit {
		return err // even if every one of them were written, the brake would not be reached
	}
	if err := s.loadGens(ctx); err != nil {
		return err
	}
	var done int // what is foreseen is not worked off yet
	s.watch(func(p *Progress) { done = p.Done })
	defer s.watch(func(p *Progress) { p.Done = done })
	planned := 0
	var lines []Commit
	err = s.foresee(ctx, func(j job, d *Decision) {
		if s.wanted(j, d) {
			return
		}
		if j.do == create || j.do == search || j.do == remake || j.do == erase || j.do == vanish && (j.fate == fateTag || j.fate == fateAgain) || d != nil && d.Writing() {
			planned++
			lines = s.notedFor(j, d, lines)
		}
	})
	if err == nil && planned > s.limit {
		if err = s.e.Store.Commit(ctx, s.ws, s.lease, s.run, lines); err == nil {
			err = s.braked(planned)
		}
	}
	return err
}

// mostNoted is how many records a run that the brake stops tells of.
const mostNoted = 1000

// notedFor adds what would be done about a record to what a run tells that the brake stops, marked as planned.
func (s *session) notedFor(j job, d *Decision, lines []Commit) []Commit {
	if len(lines) == mostNoted {
		return lines
	}
	if j.do == erase {
		return lines // a person decided it, and it has its own brake
	}
	o := s.foretell(j, d)
	if e := o.commit.Entry; e != nil {
		e.Planned = true
		lines = append(lines, Commit{Entry: e})
	}
	return lines
}

// spend takes one write from the allowance.
func (s *session) spend() error {
	if s.limit == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent++
	if s.spent > s.limit {
		return s.braked(s.spent)
	}
	return nil
}

// losses stops a run that would let go of too many links, or delete too many records as people decided, before the first. Those that are suspected are looked at: they
// may be back.
func (s *session) losses(ctx context.Context) error {
	now, lost, deletes := s.e.Now(), 0, 0
	for place := (Place{Side: -1}); ; {
		hints, err := s.e.Store.Hints(ctx, s.ws, s.pair.ID, now, place, batch)
		if err != nil {
			return err
		}
		if len(hints) == 0 {
			break
		}
		last := hints[len(hints)-1]
		place = Place{last.Side, last.ID}
		hints = slices.DeleteFunc(hints, func(h Hint) bool {
			return h.Reason != "gone" && h.Reason != "order" && h.Reason != "retry" && !outside(h.Reason)
		})
		jobs, err := s.decide(ctx, hints)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if j.do == erase {
				deletes++
			}
			for side, m := range j.m {
				if j.link.ID == "" || j.fading || j.doubted || m.Suspect.IsZero() || now.Sub(m.Suspect) < suspicion {
					continue
				}
				_, gone, err := s.read(ctx, Side(side), m.ID, m.Parent, m)
				if fatal(err) != nil {
					return err
				}
				if gone {
					lost++
				}
				if lost > s.losable {
					return s.emptied()
				}
			}
		}
	}
	if deletes > s.losable {
		return s.tooMany(deletes)
	}
	return nil
}

// lose takes one link from the allowance.
func (s *session) lose() error {
	if s.losable == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost++; s.lost > s.losable {
		return s.emptied()
	}
	return nil
}

func (s *session) emptied() error {
	return &stopError{Halt: Halt{Why: HaltEmptied, Side: noSide, Most: s.losable}, Note: fmt.Sprintf("More than %d linked records are gone on one side, more than the brake of flow %s lets go of at once, so the run stopped. "+
		"Check that the account is the right one and shows its records. If they were really deleted, run it once with --allow.", s.losable, s.flow.Name)}
}

func (s *session) braked(n int) error {
	return &stopError{Halt: Halt{Why: HaltBrake, Side: noSide, N: n, Most: s.limit}, Note: fmt.Sprintf("This run wants to change %d records, more than the %d that the brake of flow %s allows, so it stopped. "+
		"If that many changes are right, run it once with --allow; else look at what they are with --dry-run.", n, s.limit, s.flow.Name)}
}

// starting reports whether the first plan is still at its first records.
func (s *session) starting() bool { return s.pair.Settled.IsZero() && s.touchedSoFar() < careful }

// lookBack stops the first plan when its first records went wrong. A create that was refused may have happened all the
// same, so before it goes on it waits until that can be found out.
func (s *session) lookBack(ctx context.Context) error {
	s.mu.Lock()
	failed := max(s.run.To[A].Failed+s.run.To[B].Failed, len(s.refused))
	done, open := s.run.touched(), len(s.doubts)
	s.mu.Unlock()
	if failed >= 5 && 2*failed > done {
		return &stopError{Halt: Halt{Why: HaltRefusals, Side: noSide, N: failed}, Note: fmt.Sprintf("%d of the first records were refused, so the run stopped before the rest. Look at the reasons, mend the map, and run it again.", failed)}
	}
	if failed+open < 5 || 2*(failed+open) <= done {
		return nil
	}
	w := Wait{For: ForSettle, Side: noSide, Until: s.e.Now().Add(s.e.Settle)}
	s.waitFor(w, true)
	defer s.waitFor(w, false)
	t := time.NewTimer(s.e.Settle)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// doubt notes that a create was refused although it may have happened; sure, that the truth about it is known now.
func (s *session) doubt(source Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubts[source] = true
}

func (s *session) sure(source Place, refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.doubts, source)
	if refused {
		s.refused[source] = true
	}
}
