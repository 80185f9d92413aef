package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// automationOf is an automation in which every field of a body is set.
func automationOf(name string) automation.Automation {
	return automation.Automation{Name: name, Template: "t", Connections: [2]string{"a", "b"}, TimeZone: "Europe/Lisbon", PerHour: 7,
		Trigger: automation.Trigger{Kind: "event", System: "s", Event: "e", Object: "o", Schedule: flow.Schedule{Every: 1, Cron: "c", TimeZone: "z"}, Sample: "{}", Own: true},
		Filter:  automation.Filter{All: []automation.Filter{{Value: "v", Op: "is", Than: "t"}}, Any: []automation.Filter{{Formula: "f"}}},
		Fields:  []automation.OwnField{{Path: "p", Label: "l", Type: "text"}},
		Steps: []automation.Step{{ID: "s1", Kind: "k", Name: "n", System: "s", Operation: "o", With: map[string]string{"a": "b"}, If: automation.Filter{Value: "v", Op: "empty"},
			Then: []automation.Step{{ID: "s2", Kind: "stop"}}, Else: []automation.Step{{ID: "s3", Kind: "stop"}}, Over: "{{x}}", Most: 3, Do: []automation.Step{{ID: "s4", Kind: "stop"}},
			Wait: automation.Wait{For: 1, Until: "u", At: "09:00", Moment: "{{m}}", Before: 2, TimeZone: "z"},
			HTTP: automation.HTTP{Method: "POST", URL: "https://x.test", Headers: map[string]string{"h": "v"}, Body: "b"}, Code: "c", Fail: "skip", FailFor: 3, Retry: automation.Retry{Tries: 4, First: 5, Longest: 6}, Once: true}}}
}

func (w *world) automation(t testing.TB, id string) store.Automation {
	t.Helper()
	a, err := w.Automation(w.ctx, w.ws, id)
	must(t, err)
	return a
}

// zoned changes the draft of an automation to a time zone.
func (w *world) zoned(t testing.TB, a store.Automation, zone string) store.Automation {
	t.Helper()
	d := a.Draft
	d.TimeZone = zone
	a, err := w.ChangeAutomation(w.ctx, w.ws, "ann", d, a.Revision)
	must(t, err)
	return a
}

func TestAnAutomationIsADraftUntilItIsPublished(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		wish := automationOf("one")
		whole(t, wish.Steps[0])
		wish.Enabled, wish.Version = true, 7 // neither is its own word
		a, err := w.AddAutomation(w.ctx, w.ws, "ann", wish)
		must(t, err)
		want := wish
		want.ID, want.Workspace, want.Enabled, want.Version = a.Draft.ID, w.ws, false, 0
		if a.Draft.ID == "" || !a.Changed || a.Undo || a.Revision != 1 || a.By != "ann" {
			t.Errorf("%+v", a)
		}
		same(t, want, a.Draft)
		same(t, a, w.automation(t, a.Draft.ID))
		if err := w.SwitchAutomation(w.ctx, w.ws, a.Draft.ID, true); !errors.Is(err, store.ErrUnpublished) {
			t.Error(err)
		}
		w.now = start.Add(time.Minute)
		a, changed, err := w.PublishAutomation(w.ctx, w.ws, "ben", a.Draft.ID, a.Revision)
		must(t, err)
		want.Version = 1
		if !changed || a.Changed {
			t.Errorf("%t %+v", changed, a)
		}
		same(t, want, a.Published)
		must(t, w.SwitchAutomation(w.ctx, w.ws, a.Draft.ID, true))

		a = w.zoned(t, w.automation(t, a.Draft.ID), "Europe/Warsaw")
		if !a.Changed || a.Draft.TimeZone != "Europe/Warsaw" || a.Published.TimeZone != "Europe/Lisbon" || !a.Published.Enabled || a.Base != 1 || !a.Undo {
			t.Errorf("%+v", a)
		}
		a, _, err = w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision)
		must(t, err)
		if a.Published.Version != 2 || !a.Published.Enabled || a.Published.TimeZone != "Europe/Warsaw" || a.Undo || a.By != "" {
			t.Errorf("%+v", a)
		}
		if _, changed, err = w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision); changed || err != nil {
			t.Errorf("there was nothing to publish: %t %v", changed, err)
		}
		versions, err := w.AutomationVersions(w.ctx, w.ws, a.Draft.ID, 0, 9)
		must(t, err)
		if len(versions) != 2 || versions[0].Automation.TimeZone != "Europe/Warsaw" || versions[1].Author != (store.Author{By: "ben", How: store.ByPage}) {
			t.Errorf("%+v", versions)
		}
		same(t, want, versions[1].Automation)
		before, err := w.AutomationVersions(w.ctx, w.ws, a.Draft.ID, 2, 9)
		must(t, err)
		one, err := w.AutomationVersionOf(w.ctx, w.ws, a.Draft.ID, 1)
		must(t, err)
		same(t, before[0], one)
		if _, err := w.AutomationVersionOf(w.ctx, w.ws, a.Draft.ID, 9); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if now, err := w.DeleteAutomation(w.ctx, w.ws, a.Draft.ID, a.Revision-1); !errors.Is(err, store.ErrChanged) || now.Revision != w.automation(t, a.Draft.ID).Revision {
			t.Errorf("deleted by who had not seen the last change: %v", err)
		}
		_, err = w.DeleteAutomation(w.ctx, w.ws, a.Draft.ID, w.automation(t, a.Draft.ID).Revision)
		must(t, err)
		if _, err := w.Automation(w.ctx, w.ws, a.Draft.ID); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		_, none := w.DeleteAutomation(w.ctx, w.ws, "none", 1)
		for _, err := range []error{none, w.SwitchAutomation(w.ctx, w.ws, "none", true)} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		}
	})
}

