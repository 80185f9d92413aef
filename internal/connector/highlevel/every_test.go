package highlevel_test

import (
	"context"
	"net/http"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
)

// TestEveryOperationOnTheSandbox calls all operations of the catalog over HTTP, rightly and wrongly, and holds each right
// request and its answer against the vendor's documents.
func TestEveryOperationOnTheSandbox(t *testing.T) {
	t.Parallel()
	info := start(t).Info().HighLevel
	j := newAnswers(t)
	bend := &connectortest.Bend{Under: j.over(http.DefaultTransport)}
	c, err := highlevel.New(connector.Account{
		Params: map[string]string{"locationId": info.LocationID}, BaseURL: info.URL, HTTP: &http.Client{Transport: bend},
		Token: func(context.Context) (string, error) { return info.Token, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	e := connectortest.Every{
		On: c, Bend: bend, Makers: makers, Values: given,
		First: map[string]string{
			"task-list": "task", "note-list": "note", "contact-appointments": "event", "task-search": "task", "tag-list": "tag", "field-list": "field", "value-list": "value", "company-list": "company",
			"event-list": "event", "blocked-list": "block", "appointment-notes": "remark", "deal-find": "deal", "deal-search": "deal", "conversation-search": "message", "message-list": "message",
			"object-search": "record", "relation-list": "relation", "link-list": "link", "link-search": "link", "contact-search": "contact", "contact-list": "contact",
		},
		Also: map[string]string{
			"block-create.calendarId": "a block is of a calendar or of a user", "message-send.message": "something has to be said",
		},
	}
	if ran := e.Run(t); ran < len(c.Operations().Operations)-len(e.Skipped) {
		t.Errorf("%d operations ran", ran)
	}
	if n, all := e.Undo(t), len(c.Operations().Undo); n < all {
		t.Errorf("%d of %d calls were taken back", n, all)
	}
	j.report(t)
}

type in = map[string]any

// makers make the records that operations name.
var makers = map[string]connectortest.Maker{
	"contact":   {Operation: "contact-create", In: in{"firstName": "Ada", "email": "ada#@example.org", "phone": "+120255501##"}, At: "contact.id"},
	"task":      {Operation: "task-create", At: "task.id"},
	"note":      {Operation: "note-create", At: "note.id"},
	"tag":       {Operation: "tag-create", At: "tag.id"},
	"field":     {Operation: "field-create", At: "customField.id"},
	"value":     {Operation: "value-create", At: "customValue.id"},
	"company":   {Operation: "company-create", At: "buiseness.id"},
	"recurring": {Operation: "recurring-create", At: "recurringTask.id"},
	"user":      {Operation: "user-list", At: "users.0.id"},
	"calendar":  {Operation: "calendar-list", At: "calendars.0.id"},
	"group":     {Operation: "calendar-groups", At: "groups.0.id"},
	"event":     {Operation: "appointment-create", At: "id"},
	"block":     {Operation: "block-create", In: in{"startTime": "2031-03-03T15:00:00Z", "endTime": "2031-03-03T16:00:00Z"}, At: "id"},
	"remark":    {Operation: "appointment-note-create", At: "note.id"},
	"pipeline":  {Operation: "pipelines", At: "pipelines.0.id"},
	"stage":     {Operation: "pipelines", At: "pipelines.0.stages.1.id"},
	"deal":      {Operation: "deal-create", At: "opportunity.id"},
	"reason":    {Operation: "lost-reasons", At: "lostReasons.0.id"},
	"talk":      {Operation: "conversation-create", At: "conversation.id"},
	"message":   {Operation: "message-send", At: "messageId"},
	"email":     {Operation: "message-send", In: in{"type": "Email", "subject": "Hello"}, At: "emailMessageId"},
	"later":     {Operation: "message-send", In: in{"scheduledTimestamp": "2031-03-03T15:00:00Z"}, At: "messageId"},
	"laterMail": {Operation: "message-send", In: in{"type": "Email", "scheduledTimestamp": "2031-03-03T15:00:00Z"}, At: "emailMessageId"},
	"schema":    {Operation: "object-list", At: "objects.0.key"},
	"record":    {Operation: "object-create", At: "record.id"},
	"kind":      {Operation: "association-list", At: "associations.0.id"},
	"relation":  {Operation: "relation-create", At: "id"},
	"workflow":  {Operation: "workflow-list", At: "workflows.0.id"},
	"campaign":  {Operation: "campaign-list", At: "campaigns.0.id"},
	"link":      {Operation: "link-create", At: "link.id"},
}

// given are the values of what is not just a text or a number.
var given = map[string]any{
	"contactId": "$contact", "contact_id": "$contact", "contacts": []any{"$contact"}, "ids": []any{"$contact"}, "contactIds": []any{"$contact"}, "task-search.contactId": []any{"$contact"},
	"taskId": "$task", "noteId": "$remark", "note.id": "$note", "tagId": "$tag", "field.id": "$field", "value.id": "$value", "businessId": "$company", "recurring.id": "$recurring",
	"userId": "$user", "userIds": []any{"$user"}, "assignedTo": "$user", "assigned_to": "$user", "task-search.assignedTo": []any{"$user"}, "followers": []any{"$user"}, "owners": []any{"$user"},
	"assignedUserId": "$user", "calendarId": "$calendar", "groupId": "$group", "eventId": "$event", "block.eventId": "$block", "appointmentId": "$event",
	"pipelineId": "$pipeline", "pipeline_id": "$pipeline", "pipelineStageId": "$stage", "pipeline_stage_id": "$stage", "deal.id": "$deal", "lostReasonId": "$reason",
	"conversationId": "$talk", "message.id": "$message", "messageId": "$message", "message-cancel.messageId": "$later", "email.id": "$email", "email-cancel.emailMessageId": "$laterMail",
	"object.key": "$schema", "schemaKey": "$schema", "object-record.id": "$record", "object-update.id": "$record", "object-delete.id": "$record", "recordId": "$record",
	"associationId": "$kind", "associationIds": []any{"$kind"}, "firstRecordId": "$contact", "secondRecordId": "$record", "relationId": "$relation",
	"workflowId": "$workflow", "campaignId": "$campaign", "linkId": "$link",

	"dataType": "TEXT", "dndSettings": in{"SMS": in{"status": "active"}}, "inboundDndSettings": in{"all": in{"status": "active"}}, "country": "US", "timezone": "America/New_York",
	"customFields": []any{in{"id": "$field", "field_value": "gold"}}, "removeAllTags": false, "textBoxListOptions": []any{}, "acceptedFormat": []any{".pdf"},
	"pageLimit": 20.0, "page": 1.0, "limit": 20.0, "offset": 0.0, "skip": 0.0, "contacts-of-company.limit": "20", "contacts-of-company.skip": "0", "company-list.limit": "20", "company-list.skip": "0",
	"templates.limit": "20", "templates.skip": "0", "filters": []any{}, "sort": []any{}, "searchAfter": []any{}, "conversation-search.followers": "$user", "conversation-search.sort": "asc", "conversation-search.limit": 20.0,
	"query": "ada", "deal-search.query": "word", "object-search.query": "rex", "contact-search.searchAfter": nil, "startAfter": 1.0, "deal-find.startAfter": "1",
	"rruleOptions":      in{"intervalType": "weekly", "interval": 1.0, "startDate": "2026-03-01T09:00:00Z", "dueAfterSeconds": 86400.0},
	"additionalDetails": in{"notes": true, "tasks": true, "calendarEvents": false, "unReadConversations": false},
	"startDate":         "2031-03-03T15:00:00Z", "endDate": "2031-03-10T15:00:00Z", "endTime": "2031-03-03T15:30:00Z", "event-list.endTime": "2031-03-05T15:00:00Z",
	"forward": in{"isForwarded": false}, "error": in{"code": "1", "type": "saas", "message": "why"}, "recipients": []any{}, "message-in.type": "SMS", "date": "2026-03-01T09:30:00Z",
	"call": in{"to": "+12025550103", "from": "+12025550104", "status": "completed"}, "feedback": in{}, "properties": in{"name": "Rex"}, "owner": []any{"$user"},
	"redirectTo": "https://example.com", "body": "Likes tea.", "emailFrom": "desk@example.com", "phone": "+120255501##",
}
