package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

func TestPruneKeepsEachClassForItsTime(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		day := 24 * time.Hour
		run := func(id string, age time.Duration, st engine.Status, writes int) {
			t.Helper()
			r := w.run
			r.ID, r.Status, r.Started, r.Beat = id, st, start.Add(-age), start.Add(-age)
			r.To[0].Updated = writes
			must(t, w.StartRun(w.ctx, r))
			for i := range 7 {
				w.commitAs(t, r, engine.Commit{Entry: &engine.Entry{ID: fmt.Sprintf("%s-%d", id, i), Run: id, At: start}})
			}
			must(t, w.CountCalls(w.ctx, w.ws, id, []engine.CallCount{{Method: "GET", Path: "/", Status: 200, N: 1}, {Method: "PUT", Path: "/", Status: 200, N: 1}}))
		}
		run("quiet-old", 8*day, engine.Done, 0)
		run("quiet-new", 6*day, engine.Done, 0)
		run("wrote", 8*day, engine.Done, 1)
		run("failed", 8*day, engine.Failed, 0)
		run("wrote-old", 31*day, engine.DoneWithProblems, 1)
		run("not-over", 60*day, engine.Waiting, 0)
		for id, age := range map[string]time.Duration{"e-old": 4 * day, "e-new": 2 * day} {
			w.now = start.Add(-age)
			_, err := w.RecordEvent(w.ctx, w.ws, w.conns[0], id, "t", w.now)
			must(t, err)
		}
		w.now = start
		at := func(age time.Duration, open bool) engine.Conflict {
			return engine.Conflict{Link: "l", Field: fmt.Sprint(age), Open: open, At: start.Add(-age)}
		}
		stone := func(id string, until time.Time) engine.Tombstone {
			return engine.Tombstone{Pair: w.pair.ID, ID: id, Keys: []string{"k-" + id}, Until: until}
		}
		w.commit(t, engine.Commit{Conflict: []engine.Conflict{at(31*day, false), at(29*day, false), at(99*day, true)},
			Bury: []engine.Tombstone{stone("old", start.Add(-1)), stone("new", start.Add(day))}})

		p := store.DefaultPolicy
		p.Batch = 3
		n, err := w.Prune(w.ctx, w.ws, start, p)
		must(t, err)
		same(t, store.Pruned{Runs: 2, Entries: 14, Events: 1, Conflicts: 1, Keys: 1}, n)
		left := snapshot(t, w, w.ws)
		for text, there := range map[string]bool{"quiet-old": false, "quiet-new": true, "wrote ": true, "wrote-3": true, "failed": true, "wrote-old": false, "not-over": true,
			"e-old": false, "e-new": true, "k-old": false, "k-new": true, "old": true} {
			if strings.Contains(left, text) != there {
				t.Errorf("%q there: %v", text, !there)
			}
		}
		calls, err := w.CallCounts(w.ctx, w.ws, "wrote")
		must(t, err)
		gone, err := w.CallCounts(w.ctx, w.ws, "wrote-old")
		must(t, err)
		if len(calls) != 2 || len(gone) != 0 {
			t.Errorf("%v, %v", calls, gone)
		}
		buried, err := w.Buried(w.ctx, w.ws, w.pair.ID, engine.A, []string{"old", "new"}, []string{"k-new"}, start)
		must(t, err)
		same(t, map[string]bool{"old": true, "new": true, "k-new": true}, buried) // ids count for ever
		if n, err = w.Prune(w.ctx, w.ws, start, p); err != nil || n != (store.Pruned{}) {
			t.Errorf("a second time: %+v, %v", n, err)
		}
	})
}

func (w *world) commitAs(t testing.TB, r engine.Run, c engine.Commit) {
	t.Helper()
	must(t, w.Commit(w.ctx, w.ws, w.lease, r, []engine.Commit{c}))
}
