package store_test

import (
	"context"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// watchReads and watchWrites are the calls behind the overview and the pages of runs, and about fields that changed.
func (w *world) watchReads() []call {
	p := w.pair.ID
	return []call{
		{"FinishedRuns", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FinishedRuns(ctx, ws, store.RunFilter{Flow: w.flow.ID, Result: store.RunsChanged, Text: "fin", IDs: []string{"finished"}}, "", 9)
		}},
		{"CountFinished", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountFinished(ctx, ws, store.RunFilter{Flow: w.flow.ID})
		}},
		{"QuietRuns", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.QuietRuns(ctx, ws, w.flow.ID, start.Add(-time.Hour), start.Add(time.Hour))
		}},
		{"OpenRuns", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OpenRuns(ctx, ws)
		}},
		{"LastRuns", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LastRuns(ctx, ws, []string{w.flow.ID})
		}},
		{"RunsOfRecord", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.RunsOfRecord(ctx, ws, "x@x.test")
		}},
		{"Needs", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Needs(ctx, ws)
		}},
		{"CountWaiting", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountWaiting(ctx, ws, 9)
		}},
		{"HintsOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.HintsOf(ctx, ws, p, engine.A, []string{"a1"})
		}},
		{"Hours", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Hours(ctx, ws, start)
		}},
		{"EntriesOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.EntriesOf(ctx, ws, w.run.ID, engine.ResultLinked, "", "", 9)
		}},
		{"Causes", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Causes(ctx, ws, w.run.ID, engine.ResultLinked)
		}},
		{"KnownFields", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.KnownFields(ctx, ws, w.conns, "contact")
		}},
		{"Drift", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Drift(ctx, ws)
		}},
	}
}

func (w *world) watchWrites() []call {
	return []call{
		{"TryAgain", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.TryAgain(ctx, ws, w.pair.ID, "refused", start.Add(time.Hour))
		}},
		{"AcceptField", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.AcceptField(ctx, ws, engine.Known{Conn: w.conns[0], Object: "contact", Name: "f", Remake: true})
		}},
		{"SaveKnownFields", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.SaveKnownFields(ctx, ws, l, []engine.Known{{Conn: w.conns[0], Object: "contact", Name: "f", Held: true}}, []string{w.conns[0]})
		}},
	}
}
