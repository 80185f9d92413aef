package store_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// fillChildren gives the first workspace a child that was read, and one that waits for its parent, which is linked.
func (w *world) fillChildren(t testing.TB) {
	t.Helper()
	kid := mirror("k1")
	kid.Parent = "a1"
	must(t, w.SaveChildren(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "note"}, []engine.ChildRead{{Parent: "a1", At: start}}, []engine.Mirror{kid}, nil))
	w.commit(t, engine.Commit{Again: []engine.Hint{{ID: "k2", Parent: "a1", Reason: "parent", At: start, Due: start.Add(time.Hour)}}})
	gone, left := mirror("a8"), mirror("k8")
	gone.Gone, left.Parent = start.Add(time.Hour), "a8"
	w.commit(t, engine.Commit{Mirrors: [2][]engine.Mirror{{gone}}})
	must(t, w.SaveChildren(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "note"}, nil, []engine.Mirror{left}, nil))
}

// fillMoved gives it a child that hangs on another parent than its link does.
func (w *world) fillMoved(t testing.TB) {
	t.Helper()
	moved := mirror("k3")
	moved.Parent = "a7"
	l := w.link("lk", "k3", "bk", engine.On)
	l.Parent = "lp"
	w.commit(t, engine.Commit{Mirrors: [2][]engine.Mirror{{moved}}, Link: l})
}

func (w *world) childReads() []call {
	c, p := w.conns[0], w.pair
	return []call{
		{"PairBetween", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			found, _, err := s.PairBetween(ctx, ws, [2]string{w.conns[1], w.conns[0]}, "contact")
			found.Workspace = ""
			return found, err
		}},
		{"LinkedIDs", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			ids, _, err := s.LinkedIDs(ctx, ws, p.ID)
			return ids, err
		}},
		{"ChildrenOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ChildrenOf(ctx, ws, c, "note", []string{"a1"})
		}},
		{"ChildReads", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ChildReads(ctx, ws, c, "note", []string{"a1"})
		}},
		{"DueParents", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.DueParents(ctx, ws, p, engine.A, "task", start, start, "", 9)
		}},
		{"OldestParents", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OldestParents(ctx, ws, p, engine.A, "note", start.Add(time.Hour), 9)
		}},
		{"MovedChildren", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.MovedChildren(ctx, ws, c, "lp", "a1")
		}},
		{"Bereaved", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Bereaved(ctx, ws, c, "note", "contact", "", 9)
		}},
		{"CountOrphans", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			n, err := s.CountOrphans(ctx, ws, p.ID)
			return n[0] + n[1], err
		}},
	}
}

func (w *world) childWrites() []call {
	c, p := w.conns[0], w.pair
	return []call{
		{"SaveChildren", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.SaveChildren(ctx, ws, l, engine.Cursor{Conn: c, Object: "note"}, []engine.ChildRead{{Parent: "a1", At: start.Add(time.Hour)}}, nil, nil)
		}},
		{"WakeUnknown", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.WakeUnknown(ctx, ws, l, p.ID, "parent", start.Add(time.Hour), start.Add(-time.Hour))
		}},
		{"WakeChildren", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return s.WakeChildren(ctx, ws, l, p.ID, p, [2]engine.Side{engine.A, engine.B}, start)
		}},
	}
}

func TestAParentIsDueWhenSomethingHappenedToIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fill(t)
		due := func(since, now time.Time) []string {
			t.Helper()
			ids, err := w.DueParents(w.ctx, w.ws, w.pair, engine.A, "contact", since, now, "", 9)
			must(t, err)
			return ids
		}
		later := start.Add(time.Hour)
		read := func(at time.Time) {
			t.Helper()
			must(t, w.SaveChildren(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "contact"}, []engine.ChildRead{{Parent: "a1", At: at}}, nil, nil))
		}
		read(later)
		same(t, 0, len(due(start, later)))
		same(t, []string{"a1"}, due(later.Add(time.Minute), later)) // everybody is to be read since then
		w.commit(t, engine.Commit{Reread: []engine.ParentDue{{Side: engine.A, Parent: "a1", At: later.Add(time.Minute)}}})
		same(t, 0, len(due(start, later)))
		same(t, []string{"a1"}, due(start, later.Add(time.Minute)))
		read(later.Add(2 * time.Minute))
		m := mirror("a1", "email", "x@x.test")
		m.Seen = later.Add(3 * time.Minute)
		w.commit(t, engine.Commit{Mirrors: [2][]engine.Mirror{{m}}})
		same(t, []string{"a1"}, due(start, later))
	})
}

