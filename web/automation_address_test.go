package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/templates"
)

func TestAnAutomationsOwnAddressIsMadeShownOnceAndReplaced(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ws := b.conns[0].Workspace
	a, err := b.store.AddAutomation(t.Context(), ws, "ann", automation.Automation{Name: "called", Trigger: automation.Trigger{Kind: automation.OnHook}, Steps: []automation.Step{{ID: "s1", Kind: automation.Stop}}})
	must(t, err)
	id := a.Draft.ID
	page := "/automations/" + id + "?step=" + templates.OpenTrigger
	w := b.walk("editor").open(page).says("own-address", "There is no address yet").says("own-called", "Nothing can come before")
	before := *w.doc
	secret := func() string {
		t.Helper()
		full := w.doc.Find("#own-value").AttrOr("value", "")
		path, ok := strings.CutPrefix(full, b.url)
		if !ok {
			t.Fatalf("the address is %q: %s", full, w.text())
		}
		return path
	}
	w.send("[data-testid=own-make]", nil).expect(http.StatusOK, "called").says("own-address", "Copy it now").says("own-address", "Idempotency-Key").says("own-off", "when this is published and switched on")
	first := secret()
	if !strings.Contains(w.at("own-address"), "curl -X POST '"+b.url+first) {
		t.Errorf("no example: %s", w.at("own-address"))
	}
	w.open(page).says("own-address", "An address is in use").says("own-address", "not shown again")
	if strings.Contains(w.text(), first) {
		t.Error("the secret is shown again")
	}

	// A page that was opened before makes no second one.
	w.doc = &before
	w.send("[data-testid=own-make]", nil).expect(http.StatusConflict, "called").says("bad", "One was made meanwhile")

	// It says what came, and only what came to the address of now.
	_, _, err = b.store.PublishAutomation(t.Context(), ws, "ann", id, a.Revision)
	must(t, err)
	if w.open(page).says("own-off", "switched off"); b.send(first, []byte("{}"), nil).StatusCode != http.StatusConflict {
		t.Error("one that is off takes a call")
	}
	must(t, b.store.SwitchAutomation(t.Context(), ws, id, true))
	w.open(page).says("own-called", "Waiting for the first call")
	b.now = b.now.Add(time.Minute)
	if got := b.send(first, []byte(`{"email": "maya@example.com"}`), nil).StatusCode; got != http.StatusAccepted {
		t.Fatalf("the call is answered %d", got)
	}
	b.now = b.now.Add(2 * time.Minute)
	w.open(page).send("[data-testid=own-shape]", nil).expect(http.StatusOK, "called")
	if got := b.automation(id).Trigger.Sample; got != "{\n  \"email\": \"text\"\n}" {
		t.Errorf("a call looks like %s", got)
	}
	w.open(page).says("own-called", "Received 2 min ago").click("[data-testid=own-called] a").expect(http.StatusOK, "A call")
	w.open(page).says("own-address", "stops at once").send("[data-testid=own-replace]", nil).expect(http.StatusOK, "called")
	second := secret()
	w.says("own-called", "Waiting for the first call")
	if b.send(first, []byte("{}"), nil).StatusCode != http.StatusNotFound || b.send(second, []byte("{}"), nil).StatusCode != http.StatusAccepted {
		t.Error("the first address is taken, or the second is not")
	}
	if strings.Contains(b.log.String(), strings.TrimPrefix(second, "/hooks/automations/"+id+"/")) {
		t.Error("the secret is in the log")
	}

	// Who may only look sees that there is one, and makes none.
	v := b.walk("viewer").open(page).says("own-address", "An address is in use")
	if v.doc.Find("[data-testid=own-replace]").Length() != 0 {
		t.Error("a viewer may replace it")
	}
	if v.request(http.MethodPost, v.resolve("/automations/"+id+"/address"), url.Values{"mark": {hookMark("")}}); v.status != http.StatusForbidden {
		t.Errorf("a viewer makes one: %d", v.status)
	}

	// What is gone with the automation are both of its settings.
	d := b.storedAutomation(id)
	_, err = b.store.DeleteAutomation(t.Context(), ws, id, d.Revision)
	must(t, err)
	for _, name := range []string{"hook/" + id, "hook_made/" + id} {
		if is, err := b.store.Setting(t.Context(), ws, name); err != nil || is != "" {
			t.Errorf("%s is still %q, %v", name, is, err)
		}
	}
}

func TestAnAddressIsMadeOnlyWhereCallsSetItOff(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "appointment-booked")
	w.request(http.MethodPost, w.resolve("/automations/"+id+"/address"), url.Values{"mark": {hookMark("")}})
	w.expect(http.StatusConflict, "Appointment booked").says("bad", "Something else sets this automation off")
}

func TestAZoneIsTypedOrChosenAndTheNearOneIsSaid(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	page := "/automations/" + id + "?step=" + templates.OpenTrigger
	w.open(page).send("[data-testid=save]", url.Values{"trigger.kind": {automation.OnSchedule}})
	w.open(page)
	for _, name := range []string{"trigger.schedule.time_zone", "time_zone"} {
		list := w.doc.Find("[name='"+name+"']").AttrOr("list", "none")
		if n := w.doc.Find("#" + list + " option").Length(); n < 300 {
			t.Errorf("%s: %d zones are offered in %s", name, n, list)
		}
	}
	w.send("[data-testid=save]", url.Values{"trigger.schedule.cron": {"0 9 * * *"}, "trigger.schedule.time_zone": {"Lisbon"}, "time_zone": {"europe/warsaw"}})
	w.says("inspector", "perhaps you mean Europe/Lisbon").says("inspector", "perhaps you mean Europe/Warsaw")
	if got := w.doc.Find("[name='trigger.schedule.time_zone']").AttrOr("aria-invalid", ""); got != "true" {
		t.Error("the problem is not at the field of the zone")
	}
}
