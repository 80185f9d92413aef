package store_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
)

func TestWhatWaitsForAReasonIsDueWhenSomethingHappenedSince(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		later := start.Add(24 * time.Hour)
		hints := []engine.Hint{
			{Side: engine.A, ID: "a1", Reason: "link_unknown", At: start, Due: later},
			{Side: engine.A, ID: "a2", Reason: "link_unknown", At: start.Add(2 * time.Minute), Due: later},
			{Side: engine.B, ID: "b1", Reason: "owner_unknown", At: start, Due: later},
		}
		must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, hints))
		due := func() (ids []string) {
			t.Helper()
			list, err := w.Hints(w.ctx, w.ws, w.pair.ID, start.Add(time.Hour), engine.Place{Side: -1}, 9)
			must(t, err)
			for _, h := range list {
				ids = append(ids, h.ID)
			}
			return ids
		}
		wake := func(happened time.Time) {
			t.Helper()
			must(t, w.WakeUnknown(w.ctx, w.ws, w.lease, w.pair.ID, "link_unknown", happened, start.Add(3*time.Minute)))
		}
		if wake(time.Time{}); len(due()) != 0 {
			t.Errorf("nothing happened, and %v are due", due())
		}
		if wake(start.Add(time.Minute)); len(due()) != 1 || due()[0] != "a1" {
			t.Errorf("due are %v", due())
		}
		if wake(start.Add(2 * time.Minute)); len(due()) != 2 {
			t.Errorf("due are %v", due())
		}
	})
}

func TestLinkedIDsAreThoseInStep(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		on, gone := w.link("l1", "a1", "b1", engine.On), w.link("l2", "a2", "b2", engine.OneGone)
		on.At = start.Add(time.Minute)
		w.commit(t, engine.Commit{Link: on})
		w.commit(t, engine.Commit{Link: gone})
		ids, newest, err := w.LinkedIDs(w.ctx, w.ws, w.pair.ID)
		must(t, err)
		if len(ids) != 1 || ids[0] != [2]string{"a1", "b1"} || !newest.Equal(on.At) {
			t.Errorf("%v, %v", ids, newest)
		}
	})
}
