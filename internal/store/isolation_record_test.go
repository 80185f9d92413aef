package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// recordReads are the calls about the history of one pair of records.
func (w *world) recordReads() []call {
	return []call{
		{"Find", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			found, _, err := s.Find(ctx, ws, []string{"an"}, 9)
			return found, err
		}},
		{"History", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.History(ctx, ws, "l1", store.Moment{}, 9)
		}},
		{"LinkedIn", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LinkedIn(ctx, ws, w.conns[0], "contact", "a1")
		}},
		{"ChildLinks", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ChildLinks(ctx, ws, "lp", w.pair.ID, "", 9)
		}},
		{"CountChildren", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountChildren(ctx, ws, "lp")
		}},
		{"Losses", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Losses(ctx, ws, "l1", "", 9)
		}},
		{"LossesOfRun", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LossesOfRun(ctx, ws, w.loss.Run, "", 9)
		}},
		{"CountLosses", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountLosses(ctx, ws, w.loss.Run)
		}},
		{"Loss", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			found, err := s.Loss(ctx, ws, w.loss.ID)
			if err != nil {
				return nil, err
			}
			return found, nil
		}},
		{"Waits", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Waits(ctx, ws, "l1")
		}},
		{"OrdersOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OrdersOf(ctx, ws, "l1", 9)
		}},
	}
}
