package automation_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

var errKilled = errors.New("killed")

// dying is a store whose process dies at a write, before or after it was stored.
type dying struct {
	automation.Watches
	left  int
	after bool
}

func (d *dying) SaveWatch(ctx context.Context, ws string, w automation.Watch, n automation.Noticed, until time.Time) (out []automation.Firing, err error) {
	d.left--
	switch {
	case d.left < 0 || d.left == 0 && !d.after:
		return nil, errKilled
	case d.left == 0:
		if _, err := d.Watches.SaveWatch(ctx, ws, w, n, until); err != nil {
			return nil, err
		}
		return nil, errKilled
	}
	return d.Watches.SaveWatch(ctx, ws, w, n, until)
}

// LeaveWatch of who is dead does nothing.
func (d *dying) LeaveWatch(ctx context.Context, ws string, w automation.Watch, well bool) error {
	if d.left <= 0 {
		return errKilled
	}
	return d.Watches.LeaveWatch(ctx, ws, w, well)
}

// TestAKillAtAnyWriteLosesAndDoublesNothing kills a look, and the next, at each of their writes.
func TestAKillAtAnyWriteLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"contact-created", "contact-tagged"} {
		t.Run(name, func(t *testing.T) {
			towers(t, func(s *tower) {
				s.person(0, "old")
				for n := range 12 {
					for _, after := range []bool{false, true} {
						s.pass(time.Hour)
						id := s.published(event("highlevel", name))
						s.must(s.st.SwitchAutomation(s.Context(), s.ws, id, true))
						w := s.watcher(&dying{s.st, n/4 + 1, after})
						if err := w.Look(s.Context(), s.ws, s.automation(id), false); err != nil && !errors.Is(err, errKilled) {
							t.Fatal(err)
						}
						s.pass(time.Minute)
						s.look(id, false) // by the next process, once the dead one's time is over
						s.pass(time.Minute)
						var who []string
						for i := range 3 {
							who = append(who, s.person(0, fmt.Sprint("p", n, after, i)))
							s.edit(0, "contacts", who[i], map[string]any{"tags": []any{"lead"}})
						}
						s.told(0, fmt.Sprint("w", n, after), "ContactCreate", "contact", who[0], "")
						s.told(0, fmt.Sprint("x", n, after), "ContactTagUpdate", "contact", who[0], "")
						s.pass(time.Minute)
						for range 2 {
							w := s.watcher(&dying{s.st, n%4 + 1, after})
							if err := w.Look(s.Context(), s.ws, s.automation(id), true); err != nil && !errors.Is(err, errKilled) {
								t.Fatal(err)
							}
							s.pass(time.Minute)
						}
						s.look(id, true)
						s.fired(id, 3)
						s.switchOff(id)
					}
				}
			})
		})
	}
}

// TestOneLooksAtATime has a second one come while somebody looks, and one who was too slow.
func TestOneLooksAtATime(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		id := s.on(event("highlevel", "contact-created"))
		now := s.box.Clock.Now()
		slow, ours, err := s.st.TakeWatch(s.Context(), s.ws, id, "other", now, now.Add(time.Minute))
		if s.must(err); !ours {
			t.Fatal("nobody has it, and it is not given")
		}
		if err := s.w.Look(s.Context(), s.ws, s.automation(id), true); !errors.Is(err, engine.ErrBusy) {
			t.Errorf("two look: %v", err)
		}
		s.pass(2 * time.Minute)
		s.look(id, true)
		f := []automation.Firing{{Automation: id, Version: 1, Key: "late"}}
		if _, err := s.st.SaveWatch(s.Context(), s.ws, slow, automation.Noticed{Firings: f}, now); !errors.Is(err, automation.ErrLost) {
			t.Errorf("who was too slow stores: %v", err)
		}
		s.fired(id, 0)
		_, _, err = s.st.TakeWatch(s.Context(), s.ws, id, "dead", s.box.Clock.Now(), s.box.Clock.Now().Add(time.Minute))
		s.must(err)
		s.must(s.st.FreeWatches(s.Context(), func(owner string) bool { return owner == "dead" }))
		s.look(id, true)
	})
}

