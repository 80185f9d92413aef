package automation_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
	"couplet/internal/store"
)

// tower is where automations watch both systems from. All goes by the sandbox's clock.
type tower struct {
	*testing.T
	st    *store.Store
	ws    string
	conns [2]string
	box   *sandbox.Sandbox
	acc   accounts
	heard *heard
	w     *automation.Watcher
	calls int
}

// towers runs a test in a tower on each database.
func towers(t *testing.T, test func(s *tower)) {
	t.Helper()
	databases(t, func(t *testing.T, url string) { test(newTower(t, url)) })
}

func newTower(t *testing.T, url string) *tower {
	t.Helper()
	s := &tower{T: t}
	s.box, s.acc, _, s.heard = open(t)
	s.st, s.ws, s.conns = stocked(t, url, s.box.Clock.Now)
	s.w = s.watcher(s.st)
	return s
}

func (s *tower) watcher(st automation.Watches) *automation.Watcher {
	return &automation.Watcher{Store: st, Links: s, Systems: systems(), Owner: "me", Now: s.box.Clock.Now, Log: slog.New(slog.DiscardHandler)}
}

// Open implements engine.Links.
func (s *tower) Open(_ context.Context, _, id string, _ func(connector.Exchange)) (connector.Connector, error) {
	return s.acc[map[string]string{s.conns[0]: "highlevel", s.conns[1]: "usercom"}[id]].(connector.Connector), nil
}

func (s *tower) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// on publishes an automation with that trigger and switches it on.
func (s *tower) on(t automation.Trigger) string {
	s.Helper()
	id := s.published(t)
	s.switchOn(id)
	return id
}

func (s *tower) published(t automation.Trigger) string {
	s.Helper()
	s.calls++
	stored, err := s.st.AddAutomation(s.Context(), s.ws, "ann", automation.Automation{Name: t.Event + string(rune('a'+s.calls)), Connections: s.conns, Trigger: t,
		Steps: []automation.Step{{ID: "s1", Kind: automation.Stop}}})
	s.must(err)
	_, _, err = s.st.PublishAutomation(s.Context(), s.ws, "ann", stored.Draft.ID, stored.Revision)
	s.must(err)
	return stored.Draft.ID
}

func (s *tower) switchOn(id string) {
	s.Helper()
	s.must(s.st.SwitchAutomation(s.Context(), s.ws, id, true))
	s.must(s.w.Look(s.Context(), s.ws, s.automation(id), false))
}

func (s *tower) switchOff(id string) {
	s.Helper()
	s.must(s.st.SwitchAutomation(s.Context(), s.ws, id, false))
}

func (s *tower) automation(id string) automation.Automation {
	s.Helper()
	a, err := s.st.Automation(s.Context(), s.ws, id)
	s.must(err)
	return a.Published
}

func event(system, id string) automation.Trigger {
	return automation.Trigger{Kind: automation.OnEvent, System: system, Event: id}
}

// look has an automation looked at, with a poll or only because of calls.
func (s *tower) look(id string, poll bool) {
	s.Helper()
	s.must(s.w.Look(s.Context(), s.ws, s.automation(id), poll))
}

// told is what a call leaves behind.
func (s *tower) told(side int, call, typ, object, id, parent string) {
	s.Helper()
	_, _, err := s.st.TakeHook(s.Context(), s.ws, s.conns[side], store.Event{WebhookID: call, Type: typ}, []connector.Ref{{Object: object, ID: id, Parent: parent}}, s.box.Clock.Now(), 3*time.Second)
	s.must(err)
}

// firings are those of an automation, the oldest first.
func (s *tower) firings(id string) []automation.Firing {
	s.Helper()
	list, err := s.st.FiringsOf(s.Context(), s.ws, id, "", "", 100)
	s.must(err)
	slices.Reverse(list)
	return list
}

// fired fails unless an automation was set off that many times so far, and returns the last one.
func (s *tower) fired(id string, want int) automation.Firing {
	s.Helper()
	list := s.firings(id)
	if len(list) != want {
		for _, f := range list {
			s.Logf("%s %s: %v", f.Key, f.Trigger, f.Data)
		}
		s.Fatalf("it was set off %d times, not %d", len(list), want)
	}
	if want == 0 {
		return automation.Firing{}
	}
	return list[want-1]
}

func (s *tower) pass(d time.Duration) { s.box.Clock.Advance(d) }

// person adds somebody to a side, as a person would.
func (s *tower) person(side int, name string) string {
	s.Helper()
	p := kit.Person{First: name, Last: "Stone", Email: name + "@example.com", Created: s.box.Clock.Now()}
	if side == 0 {
		return s.box.HighLevel.Add(p)
	}
	return s.box.UserCom.Add(p)
}

// edit changes a record, as a person would.
func (s *tower) edit(side int, object, id string, fields map[string]any) {
	s.Helper()
	var err error
	if side == 0 {
		_, err = s.box.HighLevel.Update(object, id, fields)
	} else {
		_, err = s.box.UserCom.Update(object, id, fields)
	}
	s.must(err)
}

// make makes a record, as a person would, and returns its id.
func (s *tower) make(side int, object string, fields map[string]any) string {
	s.Helper()
	var out map[string]any
	var err error
	if side == 0 {
		out, err = s.box.HighLevel.Create(object, fields)
	} else {
		out, err = s.box.UserCom.Create(object, fields)
	}
	s.must(err)
	return text(out["id"])
}
