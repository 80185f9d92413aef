package engine

import (
	"strings"

	"couplet/internal/mapping"
)

// planOrder plans a field that a person decided about. It reports false where the order says nothing about the plan: it
// does not fit (f.Unfit says why), or what it wants is there already; the field is then planned like any other.
func (f *FieldPlan) planOrder(o Order) bool {
	r := f.Rule
	f.Order = &o
	if r.Kind != mapping.Single {
		f.Unfit = notSingle
		return false
	}
	from := o.From
	seen := [2]mapping.Value{r.Restore(A, o.Seen[A]), r.Restore(B, o.Seen[B])}
	if o.Kind == OrderAlone {
		if !r.Same(A, f.Before[A], seen[A]) || !r.Same(B, f.Before[B], seen[B]) {
			f.Unfit = changedSince
			return false
		}
		f.Outcome, f.Why, f.Commit = Accept, "left_different", true
		return true
	}
	want := [2]mapping.Value{}
	want[from] = seen[from]
	if o.Kind == OrderPut {
		want[from] = r.Restore(from, o.Value)
	}
	v, err := r.Convert(from.Other(), want[from])
	if err != nil {
		f.Unfit = unreadableThere
		return false
	}
	want[from.Other()] = v
	var there [2]bool
	for s := range there {
		side := Side(s)
		there[s] = r.Took(side, want[side], f.Before[side]) || r.Cut(side, want[side.Other()], f.Before[side])
		if !there[s] && !r.Same(side, f.Before[side], seen[side]) {
			f.Unfit = changedSince
			return false
		}
		if !there[s] && !r.Direction.To(side) {
			f.Unfit = oneWayNow
			return false
		}
	}
	if there == [2]bool{true, true} || r.Agree(f.Before[A], f.Before[B]) && there[from] {
		return false
	}
	f.Outcome, f.Why = Write, "put"
	if o.Kind == OrderChoose {
		f.Why = "chosen_" + from.String()
	}
	for side := range there {
		f.Send[side], f.Sends[side] = want[side], !there[side]
	}
	f.Lost, f.HasLost = from.Other(), true // a value that was put in the place of both is restored from either
	return true
}

// ordersOver ends the orders that a job has answered. What was not answered yet stays open, for the next try.
func (s *session) ordersOver(j job, l Link, d Decision, o *outcome, w result) {
	ends := j.ends
	if j.order != nil && o.commit.Link != nil {
		switch {
		case j.order.Kind == OrderLink && l.IDs[j.side.Other()] != j.order.Partner:
			ends = append(ends, OrderEnd{j.order.ID, linkedNow})
		default:
			ends = append(ends, OrderEnd{ID: j.order.ID})
		}
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Order == nil || f.Outcome == NotShown {
			continue
		}
		waits := false
		for side := range f.Sends {
			waits = waits || f.Sends[side] && !f.done[side]
		}
		switch {
		case f.Unfit != "":
			ends = append(ends, OrderEnd{f.Order.ID, f.Unfit})
		case f.Outcome == Blocked || f.Outcome == Broken || strings.HasPrefix(f.Why, "ignored_"):
			ends = append(ends, OrderEnd{f.Order.ID, f.Why})
		case !waits:
			ends = append(ends, OrderEnd{ID: f.Order.ID})
		}
	}
	o.commit.Orders = append(o.commit.Orders, ends...)
}

// by is the person whose order a field's plan carries out, "" when it is nobody's.
func (f *FieldPlan) by() string {
	if f.Order == nil || f.Unfit != "" {
		return ""
	}
	return f.Order.By
}
