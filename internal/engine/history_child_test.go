package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// Histories in which people also add, edit, complete, open again, reassign and delete tasks and notes. There are two flows
// more then. What the oracle needs of a history asks for the records of the flow at hand (with).

// childNames are the fields of tasks and notes, by side.
var childNames = map[string][2]string{"title": {"title", "name"}, "due": {"dueDate", "due_date"}, "done": {"completed", "done"},
	"owner": {"assignedTo", "assigned_to"}, "text": {"body", "description"}}

var childFields = map[string][]string{"task": {"title", "due", "done", "owner"}, "note": {"text"}}

var (
	taskTitles = []string{"Call", "Write", "Meet", "Send the offer"}
	dues       = []string{due1, due2, "2020-01-02T03:04:05+02:00", "2031-06-01T00:00:00Z"}
	texts      = []string{"<p>Asked about prices.</p>", "<div>Asked about <b>prices</b>.</div>", "<p>No answer.</p>", "Is on holiday", "<p>Wants:</p><ul><li>a demo</li></ul>", "Tom &amp; Jerry"}
)

// haveChildren gives a history its tasks and notes.
func (h *history) haveChildren() {
	f := &family{world: h.world, contacts: h.flow}
	f.tasks, f.notes = f.child("task"), f.child("note")
	h.hangs = map[string]string{}
	h.staff = map[string]string{"926": "sam", "927": "ursula"}
	for _, who := range [][3]string{{"Sam", "Seller", "sam"}, {"Hanna", "Helper", "hanna"}} {
		h.staff[h.box.HighLevel.AddUser(who[0], who[1], strings.ToLower(who[0]+"."+who[1])+"@example.com")] = who[2]
	}
	for _, x := range []*flow.Flow{&f.tasks, &f.notes} {
		x.Conflict = h.flow.Conflict
		x.Blank = h.flow.Blank
		x.Delete = rapid.SampledFrom([]flow.Delete{flow.Detach, flow.Detach, flow.Restore, flow.Approve}).Draw(h.rt, "delete "+x.Object)
	}
	h.fam = f
}

// with does something with the records of another flow.
func (h *history) with(x flow.Flow, do func()) {
	was, fields := h.flow, h.fields
	h.flow, h.fields = x, childFields[x.Object]
	defer func() { h.flow, h.fields = was, fields }()
	do()
}

// eachChild does something with tasks, then with notes, where there are any.
func (h *history) eachChild(do func()) {
	if h.fam != nil {
		h.with(h.fam.tasks, do)
		h.with(h.fam.notes, do)
	}
}

// beginChildren makes people whom both sides know, with a few tasks and notes.
func (h *history) beginChildren() {
	for range 2 {
		h.create()
	}
	h.look(false)
	for range rapid.IntRange(2, 6).Draw(h.rt, "children") {
		h.with(rapid.SampledFrom([]flow.Flow{h.fam.tasks, h.fam.notes}).Draw(h.rt, "of"), h.newChild)
	}
	if rapid.Bool().Draw(h.rt, "bad weather from the first child on") {
		h.fault(rapid.SampledFrom([]string{"after", "timeout", "created-422"}).Draw(h.rt, "fault"), .3)
	}
	h.eachChild(func() { h.look(false) })
}

func (h *history) childActs() map[string]func(*rapid.T) {
	acts := map[string]func(){
		"new":    h.newChild,
		"edit":   h.changeChild,
		"edit 2": h.changeChild,
		"edit 3": h.changeChild,
		"both":   h.bothChildren,
		"delete": h.dropChild,
		"look":   func() { h.look(rapid.IntRange(0, 4).Draw(h.rt, "full") == 0) },
		"look 2": func() { h.look(false) },
		"hooks":  func() { h.decide(); h.follow() },
		"die":    h.die,
	}
	out := map[string]func(*rapid.T){}
	for name, act := range acts {
		out["child "+name] = func(*rapid.T) {
			h.with(rapid.SampledFrom([]flow.Flow{h.fam.tasks, h.fam.notes}).Draw(h.rt, "of"), func() {
				for range rapid.IntRange(1, 3).Draw(h.rt, "times") {
					act()
				}
			})
		}
	}
	return out
}

