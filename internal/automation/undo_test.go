package automation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/sandbox/kit"
)

func (s *shop) undoer() *automation.Undoer {
	return &automation.Undoer{Store: s.st, Accounts: s, Systems: systems(), Now: s.clock}
}

// said is what taking a firing back would come to, a line for each step.
func (s *shop) said(f automation.Firing) string {
	s.Helper()
	list, err := s.undoer().Look(s.Context(), s.ws, f.ID)
	s.must(err)
	var out []string
	for _, x := range list {
		by := x.Why
		if x.By != nil {
			by = x.By.ID
		}
		out = append(out, fmt.Sprintf("%s: %s %v %v", x.Entry.At, by, x.Moved, x.Left))
	}
	return strings.Join(out, "\n")
}

func (s *shop) show(system, operation string, in map[string]any) map[string]any {
	s.Helper()
	answer, err := s.acc[system].Do(s.Context(), operation, in)
	s.must(err)
	out, _ := answer.(map[string]any)
	return out
}

// What a firing did is taken back, the last step first; what a person changed since stays, and so does what nothing takes back.
func TestWhatAFiringDidIsTakenBack(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		id := s.box.HighLevel.Add(kit.Person{First: "Maya", Last: "Stone", Email: "maya@example.com", City: "Bonn", Tags: []string{"lead"}})
		auto := s.publish(doing(
			step("tag", "highlevel", "contact-tag", map[string]string{"contactId": id, "tags": "lead"}),
			step("again", "highlevel", "contact-tag", map[string]string{"contactId": id, "tags": "lead, hot"}),
			step("change", "highlevel", "contact-update", map[string]string{"contactId": id, "city": "Ulm", "lastName": "Rock", "website": "https://acme.test"}),
			step("task", "highlevel", "task-create", map[string]string{"contactId": id, "title": "Call", "dueDate": "2026-04-01T10:00:00Z", "completed": "false"}),
			step("person", "usercom", "person-create", map[string]string{"email": "maya@example.org", "first_name": "Maya"}),
			step("event", "usercom", "event-create", map[string]string{"user_id": "{{person.id}}", "name": "welcomed"}),
		))
		f := s.work(s.fire(auto, "1", map[string]any{"id": id}))
		s.state(f, automation.Done)
		s.show("highlevel", "contact-update", map[string]any{"contactId": id, "lastName": "Stein"}) // a person, since
		event := "event: User.com has no request that takes it back safely. [] []"
		want := event + "\nperson: person-delete [] []\ntask: task-delete [] []\nchange: contact-update [Last name] [Website]\nagain: contact-untag [] []\ntag: There is nothing to take back: it was so before. [] []"
		if got := s.said(f); got != want {
			s.Fatalf("%s\nwant\n%s", got, want)
		}
		person := s.entry(f, "person").Output["id"]
		n, err := s.undoer().Undo(s.Context(), s.ws, f.ID, "ann@couplet.test", "task")
		if err != nil || n != 1 {
			s.Fatalf("%d, %v", n, err)
		}
		if n, err = s.undoer().Undo(s.Context(), s.ws, f.ID, "ann@couplet.test"); err != nil || n != 3 {
			s.Fatalf("%d, %v", n, err)
		}
		contact, _ := s.show("highlevel", "contact", map[string]any{"contactId": id})["contact"].(map[string]any)
		if fmt.Sprintf("%v %v %v", contact["city"], contact["lastName"], contact["tags"]) != "Bonn Stein [lead]" {
			s.Errorf("the contact: %v %v %v", contact["city"], contact["lastName"], contact["tags"])
		}
		if tasks := s.show("highlevel", "task-list", map[string]any{"contactId": id})["tasks"]; fmt.Sprint(tasks) != "[]" {
			s.Errorf("tasks: %v", tasks)
		}
		if _, err := s.acc["usercom"].Do(s.Context(), "person", map[string]any{"id": person}); connector.KindOf(err) != connector.NotFound {
			s.Errorf("the person: %v", err)
		}
		if e := s.entry(f, "undo task"); e.State != automation.StepDone || e.TakesBack() != "task" || e.Made != s.entry(f, "task").Made || e.Text != "Taken back by ann@couplet.test: Delete a task." {
			s.Errorf("%+v", e)
		}
		if got := s.said(f); strings.Count(got, "Taken back by ann@couplet.test") != 4 {
			s.Errorf("after it:\n%s", got)
		}
		if n, err := s.undoer().Undo(s.Context(), s.ws, f.ID, "ann@couplet.test"); err != nil || n != 0 {
			s.Errorf("once more: %d, %v", n, err)
		}
		s.state(f, automation.Done)
	})
}

// It waits until a firing is over, says why a record cannot be looked at, and tells what failed.
func TestWhatCannotBeTakenBackSaysWhy(t *testing.T) {
	t.Parallel()
	shops(t, func(s *shop) {
		id := s.box.HighLevel.Add(kit.Person{First: "Maya", Email: "maya@example.com"})
		auto := s.publish(doing(step("note", "highlevel", "note-create", map[string]string{"contactId": id, "body": "Hello"}),
			automation.Step{ID: "pause", Kind: automation.Pause, Wait: automation.Wait{For: waitOf(72 * 3600 * 1e9)}}))
		f := s.work(s.fire(auto, "1", map[string]any{"id": id}))
		if _, err := s.undoer().Look(s.Context(), s.ws, f.ID); !errors.Is(err, automation.ErrUnderWay) {
			s.Errorf("while it waits: %v", err)
		}
		s.pass(73 * 3600 * 1e9)
		s.work(f)
		s.state(f, automation.Done)
		real := s.acc["highlevel"]
		s.acc["highlevel"] = answering(func(ctx context.Context, op string, in map[string]any) (any, error) {
			if op == "note-delete" {
				return nil, &connector.Error{Kind: connector.Temporary, Message: "Not now."}
			}
			return real.Do(ctx, op, in)
		})
		if n, err := s.undoer().Undo(s.Context(), s.ws, f.ID, "ann"); n != 0 || err == nil {
			s.Errorf("%d, %v", n, err)
		}
		if e := s.entry(f, "undo note"); e.State != automation.StepFailed || !strings.Contains(e.Text, "Not now.") {
			s.Errorf("%+v", e)
		}
		s.acc["highlevel"] = real
		s.closed["highlevel"] = &connector.Error{Kind: connector.Unauthorized, Message: "It has to be connected again."}
		if got := s.said(f); !strings.Contains(got, "It has to be connected again.") {
			s.Error(got)
		}
		delete(s.closed, "highlevel")
		s.show("highlevel", "note-delete", map[string]any{"contactId": id, "id": s.entry(f, "note").Output["note"].(map[string]any)["id"]})
		if got := s.said(f); got != "note: The record is not there any more. [] []" {
			s.Error(got)
		}
	})
}
