package store_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/store"
)

// running is a published automation that is on.
func (w *world) running(t testing.TB, name string) string {
	t.Helper()
	a, err := w.AddAutomation(w.ctx, w.ws, "ann", automation.Automation{Name: name})
	must(t, err)
	_, _, err = w.PublishAutomation(w.ctx, w.ws, "ann", a.Draft.ID, a.Revision)
	must(t, err)
	must(t, w.SwitchAutomation(w.ctx, w.ws, a.Draft.ID, true))
	return a.Draft.ID
}

func (w *world) fires(t testing.TB, f automation.Firing) automation.Firing {
	t.Helper()
	fresh, err := w.AddFirings(w.ctx, w.ws, []automation.Firing{f})
	must(t, err)
	if len(fresh) != 1 {
		t.Fatalf("%d firings are new", len(fresh))
	}
	return fresh[0]
}

// taken hands out what is due to an owner for a minute.
func (w *world) taken(t testing.TB, id, owner string) []automation.Firing {
	t.Helper()
	list, err := w.TakeFirings(w.ctx, w.ws, id, owner, w.now, w.now.Add(time.Minute), 9)
	must(t, err)
	return list
}

func TestAFiringIsStoredWholeAndOnceForItsKey(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.running(t, "one")
		want := automation.Firing{ID: "x", Workspace: w.ws, Automation: id, Version: 1, Key: "k", Trigger: automation.ByWebhook, Thing: "contact", Record: "c1", Title: "Ann",
			Data: automation.Data{"contact": map[string]any{"id": "c1", "tags": []any{"x"}}}, Cause: "fire_0", Hop: 1, By: "ann", State: automation.Open,
			Reason: "r", Step: "s", Attempts: 2, Since: start, At: start, Due: start.Add(time.Minute), Over: start.Add(time.Hour), Begun: start.Add(time.Second), Held: true, Fence: 1}
		whole(t, want)
		got := w.fires(t, want)
		if again, err := w.AddFirings(w.ctx, w.ws, []automation.Firing{want}); err != nil || len(again) != 0 {
			t.Errorf("the same key fires again: %v %v", again, err)
		}
		want.ID, want.At, want.Fence = got.ID, w.now, 1
		w.now = w.now.Add(time.Minute)
		list := w.taken(t, id, "p")
		if len(list) != 1 {
			t.Fatalf("%d are due", len(list))
		}
		f := list[0]
		f.Reason, f.Step, f.Attempts, f.Since, f.Over, f.Begun, f.Held, f.State = want.Reason, want.Step, want.Attempts, want.Since, want.Over, want.Begun, want.Held, automation.Done
		want.State = automation.Done
		must(t, w.Settle(w.ctx, w.ws, f))
		stored, err := w.Firing(w.ctx, w.ws, f.ID)
		must(t, err)
		same(t, want, stored)
	})
}

func TestAFiringThatSomebodyHasIsHandedOutAgainWhenNobodyKeepsIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.running(t, "one")
		w.fires(t, automation.Firing{Automation: id, Version: 1, Key: "k"})
		f := w.taken(t, id, "p")[0]
		if again := w.taken(t, id, "q"); len(again) != 0 {
			t.Error("two have it")
		}
		must(t, w.KeepFiring(w.ctx, w.ws, f, w.now.Add(2*time.Minute)))
		w.now = w.now.Add(time.Minute)
		if again := w.taken(t, id, "q"); len(again) != 0 {
			t.Error("it was kept, and is handed out")
		}
		w.now = w.now.Add(time.Minute)
		again := w.taken(t, id, "q")
		if len(again) != 1 {
			t.Fatal("nobody kept it, and it stays")
		}
		e := automation.Entry{At: "s1", Step: "s1", State: automation.Sending}
		for name, err := range map[string]error{"Note": w.Note(w.ctx, w.ws, f, e), "Settle": w.Settle(w.ctx, w.ws, f), "KeepFiring": w.KeepFiring(w.ctx, w.ws, f, w.now), "Unclaim": w.Unclaim(w.ctx, w.ws, f, "s1")} {
			if !errors.Is(err, automation.ErrLost) {
				t.Errorf("%s of who lost it: %v", name, err)
			}
		}
		must(t, w.Note(w.ctx, w.ws, again[0], e))
		must(t, w.FreeFirings(w.ctx, w.now, func(owner string) bool { return owner == "q" }))
		if freed := w.taken(t, id, "r"); len(freed) != 1 {
			t.Error("who had it is dead, and it stays")
		}
	})
}

