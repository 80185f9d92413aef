package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox/kit"
)

// What people do in the two CRMs, and what a test can see of it.

// fields are what somebody types, under the names of that system.
type fields = map[string]any

// people are the two systems' pages; object is what each calls a contact, or a company.
func (w *world) people(side engine.Side) (crm interface {
	Create(object string, fields map[string]any) (map[string]any, error)
	Update(object, id string, fields map[string]any) (map[string]any, error)
	Get(object, id string) (map[string]any, error)
	Delete(object, id string) error
}, object string) {
	if side == engine.A {
		return w.box.HighLevel, map[string]string{"contact": "contacts", "company": "businesses"}[w.object()]
	}
	return w.box.UserCom, map[string]string{"contact": "users", "company": "companies"}[w.object()]
}

// object is what the people of the world work at: companies where the flow is about them, else contacts.
func (w *world) object() string {
	if w.flow.Object == "company" {
		return w.flow.Object
	}
	return "contact"
}

// add makes a person as a user of that CRM would, and returns the id.
func (w *world) add(side engine.Side, f fields) string {
	w.t.Helper()
	crm, object := w.people(side)
	made, err := crm.Create(object, f)
	if err != nil {
		w.t.Fatalf("create on %s: %v", side, err)
	}
	if n, ok := made["id"].(float64); ok {
		return strconv.FormatInt(int64(n), 10)
	}
	return made["id"].(string)
}

// edit changes a person as a user would.
func (w *world) edit(side engine.Side, id string, f fields) {
	w.t.Helper()
	crm, object := w.people(side)
	if _, err := crm.Update(object, id, f); err != nil {
		w.t.Fatalf("edit on %s: %v", side, err)
	}
}

// remove deletes a person as a user would.
func (w *world) remove(side engine.Side, id string) {
	w.t.Helper()
	crm, object := w.people(side)
	if err := crm.Delete(object, id); err != nil {
		w.t.Fatalf("delete on %s: %v", side, err)
	}
}

// shows is one field of a person as the system holds it now; tags are their names, in order and in lower case.
func (w *world) shows(side engine.Side, id, name string) any {
	w.t.Helper()
	crm, object := w.people(side)
	got, err := crm.Get(object, id)
	if err != nil {
		w.t.Fatalf("get on %s: %v", side, err)
	}
	return plainly(got[name])
}

