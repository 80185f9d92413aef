package store_test

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// tokenReads and tokenWrites are the calls about tokens.
func (w *world) tokenReads() []call {
	return []call{
		{"Tokens", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Tokens(ctx, ws, "")
		}},
	}
}

func (w *world) tokenWrites() []call {
	return []call{
		{"AddToken", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AddToken(ctx, ws, store.Token{Hash: "new", Name: "new", Role: "viewer", By: w.user.ID})
		}},
		{"TouchToken", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.TouchToken(ctx, ws, w.token.ID)
		}},
		{"BeginOnce", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			known, _, err := s.BeginOnce(ctx, ws, store.Once{Token: w.token.ID, Key: "another", Hash: "of it"})
			return known.Body, err
		}},
		{"EndOnce", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.EndOnce(ctx, ws, store.Once{Token: w.token.ID, Key: "key", Began: start, Status: 202, Body: "{}"})
		}},
		{"RevokeToken", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.RevokeToken(ctx, ws, w.token.ID, "")
		}},
	}
}