func TestOnlyWhatIsDueOfWhatIsOnIsNamed(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		on, off := w.running(t, "on"), w.running(t, "off")
		must(t, w.SwitchAutomation(w.ctx, w.ws, off, false))
		later := w.fires(t, automation.Firing{Automation: on, Version: 1, Key: "later", Due: w.now.Add(72 * time.Hour)})
		w.fires(t, automation.Firing{Automation: off, Version: 1, Key: "k"})
		due := func() (n int) {
			list, err := w.DueFirings(w.ctx, w.now)
			must(t, err)
			for _, d := range list {
				if d.Flow == off {
					t.Error("one that is off is named")
				}
			}
			return len(list)
		}
		if n := due(); n != 0 {
			t.Errorf("%d are due before their time", n)
		}
		w.now = later.Due
		if n := due(); n != 1 {
			t.Errorf("%d are due", n)
		}
	})
}

func TestAnEntryIsStoredWholeAndOverwrittenAtItsPlace(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.running(t, "one")
		w.fires(t, automation.Firing{Automation: id, Version: 1, Key: "k"})
		f := w.taken(t, id, "p")[0]
		e := automation.Entry{At: "s1", Step: "s1", Seq: 3, State: automation.Sending, Attempts: 2, Text: "t", Input: map[string]any{"a": "b"}, Output: map[string]any{"c": 1.0}, Path: "then",
			Until: start, Made: "sys contact c1", Was: map[string]any{"d": "e"}, Began: start, Over: start}
		whole(t, e)
		must(t, w.Note(w.ctx, w.ws, f, e))
		e.State = automation.StepDone
		must(t, w.Note(w.ctx, w.ws, f, e))
		must(t, w.Note(w.ctx, w.ws, f, automation.Entry{At: "s0", Step: "s0", Seq: 1, State: automation.StepDone}))
		got, err := w.FiringEntries(w.ctx, w.ws, f.ID)
		must(t, err)
		if len(got) != 2 || got[0].At != "s0" || !reflect.DeepEqual(got[1], e) {
			t.Errorf("%+v", got)
		}
	})
}

func TestAStepIsClaimedByOneFiringForARecord(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.running(t, "one")
		for _, key := range []string{"1", "2"} {
			w.fires(t, automation.Firing{Automation: id, Version: 1, Key: key, Record: "c1"})
		}
		list := w.taken(t, id, "p")
		claim := func(f automation.Firing, want bool) {
			t.Helper()
			got, err := w.Claim(w.ctx, w.ws, f, "s1")
			must(t, err)
			if got != want {
				t.Errorf("claimed: %t", got)
			}
		}
		claim(list[0], true)
		claim(list[0], true) // again after a kill
		claim(list[1], false)
		must(t, w.Unclaim(w.ctx, w.ws, list[1], "s1"))
		claim(list[1], false)
		must(t, w.Unclaim(w.ctx, w.ws, list[0], "s1"))
		claim(list[1], true)
	})
}

func TestWhatAPersonDecidesTakesAFiringFromWhoeverHasIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.running(t, "one")
		w.fires(t, automation.Firing{Automation: id, Version: 1, Key: "k"})
		f := w.taken(t, id, "p")[0]
		must(t, w.Note(w.ctx, w.ws, f, automation.Entry{At: "s1", Step: "s1", State: automation.InDoubt}))
		no := errors.New("no")
		_, err := w.ChangeFiring(w.ctx, w.ws, f.ID, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
			f.State = automation.Ended
			return nil, no
		})
		if !errors.Is(err, no) {
			t.Error(err)
		}
		_, err = w.ChangeFiring(w.ctx, w.ws, f.ID, func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, error) {
			entries[0].State, f.State, f.Due = automation.StepDone, automation.Waiting, w.now
			return entries, nil
		})
		must(t, err)
		if err := w.Settle(w.ctx, w.ws, f); !errors.Is(err, automation.ErrLost) {
			t.Error(err)
		}
		entries, err := w.FiringEntries(w.ctx, w.ws, f.ID)
		must(t, err)
		counts, err := w.FiringCounts(w.ctx, w.ws, store.FiringFilter{Automation: id})
		must(t, err)
		if entries[0].State != automation.StepDone || counts[automation.Waiting] != 1 || len(counts) != 1 {
			t.Errorf("%+v %+v", entries, counts)
		}
	})
}

func TestOldFiringsAreForgottenAndOpenOnesStay(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		id := w.running(t, "one")
		w.fires(t, automation.Firing{Automation: id, Version: 1, Key: "open"})
		over := w.taken(t, id, "p")[0]
		over.State, over.Over = automation.Done, w.now
		must(t, w.Settle(w.ctx, w.ws, over))
		w.fires(t, automation.Firing{Automation: id, Version: 1, Key: "stays"})
		_, err := w.Prune(w.ctx, w.ws, w.now.Add(31*24*time.Hour), store.DefaultPolicy)
		must(t, err)
		list, err := w.FiringsOf(w.ctx, w.ws, id, "", "", 9)
		must(t, err)
		if len(list) != 1 || list[0].Key != "stays" {
			t.Errorf("%+v", list)
		}
	})
}
