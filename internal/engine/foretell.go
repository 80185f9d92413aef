package engine

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"couplet/internal/mapping"
)

// Foretelling is planning everything that is due and writing nothing: for the brake, and for a dry run. It takes the
// decisions that the run itself will take, so it reads what the run would read before it decides.

// foresee plans every due hint and tells what would be done, each record once.
func (s *session) foresee(ctx context.Context, tell func(j job, d *Decision)) error {
	if err := s.toDo(ctx); err != nil {
		return err
	}
	s.foreseeing = true
	defer func() { s.foreseeing = false }()
	now := s.e.Now()
	s.vanished = map[Place]bool{}
	told := map[Place]bool{}
	for place := (Place{Side: -1}); ; {
		hints, err := s.e.Store.Hints(ctx, s.ws, s.pair.ID, now, place, batch)
		if err != nil || len(hints) == 0 {
			return err
		}
		last := hints[len(hints)-1]
		place = Place{last.Side, last.ID}
		jobs, err := s.decide(ctx, hints)
		if err == nil {
			jobs, err = s.certain(ctx, hints, jobs)
		}
		if err != nil {
			return err
		}
		s.watch(func(p *Progress) { p.Done += len(hints) })
		for _, j := range jobs {
			places := j.places()
			j, there, err := s.vanishing(ctx, j)
			if err != nil {
				return err
			}
			if !there {
				continue // suspected, and looked at again in ten minutes
			}
			if slices.ContainsFunc(places, func(p Place) bool { return told[p] }) {
				continue
			}
			if j.do == vanish {
				for _, p := range places {
					told[p] = true
				}
			}
			if j.do == reconcile || j.do == join { // the partner's own hint comes to the same
				for _, p := range places {
					told[p] = true
				}
				d := s.plan(j)
				tell(j, &d)
				continue
			}
			tell(j, nil)
		}
	}
}

// readers bounds the reads that foretelling makes at once. How many really run is the budget's decision.
const readers = 32