func TestWhatHangsOnAParentThatIsGoneIsLookedAtOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		want := func(ids ...string) {
			t.Helper()
			got, err := w.Bereaved(w.ctx, w.ws, w.conns[0], "note", "contact", "", 9)
			must(t, err)
			same(t, len(ids), len(got))
			if len(ids) > 0 {
				same(t, ids, got)
			}
		}
		parent, kid := mirror("p1"), mirror("n1")
		kid.Parent, kid.Seen = "p1", start
		store := func() {
			t.Helper()
			w.commit(t, engine.Commit{Mirrors: [2][]engine.Mirror{{parent}}})
			must(t, w.SaveChildren(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "note"}, nil, []engine.Mirror{kid}, nil))
		}
		parent.Suspect = start.Add(time.Minute)
		store()
		want() // it may be back
		parent.Suspect, parent.Gone = time.Time{}, start.Add(time.Hour)
		store()
		want("n1")
		kid.Suspect = start.Add(2 * time.Hour)
		store()
		want() // a line of the inbox stands for it
		kid.Suspect, kid.Seen = time.Time{}, start.Add(2*time.Hour)
		store()
		want()
		kid.Seen, kid.Gone = start, start.Add(2*time.Hour)
		store()
		want()
	})
}

func TestAChildWaitsUntilItsParentIsLinked(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fill(t)
		wake := func() int64 {
			t.Helper()
			n, err := w.WakeChildren(w.ctx, w.ws, w.lease, w.pair.ID, w.pair, [2]engine.Side{engine.A, engine.B}, start)
			must(t, err)
			return n
		}
		w.commit(t, engine.Commit{Again: []engine.Hint{{ID: "k3", Parent: "a2", Reason: "parent", At: start, Due: start.Add(time.Hour)}}})
		orphans := func() [2]int {
			t.Helper()
			n, err := w.CountOrphans(w.ctx, w.ws, w.pair.ID)
			must(t, err)
			return n
		}
		same(t, [2]int{2, 0}, orphans())
		same(t, int64(1), wake()) // a1 is linked, a2 is not
		same(t, [2]int{1, 0}, orphans())
		w.commit(t, engine.Commit{Link: w.link("l2", "a2", "b2", engine.On)})
		same(t, int64(1), wake())
		same(t, int64(0), wake())
	})
}

// What was given up waits for a change, unless what it hangs on got another partner after that, or has none any more. What is
// linked itself is given up for a reason of its own then, and would fail at every run.
func TestAChildThatWasGivenUpIsWokenByItsParent(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fill(t)
		wake := func() int64 {
			t.Helper()
			n, err := w.WakeChildren(w.ctx, w.ws, w.lease, w.pair.ID, w.pair, [2]engine.Side{engine.A, engine.B}, start)
			must(t, err)
			return n
		}
		wake() // what fill left
		parked := func(id, parent string, at time.Time) {
			t.Helper()
			w.commit(t, engine.Commit{Again: []engine.Hint{{ID: id, Parent: parent, Reason: "parked", Problem: "p", At: at, Due: start.Add(time.Hour)}}})
		}
		parked("k5", "a5", start.Add(time.Minute))
		w.commit(t, engine.Commit{Link: w.link("l5", "a5", "b5", engine.On)})
		same(t, int64(0), wake()) // its parent had that partner already
		again := w.link("l5", "a5", "b55", engine.On)
		again.At = start.Add(time.Hour)
		w.commit(t, engine.Commit{Link: again})
		same(t, int64(1), wake())
		parked("k6", "a6", start)
		same(t, int64(1), wake()) // its parent has none
		parked("k7", "a7", start)
		w.commit(t, engine.Commit{Link: w.link("l7", "k7", "b7", engine.On)})
		same(t, int64(0), wake())
	})
}