func plainly(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	names := []string{}
	for _, item := range list {
		if tag, ok := item.(map[string]any); ok {
			item = tag["name"]
		}
		names = append(names, strings.ToLower(fmt.Sprint(item)))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// want fails unless both sides show these values; nil is an empty one.
func (w *world) want(side engine.Side, id string, want fields) {
	w.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		got := w.shows(side, id, name)
		if mapping.Empty(got) && mapping.Empty(want[name]) {
			continue
		}
		if got != want[name] {
			w.t.Errorf("side %s: %s is %v, want %v", side, name, got, want[name])
		}
	}
}

// couple makes a person on side a and has the engine make the partner. The pair is settled from then on.
func (w *world) couple(f fields) (a, b string) {
	w.t.Helper()
	a = w.add(engine.A, f)
	w.run(engine.Done)
	return a, w.partner(engine.A, a)
}

// partner is the record that one is linked to, "" when it has no link.
func (w *world) partner(side engine.Side, id string) string {
	w.t.Helper()
	return w.link(side, id).IDs[side.Other()]
}

func (w *world) link(side engine.Side, id string) engine.Link {
	w.t.Helper()
	links, err := w.st.LinksOf(w.t.Context(), ws, w.pair().ID, side, []string{id})
	if err != nil {
		w.t.Fatal(err)
	}
	return links[id]
}

func (w *world) pair() engine.Pair {
	w.t.Helper()
	pairs, err := w.st.Pairs(w.t.Context(), ws)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range pairs {
		if p.Object == w.flow.Object {
			return p
		}
	}
	w.t.Fatalf("no pair of %ss among %+v", w.flow.Object, pairs)
	return engine.Pair{}
}

// links are the live ones.
func (w *world) links() (links []engine.Link) {
	w.t.Helper()
	for after := ""; ; {
		page, err := w.st.Links(w.t.Context(), ws, w.pair().ID, after, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(page) == 0 {
			return links
		}
		after = page[len(page)-1].ID
		links = append(links, page...)
	}
}

// base is what was agreed about a field of a person's link.
func (w *world) base(a, field string) engine.Base {
	w.t.Helper()
	for key, b := range w.link(engine.A, a).Base {
		if strings.Contains(key, field) {
			return b
		}
	}
	return engine.Base{}
}

// conflicts are those of a kind, as "field: a | b, rule".
func (w *world) conflicts(open bool) (lines []string) {
	w.t.Helper()
	list, err := w.st.Conflicts(w.t.Context(), ws, w.pair().ID, open, "", 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range list {
		lines = append(lines, fmt.Sprintf("%s: %v | %v, %s", c.Field, c.V[0], c.V[1], c.Rule))
	}
	return lines
}

// reviews are the records that wait for a person, as "side reason".
func (w *world) reviews() map[string]string {
	w.t.Helper()
	list, err := w.st.Reviews(w.t.Context(), ws, w.pair().ID, engine.Place{Side: -1}, 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range list {
		out[r.Side.String()+" "+r.ID] = r.Reason
	}
	return out
}

// hint leaves a webhook's hint for a record.
func (w *world) hint(side engine.Side, id string) {
	w.t.Helper()
	now := w.box.Clock.Now()
	err := w.st.AddHints(w.t.Context(), ws, w.pair().ID, []engine.Hint{{Side: side, ID: id, Reason: "webhook", At: now, Due: now}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// calls counts what a side was asked for, by method; "writes" are those that may change something.
func (w *world) calls(side engine.Side, fit func(kit.Call) bool) (n int) {
	for _, c := range w.box.Counters([2]string{"highlevel", "usercom"}[side]).Calls {
		if fit(c) {
			n += c.Count
		}
	}
	return n
}

// writing tells changes of people from reads, and from the fields that a flow makes with its owner's consent.
func writing(c kit.Call) bool {
	return c.Method != "GET" && !strings.HasSuffix(c.Path, "/search") && !strings.Contains(c.Path, "customFields") && !strings.Contains(c.Path, "attributes")
}

// writes counts the changes that a side was asked for.
func (w *world) writes(side engine.Side) int { return w.calls(side, writing) }

// fault sets how often something goes wrong in both systems.
func (w *world) fault(name string, rate float64) {
	w.t.Helper()
	if err := w.box.Faults.Set(name, rate); err != nil {
		w.t.Fatal(err)
	}
}

// row changes the row of the map that reads a field of side a.
func (w *world) row(field string, change func(*mapping.Row)) {
	w.flow.Map = slices.Clone(w.flow.Map)
	for i := range w.flow.Map {
		if slices.Contains(w.flow.Map[i].A, field) {
			change(&w.flow.Map[i])
		}
	}
}

// changes are what a run's log says about a field, as "outcome rule".
func (w *world) changes(r engine.Run, field string) (lines []string) {
	w.t.Helper()
	for _, e := range w.entries(r, "") {
		for _, f := range e.Fields {
			if strings.Contains(f.Field, field) {
				lines = append(lines, fmt.Sprintf("%s %s", f.Outcome, f.Rule))
			}
		}
	}
	return lines
}

func (w *world) mirror(side engine.Side, id string) engine.Mirror {
	w.t.Helper()
	found, err := w.st.Mirrors(w.t.Context(), ws, w.flow.Connections[side], w.flow.Object, []string{id})
	if err != nil {
		w.t.Fatal(err)
	}
	return found[id]
}

// put makes the mirror say something, as a page would.
func (w *world) put(side engine.Side, m engine.Mirror) {
	w.t.Helper()
	now := w.box.Clock.Now()
	l, _, err := w.st.Acquire(w.t.Context(), ws, "pair/"+w.pair().ID, "test", now, now)
	if err != nil {
		w.t.Fatal(err)
	}
	cur, err := w.st.Cursor(w.t.Context(), ws, w.flow.Connections[side], w.flow.Object)
	if err == nil {
		err = w.st.SavePage(w.t.Context(), ws, l, cur, 0, []engine.Mirror{m}, nil, nil)
	}
	if err == nil {
		err = w.st.Release(w.t.Context(), ws, l)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// putLink makes a link say something.
func (w *world) putLink(l engine.Link, asks ...engine.Review) {
	w.t.Helper()
	now := w.box.Clock.Now()
	lease, _, err := w.st.Acquire(w.t.Context(), ws, "pair/"+w.pair().ID, "test", now, now)
	if err == nil {
		err = w.st.Commit(w.t.Context(), ws, lease, engine.Run{ID: "run_test", Workspace: ws, Flow: w.flow.ID, Pair: w.pair().ID, Status: engine.Done}, []engine.Commit{{Link: &l, Review: asks}})
	}
	if err == nil {
		err = w.st.Release(w.t.Context(), ws, lease)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