// TestWhatHappenedWhileItWasOffIsPassedOver switches off and on; a new version of the same trigger goes on where it stands.
func TestWhatHappenedWhileItWasOffIsPassedOver(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		for _, name := range []string{"contact-created", "contact-tagged"} {
			id := s.on(event("highlevel", name))
			s.switchOff(id)
			who := s.person(0, "off"+name)
			s.edit(0, "contacts", who, map[string]any{"tags": []any{"lead"}})
			s.told(0, "off"+name, "ContactTagUpdate", "contact", who, "")
			s.pass(time.Minute)
			s.must(s.st.SwitchAutomation(s.Context(), s.ws, id, true))
			s.look(id, true) // nobody called Begin
			s.look(id, true)
			s.fired(id, 0)

			a, err := s.st.Automation(s.Context(), s.ws, id)
			s.must(err)
			next := a.Draft
			next.Steps = []automation.Step{{ID: "s2", Kind: automation.Stop}}
			a, err = s.st.ChangeAutomation(s.Context(), s.ws, "ann", next, a.Revision)
			s.must(err)
			who = s.person(0, "publish"+name)
			s.edit(0, "contacts", who, map[string]any{"tags": []any{"lead"}})
			_, _, err = s.st.PublishAutomation(s.Context(), s.ws, "ann", id, a.Revision)
			s.must(err)
			s.pass(time.Minute)
			s.look(id, true)
			if f := s.fired(id, 1); f.Version != 2 || f.Record != who {
				t.Errorf("it is %+v", f)
			}

			a, err = s.st.Automation(s.Context(), s.ws, id)
			s.must(err)
			next = a.Draft
			next.Trigger = event("usercom", "person-created")
			a, err = s.st.ChangeAutomation(s.Context(), s.ws, "ann", next, a.Revision)
			s.must(err)
			_, _, err = s.st.PublishAutomation(s.Context(), s.ws, "ann", id, a.Revision)
			s.must(err)
			s.look(id, true)
			s.fired(id, 1) // who was there before is no news for another trigger either
			s.pass(time.Second)
			s.person(1, "other"+name)
			s.pass(time.Minute)
			s.look(id, true)
			s.fired(id, 2)
			s.switchOff(id)
		}
	})
}

// TestAScheduleFiresOnceForAllThatWasMissed lets moments go by.
func TestAScheduleFiresOnceForAllThatWasMissed(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		every := s.on(automation.Trigger{Kind: automation.OnSchedule, Schedule: flow.Schedule{Every: flow.Duration(10 * time.Minute)}})
		daily := s.on(automation.Trigger{Kind: automation.OnSchedule, Schedule: flow.Schedule{Cron: "30 9 * * *", TimeZone: "Europe/Lisbon"}})
		s.look(every, true)
		s.fired(every, 0)
		s.pass(10 * time.Minute)
		s.look(every, false)
		s.look(every, true)
		s.fired(every, 1)
		s.pass(26 * time.Hour)
		for _, id := range []string{every, daily} {
			s.look(id, true)
			s.look(id, true)
		}
		s.fired(every, 2)
		f := s.fired(daily, 1)
		if at, err := time.Parse(time.RFC3339, f.Key[len("at "):]); err != nil || at.In(must(time.LoadLocation("Europe/Lisbon"))).Format("15:04") != "09:30" || f.Trigger != automation.BySchedule {
			t.Errorf("it is %+v", f)
		}
		s.pass(24 * time.Hour)
		s.look(daily, true)
		s.fired(daily, 2)
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// between is a store during whose first write something happens.
type between struct {
	automation.Watches
	do func()
}

func (b *between) SaveWatch(ctx context.Context, ws string, w automation.Watch, n automation.Noticed, until time.Time) ([]automation.Firing, error) {
	if do := b.do; do != nil {
		b.do = nil
		do()
	}
	return b.Watches.SaveWatch(ctx, ws, w, n, until)
}

// TestWhatHappensWhileItIsBeingSwitchedOnIsNotTakenForWhatWasThere makes somebody between the moment that counts and the list.
func TestWhatHappensWhileItIsBeingSwitchedOnIsNotTakenForWhatWasThere(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		s.person(1, "old")
		s.pass(time.Minute)
		id := s.published(event("usercom", "person-created"))
		s.must(s.st.SwitchAutomation(s.Context(), s.ws, id, true))
		w := s.watcher(&between{s.st, func() { s.pass(time.Second); s.person(1, "new") }})
		s.must(w.Look(s.Context(), s.ws, s.automation(id), false))
		s.look(id, true)
		s.look(id, true)
		s.fired(id, 1)
	})
}

// TestTheSameHappensAgainAfterItWasOff adds a tag, and adds it again after the automation was off and on.
func TestTheSameHappensAgainAfterItWasOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(0, "maya")
		id := s.published(event("highlevel", "contact-tagged"))
		for n := range 2 {
			s.switchOn(id)
			s.edit(0, "contacts", who, map[string]any{"tags": []any{"vip"}})
			s.told(0, fmt.Sprint(n), "ContactTagUpdate", "contact", who, "")
			s.pass(time.Minute)
			s.look(id, false)
			s.fired(id, n+1)
			s.switchOff(id)
			s.edit(0, "contacts", who, map[string]any{"tags": []any{}})
			s.pass(time.Minute)
		}
	})
}
