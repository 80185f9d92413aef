package automation_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"couplet/internal/automation"
)

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// TestWhatIsNewSetsOffOnceHoweverItIsTold tells of a new contact twice and late, and polls besides.
func TestWhatIsNewSetsOffOnceHoweverItIsTold(t *testing.T) {
	t.Parallel()
	for side, c := range []struct{ system, event, call string }{{"highlevel", "contact-created", "ContactCreate"}, {"usercom", "person-created", "created"}} {
		t.Run(c.system, func(t *testing.T) {
			towers(t, func(s *tower) {
				s.person(side, "old")
				s.pass(time.Minute)
				id := s.on(event(c.system, c.event))
				s.look(id, true)
				s.fired(id, 0)
				s.pass(time.Second)
				who := s.person(side, "maya")
				s.told(side, "w1", c.call, "contact", who, "")
				s.look(id, false)
				f := s.fired(id, 1)
				contact, _ := f.Data["contact"].(map[string]any)
				if f.Trigger != automation.ByWebhook || f.Record != who || contact["id"] != who || contact["email"] != "maya@example.com" || f.Version != 1 || f.Title == "" {
					t.Errorf("it is %+v", f)
				}
				s.told(side, "w1", c.call, "contact", who, "")
				s.told(side, "w2", c.call, "contact", who, "")
				s.pass(time.Minute)
				s.look(id, true)
				s.edit(side, people[side], who, map[string]any{"city": "Porto"})
				s.pass(time.Hour)
				s.told(side, "w3", c.call, "contact", who, "")
				s.look(id, true)
				s.fired(id, 1)
				other := s.person(side, "nobody-tells")
				s.pass(time.Minute)
				s.look(id, true)
				if f := s.fired(id, 2); f.Trigger != automation.ByPoll || f.Record != other {
					t.Errorf("it is %+v", f)
				}
			})
		})
	}
}

// number is an id of a system that counts.
func number(id string) float64 {
	n, _ := strconv.ParseFloat(id, 64)
	return n
}

// people is what the systems call contacts.
var people = [2]string{"contacts", "users"}

// TestAChangeSetsOffEachTimeAndOnlyForWhatDiffers changes a contact to and fro.
func TestAChangeSetsOffEachTimeAndOnlyForWhatDiffers(t *testing.T) {
	t.Parallel()
	for side, c := range []struct{ system, event, call, name, city string }{{"highlevel", "contact-updated", "ContactUpdate", "firstName", "city"}, {"usercom", "person-updated", "changed", "first_name", "city"}} {
		t.Run(c.system, func(t *testing.T) {
			towers(t, func(s *tower) {
				who := s.person(side, "maya")
				s.pass(time.Minute)
				id := s.on(event(c.system, c.event))
				s.pass(time.Minute)
				s.look(id, true)
				s.fired(id, 0)
				s.edit(side, people[side], who, map[string]any{c.name: "Maja"}) // rows of HighLevel's search show no names
				s.pass(time.Minute)
				s.look(id, true)
				s.look(id, true)
				if f := s.fired(id, 1); f.Trigger != automation.ByPoll || f.Title != "Maja Stone" {
					t.Errorf("it is %+v", f)
				}
				for n, city := range []string{"Porto", "Faro", "Porto", "Faro"} {
					s.pass(10 * time.Second)
					s.edit(side, people[side], who, map[string]any{c.city: city})
					call := fmt.Sprint("w", n)
					s.told(side, call, c.call, "contact", who, "")
					s.look(id, false)
					s.told(side, call, c.call, "contact", who, "")
					s.told(side, call+"again", c.call, "contact", who, "")
					s.pass(5 * time.Second)
					s.look(id, true)
					if f := s.fired(id, n+2); f.Data.At("contact.city") != city || f.Trigger != automation.ByWebhook {
						t.Errorf("it is %+v", f)
					}
				}
				s.person(side, "new-ones-are-no-change")
				s.pass(time.Minute)
				s.look(id, true)
				s.look(id, true)
				s.fired(id, 5)
			})
		})
	}
}

// TestATagSetsOffOnceForEachTimeThatItIsAdded adds tags, takes them and adds them again.
func TestATagSetsOffOnceForEachTimeThatItIsAdded(t *testing.T) {
	t.Parallel()
	for side, c := range []struct{ system, event, call string }{{"highlevel", "contact-tagged", "ContactTagUpdate"}, {"usercom", "person-tagged", "changed"}} {
		t.Run(c.system, func(t *testing.T) {
			towers(t, func(s *tower) {
				who := s.person(side, "maya")
				s.edit(side, people[side], who, map[string]any{"tags": []any{"old"}})
				s.pass(time.Minute)
				id := s.on(event(c.system, c.event))
				gone := ""
				if side == 0 {
					gone = s.on(event(c.system, "contact-untagged"))
				}
				tag := func(tags ...any) {
					s.pass(5 * time.Second)
					s.edit(side, people[side], who, map[string]any{"tags": append([]any{"old"}, tags...)})
				}
				tag("lead", "vip")
				s.told(side, "w1", c.call, "contact", who, "")
				s.look(id, false)
				s.fired(id, 2)
				tag("vip")
				s.pass(time.Minute)
				s.look(id, true)
				s.fired(id, 2)
				tag("vip", "lead")
				s.told(side, "w2", c.call, "contact", who, "")
				s.look(id, false)
				if f := s.fired(id, 3); f.Data["tag"] != "lead" {
					t.Errorf("it gives %v", f.Data["tag"])
				}
				s.pass(time.Minute)
				s.look(id, true)
				s.fired(id, 3)
				if gone != "" {
					s.look(gone, true)
					s.fired(gone, 0) // taken and added again between two looks, and nobody told
					tag("lead")
					s.told(side, "w3", c.call, "contact", who, "")
					s.look(gone, false)
					if f := s.fired(gone, 1); f.Data["tag"] != "vip" {
						t.Errorf("it gives %v", f.Data["tag"])
					}
				}
			})
		})
	}
}

