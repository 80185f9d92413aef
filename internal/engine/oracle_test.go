package engine_test

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// judge checks the invariants of sync-semantics 5.18 at the end of a history.
func (h *history) judge() {
	links := h.inStep() // I1, I2
	all := [2]map[string]connector.Record{h.all(engine.A), h.all(engine.B)}
	h.deletedOnOrdersOnly(h.withChildren(all))
	if n, ops := h.writes(engine.A)+h.writes(engine.B), len(h.typed); n > 20*ops+50 {
		h.t.Errorf("I5: %d writes for %d edits", n, ops)
	}
	h.counted()
	h.noneForgotten(links, all)
	h.noneResurrected(all)
	waits := h.reviews()
	for _, l := range links {
		if l.State != engine.On {
			if waits["a "+l.IDs[engine.A]] == "" && waits["b "+l.IDs[engine.B]] == "" {
				h.t.Errorf("I1: %v is half of a pair and nobody is asked", l.IDs)
			}
			continue
		}
		for _, field := range h.fields {
			h.nothingLost(l, field, all)
		}
		h.tagsStay(l, all)
		if h.consent {
			h.consentHolds(l, all)
		}
	}
	h.aloneIsUntouched(links, all)
	h.allAnswered()
	h.eachChild(h.judgeChildren)
}

// counted: what a run's counts say was written, its log tells line by line, whatever died meanwhile.
func (h *history) counted() {
	runs, err := h.st.Runs(h.t.Context(), ws, "", 10000, "")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range runs {
		var told [2]int
		for _, e := range h.entries(r, "") {
			for side, in := range e.Sides {
				if in && !e.Planned {
					told[side]++
				}
			}
		}
		for side, n := range told {
			if c := r.To[side]; !r.DryRun && c.Created+c.Updated+c.Deleted != n {
				h.t.Errorf("run %s counts %d created, %d updated and %d deleted on side %s, and its log tells %d", r.ID, c.Created, c.Updated, c.Deleted, engine.Side(side), n)
			}
		}
	}
}

// noneForgotten: every record is linked, waits for a person, or was left alone on purpose.
func (h *history) noneForgotten(links []engine.Link, all [2]map[string]connector.Record) {
	waits := h.reviews()
	for side, records := range all {
		for id := range records {
			linked := slices.ContainsFunc(links, func(l engine.Link) bool { return l.IDs[side] == id })
			buried, err := h.st.Buried(h.t.Context(), ws, h.pair().ID, engine.Side(side), []string{id}, nil, h.box.Clock.Now())
			if err != nil {
				h.t.Fatal(err)
			}
			if !linked && waits[engine.Side(side).String()+" "+id] == "" && !buried[id] && !h.leftAlone(engine.Side(side), id) {
				h.t.Errorf("I1: side %s: %s is neither linked nor in review nor left alone", engine.Side(side), id)
			}
		}
	}
}

// stampedFrom is what a record was made from, by the reference that it carries.
func stampedFrom(r connector.Record) string {
	for _, v := range r.Fields {
		if s, ok := v.(string); ok && strings.HasPrefix(s, "couplet:") {
			return s[strings.LastIndex(s, ":")+1:]
		}
	}
	return ""
}

// noneResurrected: nothing was made again from a record whose partner somebody deleted, or from one of the engine's own.
func (h *history) noneResurrected(all [2]map[string]connector.Record) {
	for side, records := range all {
		for id, r := range records {
			from := stampedFrom(r)
			if from == "" {
				continue
			}
			if h.ordered[1-side][from] || h.heir[side][id] { // or it got the reference of one that was merged into it
				continue // a person wanted it
			}
			if h.flow.Delete == flow.Restore { // once, by the link that both had
				if l := h.link(engine.Side(1-side), from); h.left[1-side][from] && l.IDs[side] == id && l.Made != "restore" {
					h.t.Errorf("I6: side %s: %s was made from %s, and not by the policy: %+v", engine.Side(side), id, from, l)
				}
				continue
			}
			if h.left[1-side][from] {
				h.t.Errorf("I6: side %s: %s was made from %s, whose partner somebody had deleted", engine.Side(side), id, from)
			}
			if s, ok := all[1-side][from]; ok && stampedFrom(s) != "" && !h.heir[1-side][from] {
				h.t.Errorf("I6: side %s: %s was made from %s, which the engine had made itself", engine.Side(side), id, from)
			}
		}
	}
}

// value is what a side shows of a field, in the form in which edits are noted.
func value(side engine.Side, r connector.Record, field string) string {
	f := r.Fields
	switch field {
	case "name":
		if side == engine.A {
			return plain(fmt.Sprint(orNothing(f["firstName"]), " ", orNothing(f["lastName"])))
		}
		return plain(orNothing(f["name"]))
	case "phone":
		return orNothing(f[[2]string{"phone", "phone_number"}[side]])
	case "email":
		return strings.ToLower(orNothing(f["email"]))
	case "company":
		return orNothing(f[[2]string{"companyName", "company_name"}[side]])
	case "title", "due", "done", "owner", "text":
		return noted(typed{field: field, value: orNothing(f[childNames[field][side]])})
	}
	return orNothing(f[[2]string{"dnd", "unsubscribed"}[side]])
}

