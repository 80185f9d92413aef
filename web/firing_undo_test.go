package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
	"couplet/internal/store"
)

// tools open accounts for what automations did.
type tools struct {
	st   *store.Store
	pool *connection.Pool
}

func (x tools) Account(ctx context.Context, ws, id string) (automation.Account, error) {
	c, err := x.st.ConnectionByID(ctx, ws, id)
	if err != nil {
		return automation.Account{}, err
	}
	conn, err := x.pool.Open(ctx, c, nil)
	if err != nil {
		return automation.Account{}, err
	}
	return automation.Account{System: c.System, Operator: conn.(connector.Operator)}, nil
}

func (tools) Hosts(context.Context, string) ([]string, error) { return nil, nil }

// A person looks at what taking back would come to, takes one step back and then the rest, and the page tells who did.
func TestWhatAnAutomationDidIsTakenBackOnAPage(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 4, Seed: 3})
	w := s.walk("editor")
	id := s.published(w)
	conns := [2]connector.Operator{}
	for i, c := range s.conns {
		acc, err := s.options.Tools.Account(t.Context(), s.ws(), c.ID)
		must(t, err)
		conns[i] = acc.Operator
	}
	contact := s.box.HighLevel.Add(kit.Person{First: "Maya", Email: "maya@example.com"})
	_, err := conns[0].Do(t.Context(), "contact-tag", map[string]any{"contactId": contact, "tags": []any{"hot"}})
	must(t, err)
	made, err := conns[1].Do(t.Context(), "person-create", map[string]any{"email": "maya@example.com", "first_name": "Maya"})
	must(t, err)
	person := made.(map[string]any)
	a, err := s.store.AutomationAt(t.Context(), s.ws(), id, 1)
	must(t, err)
	a.Connections = [2]string{s.conns[0].ID, s.conns[1].ID}
	a.Steps = []automation.Step{{ID: "tag", Kind: automation.Operation, System: "highlevel", Operation: "contact-tag", With: map[string]string{"contactId": contact, "tags": "hot"}},
		{ID: "person", Kind: automation.Operation, System: "usercom", Operation: "person-create", With: map[string]string{"email": "maya@example.com"}},
		{ID: "event", Kind: automation.Operation, System: "usercom", Operation: "event-create", With: map[string]string{"user_id": "1", "name": "hello"}}}
	stored, err := s.store.Automation(t.Context(), s.ws(), id)
	must(t, err)
	changed, err := s.store.ChangeAutomation(t.Context(), s.ws(), "ann", a, stored.Revision)
	must(t, err)
	_, _, err = s.store.PublishAutomation(t.Context(), s.ws(), "ann", id, changed.Revision)
	must(t, err)
	f := s.fired(id, "1", automation.Firing{State: automation.Waiting, Due: s.now},
		automation.Entry{At: "tag", Step: "tag", Seq: 1, State: automation.StepDone, Made: "highlevel contact " + contact, Input: map[string]any{"contactId": contact, "tags": "hot"}, Was: map[string]any{"tags": []any{}}},
		automation.Entry{At: "person", Step: "person", Seq: 2, State: automation.StepDone, Made: "usercom person 1", Input: map[string]any{"email": "maya@example.com", "first_name": "Maya"}, Output: person},
		automation.Entry{At: "event", Step: "event", Seq: 3, State: automation.StepDone, Made: "usercom event 1"})
	_, err = s.store.ChangeFiring(t.Context(), s.ws(), f.ID, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
		f.Version = 2
		return nil, nil
	})
	must(t, err)
	here := "/automations/" + id + "/runs/" + f.ID
	w.open(here+"/undo").expect(http.StatusOK, "Take back what it did").says("cannot", "Nothing can be taken back now It is under way still. End it first, or let it go on to its end.")
	_, err = s.store.ChangeFiring(t.Context(), s.ws(), f.ID, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
		f.State, f.Over = automation.Done, s.now
		return nil, nil
	})
	must(t, err)
	w.open(here).click("[data-testid=to-undo]").expect(http.StatusOK, "Take back what it did").has("Take 2 steps back")
	backs := saidBy(w, "back")
	if len(backs) != 3 || !strings.Contains(backs[0], "has no request that takes it back safely") || !strings.Contains(backs[1], "In User.com: Delete a person") || !strings.Contains(backs[2], "Tags hot") {
		t.Fatalf("%q", backs)
	}
	if s.walk("viewer").open(here+"/undo").expect(http.StatusOK, "Take back what it did").doc.Find("main form").Length() != 0 {
		t.Error("a viewer is offered to take back")
	}
	w.send("[data-testid=back]:nth-child(2) [data-testid=take-one]", nil).has("1 step was taken back.")
	if _, err := conns[1].Do(t.Context(), "person", map[string]any{"id": person["id"]}); connector.KindOf(err) != connector.NotFound {
		t.Errorf("the person: %v", err)
	}
	w.has("Taking back: ").has("@couplet.test: Delete a person.")
	w.open(here+"/undo").send("[data-testid=take-back]", nil).has("1 step was taken back.")
	answer, err := conns[0].Do(t.Context(), "contact", map[string]any{"contactId": contact})
	must(t, err)
	if tags := answer.(map[string]any)["contact"].(map[string]any)["tags"]; len(tags.([]any)) != 0 {
		t.Errorf("tags are %v", tags)
	}
	w.open(here+"/undo").says("cannot", "Nothing can be taken back now It did nothing that can be taken back. Each step below says why.")
}
