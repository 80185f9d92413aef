package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// orderReads and orderWrites are the calls about what people decided.
func (w *world) orderReads() []call {
	p := w.pair.ID
	return []call{
		{"Orders", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Orders(ctx, ws, p, engine.A, []string{"a1", "a3"})
		}},
		{"OpenOrders", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OpenOrders(ctx, ws, p, "", 9)
		}},
		{"LastOrder", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			o, _, err := s.LastOrder(ctx, ws, p, engine.A, "a3", "")
			return o.ID, err
		}},
		{"OpenConflicts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OpenConflicts(ctx, ws, p, "", 9)
		}},
		{"UnansweredConflicts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.UnansweredConflicts(ctx, ws, p, "", "", "", 9)
		}},
		{"OpenConflictByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			list, err := w.OpenConflicts(ctx, w.ws, p, "", 1)
			if err != nil || len(list) == 0 {
				return nil, err
			}
			c, err := s.OpenConflictByID(ctx, ws, list[0].ID)
			return c.ID, err
		}},
		{"Habits", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Habits(ctx, ws, p)
		}},
		{"Rules", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Rules(ctx, ws, p)
		}},
	}
}

func (w *world) orderWrites() []call {
	p := w.pair.ID
	return []call{
		{"MakeRule", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, n, err := s.MakeRule(ctx, ws, store.Rule{Pair: p, Flow: w.flow.ID, Field: "name=name", By: "eve"})
			return n, err
		}},
		{"DeclineRule", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.DeclineRule(ctx, ws, store.Rule{Pair: p, Flow: w.flow.ID, Field: "name=name", By: "eve"})
		}},
		{"TakeRuleBack", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.TakeRuleBack(ctx, ws, w.rule.ID, "eve")
		}},
		{"TakeBack", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.TakeBack(ctx, ws, w.order.ID, "eve")
		}},
		{"AddOrder", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AddOrder(ctx, ws, engine.Order{Pair: p, Kind: engine.OrderCreate, Record: "a3", By: "eve"})
		}},
		{"AddOrders", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.AddOrders(ctx, ws, []engine.Order{{Pair: p, Kind: engine.OrderChoose, Link: "l1", Field: "name", From: engine.B, By: "eve"}})
		}},
	}
}
