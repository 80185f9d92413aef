package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

func TestRunsAreListedNewestFirst(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var ids []string
		for i := range 5 {
			r := w.run
			r.ID, r.Started, r.Status = fmt.Sprintf("s%d", i), start.Add(time.Duration(i/2)*time.Minute), engine.Done
			if i == 4 {
				r.Flow = "other"
			}
			must(t, w.StartRun(w.ctx, r))
			ids = append([]string{r.ID}, ids...)
		}
		list := func(flow string, limit int, before string) (got []string) {
			t.Helper()
			runs, err := w.Runs(w.ctx, w.ws, flow, limit, before)
			must(t, err)
			for _, r := range runs {
				got = append(got, r.ID)
			}
			return got
		}
		same(t, ids, list("", 5, ""))
		same(t, []string{"s3", "s2"}, list(w.flow.ID, 2, ""))
		same(t, []string{"s2", "s1"}, list(w.flow.ID, 2, "s3"))
		same(t, []string{"s0"}, list("", 1, "s1"))
		if _, err := w.Runs(w.ctx, w.ws, "", 1, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if _, err := w.RunByID(w.ctx, w.ws, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if st, err := w.FlowStateOf(w.ctx, w.ws, w.flow.ID); err != nil || st.LastRun != "s3" {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

func TestTheActiveRunIsTheNewestThatIsNotOver(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		r, ok, err := w.ActiveRun(w.ctx, w.ws, w.flow.ID)
		must(t, err)
		same(t, w.run, r)
		for _, st := range []engine.Status{engine.Queued, engine.Waiting, engine.Running} {
			w.run.Status = st
			must(t, w.SaveRun(w.ctx, w.ws, w.lease, w.run))
			if r, ok, err = w.ActiveRun(w.ctx, w.ws, w.flow.ID); !ok || r.Status != st || err != nil {
				t.Error(r, ok, err)
			}
		}
		w.run.Status, w.run.Finished, w.run.Recovered = engine.DoneWithProblems, start.Add(time.Minute), true
		w.run.By = "Anna"
		must(t, w.SaveRun(w.ctx, w.ws, w.lease, w.run))
		if r, ok, err = w.ActiveRun(w.ctx, w.ws, w.flow.ID); ok || err != nil {
			t.Error(r, ok, err)
		}
		r, err = w.RunByID(w.ctx, w.ws, w.run.ID)
		must(t, err)
		same(t, w.run, r)
	})
}

func TestARunWithoutASignOfLifeIsDead(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		silent := w.run
		silent.ID, silent.Beat = "silent", time.Time{} // never beat: its start counts
		must(t, w.StartRun(w.ctx, silent))
		over := w.run
		over.ID, over.Status = "over", engine.Failed
		must(t, w.StartRun(w.ctx, over))
		must(t, w.Beat(w.ctx, w.ws, w.lease, w.run.ID, engine.Progress{}, start.Add(time.Minute)))
		// Storing the run with an older time of its own does not take the beat back.
		must(t, w.SaveRun(w.ctx, w.ws, w.lease, w.run))
		dead, err := w.DeadRuns(w.ctx, start.Add(30*time.Second))
		must(t, err)
		if len(dead) != 1 || dead[0].ID != "silent" || dead[0].Workspace != w.ws || !dead[0].Beat.Equal(start) {
			t.Errorf("%+v", dead)
		}
		if dead, err = w.DeadRuns(w.ctx, start.Add(time.Hour)); err != nil || len(dead) != 2 {
			t.Errorf("%+v, %v", dead, err)
		}
	})
}

func TestACancelledRunLearnsOfIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		asked, err := w.CancelRun(w.ctx, w.ws, w.run.ID)
		if !asked || err != nil {
			t.Error(asked, err)
		}
		must(t, w.SaveRun(w.ctx, w.ws, w.lease, w.run)) // the request survives a save
		if yes, err := w.CancelRequested(w.ctx, w.ws, w.run.ID); !yes || err != nil {
			t.Error(yes, err)
		}
		if err := w.Beat(w.ctx, w.ws, w.lease, w.run.ID, engine.Progress{}, start); !errors.Is(err, engine.ErrCancelled) {
			t.Error(err)
		}
		w.run.Status = engine.Cancelled
		must(t, w.SaveRun(w.ctx, w.ws, w.lease, w.run))
		if asked, err = w.CancelRun(w.ctx, w.ws, w.run.ID); asked || err != nil {
			t.Error("a run that is over was cancelled", err)
		}
	})
}

func TestTheLogOfARunIsReadInPagesAndByResult(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var commits []engine.Commit
		for i := range 20 {
			e := engine.Entry{ID: fmt.Sprintf("e%02d", i), Run: w.run.ID, Link: fmt.Sprintf("l%d", i%7), Result: engine.ResultUpdated, To: -1, At: start}
			if i%5 == 0 {
				e.Result = engine.ResultFailed
			}
			commits = append(commits, engine.Commit{Entry: &e})
		}
		commits[3].Entry.Link = ""
		w.commit(t, commits...)
		list := func(after string, limit int, r engine.Result) (got []string) {
			t.Helper()
			entries, err := w.Entries(w.ctx, w.ws, w.run.ID, after, limit, r)
			must(t, err)
			for _, e := range entries {
				got = append(got, e.ID)
			}
			return got
		}
		same(t, []string{"e03", "e04", "e05"}, list("e02", 3, ""))
		same(t, []string{"e05", "e10", "e15"}, list("e00", 5, engine.ResultFailed))
		n, err := w.CountEntries(w.ctx, w.ws, w.run.ID)
		must(t, err)
		same(t, map[engine.Result]int{engine.ResultUpdated: 16, engine.ResultFailed: 4}, n)
		if n, err := w.CountTouched(w.ctx, w.ws, w.run.ID); n != 7 || err != nil {
			t.Error(n, err)
		}
	})
}

func TestCallsAreAddedUp(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		a := engine.CallCount{Side: engine.A, Method: "GET", Path: "/contacts", Status: 200, N: 2}
		b := engine.CallCount{Side: engine.B, Method: "POST", Path: "/users", Status: 429, N: 1}
		must(t, w.CountCalls(w.ctx, w.ws, w.run.ID, []engine.CallCount{a, b}))
		must(t, w.CountCalls(w.ctx, w.ws, w.run.ID, []engine.CallCount{a}))
		a.N = 4
		got, err := w.CallCounts(w.ctx, w.ws, w.run.ID)
		must(t, err)
		same(t, []engine.CallCount{a, b}, got)
	})
}
