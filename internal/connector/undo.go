package connector

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Undo is how what an operation did is taken back (undo.json of a system). What has none stays: a message that was sent, an event
// that was told, a field whose removal would take its values along.
type Undo struct {
	// By is the operation that takes it back, and With what it is given: paths into what the first one was given (in.contactId)
	// or gave (out.task.id).
	By   string            `json:"by"`
	With map[string]string `json:"with"`
	// Look shows the record. It is asked before a record is changed, and before anything is taken back.
	Look *Look `json:"look,omitempty"`
	// Back: By gets each other value that the operation was given as the record held it before.
	Back bool `json:"back,omitempty"`
	// Less is a value of With without what the record had before, by the record's own name for it, Only is what it had alone:
	// adding a tag that was there is nothing to take back.
	Less map[string]string `json:"less,omitempty"`
	Only map[string]string `json:"only,omitempty"`
}

// Look is a find operation that shows one record: what it is given, as [Undo.With], and where in its answer the record stands, ""
// for the answer itself.
type Look struct {
	Operation string            `json:"operation"`
	With      map[string]string `json:"with"`
	Record    string            `json:"record,omitempty"`
}

// Before reports whether the record has to be looked at before the operation.
func (u *Undo) Before() bool { return u.Back || len(u.Less)+len(u.Only) > 0 }

// Asks is what a look is given.
func (l *Look) Asks(in, out map[string]any) map[string]any { return along(l.With, in, out) }

// Shown is the record in the answer of a look.
func (l *Look) Shown(answer any) map[string]any {
	record, _ := answer.(map[string]any)
	if l.Record != "" {
		record, _ = record[l.Record].(map[string]any)
	}
	return record
}

// Keep is what of a record has to be remembered to take an operation back: the values that it is about to change.
func (u *Undo) Keep(in, record map[string]any) map[string]any {
	kept := map[string]any{}
	for _, name := range u.Less {
		kept[name] = record[name]
	}
	for _, name := range u.Only {
		kept[name] = record[name]
	}
	if u.Back {
		for name := range in {
			if _, address := u.With[name]; !address {
				kept[name] = held(record, name)
			}
		}
	}
	return kept
}

// Taken is what taking something back comes to.
type Taken struct {
	// In is what the operation By is given, nil when there is nothing to take back.
	In map[string]any
	// Moved are values that are not what was written any more, so that they stay. Left are those that cannot be put back: they were
	// empty before, or nothing shows them.
	Moved, Left []string
}