func orNothing(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

func noted(t typed) string {
	switch t.field {
	case "email":
		return strings.ToLower(t.value)
	case "due":
		return asInstant(t.value)
	case "text":
		return plain(mapping.Plain(t.value))
	}
	return plain(t.value)
}

// nothingLost is I3: every value that somebody typed is still there, or was followed by a later one on its own side, or
// gave way to one of the other side after it had been carried over, or is kept in the conflict table. And it is "value
// degraded": neither side shows what nobody typed, but for a cut form in User.com.
func (h *history) nothingLost(l engine.Link, field string, all [2]map[string]connector.Record) {
	var edits []typed
	before := h.formerly(l)
	for side, id := range l.IDs {
		before[1-side] = append(before[1-side], stampedFrom(all[side][id]))
	}
	for _, t := range h.typed {
		if t.field == field && (l.IDs[t.side] == t.id || slices.Contains(before[t.side], t.id)) {
			edits = append(edits, t)
		}
	}
	var shown [2]string
	for side := range shown {
		shown[side] = h.value(engine.Side(side), all[side][l.IDs[side]], field)
	}
	kept := h.kept(l, field)
	limit := h.limited(l, field)
	if limit {
		return // one side does not take the field, and says so; what is shown there may be of any age
	}
	for i, e := range edits {
		later := edits[i+1:]
		same := func(t typed) bool { return t.side == e.side }
		// What was typed into a partner that the engine made came after all that its source was made with, though the run died that made it.
		made := e.born && !slices.ContainsFunc(edits, func(t typed) bool { return t.side != e.side && t.born })
		other := func(t typed) bool { return t.side != e.side && (made || e.carried > 0 && e.carried <= t.at) }
		// Both sides were given the same name, and User.com keeps its cut form of it.
		twice := e.side == engine.B && field == "name" && slices.ContainsFunc(edits, func(t typed) bool { return t.side == engine.A && cutLike(t.value, e.value) })
		// Both people typed the same, and the other one has changed it since.
		since := slices.ContainsFunc(edits, func(t typed) bool {
			same := noted(t) == noted(e) || field == "name" && e.side == engine.A && cutLike(e.value, t.value)
			return t.side != e.side && same && slices.ContainsFunc(edits, func(u typed) bool { return u.side == t.side && u.at > max(t.at, e.at) })
		})
		// What was typed into a record that was then deleted is carried on if it was seen.
		if l.IDs[e.side] != e.id || twice || since || h.holds(field, shown[e.side], noted(e)) || e.back || slices.ContainsFunc(later, same) || slices.ContainsFunc(later, other) ||
			slices.ContainsFunc(kept, func(v string) bool { return h.holds(field, v, noted(e)) }) || noted(e) == "" {
			continue
		}
		if e.window {
			h.inWindow++
			continue
		}
		h.t.Errorf("I3: %v: %s %q typed at %d on side %s is lost; the sides show %q, kept are %q, base %+v", l.IDs, field, e.value, e.at, e.side, shown, kept, h.baseOf(l, field))
	}
	for side, v := range shown {
		typedIt := func(t typed) bool {
			made := !slices.Contains(h.made[engine.A], l.IDs[engine.A]) // of what User.com kept of it
			return noted(t) == v || (side == int(engine.B) || made) && field == "name" && t.side == engine.A && cutLike(t.value, v) ||
				side == int(engine.A) && field == "name" && t.side == engine.B && fuller(v, t.value)
		}
		asked := slices.Contains(kept, v) // it waits for a person, or gave way
		if !slices.Contains(h.made[engine.A], l.IDs[engine.A]) && !slices.Contains(h.made[engine.B], l.IDs[engine.B]) {
			edits = h.typed // a person had one of them made again whose reference was lost, and with it who it was made from
		}
		if v != "" && !asked && !h.together(field, v, edits, kept) && !slices.ContainsFunc(edits, typedIt) {
			h.t.Errorf("degraded: %v: side %s shows the %s %q, which nobody typed; base %+v", l.IDs, engine.Side(side), field, v, h.baseOf(l, field))
		}
	}
}

// formerly are the records that a record of the link was paired with before, or that were made again, by side: what was
// typed there may be shown here. A link that a person ended is gone; the log still names its records.
func (h *history) formerly(l engine.Link) (ids [2][]string) {
	h.eachEntry(func(r engine.Run, e engine.Entry) {
		for side, id := range e.IDs {
			if again := e.Link == l.ID && l.Made == "restore"; r.Pair == l.Pair && id != "" && id != l.IDs[side] && (again || e.IDs[1-side] == l.IDs[1-side]) {
				ids[side] = append(ids[side], id)
			}
		}
	})
	return ids
}

// eachEntry walks the whole log.
func (h *history) eachEntry(see func(engine.Run, engine.Entry)) {
	runs, err := h.st.Runs(h.t.Context(), ws, "", 10000, "")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range runs {
		for _, e := range h.entries(r, "") {
			see(r, e)
		}
	}
}

// ruleWord is a part of the key of a field's rule that no other has.
func ruleWord(field string) string {
	if word := map[string]string{"name": "lastname", "due": "duedate", "done": "completed", "owner": "assignedto", "text": "body"}[field]; word != "" {
		return word
	}
	return field
}

func (h *history) baseOf(l engine.Link, field string) engine.Base {
	return l.Base[h.baseKey(l, field)]
}

func (h *history) baseKey(l engine.Link, field string) string {
	for key := range l.Base {
		if strings.Contains(strings.ToLower(key), ruleWord(field)) {
			return key
		}
	}
	return ""
}

// asNoted is a stored value in the form in which edits are noted.
func asNoted(field string, v any) string {
	text := orNothing(v)
	if list, ok := v.(mapping.Parts); ok {
		text = strings.Join(list, " ")
	}
	if parts, ok := v.([]any); ok {
		words := make([]string, len(parts))
		for i, p := range parts {
			words[i] = fmt.Sprint(p)
		}
		text = strings.Join(words, " ")
	}
	return noted(typed{field: field, value: text})
}

// limited reports whether the engine gave up a field of the pair at some time, because a system did not take it.
func (h *history) limited(l engine.Link, field string) bool {
	found := false
	h.eachEntry(func(_ engine.Run, e engine.Entry) {
		for _, f := range e.Fields {
			gaveUp := strings.HasPrefix(f.Rule, "ignored_") || strings.HasPrefix(f.Rule, "not_writable_")
			found = found || gaveUp && e.IDs == l.IDs && strings.Contains(strings.ToLower(f.Field), ruleWord(field))
		}
	})
	return found
}

// kept are the values of a field in the conflict table.
func (h *history) kept(l engine.Link, field string) (out []string) {
	links := map[string]bool{l.ID: true} // and those that its records were in before, also when they are gone
	for _, old := range h.links() {
		links[old.ID] = links[old.ID] || old.IDs[engine.A] == l.IDs[engine.A] || old.IDs[engine.B] == l.IDs[engine.B]
	}
	h.eachEntry(func(r engine.Run, e engine.Entry) {
		links[e.Link] = links[e.Link] || e.Link != "" && r.Pair == l.Pair && (e.IDs[engine.A] == l.IDs[engine.A] || e.IDs[engine.B] == l.IDs[engine.B])
	})
	for _, open := range []bool{true, false} {
		list, err := h.st.Conflicts(h.t.Context(), ws, l.Pair, open, "", 10000)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, c := range list {
			if !links[c.Link] || !strings.Contains(strings.ToLower(c.Field), ruleWord(field)) {
				continue
			}
			for _, v := range c.V {
				out = append(out, h.asNoted(field, v))
			}
		}
	}
	return out
}

// tagsStay: a tag that somebody added and nobody took away is there.
func (h *history) tagsStay(l engine.Link, all [2]map[string]connector.Record) {
	before := h.formerly(l)
	for side, id := range l.IDs {
		before[1-side] = append(before[1-side], stampedFrom(all[side][id]))
	}
	for _, t := range h.typed {
		if t.field != "tag+" || l.IDs[t.side] != t.id {
			continue
		}
		gone := slices.ContainsFunc(h.typed, func(u typed) bool {
			return u.field == "tag-" && u.value == t.value && (l.IDs[u.side] == u.id || slices.Contains(before[u.side], u.id))
		})
		have, _ := all[t.side][t.id].Fields["tags"].([]string)
		if !gone && !slices.ContainsFunc(have, func(s string) bool { return strings.EqualFold(s, t.value) }) {
			h.t.Errorf("I3: %v: tag %s of side %s is lost, there are %v", l.IDs, t.value, t.side, have)
		}
	}
}

// consentHolds is I14: a side whose last word was "do not contact" says so still.
func (h *history) consentHolds(l engine.Link, all [2]map[string]connector.Record) {
	for side := range l.IDs {
		last := ""
		for _, t := range h.typed {
			if t.field == "consent" && int(t.side) == side && l.IDs[side] == t.id {
				last = t.value
			}
		}
		if last == "true" && value(engine.Side(side), all[side][l.IDs[side]], "consent") != "true" {
			h.t.Errorf("I14: %v: side %s was opted in again", l.IDs, engine.Side(side))
		}
	}
}

// aloneIsUntouched: a record that never had a partner shows what was typed last.
func (h *history) aloneIsUntouched(links []engine.Link, all [2]map[string]connector.Record) {
	for side, records := range all {
		for id, r := range records {
			linked := slices.ContainsFunc(links, func(l engine.Link) bool { return l.IDs[side] == id })
			if linked || h.left[side][id] || !slices.Contains(h.made[side], id) {
				continue
			}
			for _, field := range []string{"name", "phone", "email"} {
				last, found := "", false
				for _, t := range h.typed {
					if t.field == field && int(t.side) == side && t.id == id {
						last, found = noted(t), true
					}
				}
				if got := value(engine.Side(side), r, field); found && got != last {
					h.t.Errorf("side %s: %s has no partner and its %s is %q instead of %q", engine.Side(side), id, field, got, last)
				}
			}
		}
	}
}
