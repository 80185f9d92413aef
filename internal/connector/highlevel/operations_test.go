package highlevel_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
)

// odd are the places where an operation departs from the vendor's document, each with its reason.
var odd = map[string]string{
	`POST /conversations/messages at "subType"`:       "a sub type is asked for that no example shows",
	`POST /conversations/messages at "status"`:        "a message to be sent has no state yet",
	`POST /conversations/messages/inbound at "direct`: "typed object; its default and examples are texts",
	`GET /conversations/search at ""`:                 "startAfterDate is typed any, which is no type",
	`DELETE /calendars/events/{eventId} at ""`:        "a body is asked for in which nothing stands",
	`/workflow/{workflowId} at ""`:                    "a body is asked for in which nothing must stand",
	"/objects/{schemaKey}/records has no body":        "the document leaves the body open",
	"/objects/{schemaKey}/records/{id} has no body":   "the document leaves the body open",
}

// TestOperationsMatchTheVendorsDocument calls each operation twice, with all that it takes and with no more than it must
// be given, and holds both requests against the vendor's OpenAPI documents.
func TestOperationsMatchTheVendorsDocument(t *testing.T) {
	t.Parallel()
	j := newJudge(t, services...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "{}") }))
	t.Cleanup(server.Close)
	c, err := highlevel.New(connector.Account{
		Params: map[string]string{"locationId": "ve9EPM428h8vShlRW1KT"}, BaseURL: server.URL,
		Token: func(context.Context) (string, error) { return "key", nil }, HTTP: &http.Client{Transport: j.over(http.DefaultTransport)},
	})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, o := range c.Operations().Operations {
		for _, all := range []bool{true, false} {
			before := len(j.seen)
			if _, err := c.Do(t.Context(), o.ID, sample(o, all)); err != nil {
				t.Errorf("%s: %v", o.ID, err)
			}
			if what := o.Method + " " + o.Path; j.seen[what] == 0 {
				t.Errorf("%s: %s was not the call, %d others were", o.ID, what, len(j.seen)-before)
			}
		}
	}
	for finding := range j.findings {
		if i := slices.IndexFunc(keysOf(odd), func(k string) bool { return strings.Contains(finding, k) }); i >= 0 {
			used[keysOf(odd)[i]] = true
		} else {
			t.Error(finding)
		}
	}
	for k, reason := range odd {
		if !used[k] {
			t.Errorf("no request needs this exception any more: %s, %s", k, reason)
		}
	}
}

