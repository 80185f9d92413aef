package engine_test

import (
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// judgeChildren checks the invariants for the tasks or notes of a history at its end.
func (h *history) judgeChildren() {
	if !h.seeded() {
		return
	}
	all := [2]map[string]connector.Record{h.fam.kids(engine.A), h.fam.kids(engine.B)}
	var parents [2]map[string]string
	h.with(h.fam.contacts, func() {
		parents = [2]map[string]string{{}, {}}
		for _, l := range h.links() {
			if l.State == engine.On {
				parents[engine.A][l.IDs[engine.A]], parents[engine.B][l.IDs[engine.B]] = l.IDs[engine.B], l.IDs[engine.A]
			}
		}
	})
	waits := h.reviews()
	seen := [2]map[string]bool{{}, {}}
	what := h.flow.Object
	for _, l := range h.links() {
		if l.State != engine.On {
			if waits["a "+l.IDs[engine.A]] == "" && waits["b "+l.IDs[engine.B]] == "" && l.State == engine.OneGone {
				h.t.Errorf("I1: %s %v is half of a pair and nobody is asked", what, l.IDs)
			}
			continue
		}
		for side, id := range l.IDs {
			if seen[side][id] {
				h.t.Errorf("%s %s is in two links", what, id)
			}
			seen[side][id] = true
			if h.left[side][id] && !h.deleted[1-side][l.IDs[1-side]] && h.flow.Delete != flow.Restore && !h.ordered[side][id] {
				h.t.Errorf("I6: %s %v: the partner that %s had was deleted, and it has another one", what, l.IDs, id)
			}
		}
		a, there := all[engine.A][l.IDs[engine.A]]
		b, thereToo := all[engine.B][l.IDs[engine.B]]
		merged := h.heir[engine.A][a.Parent] || h.heir[engine.B][b.Parent] // and the partners wait for a person
		if !there || !thereToo {
			if !merged && (parents[engine.A][a.Parent] != "" || parents[engine.B][b.Parent] != "") {
				h.t.Errorf("I1: %s %v is linked, and one of them is not there", what, l.IDs)
			}
			continue
		}
		if parents[engine.A][a.Parent] != b.Parent {
			if !merged && (parents[engine.A][a.Parent] != "" || parents[engine.B][b.Parent] != "") {
				h.t.Errorf("I1: %s %v hangs on %s and %s, who are no pair", what, l.IDs, a.Parent, b.Parent)
			}
			continue
		}
		if !slices.Contains(h.made[engine.A], a.ID) && !slices.Contains(h.made[engine.B], b.ID) && l.Made != "restore" && !h.strange(engine.A, a) && !h.strange(engine.B, b) {
			h.t.Errorf("I2: %s %v: nobody made either, so something was made twice", what, l.IDs)
		}
		h.agree(l, a, b)
		for _, field := range h.fields {
			h.nothingLost(l, field, all)
		}
	}
	for side, records := range all {
		for id, r := range records {
			if !seen[side][id] && parents[side][r.Parent] != "" {
				h.childAlone(engine.Side(side), r, waits)
			}
		}
	}
	h.allAnswered()
}

// strange reports whether a record was made by a create that was not answered, and before the engine had looked somebody
// changed it, or deleted what it was made from: nothing tells it from one that a person made then, which is a limit that is
// named (5.21). It is counted.
func (h *history) strange(side engine.Side, r connector.Record) bool {
	says := func(side engine.Side, r connector.Record) string {
		return plain(mapping.Plain(orNothing(r.Fields[childNames[h.fields[0]][side]])))
	}
	contact := ""
	h.with(h.fam.contacts, func() { contact = h.partner(side, r.Parent) })
	bereft := slices.ContainsFunc(h.unlinked[1-side], func(src connector.Record) bool {
		return (src.Parent == contact || h.deleted[1-side][src.Parent]) && says(1-side, src) == says(side, r)
	})
	if h.unclaimed[side][r.ID] || bereft {
		h.inWindow++
	}
	return h.unclaimed[side][r.ID] || bereft
}

// childAlone: a task or note that has no partner, though its contact has one, waits for a person or was left alone.
func (h *history) childAlone(side engine.Side, r connector.Record, waits map[string]string) {
	id := r.ID
	buried, err := h.st.Buried(h.t.Context(), ws, h.pair().ID, side, []string{id}, nil, h.box.Clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	asked := waits[side.String()+" "+id] != ""
	if buried[id] || h.leftAlone(side, id) {
		return
	}
	if !asked {
		h.t.Errorf("I1: side %s: %s %s has no partner, and nobody is asked", side, h.flow.Object, id)
	}
	if !slices.Contains(h.made[side], id) && !asked && !h.strange(side, r) {
		h.t.Errorf("I2: side %s: %s %s was made twice", side, h.flow.Object, id)
	}
}

// agree: both say the same in every field of the map, but for what the engine remembers as a difference.
func (h *history) agree(l engine.Link, a, b connector.Record) {
	m := h.fam.rules(h.flow)
	open := map[string]bool{}
	waiting, err := h.st.Conflicts(h.t.Context(), ws, h.pair().ID, true, "", 10000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range waiting {
		open[c.Link+c.Field] = true
	}
	for i := range m.Rules {
		r := &m.Rules[i]
		x, _ := r.Read(engine.A, a.Fields)
		y, _ := r.Read(engine.B, b.Fields)
		if r.Owner() {
			if x, y := h.value(engine.A, a, "owner"), h.value(engine.B, b, "owner"); x != y && x != "hanna" && y != "ursula" && !open[l.ID+r.Key] && !accepted(l.Base[r.Key], a.Fields["assignedTo"], b.Fields["assigned_to"]) {
				h.t.Errorf("I1: %v: given to %q and %q, base %+v", l.IDs, x, y, l.Base[r.Key])
			}
			continue
		}
		base := l.Base[r.Key]
		filled := strings.HasPrefix(base.Rule, "required_") && r.Same(engine.A, base.V[0], x) && r.Same(engine.B, base.V[1], y)
		if !r.Agree(x, y) && !accepted(base, x, y) && !filled && !open[l.ID+r.Key] {
			h.t.Errorf("I1: %v: %s differs: %s and %s (base %+v)", l.IDs, r.Key, mapping.Canon(x), mapping.Canon(y), base)
		}
	}
}
