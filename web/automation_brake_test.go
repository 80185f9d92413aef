package web

import (
	"net/http"
	"net/url"
	"testing"

	"couplet/internal/automation"
	"couplet/templates"
)

func TestWhatTheBrakeHoldsIsSaidAndAnswered(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ws := b.conns[0].Workspace
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	b.switchedOn(id)
	holds := func(key string) automation.Firing {
		t.Helper()
		f := b.fired(id, key, automation.Firing{State: automation.Parked, Reason: "Held by the brake."})
		_, err := b.store.ChangeFiring(t.Context(), ws, f.ID, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
			f.Held = true
			return nil, nil
		})
		must(t, err)
		return f
	}
	if w.open("/automations/" + id).hasNo("held"); w.at("held") != "" {
		t.Error("nothing is held")
	}
	one := holds("one")
	w.open("/flows").says("automation", "Held by the brake")
	w.open("/automations/"+id).says("held", "Held by the brake: 1 waits").says("held", "500 began within an hour, which is the most")
	v := b.walk("viewer").open("/automations/"+id).says("held", "Held by the brake")
	if v.doc.Find("[data-testid=held] button").Length() != 0 {
		t.Error("a viewer may answer")
	}
	before := *w.doc
	w.send("[data-testid=held-go]", nil).says("said", "1 goes on now")
	if got := b.stateOf(one.ID); got != automation.Open {
		t.Errorf("it is %s", got)
	}
	w.doc = &before
	w.send("[data-testid=held-go]", nil).says("said", "Nothing is held any more")
	two := holds("two")
	w.open("/automations/"+id).send("[data-testid=held-end]", nil).says("said", "1 is left out")
	if got := b.stateOf(two.ID); got != automation.Ended {
		t.Errorf("it is %s", got)
	}

	// How many may begin is a field of the trigger, checked like the others.
	page := "/automations/" + id + "?step=" + templates.OpenTrigger
	w.open(page).send("[data-testid=save]", url.Values{"per_hour": {"2000"}}).expect(http.StatusOK, "New-contact follow-up")
	if got := b.automation(id).PerHour; got != 2000 {
		t.Errorf("%d may begin", got)
	}
	w.open(page).send("[data-testid=save]", url.Values{"per_hour": {"-1"}}).says("inspector", "-1 is no number of times within an hour")
}
