package highlevel

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// bookAll makes a contact with an appointment, a deal and a message.
func bookAll(t *testing.T, c *CRM) (contact, appointment, deal, message string) {
	t.Helper()
	contact = c.Add(person("a@example.com", "+12015550123"))
	appointment = want(t, c, okay, "POST", "/calendars/events/appointments", inLocation(c, obj{
		"calendarId": c.kept["calendars"][0].ID, "contactId": contact, "startTime": "2031-03-03T15:00:00Z", "title": "Check-up",
	}))["id"].(string)
	deal = dig(want(t, c, 201, "POST", "/opportunities/", inLocation(c, obj{
		"pipelineId": c.kept["pipelines"][0].ID, "contactId": contact, "name": "Whitening", "status": "open",
	})), "opportunity.id").(string)
	message = want(t, c, okay, "POST", "/conversations/messages", obj{"type": "SMS", "contactId": contact, "message": "Hello"})["messageId"].(string)
	return contact, appointment, deal, message
}

func TestAppointmentsDealsAndMessagesAreToldOf(t *testing.T) {
	t.Parallel()
	c, next := listener(t)
	contact, appointment, deal, message := bookAll(t, c)
	arrives := func(kind string, values obj) {
		t.Helper()
		out := next()
		if out["type"] != kind || out["locationId"] != c.LocationID() {
			t.Fatalf("%v came, want %s", out, kind)
		}
		form(t, kind, out)
		for path, want := range values {
			if got := dig(out, path); got != want {
				t.Errorf("%s: %s is %v, want %v", kind, path, got, want)
			}
		}
	}
	arrives("AppointmentCreate", obj{"appointment.id": appointment, "appointment.contactId": contact, "appointment.appointmentStatus": "confirmed", "appointment.title": "Check-up"})
	arrives("OpportunityCreate", obj{"id": deal, "contactId": contact, "status": "open", "name": "Whitening"})
	arrives("OutboundMessage", obj{"messageId": message, "contactId": contact, "body": "Hello", "messageType": "SMS"})
	at := "/calendars/events/appointments/" + appointment
	want(t, c, okay, "PUT", at, obj{"appointmentStatus": "noshow"})
	arrives("AppointmentUpdate", obj{"appointment.appointmentStatus": "noshow"})
	want(t, c, okay, "PUT", at, obj{"appointmentStatus": "noshow"}) // changes nothing, tells nothing
	want(t, c, 201, "DELETE", "/calendars/events/"+appointment, nil)
	arrives("AppointmentDelete", obj{"appointment.id": appointment})
	stages := c.kept["pipelines"][0].Fields["stages"].([]any)
	stage := stages[2].(map[string]any)["id"]
	want(t, c, okay, "PUT", "/opportunities/"+deal, obj{"pipelineStageId": stage})
	arrives("OpportunityStageUpdate", obj{"pipelineStageId": stage})
	arrives("OpportunityUpdate", nil)
	want(t, c, okay, "PUT", "/opportunities/"+deal+"/status", obj{"status": "won"})
	arrives("OpportunityStatusUpdate", obj{"status": "won", "id": deal})
	arrives("OpportunityUpdate", nil)
	if _, err := c.Create("messages", obj{"contactId": contact, "message": "Thursday?"}); err != nil {
		t.Fatal(err)
	}
	arrives("InboundMessage", obj{"body": "Thursday?", "contactId": contact, "direction": "inbound"})
	want(t, c, okay, "DELETE", "/opportunities/"+deal, nil)
	arrives("OpportunityDelete", obj{"id": deal})
}

