package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// TestAnAnswerThatRecordsWereDeletedPutsThePairBack holds what comes back, and which answers come too late.
func TestAnAnswerThatRecordsWereDeletedPutsThePairBack(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		must(t, w.SettlePair(w.ctx, w.ws, w.lease, w.pair.ID, start.Add(time.Minute)))
		at := start.Add(time.Hour)
		gone := engine.Afresh{At: at, Why: engine.Jumped, N: 12, Of: 30, Went: 12}
		pair := func() engine.Pair {
			t.Helper()
			p, err := w.PairByID(w.ctx, w.ws, w.pair.ID)
			must(t, err)
			return p
		}
		stops := func() {
			t.Helper()
			must(t, w.StartAfresh(w.ctx, w.ws, w.lease, w.pair.ID, gone))
			if p := pair(); !p.StandsStill(nil) || !p.Afresh.Deletes() {
				t.Fatalf("%+v", p)
			}
		}
		stops()
		dry := w.run
		dry.ID, dry.DryRun, dry.Status, dry.Started = "run_dry", true, engine.Done, at.Add(time.Minute)
		must(t, w.StartRun(w.ctx, dry))
		w.now = at.Add(time.Hour)
		for _, late := range []time.Time{at.Add(time.Second), {}} {
			if err := w.ReallyDeleted(w.ctx, w.ws, w.pair.ID, late); !errors.Is(err, store.ErrAnswered) {
				t.Errorf("an answer to another question: %v", err)
			}
		}
		must(t, w.ReallyDeleted(w.ctx, w.ws, w.pair.ID, at))
		p := pair()
		if !p.Seeded.Equal(start) || !p.Settled.Equal(start.Add(time.Minute)) || !p.Afresh.At.IsZero() || p.Again != 1 || !p.Deleted.Equal(w.now) {
			t.Errorf("%+v", p)
		}
		if err := w.ReallyDeleted(w.ctx, w.ws, w.pair.ID, at); !errors.Is(err, store.ErrAnswered) {
			t.Errorf("answered twice: %v", err)
		}
		// Everything is looked at once more, also when somebody who did not know of it had begun to.
		must(t, w.Seed(w.ctx, w.ws, w.lease, engine.Pair{ID: p.ID}, w.now))
		if q := pair(); q.Again != 1 {
			t.Errorf("%+v", q)
		}
		// What was foretold before is of something else, and cannot be approved any more.
		approval := func(run string) flow.Approval {
			return flow.Approval{By: "anna", At: w.now, How: "preview", Rehearsal: run, Revision: w.flow.Revision()}
		}
		if _, err := w.SwitchOn(w.ctx, w.ws, w.flow.ID, approval(dry.ID)); !errors.Is(err, store.ErrOutdated) {
			t.Errorf("approved: %v", err)
		}
		// What somebody has approved is not taken back.
		at = at.Add(2 * time.Hour)
		gone.At = at
		stops()
		w.now = at.Add(time.Hour)
		dry.ID, dry.Started = "run_later", at.Add(time.Minute)
		must(t, w.StartRun(w.ctx, dry))
		if _, err := w.SwitchOn(w.ctx, w.ws, w.flow.ID, approval(dry.ID)); err != nil {
			t.Fatal(err)
		}
		if err := w.ReallyDeleted(w.ctx, w.ws, w.pair.ID, at); !errors.Is(err, store.ErrAnswered) || pair().Afresh.At.IsZero() {
			t.Errorf("%v, %+v", err, pair())
		}
	})
}

// afreshWrites are the calls about comparing all records anew.
func (w *world) afreshWrites() []call {
	p := w.pair.ID
	return []call{
		{"ProposeAfresh", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.ProposeAfresh(ctx, ws, p, engine.Afresh{At: start, Why: engine.Reapply})
		}},
		{"StartAfresh", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.StartAfresh(ctx, ws, l, p, engine.Afresh{At: start, Why: engine.Jumped, Went: 12, Of: 30})
		}},
		{"ReallyDeleted", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.ReallyDeleted(ctx, ws, p, start)
		}},
	}
}
