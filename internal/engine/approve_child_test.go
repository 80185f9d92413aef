package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// erasures counts the deletes that a side was asked for, of any kind of record.
func (w *world) erasures(side engine.Side) int {
	return w.calls(side, func(c kit.Call) bool {
		return c.Method == "DELETE" && c.Path != "/contacts/{contactId}/tags" && c.Path != "/users/{id}/remove_tag/"
	})
}

func TestTheTasksAndNotesOfADeletedContactGoWithIt(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		f := newFamily(t, sandbox.Options{Seed: 3})
		f.contacts.Delete = flow.Approve
		f.tasks.Delete, f.notes.Delete = flow.Approve, flow.Approve
		a, b := f.couple("ada@example.com")
		ids := [2]string{a, b}
		flows, typed := f.hangers()
		for i, x := range flows {
			f.as(x)
			f.put(engine.A, a, typed[i])
			f.sync(x)
		}
		f.pass(time.Hour)
		f.as(f.contacts).lose(side, ids[side], nil)
		to := side.Other()
		settle := func() {
			for range 3 {
				f.pass(11 * time.Minute)
				f.looks(f.contacts, engine.Request{})
				for _, x := range flows {
					f.looks(x, engine.Request{})
				}
			}
		}
		settle()
		for _, x := range flows { // what becomes of the contact decides
			if f.as(x); len(f.reviews()) != 0 || len(f.kids(to)) != 1 {
				t.Errorf("%ss ask by themselves: %v, %d on side %s", x.Object, f.reviews(), len(f.kids(to)), to)
			}
		}
		f.as(f.contacts).erasing(engine.OrderDelete, to, ids[to])
		settle()
		if n := f.erasures(to); n != 1 || len(f.as(f.contacts).links()) != 0 {
			t.Errorf("%d deletes on side %s", n, to)
		}
		for _, x := range flows {
			if f.as(x); len(f.links()) != 0 || len(f.reviews()) != 0 {
				t.Errorf("%d links of %ss, reviews %v", len(f.links()), x.Object, f.reviews())
			}
			f.quietKids()
		}
	}
}

func TestATaskOrNoteIsDeletedWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		for _, kind := range []engine.OrderKind{engine.OrderDelete, engine.OrderKeep} {
			f := newFamily(t, sandbox.Options{Seed: 3})
			a, _ := f.couple("ada@example.com")
			flows, typed := f.hangers()
			for i, x := range flows {
				x.Delete = flow.Approve
				f.as(x)
				var ids [2]string
				ids[engine.A] = f.put(engine.A, a, typed[i])
				f.sync(x)
				ids[engine.B] = f.partner(engine.A, ids[engine.A])
				to := side.Other()
				f.pass(time.Hour)
				f.drop(side, ids[side])
				for range 3 {
					f.looks(x, engine.Request{})
					f.pass(11 * time.Minute)
				}
				if got := f.reviews()[to.String()+" "+ids[to]]; got != "to_delete_"+side.String() {
					t.Fatalf("%s on side %s: waits for %q", x.Object, side, got)
				}
				before := f.erasures(to)
				o := f.erasing(kind, to, ids[to])
				r := f.run(engine.Done)
				f.ended(o, engine.OrderDone, "")
				want := map[engine.OrderKind]int{engine.OrderDelete: 1}[kind]
				if n := f.erasures(to) - before; n != want || r.To[to].Deleted != want || len(f.kids(to)) != 1-want || len(f.links()) != 0 {
					t.Errorf("%s %s: %d deletes on side %s, %+v, %d there", kind, x.Object, n, to, r.To, len(f.kids(to)))
				}
				for range 3 {
					f.pass(25 * time.Hour)
					f.looks(x, engine.Request{})
				}
				if len(f.kids(side)) != 0 || len(f.kids(to)) != 1-want || len(f.reviews()) != 0 {
					t.Errorf("%s %s: it is back: %d and %d, reviews %v", kind, x.Object, len(f.kids(side)), len(f.kids(to)), f.reviews())
				}
				f.quietKids()
			}
		}
	}
}