// drawChild makes up a value of a field of a task or note.
func (h *history) drawChild(side engine.Side, field string) (own fields, value string) {
	own = fields{}
	name := childNames[field][side]
	switch field {
	case "title":
		value = rapid.SampledFrom(taskTitles).Draw(h.rt, field)
	case "due":
		value = rapid.SampledFrom(dues).Draw(h.rt, field)
	case "text":
		value = rapid.SampledFrom(texts).Draw(h.rt, field)
	case "done":
		done := rapid.Bool().Draw(h.rt, field)
		own[name] = done
		return own, fmt.Sprint(done)
	case "owner":
		value = rapid.SampledFrom([2][]string{{"sam", "hanna"}, {"sam", "ursula"}}[side]).Draw(h.rt, field)
		for id, who := range h.staff {
			n, err := strconv.ParseFloat(id, 64)
			switch number := err == nil; {
			case who != value || number != (side == engine.B):
			case number:
				own[name] = n
			default:
				own[name] = id
			}
		}
		return own, value
	}
	own[name] = value
	return own, value
}

// parent is a living contact of a side.
func (h *history) parent(side engine.Side) (id string, ok bool) {
	h.with(h.fam.contacts, func() { id, ok = h.someone(side) })
	return id, ok
}

func (h *history) newChild() {
	side := h.side()
	parent, ok := h.parent(side)
	if !ok {
		return
	}
	f := fields{}
	values := map[string]string{}
	for _, field := range h.fields {
		if field == "owner" && rapid.Bool().Draw(h.rt, "nobody's") {
			continue
		}
		own, value := h.drawChild(side, field)
		maps.Copy(f, own)
		values[field] = value
	}
	id := h.fam.put(side, parent, f)
	h.made[side] = append(h.made[side], id)
	h.hangs[id] = parent
	h.tellf("%s: new %s %s of %s: %v", side, h.flow.Object, id, parent, values)
	for _, field := range h.fields {
		if v, typed := values[field]; typed {
			h.note(side, id, field, v)
		}
	}
	h.born(side, id)
	h.tellOf(side, id, parent)
}

// tellOf is the call that a system may send about a task or note: lost, once or twice, and of tasks not always with the contact.
func (h *history) tellOf(side engine.Side, id, parent string) {
	n := rapid.IntRange(0, 3).Draw(h.rt, "webhooks")
	if n == 3 || !h.seeded() {
		return
	}
	if h.flow.Object == "task" && rapid.Bool().Draw(h.rt, "without contact") {
		parent = ""
	}
	for range n {
		h.hint2(side, id, parent)
	}
}

// livingChildren are the records of a side whose contact is there.
func (h *history) livingChildren(side engine.Side) (all map[string]connector.Record, ids []string) {
	var parents []string
	h.with(h.fam.contacts, func() { parents = h.living(side) })
	all = h.fair(side)
	maps.DeleteFunc(all, func(id string, r connector.Record) bool {
		return h.deleted[side][id] || !slices.Contains(parents, r.Parent)
	})
	return all, slices.Sorted(maps.Keys(all))
}

func (h *history) changeChild() {
	side := h.side()
	all, ids := h.livingChildren(side)
	if len(ids) > 0 {
		h.changeThis(side, all[rapid.SampledFrom(ids).Draw(h.rt, "which")], rapid.SampledFrom(h.fields).Draw(h.rt, "field"))
	}
}

