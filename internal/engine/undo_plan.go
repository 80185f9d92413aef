package engine

import (
	"slices"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// Undo is the trigger of a run that takes back what an earlier one wrote.
const Undo = "undo"

// Undoing says what is taken back: the writes of a run, or of one link in it, or of one field (the key of its rule).
type Undoing struct {
	Run   string `json:"run"`
	Link  string `json:"link,omitempty"`
	Field string `json:"field,omitempty"`
	// Made also deletes the records that the run made and nobody touched since.
	Made bool `json:"made,omitempty"`
	// By is the person who asked for it, "" when it was asked for at the command line.
	By string `json:"by,omitempty"`
}

// Includes reports whether an undo takes back all that another one of the same run would.
func (u Undoing) Includes(x Undoing) bool {
	return u.Run == x.Run && (u.Link == "" || u.Link == x.Link) && (u.Field == "" || u.Field == x.Field) && (u.Made || !x.Made)
}

// covers reports whether a line of the log is one whose writes are to be taken back.
func (u Undoing) covers(e *Entry) bool {
	return !e.Planned && e.Link != "" && e.Sides != [2]bool{} && (u.Link == "" || u.Link == e.Link)
}

// PlanUndo decides what of one line of the log goes back. Like Plan it is pure. A value goes back only where the system
// still shows what was written, and where nobody changed the other side since (sync-semantics I13); what stays says why.
// Afterwards the two sides differ by agreement, so that nothing flows back.
func PlanUndo(in Input, e Entry, field string) Decision {
	d := Decision{Writes: [2]connector.Fields{{}, {}}}
	for _, x := range e.Fields {
		if field != "" && x.Field != field {
			continue
		}
		i := slices.IndexFunc(in.Rules, func(r mapping.Rule) bool { return r.Key == x.Field })
		if i < 0 {
			f := FieldPlan{Rule: &mapping.Rule{Key: x.Field}, Outcome: Blocked, Why: "undo_unpaired"}
			f.Before = x.After
			d.Fields = append(d.Fields, f)
			continue
		}
		f := FieldPlan{Rule: &in.Rules[i]}
		if !f.planUndo(in, e.Sides, x) {
			continue
		}
		for side := range f.Sends {
			if f.Sends[side] {
				for name, v := range f.wire(Side(side)) {
					d.Writes[side][name] = v
				}
			}
		}
		d.Fields = append(d.Fields, f)
	}
	return d
}

// planUndo plans one field of a line. It reports false when the line says that nothing was written to it.
func (f *FieldPlan) planUndo(in Input, sides [2]bool, x FieldChange) bool {
	r := f.Rule
	var was, wrote [2]mapping.Value
	touched := false
	for side := range sides {
		was[side], wrote[side] = r.Restore(Side(side), x.Before[side]), r.Restore(Side(side), x.After[side])
		f.Sends[side] = sides[side] && !r.Same(Side(side), was[side], wrote[side])
		touched = touched || f.Sends[side]
	}
	if !touched {
		return false
	}
	for side := range f.Before {
		v, shown := r.Read(Side(side), in.Obs[side])
		if !shown {
			f.leave("not_shown_" + Side(side).String())
			return true
		}
		f.Before[side] = v
	}
	f.Outcome, f.Why = Write, "undo"
	base, known := in.Base[r.Key]
	moved := [2]bool{true, true}
	if known {
		moved = changed(r, f.Before, base)
	}
	for s := range f.Sends {
		side := Side(s)
		if !f.Sends[side] {
			continue
		}
		switch back, err := r.Return(side, was[side]); {
		case err != nil:
			f.leave("undo_unpaired")
		case r.Same(side, f.Before[side], was[side]):
			f.leave("undo_back")
		case !r.Same(side, f.Before[side], wrote[side]) && r.Kind != mapping.Set, moved[side]:
			f.leave("undo_changed_" + side.String())
		case moved[side.Other()]:
			f.leave("undo_newer_" + side.Other().String())
		case r.Kind == mapping.Consent:
			f.leave("undo_consent")
		case !r.Direction.To(side):
			f.leave("undo_one_way_" + side.String())
		case r.Kind == mapping.Set:
			f.undoSet(side, mapping.AsSet(was[side]), mapping.AsSet(wrote[side]))
		default:
			f.Send[side] = back
		}
	}
	f.gate(in)
	f.Commit = false
	return true
}

// leave says why nothing goes back.
func (f *FieldPlan) leave(why string) {
	f.Outcome, f.Why, f.Sends, f.Send, f.Delta = Blocked, why, [2]bool{}, [2]mapping.Value{}, [2]connector.Delta{}
}

// undoSet takes back, element by element, what is still as it was written.
func (f *FieldPlan) undoSet(side Side, was, wrote []string) {
	have := mapping.AsSet(f.Before[side])
	added := mapping.Minus(wrote, was)
	gone := mapping.Minus(added, mapping.Minus(added, have))
	back := mapping.Minus(mapping.Minus(was, wrote), have)
	if len(gone)+len(back) == 0 {
		f.leave("undo_back")
		return
	}
	f.Delta[side] = connector.Delta{Add: back, Remove: gone}
	f.Send[side] = mapping.Merge(mapping.Minus(have, gone), back, nil, nil)
}
