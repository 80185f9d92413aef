package store_test

import (
	"errors"
	"testing"
	"time"

	"couplet/internal/engine"
)

func TestOnlyADeadHolderLosesTheLease(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		name := w.lease.Name
		take := func(owner string, deadBefore time.Time) (engine.Lease, bool) {
			t.Helper()
			l, ok, err := w.Acquire(w.ctx, w.ws, name, owner, w.now, deadBefore)
			must(t, err)
			return l, ok
		}
		if l, ok := take("other", start); ok || l.Owner != "me" {
			t.Errorf("a live lease was given away, or its holder is not told: %v %v", l, ok)
		}
		if _, ok := take("me", start); ok {
			t.Error("one owner got a lease twice")
		}
		w.now = start.Add(10 * time.Second)
		must(t, w.Beat(w.ctx, w.ws, w.lease, w.run.ID, engine.Progress{}, w.now))
		if _, ok := take("other", start.Add(5*time.Second)); ok {
			t.Error("a beat did not keep the lease")
		}
		if r, err := w.RunByID(w.ctx, w.ws, w.run.ID); err != nil || !r.Beat.Equal(w.now) {
			t.Error("a beat did not mark the run alive", r.Beat, err)
		}
		stolen, ok := take("other", start.Add(11*time.Second))
		if !ok || stolen.Fence <= w.lease.Fence || stolen.Owner != "other" {
			t.Errorf("%v, %v", stolen, ok)
		}
		if l, ok, err := w.TakeOver(w.ctx, w.ws, w.lease, "late", w.now); ok || err != nil || l != stolen {
			t.Errorf("who took over from the dead was thrown out: %v, %v, %v", l, ok, err)
		}
		dead := stolen
		stolen, ok, err := w.TakeOver(w.ctx, w.ws, dead, "late", w.now)
		if !ok || err != nil || stolen.Owner != "late" || stolen.Fence <= dead.Fence {
			t.Errorf("the dead kept the lease: %v, %v, %v", stolen, ok, err)
		}
		must(t, w.Release(w.ctx, w.ws, stolen))
		if again, ok := take("me", start); !ok || again.Fence <= stolen.Fence {
			t.Errorf("a released lease was not given: %v", again)
		}
	})
}

// TestAnOldFenceChangesNothing holds I8: a worker that comes back to life cannot write.
func TestAnOldFenceChangesNothing(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.page(t, engine.A, 1, mirror("a1"))
		old := w.lease
		w.lease = w.acquire(t, "me", start.Add(time.Hour)) // the same owner, another time
		before := snapshot(t, w, w.ws)
		link := engine.Link{ID: "l", Pair: w.pair.ID, IDs: [2]string{"a1", "b1"}, State: engine.On}
		run := w.run
		run.Note = "late"
		for name, err := range map[string]error{
			"Beat":       w.Beat(w.ctx, w.ws, old, w.run.ID, engine.Progress{}, start.Add(time.Hour)),
			"Release":    w.Release(w.ctx, w.ws, old),
			"Seed":       w.Seed(w.ctx, w.ws, old, w.pair, start),
			"SettlePair": w.SettlePair(w.ctx, w.ws, old, w.pair.ID, start),
			"SavePage":   w.SavePage(w.ctx, w.ws, old, engine.Cursor{Conn: w.conns[0], Object: "contact", Page: "x"}, 2, []engine.Mirror{mirror("a2")}, []string{"a1"}, nil),
			"Begin":      w.Begin(w.ctx, w.ws, old, []engine.Intent{{ID: "i", Pair: w.pair.ID, Source: "a1"}}),
			"Intend":     w.Intend(w.ctx, w.ws, old, run, []engine.Commit{{Sending: sending("l1")}}),
			"Commit":     w.Commit(w.ctx, w.ws, old, run, []engine.Commit{{Link: &link}}),
			"SaveRun":    w.SaveRun(w.ctx, w.ws, old, run),
			"SaveKnown":  w.SaveKnownFields(w.ctx, w.ws, old, []engine.Known{{Conn: w.conns[0], Object: "contact", Name: "late"}}, nil),
			"no owner":   w.SaveRun(w.ctx, w.ws, engine.Lease{Name: old.Name}, run),
			"no lease":   w.SaveRun(w.ctx, w.ws, engine.Lease{Name: "pair/none", Owner: "me", Fence: 1}, run),
		} {
			if !errors.Is(err, engine.ErrLeaseLost) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := snapshot(t, w, w.ws); after != before {
			t.Errorf("something changed:\n%s\n%s", before, after)
		}
	})
}

func TestTwoWorkersCannotBothGetALease(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		const n = 8
		got := make(chan bool, n)
		for i := range n {
			go func() {
				_, ok, err := w.Acquire(w.ctx, w.ws, "new", string(rune('a'+i)), start, start.Add(-time.Minute))
				got <- ok
				if err != nil {
					t.Error(err)
				}
			}()
		}
		holders := 0
		for range n {
			if <-got {
				holders++
			}
		}
		if holders != 1 {
			t.Errorf("%d got it", holders)
		}
	})
}