// Plan says what By is given for an operation that was given in and gave out. was is what [Undo.Keep] kept, now the record as it is,
// nil where nothing shows it.
func (u *Undo) Plan(o *Operation, in, out, was, now map[string]any) (t Taken) {
	in = maps.Clone(in)
	for _, take := range o.Takes { // a list may have been given as a text
		if v, looks := take.read(in[take.Name]); in[take.Name] != nil && take.Type == "list" && looks == "" {
			in[take.Name] = plainList(v)
		}
	}
	given := along(u.With, in, out)
	wrote := func(name string) bool { // the record holds what was written, or what it was said to hold then
		if now == nil {
			return true
		}
		has := held(now, name)
		said := out
		if u.Look != nil && u.Look.Record != "" {
			if inner, ok := out[u.Look.Record].(map[string]any); ok {
				said = inner
			}
		}
		return alike(has, in[name]) || said != nil && has != nil && alike(has, held(said, name))
	}
	for to, name := range u.Less {
		given[to] = among(given[to], was[name], false)
	}
	for to, name := range u.Only {
		given[to] = among(given[to], was[name], true)
	}
	for _, v := range given {
		if list, is := v.([]any); v == nil || is && len(list) == 0 {
			return t
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if _, address := u.With[name]; address || u.Look == nil || u.Before() && !u.Back {
			continue
		}
		has := held(now, name)
		// Data is shown otherwise than it is given, and so are some choices (usercom.md: enumerations are written as integers and read as strings).
		dim := has == nil || slices.ContainsFunc(o.Takes, func(t Take) bool {
			return t.Name == name && (t.Type == "data" || t.Looks(has) != "" || was[name] != nil && t.Looks(was[name]) != "")
		})
		switch {
		case u.Back && (dim || was[name] == nil || was[name] == ""):
			t.Left = append(t.Left, name)
		case !dim && !wrote(name):
			t.Moved = append(t.Moved, name)
		case u.Back && !alike(was[name], in[name]):
			given[name] = was[name]
		}
	}
	if !u.Back && len(t.Moved) > 0 || u.Back && len(given) == len(u.With) {
		return t
	}
	for _, take := range o.Takes { // what has to be said, although it stays
		if u.Back && take.Required && take.Asked() && given[take.Name] == nil {
			given[take.Name] = held(now, take.Name)
		}
	}
	t.In = given
	return t
}

// along follows paths into what was given and what came of it.
func along(with map[string]string, in, out map[string]any) map[string]any {
	got := map[string]any{}
	for name, path := range with {
		var v any = map[string]any{"in": in, "out": out}
		for step := range strings.SplitSeq(path, ".") {
			m, _ := v.(map[string]any)
			v = m[step]
		}
		got[name] = v
	}
	return got
}

// held is a value of a record as operations take it: one of its attributes ([{name_std, value}], usercom.md 2) by its value, and a
// list of things that have names by these.
func held(record map[string]any, name string) any {
	if v, has := record[name]; has {
		list, _ := v.([]any)
		names := make([]any, 0, len(list))
		for _, x := range list {
			if m, is := x.(map[string]any); is && m["name"] != nil {
				names = append(names, m["name"])
			}
		}
		if len(list) > 0 && len(names) == len(list) {
			return names
		}
		return v
	}
	list, _ := record["attributes"].([]any)
	for _, a := range list {
		if a, ok := a.(map[string]any); ok && (a["name_std"] == name || a["name"] == name) {
			return a["value"]
		}
	}
	return nil
}

// plainList is a list as JSON is read.
func plainList(v any) any {
	texts, is := v.([]string)
	if !is {
		return v
	}
	out := make([]any, len(texts))
	for i := range texts {
		out[i] = texts[i]
	}
	return out
}

// among is what of a value, a list or a single one, is or is not in a list that may hold objects with a name and an id.
func among(v, list any, in bool) any {
	has := func(x any) bool {
		all, _ := list.([]any)
		return slices.ContainsFunc(all, func(y any) bool {
			if m, is := y.(map[string]any); is {
				return alike(m["name"], x) || alike(m["id"], x)
			}
			return alike(y, x)
		})
	}
	some, is := v.([]any)
	if !is {
		if v == nil || has(v) != in {
			return nil
		}
		return v
	}
	out := []any{}
	for _, x := range some {
		if has(x) == in {
			out = append(out, x)
		}
	}
	return out
}

// alike compares values as systems write them: a number may be a text, a time may have another zone or fraction, and case does not
// count.
func alike(x, y any) bool {
	if x == nil || y == nil {
		return (x == nil || x == "") && (y == nil || y == "")
	}
	if reflect.DeepEqual(x, y) {
		return true
	}
	s, t := fmt.Sprint(x), fmt.Sprint(y)
	if strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(t)) {
		return true
	}
	a, bad := time.Parse(time.RFC3339, s)
	b, worse := time.Parse(time.RFC3339, t)
	return bad == nil && worse == nil && a.Truncate(time.Second).Equal(b.Truncate(time.Second))
}

// checkUndo holds undo.json to the operations.
func (c *Catalog) checkUndo(p *problems) {
	for _, id := range slices.Sorted(maps.Keys(c.Undo)) {
		u := c.Undo[id]
		p.in = "undo of " + id
		o, known := c.Find(id)
		by, can := c.Find(u.By)
		p.want(known && o.Kind == Action, "it is no action")
		p.want(can && by.Kind == Action, "operation %q is no action", u.By)
		if !known || !can {
			continue
		}
		asked := func(of *Operation, with map[string]string) {
			for name, path := range with {
				p.want(slices.ContainsFunc(of.Takes, func(t Take) bool { return t.Name == name && t.Asked() }), "%s does not take %s", of.ID, name)
				from, first, _ := strings.Cut(path, ".")
				first, _, _ = strings.Cut(first, ".")
				p.want(from == "in" && slices.ContainsFunc(o.Takes, func(t Take) bool { return t.Name == first }) ||
					from == "out" && slices.ContainsFunc(o.Gives, func(g Give) bool { return g.Name == first }), "%s leads nowhere", path)
			}
			for _, t := range of.Takes {
				p.want(!t.Required || !t.Asked() || with[t.Name] != "" || u.Back && of == by, "%s has to be given %s", of.ID, t.Name)
			}
		}
		asked(by, u.With)
		if u.Look != nil {
			if look, ok := c.Find(u.Look.Operation); ok {
				asked(look, u.Look.With)
			} else {
				p.want(false, "there is no operation %q", u.Look.Operation)
			}
		}
		p.want(u.Look != nil || !u.Before(), "nothing shows what was there before")
		for _, names := range []map[string]string{u.Less, u.Only} {
			for name := range names {
				p.want(u.With[name] != "", "%s is not among what is given", name)
			}
		}
	}
}
