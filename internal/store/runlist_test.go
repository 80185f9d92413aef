package store_test

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// finished stores a run that is over.
func (w *world) finished(t testing.TB, id string, ago time.Duration, change func(*engine.Run)) {
	t.Helper()
	r := w.run
	r.ID, r.Status, r.Started, r.Finished = id, engine.Done, start.Add(-ago), start.Add(-ago)
	if change != nil {
		change(&r)
	}
	must(t, w.StartRun(w.ctx, r))
}

func ids(runs []engine.Run) (out []string) {
	for _, r := range runs {
		out = append(out, r.ID)
	}
	return out
}

func TestListsOfRunsAreFiltered(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.finished(t, "wrote", 1*time.Hour, func(r *engine.Run) { r.To[0].Updated = 2 })
		w.finished(t, "linked", 2*time.Hour, func(r *engine.Run) { r.Linked = 2 })
		w.finished(t, "asked", 3*time.Hour, func(r *engine.Run) { r.Asked = 1 })
		w.finished(t, "paused", 4*time.Hour, func(r *engine.Run) { r.Status = engine.Paused })
		w.finished(t, "problems", 5*time.Hour, func(r *engine.Run) { r.Status, r.To[1].Failed, r.To[1].Created = engine.DoneWithProblems, 1, 1 })
		w.finished(t, "failed", 6*time.Hour, func(r *engine.Run) { r.Status = engine.Failed })
		w.finished(t, "rehearsed", 7*time.Hour, func(r *engine.Run) { r.DryRun, r.To[1].Created, r.Asked = true, 9, 3 })
		w.finished(t, "quiet", 8*time.Hour, nil)
		w.finished(t, "other_flow", 9*time.Hour, func(r *engine.Run) { r.Flow, r.To[0].Updated = "other", 1 })
		w.finished(t, "old", 99*time.Hour, func(r *engine.Run) { r.To[0].Updated = 1 })

		since := start.Add(-24 * time.Hour)
		for _, c := range []struct {
			f    store.RunFilter
			want []string
		}{
			{store.RunFilter{}, []string{"wrote", "linked", "asked", "paused", "problems", "failed", "rehearsed", "other_flow", "old"}},
			{store.RunFilter{Since: since, Quiet: true, Flow: w.flow.ID}, []string{"wrote", "linked", "asked", "paused", "problems", "failed", "rehearsed", "quiet"}},
			{store.RunFilter{Since: since, Result: store.RunsChanged}, []string{"wrote", "linked", "problems", "other_flow"}},
			{store.RunFilter{Since: since, Result: store.RunsAsked}, []string{"asked", "paused"}},
			{store.RunFilter{Since: since, Result: store.RunsFailed}, []string{"problems", "failed"}},
			{store.RunFilter{Since: since, Text: "r_flo"}, []string{"other_flow"}},
			{store.RunFilter{Since: since, Text: "r%flow"}, nil}, // what was typed is no pattern
			{store.RunFilter{IDs: []string{"old", "quiet"}, Quiet: true}, []string{"quiet", "old"}},
			{store.RunFilter{IDs: []string{}}, nil},
		} {
			runs, err := w.FinishedRuns(w.ctx, w.ws, c.f, "", 99)
			must(t, err)
			same(t, c.want, ids(runs))
		}
		n, err := w.CountFinished(w.ctx, w.ws, store.RunFilter{Since: since, Result: store.RunsFailed})
		must(t, err)
		same(t, store.RunTally{All: 9, Changed: 4, Asked: 2, Failed: 2, Quiet: 1}, n)

		// Pages follow each other without a gap or a repetition.
		var all []string
		for before := ""; ; {
			runs, err := w.FinishedRuns(w.ctx, w.ws, store.RunFilter{Quiet: true}, before, 3)
			must(t, err)
			if len(runs) == 0 {
				break
			}
			all, before = append(all, ids(runs)...), runs[len(runs)-1].ID
		}
		same(t, []string{"wrote", "linked", "asked", "paused", "problems", "failed", "rehearsed", "quiet", "other_flow", "old"}, all)

		open, err := w.OpenRuns(w.ctx, w.ws)
		must(t, err)
		same(t, []string{w.run.ID}, ids(open))
		last, err := w.LastRuns(w.ctx, w.ws, []string{w.flow.ID, "other", "never"})
		must(t, err)
		same(t, map[string]string{w.flow.ID: "wrote", "other": "other_flow"}, map[string]string{w.flow.ID: last[w.flow.ID].ID, "other": last["other"].ID})
		same(t, 2, len(last))
	})
}

