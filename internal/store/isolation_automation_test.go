package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

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
	w.fires(t, automation.Firing{Automation: a.Draft.ID, Version: 1, Key: "k", Record: "c1"})
	w.firing = w.taken(t, a.Draft.ID, "p")[0]
	must(t, w.Note(w.ctx, w.ws, w.firing, automation.Entry{At: "s1", Step: "s1", State: automation.Sending}))
	_, err = w.Claim(w.ctx, w.ws, w.firing, "s1")
	must(t, err)
	w.fires(t, automation.Firing{Automation: a.Draft.ID, Version: 1, Key: "due", Record: "c2"})
	w.parked = w.fires(t, automation.Firing{Automation: a.Draft.ID, Version: 1, Key: "parked", Record: "c3"})
	_, err = w.ChangeFiring(w.ctx, w.ws, w.parked.ID, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
		f.State, f.Reason, f.Held = automation.Parked, "No.", true
		return nil, nil
	})
	must(t, err)
	w.fillLook(t)
}

// automationReads and automationWrites are the calls about automations.
func (w *world) automationReads() []call {
	return append(w.lookReads(), []call{
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
		{"FiringsOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FiringsOf(ctx, ws, w.auto.Draft.ID, "", "", 9)
		}},
		{"Firings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Firings(ctx, ws, store.FiringFilter{}, "", 9)
		}},
		{"FiringIDs", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FiringIDs(ctx, ws, store.FiringFilter{Automation: w.auto.Draft.ID}, 9)
		}},
		{"FiringNeeds", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FiringNeeds(ctx, ws)
		}},
		{"FiringDay", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FiringDay(ctx, ws, start)
		}},
		{"HeldFirings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.HeldFirings(ctx, ws)
		}},
		{"AutomationNames", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AutomationNames(ctx, ws)
		}},
		{"Firing", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Firing(ctx, ws, w.firing.ID)
		}},
		{"FiringCounts", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FiringCounts(ctx, ws, store.FiringFilter{Automation: w.auto.Draft.ID})
		}},
		{"FiringEntries", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.FiringEntries(ctx, ws, w.firing.ID)
		}},
		{"AutomationAt", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AutomationAt(ctx, ws, w.auto.Draft.ID, 1)
		}},
		{"AutomationVersionOf", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AutomationVersionOf(ctx, ws, w.auto.Draft.ID, 1)
		}},
	}...)
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
	at := func() automation.Firing { f, _ := w.Firing(w.ctx, w.ws, w.firing.ID); return f } // as it is now, at home
	entry := automation.Entry{At: "s9", Step: "s9", State: automation.StepDone}
	return append(w.lookWrites(), []call{
		{"TakeFirings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.TakeFirings(ctx, ws, id, "thief", w.now, w.now.Add(time.Hour), 9)
		}},
		{"BeginFiring", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			f := at()
			f.Trigger = automation.ByPerson // which no brake holds
			begun, _, err := s.BeginFiring(ctx, ws, f, w.now)
			return begun, err
		}},
		{"LooseFirings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.LooseFirings(ctx, ws, id, "thief", false)
		}},
		{"KeepFiring", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.KeepFiring(ctx, ws, at(), w.now.Add(2*time.Hour))
		}},
		{"Note", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.Note(ctx, ws, at(), entry)
		}},
		{"Claim", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.Claim(ctx, ws, at(), "s8")
		}},
		{"Unclaim", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return nil, s.Unclaim(ctx, ws, at(), "s1")
		}},
		{"AddFirings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.AddFirings(ctx, ws, []automation.Firing{{Automation: id, Version: 1, Key: "thief"}})
		}},
		{"ChangeFiring", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			return s.ChangeFiring(ctx, ws, w.firing.ID, func(f *automation.Firing, e []automation.Entry) ([]automation.Entry, error) {
				f.Reason = "stolen"
				return e, nil
			})
		}},
		{"ChangeFirings", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			changed, _, err := s.ChangeFirings(ctx, ws, []string{w.parked.ID}, func(f *automation.Firing, e []automation.Entry) ([]automation.Entry, []automation.Firing, error) {
				f.Reason = "stolen, too"
				return e, nil, nil
			})
			return changed, err
		}},
		{"Settle", func(ctx context.Context, s *store.Store, ws string, _ engine.Lease) (any, error) {
			f := at()
			f.State = automation.Ended
			return nil, s.Settle(ctx, ws, f)
		}},
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
			return nil, still(func(revision int) error { _, err := s.DeleteAutomation(ctx, ws, id, revision); return err })
		}},
	}...)
}
