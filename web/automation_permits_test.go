package web

import (
	"net/http"
	"strings"
	"testing"

	"couplet/internal/connection"
)

// TestAnAutomationIsNotSwitchedOnWithoutItsPermissions takes one that needs to see calendars.
func TestAnAutomationIsNotSwitchedOnWithoutItsPermissions(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	given := connection.Permit{Connection: b.conns[0].ID, Scopes: []string{"contacts.readonly", "contacts.write"}}
	must(t, b.store.SavePermit(t.Context(), b.conns[0].Workspace, given))
	id := madeAutomation(b, w, "appointment-booked")
	w.says("lacks-highlevel", "This automation needs more than").says("missing", "Read appointments and blocked times")
	if n := w.doc.Find("[data-testid=missing]").Length(); n != 3 { // and which calendars there are, and who works there
		t.Errorf("%d permissions are missing: %s", n, w.text())
	}
	w.send("[data-testid=publish]", nil).send("[data-testid=switch-on]", nil).expect(http.StatusUnprocessableEntity, "Appointment booked").says("bad", "HighLevel does not allow everything that it needs")
	if b.storedAutomation(id).Published.Enabled {
		t.Error("it is on all the same")
	}
	b.walk("viewer").open("/automations/"+id).says("lacks-highlevel", "An editor of this workspace can ask for it.")
	if asked := w.open("/connections/" + b.conns[0].ID).text(); !strings.Contains(asked, "Read appointments and blocked times") {
		t.Errorf("the page of the connection does not say what is missing: %s", asked)
	}
	given.Scopes = append(given.Scopes, "calendars.readonly", "calendars/events.readonly", "users.readonly")
	must(t, b.store.SavePermit(t.Context(), b.conns[0].Workspace, given))
	if w.open("/automations/" + id); w.doc.Find("[data-testid=lacks-highlevel]").Length() != 0 {
		t.Error("it lacks what was given")
	}
	w.send("[data-testid=switch-on]", nil).says("running", "It is on")
}
