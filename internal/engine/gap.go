package engine

import "couplet/internal/mapping"

// usedInstead is the reason of a value that a step of the pair has for what is empty.
const usedInstead = "if_empty"

// gap gives a side what the rule uses for nothing, where neither side has anything. It does so when the two are first agreed on,
// and when somebody emptied the side that the value comes from: whoever empties the side that was filled wants it empty. What
// was given is part of what is agreed on, so it is no change, and goes nowhere until a person makes another value of it.
func (f *FieldPlan) gap(changed [2]bool) bool {
	if !mapping.Empty(f.Before[A]) || !mapping.Empty(f.Before[B]) {
		return false
	}
	for s := range f.Before {
		to := Side(s)
		if !changed[to.Other()] || !f.Rule.Fills(to) {
			continue
		}
		v, err := f.Rule.Convert(to, f.Before[to.Other()])
		if err != nil {
			f.Outcome, f.Problem = Broken, err.Error()
			return true
		}
		f.Outcome, f.Why, f.Send[to], f.Sends[to] = Write, usedInstead, v, true
		return true
	}
	return false
}

// standsIn reports whether a side shows what the rule uses for nothing: a gap to whoever knows no more about it.
func (f *FieldPlan) standsIn(side Side) bool {
	if !f.Rule.Fills(side) || mapping.Empty(f.Before[side]) {
		return false
	}
	v, err := f.Rule.Convert(side, nil)
	return err == nil && f.Rule.Same(side, v, f.Before[side])
}
