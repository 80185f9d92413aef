package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// What hung on a contact that was merged into another one goes with it: each task and note keeps its partner, and goes on, also
// while a person is asked about the contact that is left, and when that one is merged, too.
func TestWhatHungOnAMergedContactGoesOn(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		f := newFamily(t, sandbox.Options{Seed: 3})
		a1, b1 := f.couple("ada@example.com")
		a2, b2 := f.couple("bell@example.com")
		flows, typed := f.hangers()
		other := [2]fields{{"title": "Other", "dueDate": due1, "completed": false}, {"body": "Other"}}
		edit := [2][2]fields{{{"title": "New"}, {"body": "New"}}, {{"name": "Newer"}, {"description": "Newer"}}}
		shown := [2][2]string{{"title", "body"}, {"name", "description"}}
		var kids [2][2]string // of the one that goes, by flow
		for i, x := range flows {
			f.as(x)
			f.put(engine.A, a1, other[i])
			kids[i][engine.A] = f.put(engine.A, a2, typed[i])
			f.sync(x)
			kids[i][engine.B] = f.partner(engine.A, kids[i][engine.A])
		}
		f.pass(time.Hour)
		keep, lose := [2]string{a1, b1}, [2]string{a2, b2}
		left := side.Other()
		rounds := func() {
			for range 4 {
				f.looks(f.contacts, engine.Request{})
				for _, x := range flows {
					f.looks(x, engine.Request{})
				}
				f.pass(11 * time.Minute)
			}
		}
		both := func(what string, waits int) {
			t.Helper()
			for i, x := range flows {
				f.as(x)
				for _, from := range []engine.Side{side, left} {
					to := from.Other()
					f.turn(from, kids[i][from], edit[from][i])
					f.pass(time.Minute)
					f.looks(x, engine.Request{})
					want := edit[from][i][shown[from][i]]
					if got := f.kids(to)[kids[i][to]].Fields[shown[to][i]]; got != want {
						t.Errorf("side %s, %s: the %s shows %v on side %s, want %v", side, what, x.Object, got, to, want)
					}
				}
				if n := len(f.links()); n != 2 || len(f.kids(engine.A)) != 2 || len(f.kids(engine.B)) != 2 || f.partner(engine.A, kids[i][engine.A]) != kids[i][engine.B] {
					t.Errorf("side %s, %s: %d links, %d and %d %ss", side, what, n, len(f.kids(engine.A)), len(f.kids(engine.B)), x.Object)
				}
				f.quietKids()
			}
			if got := f.as(f.contacts).reviews(); len(got) != waits {
				t.Errorf("side %s, %s: reviews %v", side, what, got)
			}
		}
		f.unite(side, keep[side], lose[side])
		rounds()
		if got := f.as(f.contacts).reviews()[left.String()+" "+lose[left]]; got != "merged_there_"+side.String() {
			t.Fatalf("side %s: reviews %v", side, f.reviews())
		}
		both("merged", 1)
		f.as(f.contacts).unite(left, keep[left], lose[left])
		rounds()
		both("both merged", 0)
		for _, x := range flows {
			if f.as(x); len(f.togetherKids()) != 2 {
				t.Errorf("side %s: %ss are not under partners", side, x.Object)
			}
		}
	}
}

// unite merges two people as a user of that system does: what hung on the one that goes hangs on the other then.
func (w *world) unite(side engine.Side, keep, lose string) {
	w.t.Helper()
	crm, _ := w.people(side)
	if _, err := crm.(interface {
		Merge(keep, lose string) (map[string]any, error)
	}).Merge(keep, lose); err != nil {
		w.t.Fatal(err)
	}
}