// form holds a call against the vendor's published form of it.
func form(t *testing.T, kind string, body map[string]any) {
	t.Helper()
	root := os.Getenv("COUPLET_APIS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "apis")
	}
	raw, err := os.ReadFile(filepath.Join(root, "highlevel", "webhooks", kind+".json"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("NOT CHECKED against the vendor's form of %s: %v", kind, err)
		return
	}
	var doc struct{ Schemas []map[string]any }
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	known := func(at, name string) bool {
		return slices.ContainsFunc(doc.Schemas, func(s map[string]any) bool { return dig(s, at+"properties."+name) != nil })
	}
	for name := range body {
		if !known("", name) && !slices.Contains([]string{"timestamp", "webhookId", "appId", "versionId"}, name) { // the envelope
			t.Errorf("%s has %s, which is not published", kind, name)
		}
	}
	inner, _ := body["appointment"].(map[string]any)
	for name := range inner {
		if !known("properties.appointment.", name) {
			t.Errorf("the appointment of %s has %s, which is not published", kind, name)
		}
	}
}

func TestWrongCallsOfPlansAreRefused(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Seed: 1})
	contact, _, deal, _ := bookAll(t, c)
	calendar, other := c.kept["calendars"][0].ID, quiet(t, Options{Seed: 9}).kept["pipelines"][0].Fields["stages"].([]any)[0].(map[string]any)["id"]
	for _, one := range []struct {
		status       int
		method, path string
		body         any
	}{
		{422, "POST", "/calendars/events/appointments", inLocation(c, obj{"calendarId": calendar, "contactId": contact})},
		{422, "POST", "/calendars/events/appointments", inLocation(c, obj{"calendarId": calendar, "contactId": contact, "startTime": "tomorrow"})},
		{422, "POST", "/calendars/events/appointments", inLocation(c, obj{"calendarId": calendar, "contactId": contact, "startTime": "2031-03-03T15:00:00Z", "colour": "red"})},
		{404, "POST", "/calendars/events/appointments", inLocation(c, obj{"calendarId": "nobody", "contactId": contact, "startTime": "2031-03-03T15:00:00Z"})},
		{400, "POST", "/calendars/events/appointments", inLocation(c, obj{"calendarId": calendar, "contactId": "nobody", "startTime": "2031-03-03T15:00:00Z"})},
		{403, "POST", "/calendars/events/appointments", obj{"calendarId": calendar, "contactId": contact, "startTime": "2031-03-03T15:00:00Z", "locationId": "elsewhere"}},
		{404, "GET", "/calendars/events/appointments/nobody", nil},
		{422, "GET", "/calendars/events?locationId=" + c.LocationID() + "&startTime=1&endTime=2", nil},
		{422, "GET", "/calendars/events?locationId=" + c.LocationID() + "&startTime=1&calendarId=" + calendar, nil},
		{422, "GET", "/workflows/?locationId=" + c.LocationID() + "&colour=red", nil},
		{400, "PUT", "/opportunities/" + deal, obj{"pipelineStageId": other}},
		{422, "PUT", "/opportunities/" + deal + "/status", obj{"status": "all"}},
		{404, "POST", "/contacts/" + contact + "/workflow/nobody", nil},
		{400, "POST", "/contacts/" + contact + "/campaigns/" + c.kept["campaigns"][1].ID, nil}, // a draft
		{400, "POST", "/conversations/messages", obj{"type": "SMS", "contactId": contact}},
		{400, "POST", "/conversations/messages", obj{"type": "SMS", "contactId": c.Add(person("", "")), "message": "to whom?"}},
	} {
		want(t, c, one.status, one.method, one.path, one.body)
	}
}

func TestRecordsFollowTheirContactAndTheStateFile(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Seed: 1})
	contact, appointment, deal, _ := bookAll(t, c)
	workflow := c.kept["workflows"][0].ID
	want(t, c, okay, "POST", "/contacts/"+contact+"/workflow/"+workflow, nil)
	want(t, c, 201, "POST", "/calendars/appointments/"+appointment+"/notes", obj{"body": "Bring the card."})
	raw, err := json.Marshal(c.State())
	if err != nil {
		t.Fatal(err)
	}
	again := quiet(t, Options{Seed: 2})
	if err := again.Load(raw); err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(again.State()); err != nil || string(back) != string(raw) {
		t.Errorf("%s\nis not\n%s (%v)", back, raw, err)
	}
	keeper := again.Add(person("b@example.com", ""))
	if _, err := again.Merge(keeper, contact); err != nil {
		t.Fatal(err)
	}
	for _, family := range []string{"appointments", "opportunities", "messages", "enrolments"} {
		if len(again.having(family, "contactId", keeper)) != 1 {
			t.Errorf("the merge lost the %s", family)
		}
	}
	if got := dig(want(t, again, okay, "GET", "/opportunities/"+deal, nil), "opportunity.contact.id"); got != keeper {
		t.Errorf("the deal is of %v", got)
	}
	want(t, again, okay, "DELETE", "/contacts/"+keeper, nil)
	for _, family := range []string{"appointments", "appointmentNotes", "opportunities", "conversations", "messages", "enrolments"} {
		if n := again.Count(family); n != 0 {
			t.Errorf("%d %s are left", n, family)
		}
	}
}

func TestFreeSlotsLeaveOutWhatIsTaken(t *testing.T) {
	t.Parallel()
	c := quiet(t, Options{Seed: 1})
	_, appointment, _, _ := bookAll(t, c) // on a Monday, at ten in New York
	path := "/calendars/" + c.kept["calendars"][0].ID + "/free-slots?startDate=1930280400000&endDate=1930366799000"
	slots := func() []any {
		t.Helper()
		day, _ := want(t, c, okay, "GET", path, nil)["2031-03-03"].(map[string]any)
		list, _ := day["slots"].([]any)
		return list
	}
	if s := slots(); len(s) != 15 || slices.Contains(s, any("2031-03-03T10:00:00-05:00")) {
		t.Errorf("%d: %v", len(s), s)
	}
	want(t, c, okay, "PUT", "/calendars/events/appointments/"+appointment, obj{"appointmentStatus": "cancelled"})
	if s := slots(); len(s) != 16 {
		t.Errorf("%d: %v", len(s), s)
	}
}
