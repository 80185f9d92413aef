package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// planReads and planWrites are the calls about rehearsals and what follows from them.
func (w *world) planReads() []call {
	p := w.pair.ID
	return []call{
		{"FieldNames", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FieldNames(ctx, ws, "plan")
		}},
		{"NewestFieldNames", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.NewestFieldNames(ctx, ws, w.flow.ID)
		}},
		{"Rehearsal", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			r, _, err := s.Rehearsal(ctx, ws, w.flow.ID)
			return r, err
		}},
		{"UndosOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.UndosOf(ctx, ws, w.run.ID, true, 9)
		}},
		{"Approved", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Approved(ctx, ws, "kept", [2][]string{{"a1"}, {"b1"}})
		}},
		{"KeptPlan", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, _, kept, err := s.KeptPlan(ctx, ws, "kept")
			return kept, err
		}},
		{"Unanswered", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Unanswered(ctx, ws, p, store.AskWrite, engine.Place{Side: -1}, 9)
		}},
		{"CountHeld", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountHeld(ctx, ws, p)
		}},
		{"CountChanged", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.CountChanged(ctx, ws, "plan")
		}},
		{"PlanCounts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.PlanCounts(ctx, ws, "plan")
		}},
		{"PlanFields", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.PlanFields(ctx, ws, "plan", -1)
		}},
		{"Plan", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Plan(ctx, ws, w.plan, store.PlanView{Group: store.PlanUpdated, Side: -1}, store.PlanPlace{}, 9)
		}},
		{"Ends", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			seen, err := s.Ends(ctx, ws, w.pair, []store.PlanRow{{Entry: engine.Entry{IDs: [2]string{"a1", "b1"}}}})
			return seen[0], err
		}},
		{"PairByID", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			found, err := s.PairByID(ctx, ws, p)
			if err != nil {
				return nil, err
			}
			return found, nil
		}},
	}
}

func (w *world) planWrites() []call {
	return []call{
		{"NameFields", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.NameFields(ctx, ws, "plan", map[string][2]string{"other": {}})
		}},
		{"WakeHeld", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.WakeHeld(ctx, ws, l, w.pair.ID, start)
		}},
		{"PlanDone", func(ctx context.Context, s *store.Store, ws string, l engine.Lease) (any, error) {
			return nil, s.PlanDone(ctx, ws, l, "kept")
		}},
		{"KeepPlan", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.KeepPlan(ctx, ws, w.flow.ID, "plan")
		}},
		{"DropPlans", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.DropPlans(ctx, ws, engine.Run{Flow: w.flow.ID, ID: "none"})
		}},
		{"SwitchOn", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			f, err := s.FlowByID(ctx, ws, w.flow.ID)
			if err != nil {
				return nil, err
			}
			_, err = s.SwitchOn(ctx, ws, w.flow.ID, flow.Approval{By: "switch", Revision: f.Revision()})
			return nil, err
		}},
	}
}
