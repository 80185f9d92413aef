package engine

import (
	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// SentField is what one field's plan sent, and nobody stored an answer to. The values are part of what each side is compared
// with (sync-semantics 5.5, own): what we sent is not a person's change.
type SentField struct {
	// Before is what both sides showed when it was planned.
	Before [2]any             `json:"before"`
	Send   [2]any             `json:"send"`
	Sends  [2]bool            `json:"sends"`
	Delta  [2]connector.Delta `json:"delta,omitzero"`
	// Outcome, Why and Lost are those of the plan.
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why"`
	Lost    Side    `json:"lost,omitempty"`
	HasLost bool    `json:"has_lost,omitempty"`
}

// sentBy is what a field's plan sends.
func sentBy(f *FieldPlan) SentField {
	s := SentField{Send: f.Send, Sends: f.Sends, Delta: f.Delta, Outcome: f.Outcome, Why: f.Why, Lost: f.Lost, HasLost: f.HasLost}
	s.Before = f.Before
	return s
}

// restored gives values that went through JSON their Go shapes back.
func (s SentField) restored(r *mapping.Rule) SentField {
	for side := range s.Before {
		s.Before[side] = r.Restore(Side(side), s.Before[side])
		s.Send[side] = r.Restore(Side(side), s.Send[side])
	}
	return s
}

// arrived reports whether a side holds what was sent to it, or what it is known to make of that.
func (s SentField) arrived(r *mapping.Rule, side Side, now mapping.Value) bool {
	if !s.Sends[side] {
		return false
	}
	if r.Kind == mapping.Set {
		have := mapping.AsSet(now)
		return len(mapping.Minus(s.Delta[side].Add, have)) == 0 && len(mapping.Minus(s.Delta[side].Remove, mapping.Minus(s.Delta[side].Remove, have))) == 0
	}
	return r.Took(side, s.Send[side], now) || r.Cut(side, s.Before[side.Other()], now)
}

// own finds out which sides hold what was sent to them. Where one does, the two sides have agreed since: on what the
// other one showed then, and on what this one shows now.
func (f *FieldPlan) own(s SentField, base Base, known bool) (Base, bool) {
	f.sent = &s
	any := false
	for side := range s.Sends {
		f.Arrived[side] = s.arrived(f.Rule, Side(side), f.Before[side])
		any = any || f.Arrived[side]
	}
	if !any {
		return base, known
	}
	if f.half(s) { // nothing is agreed upon, and nothing that arrived is a change of the side that holds it: all of it is sent again
		f.Arrived, f.part = [2]bool{}, true
		return base, known
	}
	if f.Rule.Kind == mapping.Set {
		return Base{V: f.ownSets(s)}, true
	}
	v := s.Before
	for side := range f.Arrived {
		other := 1 - side
		if open := s.Sends[other] && !f.Arrived[other]; f.Arrived[side] && !open { // what both are to hold is agreed when both do
			v[side] = f.Before[side]
		}
	}
	return Base{V: v}, true
}

// half reports whether, of what both sides are to hold, one holds its part and the other shows what it showed then.
func (f *FieldPlan) half(s SentField) bool {
	if f.Rule.Kind == mapping.Set || s.Sends != [2]bool{true, true} || f.Arrived[A] == f.Arrived[B] {
		return false
	}
	open := A
	if f.Arrived[A] {
		open = B
	}
	return f.Rule.Same(open, s.Before[open], f.Before[open])
}

// ownSets are the lists that both sides agreed on: what they showed, with what arrived. What is still to go to a side counts
// as the other side's change.
func (f *FieldPlan) ownSets(s SentField) [2]any {
	var v [2][]string
	for side := range v {
		v[side] = mapping.AsSet(s.Before[side])
		if f.Arrived[side] {
			v[side] = union(mapping.Minus(v[side], s.Delta[side].Remove), s.Delta[side].Add)
		}
	}
	for side := range v {
		if other := 1 - side; s.Sends[side] && !f.Arrived[side] {
			v[other] = union(mapping.Minus(v[other], s.Delta[side].Add), s.Delta[side].Remove)
		}
	}
	return [2]any{v[A], v[B]}
}

func union(x, y []string) []string { return append(append([]string{}, x...), mapping.Minus(y, x)...) }

// resend takes an unfinished plan up again: nothing arrived, or only half of what both are to hold, and else both sides show what they showed then. The same value is
// sent, whatever a policy would say by now, unless the flow no longer writes there; it is absolute, so that sending it twice does no harm.
func (f *FieldPlan) resend() {
	s := f.sent
	if s == nil || f.Arrived != [2]bool{} || f.Rule.Kind == mapping.Set {
		return
	}
	for side := range f.Before {
		there := f.part && s.arrived(f.Rule, Side(side), f.Before[side])
		if !there && !f.Rule.Same(Side(side), s.Before[side], f.Before[side]) || s.Sends[side] && !f.Rule.Direction.To(Side(side)) {
			return
		}
	}
	f.Outcome, f.Why, f.Send, f.Sends, f.Lost, f.HasLost, f.Commit, f.Problem = s.Outcome, s.Why, s.Send, s.Sends, s.Lost, s.HasLost, false, ""
	f.kept = s.HasLost
}
