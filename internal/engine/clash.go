package engine

import "couplet/internal/mapping"

// keepBoth gives both sides both versions of a text. Nothing is lost, so nothing is kept beside them. It reports false when
// there is no room.
func (f *FieldPlan) keepBoth() bool {
	both, ok := f.Rule.Together(f.Before[A], f.Before[B])
	if !ok {
		return false
	}
	f.Outcome, f.Why = Clash, string(mapping.KeepBoth)
	for side := range both {
		if !f.Rule.Same(Side(side), both[side], f.Before[side]) {
			f.Send[side], f.Sends[side] = both[side], true
		}
	}
	if f.Sends == [2]bool{} {
		f.Outcome, f.Commit = Absorb, true
	}
	return true
}

// torn finds a side that holds part of the other's value and part of its own old one: most likely a write of ours that
// lost a field and whose answer nobody heard. It gives way, and is kept like any other loser.
func (f *FieldPlan) torn(base Base) (Side, bool) {
	for _, side := range []Side{A, B} {
		sent, err := f.Rule.Convert(side, f.Before[side.Other()])
		if err == nil && f.Rule.Half(side, sent, f.Rule.Restore(side, base.V[side]), f.Before[side]) {
			return side, true
		}
	}
	return A, false
}