// certain reads the records that cannot be decided about from what is stored, and decides again. What cannot be read now
// stays undecided; the run itself will come to it.
func (s *session) certain(ctx context.Context, hints []Hint, jobs []job) ([]job, error) {
	var c Commit
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for _, j := range jobs {
		for _, side := range []Side{A, B} {
			id := j.m[side].ID
			if j.link.ID != "" {
				id = j.link.IDs[side]
			}
			unread := j.do == erase || j.do == look && side == j.side || (j.do == reconcile || j.do == join) && s.unsure(j, side)
			if !unread || id == "" {
				continue
			}
			g.Go(func() error {
				m, gone, err := s.read(gctx, side, id, j.m[side].Parent, j.m[side])
				if err != nil {
					return fatal(err)
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				if gone {
					s.vanished[Place{side, id}] = true
					return nil
				}
				c.Mirrors[side] = append(c.Mirrors[side], m)
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return jobs, err
	}
	if len(c.Mirrors[A])+len(c.Mirrors[B]) == 0 {
		if s.slow() && len(s.vanished) > 0 {
			return s.decide(ctx, hints)
		}
		return jobs, nil
	}
	s.mu.Lock()
	run := s.run
	s.mu.Unlock()
	if err := s.e.Store.Commit(ctx, s.ws, s.lease, run, []Commit{c}); err != nil {
		return nil, err
	}
	return s.decide(ctx, hints)
}

// rehearse is the dry run: the same decisions, told and not carried out.
func (s *session) rehearse(ctx context.Context) error {
	if err := s.loadGens(ctx); err != nil {
		return err
	}
	var group []outcome
	var failed error
	keep := func() {
		if failed == nil && len(group) > 0 {
			failed = s.commit(ctx, group)
		}
		group = group[:0]
	}
	err := s.foresee(ctx, func(j job, d *Decision) {
		if o := s.foretell(j, d); o.commit.Entry != nil || o.count != nil {
			group = append(group, o)
		}
		if len(group) == most {
			keep()
		}
	})
	keep()
	return cmp.Or(err, failed)
}

// foretell is what a job would come to.
func (s *session) foretell(j job, d *Decision) outcome {
	if j.do == wait && j.intent.ID == "" && j.match.Kind == MatchCreate {
		j.do = create // it waits only until nobody can be there, and nobody is
	}
	switch j.do {
	case wait:
		if j.why == waitsForParent {
			return outcome{count: func(r *Run) { r.Waiting[j.side]++ }}
		}
	case vanish:
		return s.foretellGone(j)
	case remake:
		return s.foretellAgain(j)
	case erase:
		return s.foretellErase(j)
	case spare:
		return s.keptOnOrder(j).toldOnly()
	case part:
		return s.letGo(j, j.side.Other(), j.why).toldOnly()
	case create, search:
		return s.foretellCreate(j)
	case review:
		e := s.entry(j, ResultReview, -1, j.match.Reason)
		if !j.reviewed {
			s.foretold++
		}
		return outcome{commit: Commit{Entry: &e}, count: func(r *Run) { r.Asked++ }}
	case reconcile, join:
		return s.foretellPair(j, *d)
	case leave, withdrawn:
		o := s.leaveAlone(j)
		if j.do == withdrawn {
			o = s.takeBack(j)
		}
		return outcome{commit: Commit{Entry: o.commit.Entry}, count: o.count}
	case drop:
		return outcome{count: j.dropped()}
	}
	return outcome{}
}

func (s *session) foretellCreate(j job) outcome {
	to := j.side.Other()
	e := s.entry(j, ResultCreated, int(to), "new_"+j.side.String())
	e.Sides[to] = true
	plan, _ := s.payload(j)
	e.Fields = planned(plan)
	broken := unreadable(plan)
	return outcome{commit: Commit{Entry: &e}, count: func(r *Run) {
		r.To[to].Created++
		if broken {
			r.To[to].Failed++
		}
	}}
}

func unreadable(d Decision) bool {
	return slices.ContainsFunc(d.Fields, func(f FieldPlan) bool { return f.Outcome == Broken })
}

func (s *session) foretellPair(j job, d Decision) outcome {
	e := s.entry(j, "", -1, "")
	e.Fields = planned(d)
	for _, f := range e.Fields {
		e.By = cmp.Or(f.By, e.By)
	}
	clash := slices.ContainsFunc(d.Fields, func(f FieldPlan) bool { return f.Outcome == Clash || f.Outcome == OpenClash })
	open := slices.ContainsFunc(d.Fields, func(f FieldPlan) bool { return f.Outcome == OpenClash })
	broken := unreadable(d)
	var blocked [2]bool
	for side := range e.Sides {
		e.Sides[side] = len(d.Writes[side]) > 0
		blocked[side] = slices.ContainsFunc(d.Fields, func(f FieldPlan) bool {
			return f.Outcome == Blocked && f.Why == "not_writable_"+Side(side).String()
		})
	}
	switch {
	case clash:
		e.Result = ResultConflict
		if open {
			e.Reason = "ask"
		}
	case j.do == join && d.stands():
		e.Result, e.Reason = ResultSkipped, fromNow
	case j.do == join:
		e.Result, e.Reason = ResultLinked, "matched_by_"+j.match.By
	case d.Writing():
		e.Result = ResultUpdated
	case len(e.Fields) > 0:
		e.Result = ResultSkipped
	}
	if e.Sides[A] != e.Sides[B] {
		e.To = int(A)
		if e.Sides[B] {
			e.To = int(B)
		}
	}
	var o outcome
	o.count = func(r *Run) {
		if j.do == join {
			r.Linked++
		}
		for side := range e.Sides {
			if e.Sides[side] {
				r.To[side].Updated++
			}
			if blocked[side] {
				r.To[side].Skipped++
			}
		}
		if broken {
			r.To[j.side.Other()].Failed++
		}
		if clash {
			r.To[conflictSide(d)].Conflicts++
		}
		if open {
			r.Asked++
		}
		switch {
		case broken:
		case e.Result == ResultLinked && e.Sides == [2]bool{}:
			r.Alike++
		case e.Result == ResultSkipped:
			r.Left++
		}
	}
	if e.Result != "" {
		o.commit.Entry = &e
	}
	return o
}

// planned lists the fields that a plan would change or leave different.
func planned(d Decision) []FieldChange {
	var out []FieldChange
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Outcome == InSync || f.Outcome == NotShown || f.Outcome == Absorb {
			continue
		}
		after := f.Before
		for side := range f.Sends {
			if f.Sends[side] {
				after[side] = f.Send[side]
				if parts, ok := f.Send[side].(mapping.Parts); ok && len(f.Rule.Fields[side]) == 1 {
					after[side] = mapping.Words(parts) // it is written in pieces and read as a whole
				}
			}
		}
		out = append(out, FieldChange{Field: f.Rule.Key, Outcome: f.Outcome, Rule: f.Why, Before: f.Before, After: after, By: f.by()})
	}
	return out
}
