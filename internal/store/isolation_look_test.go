package store_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// fillLook gives the automation of the first workspace something that it saw, and something to look at.
func (w *world) fillLook(t testing.TB) {
	t.Helper()
	id := w.auto.Draft.ID
	must(t, w.Note(w.ctx, w.ws, w.firing, automation.Entry{At: "s2", Step: "s2", State: automation.StepDone, Made: "sys contact c1", Began: start, Over: start}))
	watch, _, err := w.TakeWatch(w.ctx, w.ws, id, "me", start, start)
	must(t, err)
	watch.Problem = "no"
	watch.Conn, watch.Object, watch.Calls = w.conns[0], "contact", []string{automation.AnyCall}
	_, err = w.SaveWatch(w.ctx, w.ws, watch, automation.Noticed{Seen: []automation.Seen{{ID: "c1", At: start}}, Hints: []automation.Hint{{Record: "c1", By: automation.ByPoll, At: start, Due: start}}}, start)
	must(t, err)
	w.watch = watch
}

func (w *world) lookReads() []call {
	id := w.auto.Draft.ID
	return []call{
		{"HintsFor", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.HintsFor(ctx, ws, id, start, 9)
		}},
		{"SeenBy", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.SeenBy(ctx, ws, id, []string{"c1"})
		}},
		{"WatchProblem", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.WatchProblem(ctx, ws, id)
		}},
		{"DeedsOn", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			deeds, _, err := s.DeedsOn(ctx, ws, w.conns[0], "sys", connector.Ref{Object: "contact", ID: "c1"}, time.Time{}, start)
			return deeds, err
		}},
	}
}

func (w *world) lookWrites() []call {
	id := w.auto.Draft.ID
	return []call{
		{"SetAutomationHook", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SetAutomationHook(ctx, ws, id, "changed")
		}},
		{"SaveWatch", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.SaveWatch(ctx, ws, w.watch, automation.Noticed{Anew: true}, start.Add(time.Hour))
		}},
		{"LeaveWatch", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.LeaveWatch(ctx, ws, w.watch, false)
		}},
		{"TakeWatch", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, _, err := s.TakeWatch(ctx, ws, id, "thief", start.Add(2*time.Hour), start.Add(3*time.Hour))
			return nil, err
		}},
	}
}
