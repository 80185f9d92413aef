package automation_test

import (
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// syncs keeps an object in step and says how.
func (s *tower) syncs(name string) func() {
	s.Helper()
	f, err := flow.Resolve(flow.FlowSpec{Name: name, Template: name})
	s.must(err)
	f.ID, f.Workspace, f.Connections, f.Enabled, f.Region, f.Version = name, s.ws, s.conns, true, "US", 1
	f.Approval = &flow.Approval{By: "test", How: "apply"}
	e := &engine.Engine{Store: s.st, Links: s, Now: s.box.Clock.Now, Settle: time.Millisecond, Owner: "test", Log: slog.New(slog.DiscardHandler), HashKey: []byte("k"), Random: rand.Float64}
	return func() {
		s.Helper()
		s.pass(time.Minute)
		r, err := e.Run(s.Context(), engine.Request{Workspace: s.ws, Flow: f, Trigger: "manual", Look: true})
		s.must(err)
		if r.Status != engine.Done {
			s.Fatalf("the run is %s: %s", r.Status, r.Note)
		}
		s.pass(time.Minute)
	}
}

// TestWhatASyncDoesSetsNothingOff keeps contacts in step beside automations on the other side.
func TestWhatASyncDoesSetsNothingOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		run := s.syncs("contact-sync")
		run()
		own := func(tr automation.Trigger) automation.Trigger { tr.Own = true; return tr }
		created, changed, tagged := event("usercom", "person-created"), event("usercom", "person-updated"), event("usercom", "person-tagged")
		quiet := []string{s.on(created), s.on(changed), s.on(tagged)}
		loud := []string{s.on(own(created)), s.on(own(changed)), s.on(own(tagged))}
		look := func() {
			for _, id := range append(append([]string{}, quiet...), loud...) {
				s.look(id, true)
			}
		}
		who := s.person(0, "maya")
		s.edit(0, "contacts", who, map[string]any{"tags": []any{"lead"}})
		run()
		look()
		for i, want := range []int{1, 0, 1} {
			s.fired(quiet[i], 0)
			s.fired(loud[i], want)
		}
		s.edit(0, "contacts", who, map[string]any{"firstName": "Maja", "phone": "+12025550147", "tags": []any{"lead", "vip"}})
		run()
		look()
		for i, want := range []int{1, 1, 2} {
			s.fired(quiet[i], 0)
			s.fired(loud[i], want)
		}
		other := s.fired(loud[0], 1).Record
		s.edit(1, "users", other, map[string]any{"first_name": "Maria"})
		s.pass(time.Minute)
		look()
		s.fired(quiet[1], 1)
		s.edit(1, "users", other, map[string]any{"tags": []any{"lead", "vip", "by hand"}})
		s.edit(0, "contacts", who, map[string]any{"companyName": "Northside"})
		run() // what the sync wrote besides does not hide what a person did
		look()
		s.fired(quiet[1], 2)
		s.fired(quiet[2], 1)
		s.fired(quiet[0], 0)
		s.person(1, "by-a-person")
		s.pass(time.Minute)
		look()
		s.fired(quiet[0], 1)
	})
}

// TestATaskThatASyncMadeSetsNothingOff is about records that carry no reference.
func TestATaskThatASyncMadeSetsNothingOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		s.person(0, "maya")
		who := s.person(1, "maya")
		contacts, tasks := s.syncs("contact-sync"), s.syncs("task-sync")
		contacts()
		tasks()
		id := s.on(event("highlevel", "task-created"))
		s.pass(time.Second)
		user := number(who)
		s.make(1, "activities", map[string]any{"user_id": user, "name": "call", "due_date": s.box.Clock.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339), "activity_type": float64(3)})
		tasks()
		if n := s.box.HighLevel.Count("tasks"); n != 1 {
			t.Fatalf("%d tasks", n)
		}
		s.look(id, true)
		s.fired(id, 0)
	})
}

// TestWhatASyncChangesInTasksAndNotesSetsNothingOff has somebody tick a task off and rewrite a note on the other side.
func TestWhatASyncChangesInTasksAndNotesSetsNothingOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		contact, who := s.person(0, "maya"), s.person(1, "maya")
		runs := []func(){s.syncs("contact-sync"), s.syncs("task-sync"), s.syncs("note-sync")}
		run := func() {
			for _, one := range runs {
				one()
			}
		}
		run()
		activity := func(name, text string, kind float64) string {
			return s.make(1, "activities", map[string]any{"user_id": number(who), "name": name, "description": text, "due_date": s.box.Clock.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339), "activity_type": kind})
		}
		task, note := activity("call", "about it", 3), activity("note", "first", 4)
		run()
		done, changed := s.on(event("highlevel", "task-completed")), s.on(event("highlevel", "note-updated"))
		s.look(changed, true) // the note is seen
		s.must(s.box.UserCom.TurnTask(task, true))
		s.edit(1, "activities", note, map[string]any{"description": "second, at length"})
		run()
		for range 2 {
			s.look(done, true)
			s.look(changed, true)
			s.fired(done, 0)
			s.fired(changed, 0)
		}
		notes, err := s.acc["highlevel"].(connector.Connector).List(s.Context(), connector.ListRequest{Object: "note", Parent: contact})
		s.must(err)
		if len(notes.Records) != 1 || !strings.Contains(text(notes.Records[0].Fields["body"]), "second") {
			t.Fatalf("the notes are %+v", notes.Records)
		}
		s.edit(0, "notes", notes.Records[0].ID, map[string]any{"body": "by hand"})
		s.look(changed, true)
		s.fired(changed, 1)
	})
}

