package store_test

import (
	"context"
	"errors"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// fillAutomation gives the first workspace a published automation with a draft of two changes, of which one was undone.
func (w *world) fillAutomation(t testing.TB) {
	t.Helper()
	a, err := w.AddAutomation(w.ctx, w.ws, "ann", automation.Automation{Name: "follow-up"})
	must(t, err)
	a, _, err = w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision)
	must(t, err)
	for _, zone := range []string{"Europe/Lisbon", "Europe/Warsaw"} {
		d := a.Draft
		d.TimeZone = zone
		a, err = w.ChangeAutomation(w.ctx, w.ws, "ann", d, a.Revision)
		must(t, err)
	}
	w.auto, err = w.StepAutomation(w.ctx, w.ws, "ann", a.Draft.ID, -1, a.Revision)
	must(t, err)
}

// automationReads and automationWrites are the calls about automations.
func (w *world) automationReads() []call {
	return []call{
		{"Automations", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Automations(ctx, ws)
		}},
		{"Automation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			a, err := s.Automation(ctx, ws, w.auto.Draft.ID)
			return a.Draft, err
		}},
		{"AutomationVersions", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AutomationVersions(ctx, ws, w.auto.Draft.ID, 0, 9)
		}},
		{"AutomationVersionOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AutomationVersionOf(ctx, ws, w.auto.Draft.ID, 1)
		}},
	}
}

func (w *world) automationWrites() []call {
	// still changes the automation at the revision that it has, by guessing it where the workspace cannot see it.
	still := func(change func(revision int) error) (err error) {
		for revision := range 20 {
			if err = change(revision); err == nil || !errors.Is(err, store.ErrChanged) {
				return err
			}
		}
		return err
	}
	id := w.auto.Draft.ID
	return []call{
		{"AddAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			_, err := s.AddAutomation(ctx, ws, "thief", automation.Automation{ID: id, Workspace: w.ws, Name: "another"})
			return nil, err
		}},
		{"StepAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, still(func(revision int) error { _, err := s.StepAutomation(ctx, ws, "thief", id, 1, revision); return err })
		}},
		{"ChangeAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, still(func(revision int) error {
				_, err := s.ChangeAutomation(ctx, ws, "thief", automation.Automation{ID: id, Workspace: w.ws, Name: "stolen"}, revision)
				return err
			})
		}},
		{"PublishAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, still(func(revision int) error { _, _, err := s.PublishAutomation(ctx, ws, "thief", id, revision); return err })
		}},
		{"SwitchAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.SwitchAutomation(ctx, ws, id, true)
		}},
		{"DropAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, still(func(revision int) error { _, err := s.DropAutomation(ctx, ws, id, revision); return err })
		}},
		{"DeleteAutomation", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.DeleteAutomation(ctx, ws, id)
		}},
	}
}
