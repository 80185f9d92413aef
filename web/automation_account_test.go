package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// TestTheAccountsOwnFieldsAndChoicesAreOffered: beside the standard ones in the filter, and as choices of what a step takes; each is asked once.
// When the account cannot be asked it is said, it can be typed, and what was chosen before stays right.
func TestTheAccountsOwnFieldsAndChoicesAreOffered(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 12, Seed: 3})
	_, err := s.box.HighLevel.Create("customFields", map[string]any{"name": "Treatment", "dataType": "TEXT", "model": "contact"})
	must(t, err)
	w := s.walk("editor")
	id := madeAutomation(s.bundle, w, "new-contact-follow-up")
	at := "/automations/" + id
	fields, err := s.describe(t.Context(), s.conns[0], "contact")
	must(t, err)
	own := fields[len(fields)-1]
	if !own.Custom {
		t.Fatalf("the account has no field of its own: %+v", own)
	}
	w.open(at+"?step=-if").send("[data-testid=add-condition]", nil)
	if got := tidyText(w.doc.Find("[data-testid=condition] option[value='contact." + own.Name + "']").First()); got != own.Label {
		t.Fatalf("%q is offered as %q", own.Name, got)
	}
	w.send("[data-testid=save]", url.Values{"filter.2.value": {"contact." + own.Name}}).send("[data-testid=save]", url.Values{"filter.2.op": {"not_empty"}})
	w.says("filter", own.Label+" is not empty")
	if got := s.automation(id).Fields; len(got) != 1 || got[0].Label != own.Label {
		t.Errorf("it is remembered as %+v", got)
	}

	// A step that takes one of a list, and one that takes several.
	w.open(at+"?at=0").send("[name=put][value='highlevel/contact-update']", nil)
	st := s.automation(id).Steps[0].ID
	choices := w.doc.Find("select[name='with.assignedTo'] option")
	user := choices.Last().AttrOr("value", "")
	if choices.Length() < 2 || user == "" {
		t.Fatalf("the users are %s", tidyText(choices))
	}
	w.send("[data-testid=save]", url.Values{"with.assignedTo": {user}})
	if got := s.automation(id).Steps[0].With["assignedTo"]; got != user {
		t.Errorf("saved is %q", got)
	}
	w.send("[name=act][value='values:with.tags']", nil)
	member := w.doc.Find("[data-testid=value][data-member]").First().AttrOr("data-pill", "")
	w.send("[name=act][value='put:"+member+"']", nil)
	w.send("[name=act][value='values:with.tags']", nil).send("[name=act][value='put:"+member+"']", nil)
	if got := s.automation(id).Steps[0].With["tags"]; member == "" || got != member+", "+member {
		t.Errorf("two members are %q", got)
	}
	// What the account does not have stays, and a value takes the place of a choice.
	w.send("[data-testid=save]", url.Values{"with.assignedTo": {"somebody"}})
	if got := tidyText(w.doc.Find("select[name='with.assignedTo'] option[selected]")); got != "somebody (not in the list of the account)" {
		t.Errorf("chosen is %q", got)
	}
	w.send("[name=act][value='values:with.assignedTo']", nil).send("[name=act][value='put:{{contact.assignedTo}}']", nil)
	if got := s.automation(id).Steps[0].With["assignedTo"]; got != "{{contact.assignedTo}}" || w.doc.Find("input[name='with.assignedTo']").Length() != 1 {
		t.Errorf("the value is %q", got)
	}
	w.send("[data-testid=save]", url.Values{"with.assignedTo": {user}})

	asked := s.asked()
	w.open(at + "?step=" + st).open(at + "?step=-if")
	if now := s.asked(); now != asked {
		t.Errorf("asked again: %d calls", now-asked)
	}
	s.box.HighLevel.Revoke(s.box.Info().HighLevel.Token)
	s.inquiries.connected(s.ws(), s.conns[0].ID)
	w.open(at+"?step="+st).says("choices-problem", "HighLevel could not be asked for its list, so it is typed.")
	if w.doc.Find("input[name='with.assignedTo'], textarea[name='with.assignedTo']").Length() != 1 {
		t.Error("nothing can be typed")
	}
	w.open(at+"?step=-if").says("fields-problem", "HighLevel could not be asked for fields of its own, so only the standard ones are in the list.")
	if w.doc.Find("[data-testid=problems]").Length() != 0 || !strings.Contains(w.at("filter"), own.Label+" is not empty") {
		t.Errorf("what was chosen is wrong now: %s", w.at("problems"))
	}
	w.send("[data-testid=publish]", nil).expect(http.StatusOK, "New-contact follow-up").says("said", "Version 1 is published.")
	none := madeAutomation(s.bundle, w, "new-contact-follow-up")
	w.open("/automations/"+none+"?step=-when").send("[data-testid=save]", url.Values{"connection.highlevel": {""}})
	w.send("[name=put][value='highlevel/contact-update']", nil).says("choices-problem", "Choose an account in the card “When”")
}