// TestTasksAndNotesSetOff goes through what hangs on a contact, told and polled.
func TestTasksAndNotesSetOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(0, "maya")
		due := s.box.Clock.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
		task := func(title string) string {
			return s.make(0, "tasks", map[string]any{"contactId": who, "title": title, "dueDate": due, "completed": false})
		}
		old, note := task("old"), s.make(0, "notes", map[string]any{"contactId": who, "body": "old"})
		s.pass(time.Minute)
		created, done := s.on(event("highlevel", "task-created")), s.on(event("highlevel", "task-completed"))
		written, changed := s.on(event("highlevel", "note-created")), s.on(event("highlevel", "note-updated"))
		all := []string{created, done, written, changed}
		poll := func() {
			s.pass(time.Minute)
			for _, id := range all {
				s.look(id, true)
			}
		}
		poll()
		for _, id := range all {
			s.fired(id, 0)
		}
		s.pass(time.Second)
		told := task("told")
		s.told(0, "w1", "TaskCreate", "task", told, "") // the vendor's real calls do not say which contact it is
		s.look(created, false)
		f := s.fired(created, 1)
		if f.Record != told || f.Title != "told" || f.Data.At("contact.email") != "maya@example.com" || f.Data.At("task.title") != "told" {
			t.Errorf("it is %+v", f)
		}
		found := task("found")
		s.edit(0, "tasks", old, map[string]any{"completed": true})
		s.edit(0, "notes", note, map[string]any{"body": "<p>follow up</p>"})
		s.make(0, "notes", map[string]any{"contactId": who, "body": "new"})
		poll()
		poll()
		if f := s.fired(created, 2); f.Record != found {
			t.Errorf("it is %+v", f)
		}
		if f := s.fired(done, 1); f.Record != old || f.Data.At("task.completed") != true {
			t.Errorf("it is %+v", f)
		}
		if f := s.fired(written, 1); f.Data.At("note.body") == nil || f.Data.At("contact.id") != who {
			t.Errorf("it is %+v", f)
		}
		if f := s.fired(changed, 1); f.Record != note {
			t.Errorf("it is %+v", f)
		}
		s.edit(0, "tasks", old, map[string]any{"completed": false})
		s.told(0, "w2", "TaskComplete", "task", old, who)
		s.look(done, false)
		s.edit(0, "tasks", old, map[string]any{"completed": true})
		s.pass(10 * time.Second)
		s.told(0, "w3", "TaskComplete", "task", old, who)
		s.look(done, false)
		s.told(0, "w4", "NoteUpdate", "note", note, who)
		poll()
		s.fired(done, 2)
		s.fired(changed, 1)
	})
}

// TestActivitiesAndCompaniesOfUserComSetOff are those of the other system, which tells nobody.
func TestActivitiesAndCompaniesOfUserComSetOff(t *testing.T) {
	t.Parallel()
	towers(t, func(s *tower) {
		who := s.person(1, "maya")
		due := s.box.Clock.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
		user := number(who)
		activity := func(name string) string {
			return s.make(1, "activities", map[string]any{"user_id": user, "name": name, "due_date": due, "activity_type": float64(3)})
		}
		activity("old")
		s.pass(time.Minute)
		created, done, company := s.on(event("usercom", "task-created")), s.on(event("usercom", "task-completed")), s.on(event("usercom", "company-created"))
		s.pass(time.Second)
		one := activity("new")
		s.make(1, "companies", map[string]any{"name": "Northside"})
		poll := func() {
			s.pass(time.Minute)
			for _, id := range []string{created, done, company} {
				s.look(id, true)
			}
		}
		poll()
		if f := s.fired(created, 1); f.Record != one || f.Data.At("contact.email") != "maya@example.com" {
			t.Errorf("it is %+v", f)
		}
		if f := s.fired(company, 1); f.Data.At("company.name") != "Northside" {
			t.Errorf("it is %+v", f)
		}
		s.fired(done, 0)
		s.must(s.box.UserCom.TurnTask(one, true))
		poll()
		poll()
		s.fired(done, 1)
		s.fired(created, 1)
	})
}
