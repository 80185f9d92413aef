package engine

import (
	"context"

	"couplet/internal/connector"
)

// What a dry run tells of records that are gone: what the run would make of them by the policy for deletes.

// vanishing turns a job into one to vanish when one of its two records was not found. ok is false when the run would only
// begin to suspect it.
func (s *session) vanishing(ctx context.Context, j job) (job, bool, error) {
	if j.link.ID == "" || j.do != reconcile && j.do != look {
		return j, true, nil
	}
	for _, side := range []Side{A, B} {
		if !s.vanished[Place{side, j.link.IDs[side]}] {
			continue
		}
		if j.deletedByUs(side) {
			j.do, j.lost = vanish, side
			return j, true, nil
		}
		m := j.m[side]
		if j.doubted || m.Suspect.IsZero() || s.e.Now().Sub(m.Suspect) < suspicion {
			return j, false, nil
		}
		f, err := s.fate(ctx, &j, side)
		if connector.KindOf(err) != "" && fatal(err) == nil {
			return j, false, nil // what cannot be found out now is left to the run
		}
		j.do, j.fate, j.lost = vanish, f, side
		j.m[side].Gone = s.e.Now()
		return j, true, err
	}
	return j, true, nil
}

// toldOnly is what a dry run keeps of an outcome: its line of the log, and what it counts.
func (o outcome) toldOnly() outcome {
	return outcome{commit: Commit{Entry: o.commit.Entry}, count: o.count}
}

func (s *session) foretellGone(j job) outcome {
	survivor := j.lost.Other()
	switch {
	case j.deletedByUs(j.lost):
		return s.takenBack(j, j.lost, j.sending.Erase.Who).toldOnly()
	case !j.m[survivor].Gone.IsZero():
		return s.letGo(j, j.lost, fateAlone.reason(j.lost)).toldOnly()
	case j.fate == fateTag:
		o := s.letGo(j, j.lost, j.fate.reason(j.lost)).toldOnly()
		o.commit.Entry.To, o.commit.Entry.Sides[survivor] = int(survivor), true
		o.count = func(r *Run) { r.To[survivor].Updated++ }
		return o
	case j.fate == fateAgain:
		j.side = survivor
		return s.foretellAgain(j)
	}
	o := s.part(context.Background(), j, j.lost, j.fate)
	if len(o.commit.Review) > 0 {
		s.foretold++
	}
	return o.toldOnly()
}

// foretellAgain is a record that would be made again.
func (s *session) foretellAgain(j job) outcome {
	to := j.side.Other()
	d, _ := s.planAgain(j)
	for i := range d.Fields {
		d.Fields[i].Before[to], d.Fields[i].Why = nil, fateAgain.reason(to)
	}
	e := s.entry(j, ResultCreated, int(to), fateAgain.reason(to))
	e.IDs[to], e.Sides[to] = "", true
	e.Fields = planned(d)
	return outcome{commit: Commit{Entry: &e}, count: func(r *Run) { r.To[to].Created++ }}
}
