package engine

import "slices"

// foretell is what a job would come to, for a dry run. It reads nothing and writes nothing but the run's own log.
func (s *session) foretell(j job, d *Decision) outcome {
	to := j.side.Other()
	switch j.do {
	case create, search:
		e := s.entry(j, ResultCreated, int(to), "new_"+j.side.String())
		plan, _ := s.payload(j)
		e.Fields = planned(plan)
		return outcome{commit: Commit{Entry: &e}, count: func(r *Run) { r.To[to].Created++ }}
	case review:
		e := s.entry(j, ResultReview, -1, j.match.Reason)
		return outcome{commit: Commit{Entry: &e}}
	case reconcile, join:
		return s.foretellPair(j, *d)
	}
	return outcome{}
}

func (s *session) foretellPair(j job, d Decision) outcome {
	e := s.entry(j, "", -1, "")
	e.Fields = planned(d)
	if j.do == join {
		e.Result, e.Reason = ResultLinked, "matched_by_"+j.match.By
	}
	var o outcome
	clash := slices.ContainsFunc(d.Fields, func(f FieldPlan) bool { return f.Outcome == Clash || f.Outcome == OpenClash })
	writes := [2]bool{len(d.Writes[A]) > 0, len(d.Writes[B]) > 0}
	switch {
	case clash:
		e.Result = ResultConflict
	case writes != [2]bool{} && e.Result == "":
		e.Result = ResultUpdated
	}
	if writes[A] != writes[B] {
		e.To = int(A)
		if writes[B] {
			e.To = int(B)
		}
	}
	o.count = func(r *Run) {
		if j.do == join {
			r.Linked++
		}
		for side := range writes {
			if writes[side] {
				r.To[side].Updated++
			}
		}
		if clash {
			r.To[conflictSide(d)].Conflicts++
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
			}
		}
		out = append(out, FieldChange{Field: f.Rule.Key, Outcome: f.Outcome, Rule: f.Why, Before: f.Before, After: after})
	}
	return out
}