// step notes that a step of a firing made or changed a record.
func (s *tower) step(id, key string, hop int, made string, state automation.StepState) automation.Firing {
	s.Helper()
	fresh, err := s.st.AddFirings(s.Context(), s.ws, []automation.Firing{{Automation: id, Version: 1, Key: key, Hop: hop}})
	s.must(err)
	now := s.box.Clock.Now()
	taken, err := s.st.TakeFirings(s.Context(), s.ws, id, "me", now, now.Add(time.Minute), 9)
	s.must(err)
	f := taken[slices.IndexFunc(taken, func(f automation.Firing) bool { return f.ID == fresh[0].ID })]
	s.must(s.st.Note(s.Context(), s.ws, f, automation.Entry{At: "s1", Step: "s1", State: state, Made: made, Began: now, Over: now}))
	return fresh[0]
}

// TestWhatAStepDidSetsOffOnlyWhoAsksForItAndNotForEver makes and changes people by steps.
func TestWhatAStepDidSetsOffOnlyWhoAsksForItAndNotForEver(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		by := s.published(automation.Trigger{Kind: automation.ByHand})
		own := event("usercom", "person-created")
		own.Own = true
		changed := event("usercom", "person-updated")
		quiet, loud, edits := s.on(event("usercom", "person-created")), s.on(own), s.on(changed)
		poll := func() {
			for _, id := range []string{quiet, loud, edits} {
				s.look(id, true)
			}
		}
		s.pass(time.Second)
		one := s.step(by, "one", 0, "usercom contact "+s.person(1, "made"), automation.StepDone)
		s.pass(time.Minute)
		poll()
		s.fired(quiet, 0)
		if f := s.fired(loud, 1); f.Cause != one.ID || f.Hop != 1 {
			t.Errorf("it is %+v", f)
		}
		s.step(by, "two", automation.MostHops, "usercom contact "+s.person(1, "circle"), automation.StepDone)
		s.pass(time.Minute)
		poll()
		s.fired(loud, 1)

		who := s.person(1, "by-a-person")
		s.pass(10 * time.Second)
		s.step(by, "three", 0, "usercom contact "+who, automation.StepDone) // it changed what was there
		s.pass(time.Minute)
		poll()
		s.fired(quiet, 1)
		s.edit(1, "users", who, map[string]any{"city": "Porto"})
		s.step(by, "four", 0, "usercom contact "+who, automation.StepDone)
		s.pass(time.Minute)
		poll()
		s.fired(edits, 0)
		s.edit(1, "users", who, map[string]any{"city": "Faro"})
		s.pass(time.Minute)
		poll()
		s.fired(edits, 1)
		// Taking a step back is a deed of its own.
		five := s.step(by, "five", 0, "usercom contact "+who, automation.StepDone)
		s.pass(time.Minute)
		s.edit(1, "users", who, map[string]any{"city": "Lagos"})
		now := s.box.Clock.Now()
		_, err := s.st.ChangeFiring(s.Context(), s.ws, five.ID, func(*automation.Firing, []automation.Entry) ([]automation.Entry, error) {
			return []automation.Entry{{At: "undo s1", Step: "s1", State: automation.StepDone, Made: "usercom contact " + who, Began: now, Over: now}}, nil
		})
		s.must(err)
		s.pass(time.Minute)
		poll()
		s.fired(edits, 1)
	})
}

// TestARecordIsNotJudgedWhileAStepIsBeingSent looks at a person that a step has made and not noted yet.
func TestARecordIsNotJudgedWhileAStepIsBeingSent(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		by := s.published(automation.Trigger{Kind: automation.ByHand})
		id := s.on(event("usercom", "person-created"))
		s.pass(time.Second)
		who := s.person(1, "made")
		s.told(1, "w1", "created", "contact", who, "")
		s.step(by, "one", 0, "", automation.Sending)
		s.look(id, true)
		s.fired(id, 0)
		now := s.box.Clock.Now()
		_, err := s.st.ChangeFiring(s.Context(), s.ws, s.firings(by)[0].ID, func(f *automation.Firing, all []automation.Entry) ([]automation.Entry, error) {
			all[0].State, all[0].Made, all[0].Over = automation.StepDone, "usercom contact "+who, now
			return all, nil
		})
		s.must(err)
		s.pass(10 * time.Second)
		s.look(id, false)
		s.fired(id, 0)
		other := s.person(1, "by-a-person")
		s.told(1, "w2", "created", "contact", other, "")
		s.look(id, false)
		s.fired(id, 1)
	})
}
