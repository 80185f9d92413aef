package store_test

import (
	"context"
	"errors"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// fillTemplate gives the first workspace a template of its own.
func (w *world) fillTemplate(t testing.TB) {
	t.Helper()
	var err error
	w.template, err = w.AddOwnTemplate(w.ctx, w.ws, store.OwnTemplate{Kind: store.OfFlow, Name: "ours", Says: "As we like it.", Body: "title: ours", By: "ann"})
	must(t, err)
}

// templateReads and templateWrites are the calls about own templates.
func (w *world) templateReads() []call {
	return []call{
		{"OwnTemplates", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OwnTemplates(ctx, ws)
		}},
		{"OwnTemplate", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.OwnTemplate(ctx, ws, w.template.ID)
		}},
	}
}

func (w *world) templateWrites() []call {
	return []call{
		{"AddOwnTemplate", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AddOwnTemplate(ctx, ws, store.OwnTemplate{Kind: store.OfAutomation, Name: "another", Body: "name: another"})
		}},
		{"DeleteOwnTemplate", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.DeleteOwnTemplate(ctx, ws, w.template.ID)
		}},
	}
}

// TestOwnTemplates are kept under names of their own.
func TestOwnTemplates(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.fillTemplate(t)
		if _, err := w.AddOwnTemplate(w.ctx, w.ws, store.OwnTemplate{Kind: store.OfAutomation, Name: "ours", Body: "x"}); !errors.Is(err, store.ErrExists) {
			t.Errorf("two of one name: %v", err)
		}
		_, err := w.AddOwnTemplate(w.ctx, w.ws, store.OwnTemplate{Kind: store.OfAutomation, Name: "more", Body: "x"})
		must(t, err)
		all, err := w.OwnTemplates(w.ctx, w.ws)
		if must(t, err); len(all) != 2 || all[0].Name != "more" || all[1] != w.template {
			t.Errorf("they are %+v", all)
		}
		got, err := w.DeleteOwnTemplate(w.ctx, w.ws, w.template.ID)
		if must(t, err); got != w.template {
			t.Errorf("deleted was %+v", got)
		}
		if _, err := w.OwnTemplate(w.ctx, w.ws, w.template.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("it is there: %v", err)
		}
	})
}
