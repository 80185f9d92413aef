package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"couplet/internal/mapping"
)

// What a person approved is a dry run, and its lines are kept until the run that follows has carried them out. That run
// plans each record again right before it writes. A write that stands in a line goes ahead. One that does not was not looked
// at by anybody: a few of those are allowed, as the brake allows them later, and the records beyond that wait for a person
// while the rest goes on (sync-semantics 5.14, I12). A flow file approves the first plan whatever it is: then nothing is kept.

// Line is what a person saw of the writes to one record or pair.
type Line struct {
	IDs [2]string `json:"ids"`
	// Made says that a record would be made in the one of Sides.
	Made   bool          `json:"made,omitempty"`
	Sides  [2]bool       `json:"sides"`
	Fields []FieldChange `json:"fields,omitempty"`
}

// lineOf is what a line of a dry run's log foretells.
func lineOf(e Entry) Line {
	return Line{IDs: e.IDs, Made: e.Result == ResultCreated, Sides: e.Sides, Fields: e.Fields}
}

// lineOf is what a plan of a job would write, as a person sees it.
func (j job) lineOf(d Decision, sides [2]bool, made bool) Line {
	l := Line{Made: made, Sides: sides, Fields: planned(d)}
	for side := range l.IDs {
		l.IDs[side] = j.m[side].ID
	}
	return l
}

// holds reports whether all that a plan writes to a side stands in the line: the same kind of write to the same record, and
// of fields and values no others. ours says that the record of that side was made by us, so that the line of its making
// covers it.
func (l Line) holds(j job, d Decision, side Side, made, ours bool) bool {
	if !l.Sides[side] || l.Made != made && !(l.Made && ours) {
		return false
	}
	for sd, id := range l.IDs {
		if id != "" && j.m[sd].ID != "" && id != j.m[sd].ID {
			return false
		}
	}
	return !slices.ContainsFunc(d.Fields, func(f FieldPlan) bool {
		return f.Sends[side] && f.by() == "" && !slices.ContainsFunc(l.Fields, func(c FieldChange) bool { return c.Field == f.Rule.Key && (c.filledIn(&f) || c.holds(&f, side)) })
	})
}

// filledIn reports whether both only fill in what a system asks for. What with depends on the clock, and nobody typed it.
func (c FieldChange) filledIn(f *FieldPlan) bool {
	return c.Rule == f.Why && strings.HasPrefix(f.Why, "required_")
}

// holds reports whether a change of a field on a side is what a plan sends there, or more.
func (c FieldChange) holds(f *FieldPlan, side Side) bool {
	r := f.Rule
	before, after := r.Restore(side, c.Before[side]), r.Restore(side, c.After[side])
	if r.Kind == mapping.Set {
		was, is := mapping.AsSet(before), mapping.AsSet(after)
		return len(mapping.Minus(f.Delta[side].Add, mapping.Minus(is, was))) == 0 && len(mapping.Minus(f.Delta[side].Remove, mapping.Minus(was, is))) == 0
	}
	return r.Same(side, readAs(r, side, after), readAs(r, side, f.Send[side]))
}

// readAs is a value that is written in pieces as it is read, as a whole.
func readAs(r *mapping.Rule, side Side, v mapping.Value) mapping.Value {
	if parts, ok := v.(mapping.Parts); ok && len(r.Fields[side]) == 1 {
		return mapping.Words(parts)
	}
	return v
}

// line is what an update that has left, or was about to, wrote.
func (x *Sending) line(j job) Line {
	l := Line{IDs: [2]string{j.m[A].ID, j.m[B].ID}}
	for key, f := range x.Fields {
		c := FieldChange{Field: key, Before: f.Before, After: f.Before}
		for side := range f.Sends {
			if f.Sends[side] {
				c.After[side], l.Sides[side] = f.Send[side], true
			}
		}
		l.Fields = append(l.Fields, c)
	}
	return l
}

// agreed is an approved dry run that is being carried out.
type agreed struct {
	run string
	// most writes may go beyond it in all, and used so many did. The session's mu guards used.
	most, used int
}

// recall finds the plan that a person approved, if it is not carried out yet, and whether records wait because of one. A
// first plan of which nobody knows any more what was approved is not carried out.
func (s *session) recall(ctx context.Context) error {
	n, err := s.e.Store.CountHeld(ctx, s.ws, s.pair.ID)
	if err != nil {
		return err
	}
	s.holding = n > 0
	if s.run.DryRun {
		if !s.holding {
			return nil
		}
		return s.e.Store.WakeHeld(ctx, s.ws, s.lease, s.pair.ID, s.e.Now()) // a person looks at them once more
	}
	a := s.flow.Approval
	if a == nil || a.Rehearsal == "" {
		return nil
	}
	plan, beyond, kept, err := s.e.Store.KeptPlan(ctx, s.ws, a.Rehearsal)
	switch {
	case err != nil:
		return err
	case kept:
		n, waiting := 0, plan.Waiting[A]+plan.Waiting[B] // whoever waited for its parent then is written later
		for _, c := range plan.To {
			n += c.Created + c.Updated
		}
		s.agreed, s.holding = &agreed{run: plan.ID, most: max(leastChanges, n/20) + waiting, used: beyond}, true
		if s.run.Trigger == Trial { // of one record there is nothing but what was looked at
			s.agreed.most = 0
		}
	case s.pair.Settled.IsZero() && !s.run.Allow:
		return &stopError{Halt: Halt{Why: HaltApproval, Side: noSide}, Note: fmt.Sprintf("What was approved for flow %s is not kept any more, so nothing was written. Look at a dry run of it once more and approve that.", s.flow.Name)}
	}
	return nil
}

// carriedOut forgets an approved plan once everything that was due is worked off.
func (s *session) carriedOut(ctx context.Context) error {
	if s.agreed == nil || !s.look {
		return nil
	}
	return s.e.Store.PlanDone(ctx, s.ws, s.lease, s.agreed.run)
}
