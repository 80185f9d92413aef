package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// clientReads and clientWrites are the calls about a workspace as one of several.
func (w *world) clientReads() []call {
	return []call{
		{"Clients", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Clients(ctx, ws, w.user.ID, 9)
		}},
		{"WorkspaceName", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			name, err := s.WorkspaceName(ctx, ws)
			return name == clientNow(ctx, s, w.ws), err
		}},
		{"Keeps", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			p, err := s.Keeps(ctx, ws)
			return p != store.DefaultPolicy, err
		}},
		{"KeepsRuns", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			d, err := s.KeepsRuns(ctx, ws)
			return d != store.DefaultPolicy.Runs, err
		}},
		{"Defaults", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Defaults(ctx, ws)
		}},
	}
}

func (w *world) clientWrites() []call {
	return []call{
		{"SaveKeeps", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveKeeps(ctx, ws, settingNow(ctx, ws, s.Keeps), store.LeastPolicy)
		}},
		{"SaveDefaults", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SaveDefaults(ctx, ws, settingNow(ctx, ws, s.Defaults), flow.Defaults{Region: "DE"})
		}},
		{"SetLetters", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SetLetters(ctx, ws, w.user.ID, true)
		}},
		{"RenameWorkspace", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.RenameWorkspace(ctx, ws, clientNow(ctx, s, ws), "renamed "+ws)
		}},
	}
}