func (h *history) changeThis(side engine.Side, r connector.Record, field string) {
	own, value := h.drawChild(side, field)
	if h.value(side, r, field) == noted(typed{field: field, value: value}) {
		return // typing what stands there changes nothing
	}
	h.tellf("%s: %s types %v", side, r.ID, own)
	if !slices.Contains(h.made[side], r.ID) && (!h.seeded() || h.partner(side, r.ID) == "") {
		h.unclaimed[side][r.ID] = true // it has no key, and now it does not say any more what it was made of
	}
	h.fam.turn(side, r.ID, own)
	h.note(side, r.ID, field, value)
	h.tellOf(side, r.ID, r.Parent)
}

// bothChildren changes one field of a pair on both sides.
func (h *history) bothChildren() {
	if !h.seeded() {
		return
	}
	as, ids := h.livingChildren(engine.A)
	bs, _ := h.livingChildren(engine.B)
	ids = slices.DeleteFunc(ids, func(id string) bool { return bs[h.partner(engine.A, id)].ID == "" })
	if len(ids) == 0 {
		return
	}
	a := rapid.SampledFrom(ids).Draw(h.rt, "which")
	field := rapid.SampledFrom(h.fields).Draw(h.rt, "field")
	h.changeThis(engine.A, as[a], field)
	h.changeThis(engine.B, bs[h.partner(engine.A, a)], field)
}

func (h *history) dropChild() {
	side := h.side()
	all, ids := h.livingChildren(side)
	if len(ids) == 0 || rapid.Bool().Draw(h.rt, "mercy") {
		return
	}
	id := rapid.SampledFrom(ids).Draw(h.rt, "which")
	partner := ""
	if h.seeded() {
		partner = h.partner(side, id)
	}
	h.tellf("%s: delete %s (partner %q)", side, id, partner)
	h.fam.drop(side, id)
	h.deleted[side][id] = true
	if partner == "" {
		h.unlinked[side] = append(h.unlinked[side], all[id])
	}
	if partner != "" {
		h.left[side.Other()][partner] = true
	}
	h.tellOf(side, id, all[id].Parent)
}

// withChildren are contacts together with their tasks and notes.
func (h *history) withChildren(all [2]map[string]connector.Record) (out [2]map[string]connector.Record) {
	for side := range all {
		out[side] = maps.Clone(all[side])
		h.eachChild(func() { maps.Copy(out[side], h.fam.kids(engine.Side(side))) })
	}
	return out
}

// wentAlong reports whether a task or note is gone because its contact is.
func (h *history) wentAlong(side engine.Side, id string) bool {
	parents := []string{h.hangs[id]}
	h.eachChild(func() { parents = append(parents, h.mirror(side, id).Parent) })
	return slices.ContainsFunc(parents, func(p string) bool { return p != "" && (h.deleted[side][p] || h.doomed[side][p]) })
}

// value is what a side shows of a field, in the form in which edits are noted.
func (h *history) value(side engine.Side, r connector.Record, field string) string {
	v := value(side, r, field)
	if who := h.staff[v]; field == "owner" && who != "" {
		return who
	}
	return v
}

func (h *history) asNoted(field string, v any) string {
	if who := h.staff[orNothing(v)]; field == "owner" && who != "" {
		return who
	}
	return asNoted(field, v)
}

// holds reports whether what is shown holds what was typed: two versions of a text may stand one under the other.
func (h *history) holds(field, shown, noted string) bool {
	return shown == noted || field == "text" && noted != "" && strings.Contains(shown, noted)
}

// together reports whether a text is made of versions that people typed.
func (h *history) together(field, shown string, edits []typed, kept []string) bool {
	if field != "text" {
		return false
	}
	for part := range strings.SplitSeq(shown, "— — —") {
		part = plain(part)
		if !slices.ContainsFunc(edits, func(t typed) bool { return noted(t) == part }) && !slices.Contains(kept, part) {
			return false
		}
	}
	return true
}

func asInstant(s string) string {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC().Format(time.RFC3339)
	}
	return s
}