func TestQuietRunsAreCountedByQuarters(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		for i, ago := range []time.Duration{1 * time.Minute, 2 * time.Minute, 16 * time.Minute, time.Hour} {
			w.finished(t, fmt.Sprint("q", i), ago, nil)
		}
		got, err := w.QuietRuns(w.ctx, w.ws, "", start.Add(-30*time.Minute), start)
		must(t, err)
		same(t, []store.Quiet{{At: start.Add(-15 * time.Minute), N: 2}, {At: start.Add(-30 * time.Minute), N: 1}}, got)
	})
}

func TestTheHoursOfARunAddUpToItsCounts(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		count := func(r *engine.Run, by int) {
			r.To[0].Created, r.To[1].Updated, r.To[1].Failed = r.To[0].Created+by, r.To[1].Updated+2*by, r.To[1].Failed+3*by
			r.APICalls[0].Read, r.APICalls[1].Write = r.APICalls[0].Read+4*by, r.APICalls[1].Write+5*by
		}
		count(&w.run, 1)
		w.commit(t)
		w.commit(t) // nothing new: nothing is added
		w.now = start.Add(90 * time.Minute)
		count(&w.run, 10)
		must(t, w.SaveRun(w.ctx, w.ws, w.lease, w.run))
		dry := w.run
		dry.ID, dry.DryRun = "dry", true
		must(t, w.StartRun(w.ctx, dry))

		hour := func(at time.Time, n, calls int) store.Hour {
			return store.Hour{At: at, Flow: w.flow.ID, Pair: w.pair.ID, Created: n, Updated: 2 * n, Failed: 3 * n, Calls: [2]int{4 * calls, 5 * calls}}
		}
		got, err := w.Hours(w.ctx, w.ws, start)
		must(t, err)
		same(t, []store.Hour{hour(start, 1, 1), hour(start.Add(time.Hour), 10, 21)}, got)
		got, err = w.Hours(w.ctx, w.ws, start.Add(time.Hour))
		must(t, err)
		same(t, []store.Hour{hour(start.Add(time.Hour), 10, 21)}, got)
	})
}