func keysOf(m map[string]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sample is something to give an operation.
func sample(o connector.Operation, all bool) map[string]any {
	in := map[string]any{}
	for _, t := range o.Takes {
		if must := t.Required || slices.Index(o.OneOf, t.Name) == 0; !t.Asked() || !all && !must {
			continue
		}
		in[t.Name] = map[string]any{
			"text": "word", "email": "ada@example.com", "phone": "+12025550103", "number": 3.0, "yes_no": true, "date": "2026-03-01",
			"time": "2026-03-01T09:30:00Z", "list": []string{"one", "two"}, "choice": slices.Concat(t.Choices, []string{""})[0], "data": data(t.Name),
		}[t.Type]
	}
	return in
}

// data is a value for what takes JSON.
func data(name string) any {
	switch name {
	case "customFields":
		return []any{map[string]any{"id": "f1", "field_value": "gold"}}
	case "searchAfter", "recipients", "filters", "sort", "textBoxListOptions":
		return []any{}
	case "rruleOptions":
		return map[string]any{"intervalType": "weekly", "interval": 1.0, "startDate": "2026-03-01T09:00:00Z", "dueAfterSeconds": 86400.0}
	case "additionalDetails":
		return map[string]any{"notes": true, "tasks": true, "calendarEvents": false, "unReadConversations": false}
	case "forward":
		return map[string]any{"isForwarded": true}
	case "error":
		return map[string]any{"code": "1", "type": "saas", "message": "why"}
	}
	return map[string]any{}
}

// TestOperationsOnTheSandbox makes the calls that the sandbox answers, as a person would who tries one after the other.
func TestOperationsOnTheSandbox(t *testing.T) {
	t.Parallel()
	s := subject(t, http.DefaultTransport)
	acc := s.Account
	acc.Token = func(context.Context) (string, error) { return s.Token, nil }
	c, err := highlevel.New(acc)
	if err != nil {
		t.Fatal(err)
	}
	type in = map[string]any
	type is = map[string]string
	connectortest.Play(t, c, []connectortest.Step{
		{Operation: "contact-create", In: in{"firstName": "Ada", "lastName": "Bell", "email": "ada.bell@example.com", "phone": "+12025550103", "tags": "new, vip"},
			Keep: is{"id": "contact.id"}, Want: is{"contact.email": "ada.bell@example.com"}},
		{Operation: "contact", In: in{"contactId": "$id"}, Want: is{"contact.id": "$id", "contact.tags.1": "vip"}},
		{Operation: "contact-twin", In: in{"email": "ada.bell@example.com"}, Want: is{"contact.id": "$id"}},
		{Operation: "contact-search", In: in{"pageLimit": "20"}},
		{Operation: "contact-list", In: in{"limit": 20.0}},
		{Operation: "contact-update", In: in{"contactId": "$id", "city": "Porto"}, Want: is{"contact.city": "Porto"}},
		{Operation: "contact-upsert", In: in{"email": "ada.bell@example.com", "city": "Faro"}, Want: is{"new": "false", "contact.id": "$id"}},
		{Operation: "contact-tag", In: in{"contactId": "$id", "tags": []any{"gold"}}},
		{Operation: "contact-untag", In: in{"contactId": "$id", "tags": []string{"new"}}},
		{Operation: "contacts-tag-many", In: in{"type": "add", "contacts": []any{"$id"}, "tags": "many"}},
		{Operation: "task-create", In: in{"contactId": "$id", "title": "Call", "dueDate": "2031-03-01T09:30:00Z", "completed": false}, Keep: is{"task": "task.id"}},
		{Operation: "task-update", In: in{"contactId": "$id", "taskId": "$task", "title": "Call back"}, Want: is{"task.title": "Call back"}},
		{Operation: "task-complete", In: in{"contactId": "$id", "taskId": "$task", "completed": "true"}, Want: is{"task.completed": "true"}},
		{Operation: "task", In: in{"contactId": "$id", "taskId": "$task"}, Want: is{"task.completed": "true"}},
		{Operation: "task-list", In: in{"contactId": "$id"}, Want: is{"tasks.0.id": "$task"}},
		{Operation: "task-search", In: in{"contactId": []any{"$id"}}},
		{Operation: "task-delete", In: in{"contactId": "$id", "taskId": "$task"}},
		{Operation: "note-create", In: in{"contactId": "$id", "body": "Likes tea."}, Keep: is{"note": "note.id"}},
		{Operation: "note-update", In: in{"contactId": "$id", "id": "$note", "body": "Likes coffee."}},
		{Operation: "note", In: in{"contactId": "$id", "id": "$note"}, Want: is{"note.id": "$note"}},
		{Operation: "note-list", In: in{"contactId": "$id"}, Want: is{"notes.0.id": "$note"}},
		{Operation: "note-delete", In: in{"contactId": "$id", "id": "$note"}},
		{Operation: "tag-create", In: in{"name": "silver"}, Keep: is{"tag": "tag.id"}},
		{Operation: "tag", In: in{"tagId": "$tag"}, Want: is{"tag.name": "silver"}},
		{Operation: "tag-rename", In: in{"tagId": "$tag", "name": "bronze"}, Want: is{"tag.name": "bronze"}},
		{Operation: "tag-list"},
		{Operation: "tag-delete", In: in{"tagId": "$tag"}},
		{Operation: "field-create", In: in{"name": "Plan", "dataType": "TEXT"}, Keep: is{"field": "customField.id"}},
		{Operation: "field", In: in{"id": "$field"}, Want: is{"customField.name": "Plan"}},
		{Operation: "field-update", In: in{"id": "$field", "name": "Level"}, Want: is{"customField.name": "Level"}},
		{Operation: "field-list", In: in{"model": "contact"}},
		{Operation: "field-delete", In: in{"id": "$field"}},
		{Operation: "company-create", In: in{"name": "Acme"}, Keep: is{"company": "buiseness.id"}},
		{Operation: "company", In: in{"businessId": "$company"}, Want: is{"business.name": "Acme"}},
		{Operation: "company-update", In: in{"businessId": "$company", "city": "Lisbon"}},
		{Operation: "company-list", In: in{"limit": "20"}},
		{Operation: "contacts-company", In: in{"ids": []any{"$id"}, "businessId": "$company"}},
		{Operation: "company-delete", In: in{"businessId": "$company"}},
		{Operation: "location", Want: is{"location.name": "Sandbox Location"}},
		{Operation: "user-list", Keep: is{"user": "users.0.id"}},
		{Operation: "user", In: in{"userId": "$user"}, Want: is{"id": "$user"}},
		{Operation: "contact-delete", In: in{"contactId": "$id"}},
	})
}
