package store_test

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/store"
)

// stands sets an automation off and has that stand so.
func (w *world) stands(t testing.TB, f automation.Firing, entries ...automation.Entry) automation.Firing {
	t.Helper()
	w.now = w.now.Add(time.Second)
	made := w.fires(t, f)
	out, err := w.ChangeFiring(w.ctx, w.ws, made.ID, func(x *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
		x.State, x.Reason, x.Step = f.State, f.Reason, f.Step
		return entries, nil
	})
	must(t, err)
	return out
}

func titles(list []automation.Firing) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Title)
	}
	return strings.Join(out, " ")
}

func TestFiringsAreFoundByTheirWordsAndTimes(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		one, two := w.running(t, "one"), w.running(t, "two")
		w.stands(t, automation.Firing{Automation: one, Key: "1", Title: "Old", State: automation.Done})
		w.now = w.now.Add(8 * 24 * time.Hour)
		w.stands(t, automation.Firing{Automation: one, Key: "2", Title: "Öder", Record: "c_2", Data: automation.Data{"contact": map[string]any{"email": "Oede@example.com"}}, State: automation.Parked, Reason: "Not 100% there."})
		w.stands(t, automation.Firing{Automation: two, Key: "3", Title: "Two", State: automation.Done, Step: "s1"}, automation.Entry{At: "s1", Step: "s1", State: automation.StepDone, Text: "Looked UP in User.com."})
		for _, c := range []struct {
			f    store.FiringFilter
			want string
		}{
			{store.FiringFilter{}, "Two Öder Old"},
			{store.FiringFilter{Automation: one}, "Öder Old"},
			{store.FiringFilter{State: automation.Done}, "Two Old"},
			{store.FiringFilter{Since: w.now.Add(-7 * 24 * time.Hour)}, "Two Öder"},
			{store.FiringFilter{Text: "öDER"}, "Öder"},
			{store.FiringFilter{Text: "oede@"}, "Öder"},
			{store.FiringFilter{Text: "C_2"}, "Öder"},
			{store.FiringFilter{Text: "C.2"}, ""},
			{store.FiringFilter{Text: "100% THERE"}, "Öder"},
			{store.FiringFilter{Text: "10_%"}, ""},
			{store.FiringFilter{Text: "looked up"}, "Two"},
			{store.FiringFilter{Text: "looked up", Automation: one}, ""},
			{store.FiringFilter{Reason: "Not 100% there."}, "Öder"},
		} {
			got, err := w.Firings(w.ctx, w.ws, c.f, "", 9)
			must(t, err)
			ids, err := w.FiringIDs(w.ctx, w.ws, c.f, 9)
			must(t, err)
			counts, err := w.FiringCounts(w.ctx, w.ws, c.f)
			must(t, err)
			n := 0
			for _, k := range counts {
				n += k
			}
			if titles(got) != c.want || len(ids) != len(got) || c.f.State == "" && n != len(got) {
				t.Errorf("%+v: %q, %d ids, %v", c.f, titles(got), len(ids), counts)
			}
		}
		all, err := w.Firings(w.ctx, w.ws, store.FiringFilter{}, "", 1)
		must(t, err)
		rest, err := w.Firings(w.ctx, w.ws, store.FiringFilter{}, all[0].ID, 9)
		must(t, err)
		if titles(rest) != "Öder Old" {
			t.Errorf("before the newest: %q", titles(rest))
		}
		upTo, err := w.Firings(w.ctx, w.ws, store.FiringFilter{UpTo: rest[1].ID}, "", 9)
		must(t, err)
		if titles(upTo) != "Old" {
			t.Errorf("up to the oldest: %q", titles(upTo))
		}
	})
}

func TestWhatWaitsInAutomationsIsNamedByItsCause(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		one, two := w.running(t, "one"), w.running(t, "two")
		w.stands(t, automation.Firing{Automation: one, Key: "1", State: automation.Parked, Reason: "No.", Step: "s1"}, automation.Entry{At: "s1", Step: "s1", State: automation.StepWaits})
		last := w.stands(t, automation.Firing{Automation: one, Key: "2", State: automation.Parked, Reason: "No."})
		w.stands(t, automation.Firing{Automation: two, Key: "3", State: automation.Parked, Reason: "Who knows.", Step: "s1"}, automation.Entry{At: "s0", Step: "s0", State: automation.StepDone},
			automation.Entry{At: "s1", Step: "s1", State: automation.InDoubt})
		w.stands(t, automation.Firing{Automation: two, Key: "4", State: automation.Done})
		got, err := w.FiringNeeds(w.ctx, w.ws)
		must(t, err)
		if len(got) != 2 || got[0] != (store.FiringNeed{Automation: one, Reason: "No.", N: 2, Newest: last.ID}) || got[1].Automation != two || !got[1].Doubt || got[1].N != 1 {
			t.Errorf("%+v", got)
		}
		for most, want := range map[int]int{9: 3, 2: 2} {
			if n, err := w.CountWaiting(w.ctx, w.ws, most); err != nil || n != want {
				t.Errorf("%d wait, counted to %d: %v", n, most, err)
			}
		}
		day, err := w.FiringDay(w.ctx, w.ws, w.now.Add(-time.Second))
		must(t, err)
		if len(day) != 1 || day[two][automation.Parked] != 1 || day[two][automation.Done] != 1 {
			t.Errorf("of the day: %v", day)
		}
		names, err := w.AutomationNames(w.ctx, w.ws)
		must(t, err)
		if len(names) != 2 || names[0] != (store.AutomationName{ID: one, Name: "one", On: true, Version: 1}) {
			t.Errorf("%+v", names)
		}
	})
}

func TestSeveralFiringsAreChangedAndThoseThatMovedStay(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		one := w.running(t, "one")
		a := w.stands(t, automation.Firing{Automation: one, Key: "1", State: automation.Parked})
		b := w.stands(t, automation.Firing{Automation: one, Key: "2", State: automation.Done})
		got, begun, err := w.ChangeFirings(w.ctx, w.ws, []string{a.ID, b.ID, "gone"}, func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, []automation.Firing, error) {
			out, err := f.Answer(automation.EndIt, "ann", entries, 1, w.now)
			return out, []automation.Firing{f.Again("ann", "again", 2)}, err
		})
		must(t, err)
		if len(got) != 1 || got[0].ID != a.ID || len(begun) != 1 || begun[0].Key != "1#again" {
			t.Errorf("%+v %+v", got, begun)
		}
		for id, want := range map[string]automation.State{a.ID: automation.Ended, b.ID: automation.Done} {
			if f, err := w.Firing(w.ctx, w.ws, id); err != nil || f.State != want {
				t.Errorf("%s stands at %s: %v", id, f.State, err)
			}
		}
	})
}
