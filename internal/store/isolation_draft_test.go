package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// draftReads and draftWrites are the calls about what people make of flows: drafts and versions.
func (w *world) draftReads() []call {
	return []call{
		{"FlowVersions", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FlowVersions(ctx, ws, w.flow.ID, 0, 9)
		}},
		{"FlowVersionOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FlowVersionOf(ctx, ws, w.flow.ID, 1)
		}},
		{"LastMirrors", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LastMirrors(ctx, ws, w.conns[0], "contact", false, 9)
		}},
		{"AskedTrial", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			t, _, err := s.AskedTrial(ctx, ws, w.off.ID)
			return t, err
		}},
		{"TrialOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.TrialOf(ctx, ws, w.off.ID)
		}},
		{"Draft", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			f, _, err := s.Draft(ctx, ws, w.flow.ID)
			return f, err
		}},
		{"DraftAt", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, known, err := s.DraftAt(ctx, ws, w.flow.ID, 0)
			return known, err
		}},
		{"DraftState", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.DraftState(ctx, ws, w.flow.ID)
		}},
	}
}

func (w *world) draftWrites() []call {
	return []call{
		{"SaveFlowBy", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, _, err := s.SaveFlowBy(ctx, ws, store.Author{By: "thief"}, flow.Flow{ID: w.flow.ID, Name: "contacts", Object: "changed again"})
			return nil, err
		}},
		{"AskTrial", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.AskTrial(ctx, ws, w.off.ID, store.Trial{Records: []string{"a2"}, Rehearsal: "tried", By: "thief"})
		}},
		{"SaveDraft", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveDraft(ctx, ws, "thief", flow.Flow{ID: w.flow.ID, Name: "contacts", Object: "draft"})
		}},
		{"ChangeDraft", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return draftStill(s, ws, w.flow.ID, func(revision int) (store.Draft, error) {
				return s.ChangeDraft(ctx, ws, "thief", flow.Flow{ID: w.flow.ID, Name: "contacts", Object: "other draft"}, revision)
			})
		}},
		{"StepDraft", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return draftStill(s, ws, w.flow.ID, func(revision int) (store.Draft, error) {
				return s.StepDraft(ctx, ws, "thief", w.flow.ID, -1, revision)
			})
		}},
		{"Publish", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, _, err := s.Publish(ctx, ws, "thief", w.flow.ID)
			return nil, err
		}},
		{"DropDraft", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			if ws == w.ws { // the one before was published
				if err := s.SaveDraft(ctx, ws, "ann", flow.Flow{ID: w.flow.ID, Name: "contacts", Object: "dropped"}); err != nil {
					return nil, err
				}
			}
			return nil, s.DropDraft(ctx, ws, w.flow.ID)
		}},
	}
}
