package engine

import (
	"fmt"
	"maps"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Outcome is what the planner decided about one field.
type Outcome string

// The outcomes of a field (sync-semantics 5.5, planner table).
const (
	InSync    Outcome = "in_sync"    // nothing changed since the last agreement
	Write     Outcome = "write"      // one side receives a value
	Absorb    Outcome = "absorb"     // both say the same: remembered, nothing written
	Accept    Outcome = "accept"     // a difference is remembered and left alone
	Clash     Outcome = "conflict"   // changed on both sides; a policy settled it and the losing value is kept
	OpenClash Outcome = "ask"        // changed on both sides; a person decides
	Blocked   Outcome = "skipped"    // the receiving system does not take it
	NotShown  Outcome = "not_shown"  // a side did not show the field; it must be read first
	Broken    Outcome = "unreadable" // the value cannot be put into the other side's terms
)

// Input is everything a plan depends on. Same input, same plan (I18).
type Input struct {
	Rules []mapping.Rule
	Obs   [2]connector.Fields
	Base  map[string]Base
	// Sent are the values of an update that nobody stored the outcome of, by the key of the rule.
	Sent map[string]SentField
	// Changed is when each side was first seen as it is now; Interval is the time between two looks, within which no
	// order can be told.
	Changed  [2]time.Time
	Interval time.Duration
	// Now is the time of the decision; only fields that were put to rest depend on it.
	Now time.Time
	// Denied reports whether a side is known not to take a field on update.
	Denied func(side Side, field string) bool
	// Quiet says that two records are only linked, so that nothing is written until one of them changes.
	Quiet bool
	// Strange says that an account is not what it was: a difference that nothing is agreed about is a person's to settle.
	Strange bool
	// Orders are what people decided, by the key of the rule.
	Orders map[string]Order
}

// FieldPlan is the decision about one rule.
type FieldPlan struct {
	Rule    *mapping.Rule
	Outcome Outcome
	// Why is the short name of the reason: changed_a, changed_b, first_fill, newest, … (see explain.go).
	Why string
	// Before is what both sides show. Send[side] is what the side should hold, when Sends[side].
	Before [2]mapping.Value
	Send   [2]mapping.Value
	Sends  [2]bool
	// Set rules write element by element.
	Delta [2]connector.Delta
	// Commit says that the base becomes Before without any write. Where one side changed to what the other one holds, Leans is
	// that other one: what is known of it must not be old, or a change of its own would pass for a newer one.
	Commit bool
	Leans  [2]bool
	// Lost is the side whose value gave way.
	Lost    Side
	HasLost bool
	Problem string
	// Order is what a person decided about the field, and Unfit why that does not fit any more.
	Order *Order
	Unfit string

	// Arrived are the sides that hold what an unfinished update sent them; agreed is what both agreed on with that.
	Arrived [2]bool
	part    bool // half of what both are to hold arrived
	agreed  [2]any
	sent    *SentField
	kept    bool // the losing value was stored when it was sent first

	// done and after are filled while the plan is carried out: which sides answered, and what they hold now.
	// answered are those that said what became of the value, be it that it was ignored or refused.
	answered [2]bool
	// missed are those that took nothing of what both are to hold, and are sent it again.
	missed [2]bool
	done   [2]bool
	after  *[2]mapping.Value
	// Of a record that is made again: carries says that its value was on its way to the other side, was is the reason why
	// the two sides held what they held.
	carries bool
	was     string
}

// Decision is a plan for one linked pair of records.
type Decision struct {
	Fields []FieldPlan
	// Writes are the fields to send to each side.
	Writes [2]connector.Fields
}

// Writing reports whether the plan changes anything on either side.
func (d Decision) Writing() bool { return len(d.Writes[A])+len(d.Writes[B]) > 0 }

// Unseen reports whether a field must be read before it can be planned.
func (d Decision) Unseen() bool {
	for i := range d.Fields {
		if d.Fields[i].Outcome == NotShown {
			return true
		}
	}
	return false
}

// Plan decides what a linked pair of records needs. It is pure: no clock, no network, no database. Preview, run,
// dry run, explanation and tests all call it.
func Plan(in Input) Decision {
	var d Decision
	for i := range in.Rules {
		f := planField(in, &in.Rules[i])
		f.gate(in)
		d.Fields = append(d.Fields, f)
	}
	d.gather()
	return d
}

// gather makes the writes of what the fields send.
func (d *Decision) gather() {
	d.Writes = [2]connector.Fields{{}, {}}
	for i := range d.Fields {
		f := &d.Fields[i]
		for side := range f.Sends {
			if f.Sends[side] {
				maps.Copy(d.Writes[side], f.wire(Side(side)))
			}
		}
	}
}

func (f *FieldPlan) wire(side Side) connector.Fields {
	if f.Rule.Kind == mapping.Set {
		return connector.Fields{f.Rule.Writes(side)[0]: f.Delta[side]}
	}
	return f.Rule.Wire(side, f.Send[side])
}

func planField(in Input, r *mapping.Rule) (f FieldPlan) {
	f.Rule = r
	for side := range f.Before {
		v, shown := r.Read(Side(side), in.Obs[side])
		if !shown {
			f.Outcome, f.Why = NotShown, "not_shown_"+Side(side).String()
			return f
		}
		f.Before[side] = v
	}
	o, ordered := in.Orders[r.Key]
	if ordered && f.planOrder(o) {
		return f
	}
	base, known := in.Base[r.Key]
	if sent, open := in.Sent[r.Key]; open {
		base, known = f.own(sent.restored(r), base, known)
		f.agreed = base.V
		defer f.resend()
	} else if known && base.rests(r) && !(ordered && f.Unfit == "") {
		f.planResting(in, base)
		return f
	}
	if in.Quiet && !known && r.Kind != mapping.Consent {
		f.stand()
		return f
	}
	switch r.Kind {
	case mapping.Set:
		f.planSet(base, known)
	case mapping.Consent:
		f.planConsent(base, known)
	default:
		f.planSingle(in, base, known)
	}
	return f
}

// changed reports, per side, whether the value is no longer what the side held at the last agreement (ΔA, ΔB).
func changed(r *mapping.Rule, now [2]mapping.Value, base Base) (d [2]bool) {
	for side := range d {
		d[side] = !r.Same(Side(side), now[side], r.Restore(Side(side), base.V[side]))
	}
	return d
}

func (f *FieldPlan) planSingle(in Input, base Base, known bool) {
	r := f.Rule
	d := [2]bool{true, true}
	if known {
		d = changed(r, f.Before, base)
		for side := range d { // what is not taken yet is still to be sent, also where it is again what was agreed before
			d[1-side] = d[1-side] || base.Rule == unfinished+Side(side).String()
		}
	}
	agree := r.Agree(f.Before[A], f.Before[B])
	switch {
	case !d[A] && !d[B]:
		f.Outcome, f.Why = InSync, "in_sync"
	case f.gap(d):
	case agree:
		f.Outcome, f.Why, f.Commit = Absorb, "same_change", true
		if !known {
			f.Why = "first_same"
		}
	case d[A] && r.Cut(B, f.Before[A], f.Before[B]):
		f.Outcome, f.Why, f.Commit = Accept, "altered_b", true
	case d[B] && r.Cut(A, f.Before[B], f.Before[A]):
		f.Outcome, f.Why, f.Commit = Accept, "altered_a", true
	case d[A] != d[B]:
		from := A
		if d[B] {
			from = B
		}
		f.carry(from, "changed_"+from.String())
	case mapping.Empty(f.Before[A]) != mapping.Empty(f.Before[B]) && !(known && f.cleared()):
		from := A
		if mapping.Empty(f.Before[A]) {
			from = B
		}
		why := "filled"
		if !known {
			why = "first_fill"
		}
		f.carry(from, why)
	case !known && (f.standsIn(A) || f.standsIn(B)):
		from := A
		if f.standsIn(A) {
			from = B
		}
		f.carry(from, "first_fill")
	default:
		f.clash(in, base, known)
	}
	if f.Commit && known && d[A] != d[B] {
		f.Leans = [2]bool{d[B], d[A]}
	}
}

// cleared reports whether the source of a one-way rule was emptied and is to empty the other side too.
func (f *FieldPlan) cleared() bool {
	for side := range f.Before {
		if mapping.Empty(f.Before[side]) && !f.Rule.Direction.To(Side(side)) {
			return f.Rule.Blank == mapping.Clear
		}
	}
	return false
}

// carry takes a side's value to the other side, if the rule goes that way.
func (f *FieldPlan) carry(from Side, why string) {
	to := from.Other()
	f.Why = why
	if !f.Rule.Direction.To(to) {
		f.Outcome, f.Why, f.Commit = Accept, "one_way", true
		return
	}
	if mapping.Empty(f.Before[from]) && f.Rule.Blank != mapping.Clear {
		f.Outcome, f.Why, f.Commit = Accept, "blank_kept", true
		return
	}
	v, err := f.Rule.Convert(to, f.Before[from])
	if err != nil && f.Rule.Translated() {
		f.strange(to, err)
		return
	}
	if err != nil {
		f.Outcome, f.Problem, f.Commit = Broken, err.Error(), false
		return
	}
	f.Outcome, f.Send[to], f.Sends[to] = Write, v, true
}

// clash settles a field that changed on both sides, and keeps the losing value.
func (f *FieldPlan) clash(in Input, base Base, known bool) {
	r := f.Rule
	win, why := A, string(r.Policy)
	half, torn := f.torn(base)
	switch {
	case r.Direction != mapping.Both:
		win, why = A, "one_way"
		if r.Direction == mapping.BToA {
			win = B
		}
	case r.Policy == mapping.Ask || in.Strange && !known:
		f.Outcome, f.Why = OpenClash, "ask"
		return
	case r.Policy == mapping.KeepBoth && f.keepBoth():
		return
	case known && torn:
		win, why = half.Other(), "torn_"+half.String()
	case r.Shortened(f.Before[A], f.Before[B]):
		why = "shortened"
		if r.Size(f.Before[B]) > r.Size(f.Before[A]) {
			win = B
		}
	case r.Policy == mapping.BWins:
		win = B
	case r.Policy == mapping.MostAdvanced:
		if mapping.Normal(connector.Bool, f.Before[B], "") == "true" {
			win = B
		}
	case r.Policy == mapping.Richer || r.Policy == mapping.Union || r.Policy == mapping.KeepBoth:
		if r.Size(f.Before[B]) > r.Size(f.Before[A]) {
			win = B
		}
	case r.Policy == mapping.Newest:
		// Host clocks are not comparable, so "newest" is the one that we saw later; within one look there is no order
		// and the first side stands.
		if gap := in.Changed[B].Sub(in.Changed[A]); gap > in.Interval {
			win = B
		} else if gap >= -in.Interval {
			why = "newest_tie"
		}
	}
	f.carry(win, why)
	if f.Outcome == Write {
		f.Outcome, f.Lost, f.HasLost = Clash, win.Other(), true
	}
}

// planSet merges element by element. A side that may not be written keeps what it has.
func (f *FieldPlan) planSet(base Base, known bool) {
	r := f.Rule
	a, b := mapping.AsSet(f.Before[A]), mapping.AsSet(f.Before[B])
	var baseA, baseB []string
	if known {
		baseA = mapping.AsSet(r.Restore(A, base.V[A]))
		baseB = mapping.AsSet(r.Restore(B, base.V[B]))
	}
	moved := !known || changed(r, f.Before, base) != [2]bool{}
	if !moved {
		f.Outcome, f.Why = InSync, "in_sync"
		return
	}
	// An element that is in one base and not in the other was accepted as a difference: it counts as a change only
	// where its own side changed it.
	merged := mapping.Merge(a, b, baseA, baseB)
	have := [2][]string{a, b}
	basis := [2][]string{baseA, baseB}
	for s := range have {
		side := Side(s)
		if !r.Direction.To(side) {
			continue
		}
		other := side.Other()
		add := mapping.Minus(mapping.Minus(merged, have[side]), accepted(basis[other], basis[side], have[other]))
		gone := mapping.Spellings(have[side], merged)
		if len(add)+len(gone) > 0 {
			f.Sends[side], f.Delta[side] = true, connector.Delta{Add: add, Remove: gone}
			f.Send[side] = mapping.Merge(mapping.Minus(have[side], gone), add, nil, nil)
		}
	}
	f.Why = "merged"
	if f.Sends[A] || f.Sends[B] {
		f.Outcome = Write
		return
	}
	f.Outcome, f.Commit = Absorb, true
}

// accepted lists elements that only the other side had at the last agreement and still has.
func accepted(otherBase, ownBase, otherNow []string) []string {
	only := mapping.Minus(otherBase, ownBase)
	return mapping.Minus(only, mapping.Minus(only, otherNow))
}

// gate takes back a write that the receiving system is known to refuse, and remembers the difference instead.
func (f *FieldPlan) gate(in Input) {
	for s := range f.Sends {
		side := Side(s)
		if !f.Sends[side] {
			continue
		}
		for _, name := range f.Rule.Writes(side) {
			if in.Denied != nil && in.Denied(side, name) {
				f.Outcome, f.Why = Blocked, "not_writable_"+side.String()
				f.Sends[side], f.Send[side], f.Delta[side] = false, nil, connector.Delta{}
				f.Commit = !f.Sends[side.Other()]
				f.HasLost = false
				f.Problem = fmt.Sprintf("%s is not taken on update", f.Rule.Label(side))
				break
			}
		}
	}
}
