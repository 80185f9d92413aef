package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// clientReads and clientWrites are the calls about a workspace as one of several.
func (w *world) clientReads() []call {
	return []call{
		{"Clients", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Clients(ctx, ws, w.user.ID, 9)
		}},
	}
}

func (w *world) clientWrites() []call {
	return []call{
		{"RenameWorkspace", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.RenameWorkspace(ctx, ws, "renamed "+ws)
		}},
	}
}
