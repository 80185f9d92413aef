package store_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

const day = 24 * time.Hour

// What an owner chose is kept within bounds, and what is older than it goes.
func TestAWorkspaceKeepsWhatItsOwnerChose(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		for _, c := range []struct{ ask, got store.Policy }{
			{store.Policy{}, store.LeastPolicy},
			{store.Policy{QuietRuns: 999 * day, Runs: 999 * day, Events: 999 * day, Conflicts: 999 * day}, store.MostPolicy},
			{store.Policy{QuietRuns: 60 * day, Runs: 10 * day, Events: 5 * day, Conflicts: 20 * day}, store.Policy{QuietRuns: 10 * day, Runs: 10 * day, Events: 5 * day, Conflicts: 20 * day, Batch: store.DefaultPolicy.Batch}},
		} {
			must(t, w.SaveKeeps(w.ctx, w.ws, settingNow(w.ctx, w.ws, w.Keeps), c.ask))
			if got, err := w.Keeps(w.ctx, w.ws); err != nil || got != c.got {
				t.Errorf("%+v, %v", got, err)
			}
		}
		for _, age := range []int{9, 11} {
			r := w.run
			r.ID, r.Status = map[int]string{9: "young", 11: "old"}[age], engine.Done
			r.Started = start.AddDate(0, 0, -age)
			r.To[1].Updated = 1
			must(t, w.StartRun(w.ctx, r))
		}
		p, err := w.Keeps(w.ctx, w.ws)
		must(t, err)
		_, err = w.Prune(w.ctx, w.ws, start, p)
		must(t, err)
		if _, err := w.RunByID(w.ctx, w.ws, "young"); err != nil {
			t.Error(err)
		}
		if _, err := w.RunByID(w.ctx, w.ws, "old"); err == nil {
			t.Error("it is still there")
		}
		if kept, err := w.KeepsRuns(w.ctx, w.ws); err != nil || kept != 10*day {
			t.Errorf("%v, %v", kept, err)
		}
		d := flow.Defaults{Region: "DE", Every: flow.Duration(time.Hour), Delete: flow.Approve, Watch: true}
		must(t, w.SaveDefaults(w.ctx, w.ws, flow.Defaults{}, d))
		if got, err := w.Defaults(w.ctx, w.ws); err != nil || got != d {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
