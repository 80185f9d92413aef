package engine

import (
	"context"
	"slices"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// A wish not to be contacted is only ever carried over, never taken back by us (sync-semantics 5.5, I14), and waits for nobody: where
// nobody approved what a plan writes, the wish goes over by itself, and the rest of the record is planned again without it and waits.

// mostRestrictive is why a wish not to be contacted goes over.
const mostRestrictive = "most_restrictive"

// planConsent only ever tightens: a "do not contact" on either side holds on both (sync-semantics 5.5, I14).
func (f *FieldPlan) planConsent(base Base, known bool) {
	r := f.Rule
	on := [2]bool{}
	for side := range on {
		on[side] = mapping.Normal(connector.Bool, f.Before[side], "") == "true"
	}
	if on[A] == on[B] {
		f.Outcome, f.Why = InSync, "in_sync"
		if !known || changed(r, f.Before, base) != [2]bool{} {
			f.Outcome, f.Why, f.Commit = Absorb, "same_change", true
		}
		return
	}
	from := A
	if on[B] {
		from = B
	}
	to := from.Other()
	if !r.Direction.To(to) {
		f.Outcome, f.Why = Accept, "one_way"
		f.Commit = !known || changed(r, f.Before, base) != [2]bool{}
		return
	}
	f.Outcome, f.Why, f.Send[to], f.Sends[to] = Write, mostRestrictive, true, true
}

// tightening is what of a plan only carries such a wish over.
func (d Decision) tightening() Decision {
	t := Decision{Fields: slices.Clone(d.Fields)}
	t.Fields = slices.DeleteFunc(t.Fields, func(f FieldPlan) bool {
		return f.Rule.Kind != mapping.Consent || f.Why != mostRestrictive || f.Sends == [2]bool{}
	})
	t.gather()
	return t
}

// tighten writes the wish of a plan that is to wait, and has the record looked at again at once. It reports false when there is none.
func (s *session) tighten(ctx context.Context, j job, d Decision, seen [2]bool) (outcome, bool) {
	all, rest := d, j
	if d = d.tightening(); !d.Writing() {
		return outcome{}, false
	}
	if err := s.spend(); err != nil {
		return outcome{err: err}, true
	}
	j.review, j.order = nil, nil // neither says anything about this
	o := s.carryOut(ctx, j, d, seen)
	if rest.held() {
		o.commit.Settled = slices.DeleteFunc(o.commit.Settled, func(p Place) bool { return p == rest.place() })
	}
	switch again := o.commit.Again; {
	case o.err != nil:
	case len(again) == 0:
		o.commit.Finished, o.commit.Again = j.also, []Hint{j.atOnce(s.e.Now())}
	case again[0].Due.Equal(never): // it is refused there, so it waits with the rest
		back := s.holdBack(rest, rest.lineOf(all, all.sides(), false))
		o.commit.Review, o.commit.Orders, o.count = append(o.commit.Review, back.commit.Review...), append(o.commit.Orders, back.commit.Orders...), both(o.count, back.count)
	}
	return o, true
}