func TestNeedsAreCountedByTheirReason(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		review := func(id, why string) engine.Review {
			return engine.Review{Pair: w.pair.ID, ID: id, Reason: why, At: start}
		}
		hint := func(id, why, problem string) engine.Hint {
			return engine.Hint{ID: id, Reason: why, At: start, Due: start.Add(time.Hour), Problem: problem, Attempts: 4}
		}
		w.commit(t, engine.Commit{Review: []engine.Review{review("a1", "no_key"), review("a2", "shared_key"), review("a3", "shared_key")},
			Conflict: []engine.Conflict{{Link: "l1", Field: "phone", Open: true, At: start}, {Link: "l2", Field: "phone", Open: true, At: start}, {Link: "l3", Field: "city", At: start}}})
		must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, []engine.Hint{hint("p1", "parked", "too long"), hint("p2", "parked", "too long"), hint("p3", "parked", "not a number"),
			hint("p4", "retry", "no answer"), hint("p5", "ignored", "not taken"), hint("p6", "webhook", "")}))
		got, err := w.Needs(w.ctx, w.ws)
		must(t, err)
		same(t, []store.Need{{Kind: store.NeedConflict, Pair: w.pair.ID, Reason: "phone", N: 2}, {Kind: store.NeedReview, Pair: w.pair.ID, Reason: "shared_key", N: 2}, {Kind: store.NeedReview, Pair: w.pair.ID, Reason: "no_key", N: 1},
			{Kind: store.NeedParked, Pair: w.pair.ID, Reason: "too long", N: 2}, {Kind: store.NeedParked, Pair: w.pair.ID, Reason: "not a number", N: 1}}, got)

		// Trying again brings back those of one problem, or all.
		due := func() (out []string) {
			for _, h := range w.hints(t) {
				if h.Attempts != 0 || h.Reason != "webhook" {
					t.Errorf("%+v is due", h)
				}
				out = append(out, h.ID)
			}
			return out
		}
		n, err := w.TryAgain(w.ctx, w.ws, w.pair.ID, "too long", start)
		must(t, err)
		same(t, int64(2), n)
		same(t, []string{"p1", "p2"}, due())
		n, err = w.TryAgain(w.ctx, w.ws, w.pair.ID, "", start)
		must(t, err)
		same(t, int64(4), n)
		same(t, []string{"p1", "p2", "p3", "p4"}, due())
	})
}

func TestTheRecordsOfARunAreGroupedByCause(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		entry := func(id string, result engine.Result, why string) engine.Commit {
			return engine.Commit{Entry: &engine.Entry{ID: id, Run: w.run.ID, Result: result, Reason: why, At: start}}
		}
		w.commit(t, entry("e1", engine.ResultFailed, "x"), entry("e2", engine.ResultFailed, "y"), entry("e3", engine.ResultFailed, "y"),
			entry("e4", engine.ResultCreated, "x"), entry("e5", engine.ResultFailed, "y"))
		got, err := w.Causes(w.ctx, w.ws, w.run.ID, engine.ResultFailed)
		must(t, err)
		same(t, []store.Cause{{engine.ResultFailed, "y", 3, "e2"}, {engine.ResultFailed, "x", 1, "e1"}}, got)
		list, err := w.EntriesOf(w.ctx, w.ws, w.run.ID, engine.ResultFailed, "y", "e2", 1)
		must(t, err)
		if len(list) != 1 || list[0].ID != "e3" {
			t.Errorf("%+v", list)
		}
	})
}

func TestARecordLeadsToItsRuns(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.page(t, engine.A, 0, mirror("a1", "email", "ann@x.test"))
		w.page(t, engine.B, 0, mirror("b2", "email", "bob@x.test"))
		l := w.link("l1", "a1", "b1", engine.On)
		l.Run = "made"
		m := w.link("l2", "a2", "b2", engine.On)
		m.Base["email"] = engine.Base{Run: "later"}
		w.commit(t, engine.Commit{Link: l}, engine.Commit{Link: m})
		for value, want := range map[string][]string{"ann@x.test": {"made", w.run.ID}, "bob@x.test": {w.run.ID, "later"}, "nobody@x.test": nil} {
			got, err := w.RunsOfRecord(w.ctx, w.ws, value)
			must(t, err)
			same(t, want, got)
		}
	})
}

func TestHoursAreKeptAsLongAsRuns(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		for _, days := range []int{31, 29, 0} {
			w.now = start.Add(-time.Duration(days) * 24 * time.Hour)
			w.finished(t, fmt.Sprint("r", days), 0, func(r *engine.Run) { r.Linked, r.To[0].Updated = 1, 1 })
		}
		w.now = start
		_, err := w.Prune(w.ctx, w.ws, start, store.DefaultPolicy)
		must(t, err)
		hours, err := w.Hours(w.ctx, w.ws, time.Time{})
		must(t, err)
		if len(hours) != 2 || hours[0].At != start.Add(-29*24*time.Hour) {
			t.Errorf("%+v", hours)
		}
	})
}