func TestAnAutomationIsNotChangedOverAColleague(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		opened, err := w.AddAutomation(w.ctx, w.ws, "ann", automationOf("one"))
		must(t, err)
		now := w.zoned(t, opened, "Europe/Warsaw")
		id, d := opened.Draft.ID, opened.Draft
		d.TimeZone = "Europe/Paris"
		for what, try := range map[string]func() (store.Automation, error){
			"change": func() (store.Automation, error) { return w.ChangeAutomation(w.ctx, w.ws, "ben", d, opened.Revision) },
			"step":   func() (store.Automation, error) { return w.StepAutomation(w.ctx, w.ws, "ben", id, -1, opened.Revision) },
			"drop":   func() (store.Automation, error) { return w.DropAutomation(w.ctx, w.ws, id, opened.Revision) },
			"publish": func() (store.Automation, error) {
				a, _, err := w.PublishAutomation(w.ctx, w.ws, "ben", id, opened.Revision)
				return a, err
			},
		} {
			got, err := try()
			if !errors.Is(err, store.ErrChanged) {
				t.Errorf("%s: %v", what, err)
			}
			same(t, now, got)
		}
		same(t, now, w.automation(t, id))

		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 8 {
			wg.Go(func() {
				d := d
				d.TimeZone = fmt.Sprint(i)
				_, err := w.ChangeAutomation(w.ctx, w.ws, "ann", d, now.Revision)
				if err != nil && !errors.Is(err, store.ErrChanged) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				}
			})
		}
		wg.Wait()
		same(t, 1, won)
	})
}

func TestADraftOfAnAutomationIsUndoneAndRedone(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		a, err := w.AddAutomation(w.ctx, w.ws, "ann", automationOf("one"))
		must(t, err)
		step := func(direction int, zone string, undo, redo bool) {
			t.Helper()
			a, err = w.StepAutomation(w.ctx, w.ws, "ben", a.Draft.ID, direction, a.Revision)
			must(t, err)
			if a.Draft.TimeZone != zone || a.Undo != undo || a.Redo != redo {
				t.Errorf("%s, undo %t, redo %t", a.Draft.TimeZone, a.Undo, a.Redo)
			}
		}
		step(-1, "Europe/Lisbon", false, false)
		a = w.zoned(t, w.zoned(t, a, "one"), "two")
		if again := w.zoned(t, a, "two"); again.Revision != a.Revision {
			t.Error("the same again is no change")
		}
		step(-1, "one", true, true)
		step(-1, "Europe/Lisbon", false, true)
		step(1, "one", true, true)
		if a.By != "ben" {
			t.Errorf("who undid it? %q", a.By)
		}
		a = w.zoned(t, a, "other") // what was undone is not to come back
		step(1, "other", true, false)
		for i := range 120 {
			a = w.zoned(t, a, fmt.Sprint(i))
		}
		n := 0
		for ; a.Undo; n++ {
			a, err = w.StepAutomation(w.ctx, w.ws, "ben", a.Draft.ID, -1, a.Revision)
			must(t, err)
		}
		same(t, 50, n)
		a, err = w.DropAutomation(w.ctx, w.ws, a.Draft.ID, a.Revision)
		must(t, err)
		if a.Draft.TimeZone != "69" || a.Undo || a.Redo || !a.Changed {
			t.Errorf("of what was never published the history alone is dropped: %+v", a)
		}
		a, _, err = w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision)
		must(t, err)
		a = w.zoned(t, a, "gone")
		a, err = w.DropAutomation(w.ctx, w.ws, a.Draft.ID, a.Revision)
		must(t, err)
		if a.Draft.TimeZone != "69" || a.Changed {
			t.Errorf("%+v", a)
		}
	})
}

func TestNamesOfAutomationsAreTheirsAlone(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		a, err := w.AddAutomation(w.ctx, w.ws, "ann", automationOf("one"))
		must(t, err)
		if _, err := w.AddAutomation(w.ctx, w.ws, "ann", automationOf("one")); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		b, err := w.AddAutomation(w.ctx, w.ws, "ann", automationOf("two"))
		must(t, err)
		d := b.Draft
		d.Name = "one"
		if _, err := w.ChangeAutomation(w.ctx, w.ws, "ann", d, b.Revision); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		d.Name = "three" // nothing runs by it, so it is called so at once
		b, err = w.ChangeAutomation(w.ctx, w.ws, "ann", d, b.Revision)
		must(t, err)
		all, err := w.Automations(w.ctx, w.ws)
		must(t, err)
		if len(all) != 2 || all[0].Published.Name != "one" || all[1].Published.Name != "three" {
			t.Errorf("%+v", all)
		}
		same(t, b, all[1])
		a, _, err = w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision)
		must(t, err)
		d = a.Draft
		d.Name = "three" // what runs keeps its name until this is published, and then it is taken
		a, err = w.ChangeAutomation(w.ctx, w.ws, "ann", d, a.Revision)
		must(t, err)
		same(t, "one", a.Published.Name)
		if _, changed, err := w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision); changed || !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		same(t, a, w.automation(t, a.Draft.ID))
	})
}
