package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// Calls per record of contacts, tasks and notes (sync-semantics 5.16 and correction 2), by what the pretend systems counted.

// tally3 is what a side was asked for: pages of many records, records or lists of one contact by themselves, and changes.
type tally3 struct{ pages, reads, writes int }

func (t tally3) minus(u tally3) tally3 {
	return tally3{t.pages - u.pages, t.reads - u.reads, t.writes - u.writes}
}

func (w *world) tallied() (all [2]tally3) {
	for side := range all {
		for _, c := range w.box.Counters([2]string{"highlevel", "usercom"}[side]).Calls {
			switch t := &all[side]; {
			case writing(c):
				t.writes += c.Count
			case strings.HasSuffix(c.Path, "/search"), slices.Contains([]string{"/contacts/", "/users/", "/users/search/", "/activities/"}, c.Path):
				t.pages += c.Count
			case !upkeep(c):
				t.reads += c.Count
			}
		}
	}
	return all
}

// costs runs a flow after something was done, and tells what that cost on each side.
func (f *family) costs(x flow.Flow, do func()) (r engine.Run, cost [2]tally3) {
	f.t.Helper()
	f.as(x)
	do()
	f.pass(minute)
	was := f.tallied()
	r = f.sync(x)
	for side, now := range f.tallied() {
		cost[side] = now.minus(was[side])
	}
	return r, cost
}

func hundreds(n int) int { return (n + 99) / 100 }

func TestAFirstSyncOfContactsTasksAndNotesStaysInsideItsCalls(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Contacts: 400, Seed: 3})
	nothing := func() {}
	for _, x := range []flow.Flow{f.contacts, f.tasks, f.notes} {
		r, cost := f.costs(x, nothing)
		links := len(f.links())
		seen := [2]int{len(f.all(engine.A)), len(f.all(engine.B))}
		if x.Object != "contact" {
			seen = [2]int{len(f.kids(engine.A)), len(f.kids(engine.B))}
		}
		f.as(x)
		for side, c := range cost {
			to := r.To[side]
			t.Logf("%s, side %s: %d records, %+v for %+v", x.Object, engine.Side(side), seen[side], c, to)
			if most := to.Created + to.Updated + to.Updated/10; c.writes > most {
				t.Errorf("%s, side %s: %d writes for %+v", x.Object, engine.Side(side), c.writes, to)
			}
			most := 3 * (hundreds(seen[side]) + 1) // HighLevel shows names as they are in a second list only; tasks are read until two readings agree
			if side == int(engine.B) {
				most = hundreds(seen[side]) + 1
				if x.Object != "contact" { // one list holds tasks, notes and whatever else there is
					most = hundreds(2*seen[side]) + 3
				}
			}
			if c.pages > most {
				t.Errorf("%s, side %s: %d pages for %d records, at most %d", x.Object, engine.Side(side), c.pages, seen[side], most)
			}
			// What was made is looked at once more, and so is what was changed right before.
			most = to.Created + to.Updated
			if x.Object == "note" && side == int(engine.A) {
				most += f.linked(f.contacts) // contact by contact
			}
			if c.reads > most {
				t.Errorf("%s, side %s: %d reads of single records, at most %d", x.Object, engine.Side(side), c.reads, most)
			}
		}
		if links == 0 || r.To[engine.A].Created == 0 || r.To[engine.B].Created == 0 {
			t.Errorf("%s: %d links, %+v", x.Object, links, r.To)
		}
	}
	for _, x := range []flow.Flow{f.contacts, f.tasks, f.notes} {
		f.sync(x) // what the first run made is in the lists now
	}
	for _, x := range []flow.Flow{f.contacts, f.tasks, f.notes} {
		if r, cost := f.costs(x, nothing); cost[engine.A].writes+cost[engine.A].reads+cost[engine.B].writes+cost[engine.B].reads > 0 {
			t.Errorf("quiet, and still %s: %+v for %+v", x.Object, cost, r.To)
		}
	}
}

// linked counts the links of another flow.
func (f *family) linked(x flow.Flow) int {
	now := f.flow
	defer func() { f.flow = now }()
	return len(f.as(x).links())
}

// A change of a task or note costs two reads and a write, on either side.
func TestAChangeOfATaskOrNoteStaysInsideItsCalls(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	const n = 8
	f.as(f.contacts)
	var people [2][]string
	for i := range n {
		people[engine.A] = append(people[engine.A], f.add(engine.A, fields{"firstName": "P", "email": fmt.Sprintf("p%d@example.com", i)}))
	}
	f.sync(f.contacts)
	for _, id := range people[engine.A] {
		people[engine.B] = append(people[engine.B], f.partner(engine.A, id))
	}
	flows, _ := f.hangers()
	for _, x := range flows {
		f.sync(x)
		fresh := func(side engine.Side, text string) fields {
			return map[string][2]fields{
				"task": {{"title": text, "dueDate": due1, "completed": false}, {"name": text, "due_date": due1, "done": false}},
				"note": {{"body": text}, {"description": text}},
			}[x.Object][side]
		}
		other := func(side engine.Side, text string) fields {
			f := fresh(side, text)
			delete(f, "completed")
			delete(f, "dueDate")
			delete(f, "done")
			delete(f, "due_date")
			return f
		}
		var ids [2][]string
		check := func(what string, gets, writes [2]int, do func()) {
			t.Helper()
			_, cost := f.costs(x, do)
			for side, c := range cost {
				if c.reads > gets[side]*n || c.writes > writes[side]*n {
					t.Errorf("%s, %s: side %s: %+v for %d records, at most %d reads and %d writes each", x.Object, what, engine.Side(side), c, n, gets[side], writes[side])
				}
				if writes[side] > 0 && c.writes < n {
					t.Errorf("%s, %s: side %s was written %d times", x.Object, what, engine.Side(side), c.writes)
				}
			}
		}
		for _, side := range []engine.Side{engine.A, engine.B} {
			writes := [2]int{}
			writes[side.Other()] = 1
			check("new on side "+side.String(), [2]int{3, 2}, writes, func() {
				for i := range n {
					id := f.put(side, people[side][i], fresh(side, fmt.Sprint("Text ", side, i)))
					ids[side] = append(ids[side], id)
					f.hint2(side, id, people[side][i])
				}
			})
			check("a change on side "+side.String(), [2]int{2, 2}, writes, func() {
				for i, id := range ids[side] {
					f.turn(side, id, other(side, fmt.Sprint("Changed ", side, i)))
					f.hint2(side, id, people[side][i])
				}
			})
			check("calls that tell nothing new on side "+side.String(), [2]int{1, 1}, [2]int{}, func() {
				for i, id := range ids[side] {
					f.hint2(side, id, people[side][i])
				}
			})
		}
		f.sync(x)
		check("quiet", [2]int{}, [2]int{}, func() {})
		f.togetherKids()
	}
}

// hint2 is what a call leaves that names a record and its contact.
func (w *world) hint2(side engine.Side, id, parent string) {
	w.t.Helper()
	now := w.box.Clock.Now()
	if err := w.st.AddHints(w.t.Context(), ws, w.pair().ID, []engine.Hint{{Side: side, ID: id, Parent: parent, Reason: "webhook", At: now, Due: now}}); err != nil {
		w.t.Fatal(err)
	}
}
