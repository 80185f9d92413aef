package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/automation"
)

// madeAutomation makes an automation of a template as a person does, without scripts.
func madeAutomation(b *bundle, w *walker, template string) (id string) {
	b.t.Helper()
	w.open("/automations/new?template="+template).send("[data-testid=make]", url.Values{"account.highlevel": {b.conns[0].ID}, "account.usercom": {b.conns[1].ID}})
	if w.status != http.StatusOK || !strings.HasPrefix(w.url.Path, "/automations/auto_") {
		b.t.Fatalf("%d at %s: %s", w.status, w.url, w.text())
	}
	return strings.TrimPrefix(w.url.Path, "/automations/")
}

// draftOf is the draft of an automation.
func (b *bundle) automation(id string) automation.Automation {
	b.t.Helper()
	a, err := b.store.Automation(b.t.Context(), b.conns[0].Workspace, id)
	must(b.t, err)
	return a.Draft
}

func TestAnAutomationIsMadeBuiltAndTriedWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor").open("/flows")
	if n := w.doc.Find("[data-testid=automation-template]").Length(); n != len(automation.Templates()) {
		t.Fatalf("%d templates are shown", n)
	}
	id := madeAutomation(b, w, "new-contact-follow-up")
	a := b.automation(id)
	if a.Connections != [2]string{b.conns[0].ID, b.conns[1].ID} || a.Enabled {
		t.Errorf("made as %+v", a)
	}
	w.expect(http.StatusOK, "New-contact follow-up").says("trigger", "In left").says("filter", "Tags has lead").says("running", "It is off")
	n := len(a.Steps)

	// A place is marked, a step is picked, and it stands there.
	w.click("#plus-1").says("plus-on", "The new step goes here")
	w.send("[name=put][value='highlevel/contact-tag']", nil)
	if a = b.automation(id); len(a.Steps) != n+1 || a.Steps[1].Operation != "contact-tag" || a.Steps[1].With["contactId"] != "{{contact.id}}" {
		t.Fatalf("added: %+v", a.Steps)
	}
	fresh := a.Steps[1].ID
	w.says("inspector", "Step 2 · HighLevel").says("problems", "“Tags” is missing").says("inspector", "“Tags” is missing")

	// A value is chosen behind what is typed, and nothing that was typed is lost by opening the list.
	w.send("[name=act][value='values:with.tags']", url.Values{"with.tags": {"from"}})
	if w.doc.Find("[data-testid=value]").Length() < 10 {
		t.Fatalf("no values: %s", w.at("values"))
	}
	w.send("[name=act][value='put:{{contact.source}}']", nil)
	if got := b.automation(id).Steps[1].With["tags"]; got != "from {{contact.source}}" {
		t.Errorf("the text is %q", got)
	}
	w.says("becomes", "“from Website form”")
	if w.doc.Find("[data-testid=problems]").Length() != 0 {
		t.Errorf("still a problem: %s", w.at("problems"))
	}

	// Moved by a button, by place, copied, removed, taken back.
	w.send("[name=act][value='down:"+fresh+"']", nil)
	if a = b.automation(id); a.Steps[2].ID != fresh {
		t.Errorf("it is at %s", automation.PlaceOf(a, fresh))
	}
	w.send("#move [name=act][value='move:"+fresh+"']", url.Values{"to": {"0"}})
	if a = b.automation(id); a.Steps[0].ID != fresh {
		t.Errorf("it is at %s", automation.PlaceOf(a, fresh))
	}
	w.send("#move [name=act][value='copy:"+fresh+"']", nil)
	if a = b.automation(id); len(a.Steps) != n+2 || a.Steps[1].Operation != "contact-tag" || a.Steps[1].ID == fresh {
		t.Errorf("copied: %+v", a.Steps)
	}
	w.send("#more-"+fresh+" [value='drop:"+fresh+"']", nil)
	if a = b.automation(id); automation.PlaceOf(a, fresh) != "" {
		t.Error("it is still there")
	}
	w.send("#b-undo", nil)
	if a = b.automation(id); a.Steps[0].ID != fresh {
		t.Error("it did not come back")
	}
	w.send("#b-redo", nil).send("#b-undo", nil)

	// A try stands on the cards.
	w.send("#b-try", nil).says("tried", "Nothing was written").says("filter", "Passes.").says("step", "Would be done in HighLevel: Add tags to a contact, “from Website form”. Nothing was written.")
	w.open("/automations/"+id+"?step="+fresh+"&sample=sample").says("step-tried", "it would work").says("step-tried", `POST /contacts/nmFmQEsNgz6AVpgLVUJ0/tags { "tags": [ "from Website form" ] }`)
}

func TestTheFilterIsEdited(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	w.click("#open--if").send("[data-testid=add-condition]", nil).says("field-error", "This condition is empty")
	w.send("[data-testid=save]", url.Values{"filter.2.value": {"contact.city"}})
	f := b.automation(id).Filter
	if len(f.All) != 3 || f.All[2].Value != "contact.city" || f.All[2].Op != "is" {
		t.Fatalf("the filter is %+v", f)
	}
	w.send("[data-testid=save]", url.Values{"filter.2.than": {"Lisbon"}, "filter.way": {"any"}})
	if f = b.automation(id).Filter; len(f.Any) != 3 || f.Any[2].Than != "Lisbon" {
		t.Errorf("the filter is %+v", f)
	}
	w.says("filter", "Tags has lead or Email is not empty or City is Lisbon").says("now", "The sample passes.")
	w.send("[name=act][value='uncond:filter.0']", nil)
	w.send("[name=act][value='uncond:filter.0']", nil)
	if f = b.automation(id).Filter; len(f.Any) != 1 || f.Any[0].Value != "contact.city" {
		t.Errorf("the filter is %+v", f)
	}
	w.says("now", "The sample does not pass.")
	w.send("#b-try", nil).says("tried", "does not pass the filter").says("filter", "Does not pass")
	w.send("[data-testid=save]", url.Values{"filter.way": {"formula"}}).send("[data-testid=save]", url.Values{"filter.formula": {"contact.nothing > 1"}})
	if f = b.automation(id).Filter; f.Formula != "contact.nothing > 1" {
		t.Errorf("the filter is %+v", f)
	}
	w.says("field-error", "The formula cannot work")

	// What a form cannot show stays as it is.
	id = madeAutomation(b, w, "tasks-from-notes")
	before := b.automation(id).Filter
	w.click("#open--if").says("nested", "Groups inside groups").send("[data-testid=save]", nil)
	if got := b.automation(id).Filter; got.Words(nil) != before.Words(nil) {
		t.Errorf("it became %s", got.Words(nil))
	}
}

func TestWhatCannotBeReadIsSaidAtItsFieldAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	w.click("#open-pause").send("[data-testid=save]", url.Values{"wait.until": {""}})
	if got := b.automation(id).Steps[3].Wait; got.For.String() != "1h" || got.Until != "" {
		t.Fatalf("it waits %+v", got)
	}
	w.send("[data-testid=save]", url.Values{"wait.for": {"two days"}, "name": {"A pause"}}).expect(http.StatusUnprocessableEntity, "New-contact follow-up").says("field-error", "two days")
	if got := w.doc.Find("[name='wait.for']").AttrOr("value", ""); got != "two days" {
		t.Errorf("what was typed became %q", got)
	}
	if got := w.doc.Find("#form-step [name=name]").AttrOr("value", ""); got != "A pause" {
		t.Errorf("what was typed beside it became %q", got)
	}
	w.send("[data-testid=save]", url.Values{"wait.for": {"48h"}}).expect(http.StatusOK, "New-contact follow-up")
	if st := b.automation(id).Steps[3]; st.Wait.For.String() != "48h" && st.Wait.For.String() != "2d" || st.Name != "A pause" {
		t.Errorf("saved %+v", st)
	}
}

func TestEveryKindOfStepAndTriggerHasItsFields(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor").open("/automations/new").send("[data-testid=make]", nil).expect(http.StatusOK, "New automation")
	id := strings.TrimPrefix(w.url.Path, "/automations/")
	w.says("problems", "There is no step yet").says("column", "add the first step")
	for _, kind := range []struct{ put, field string }{{"condition", "if.way"}, {"wait", "wait.for"}, {"each", "over"}, {"http", "http.url"}, {"script", "code"}, {"stop", "name"}} {
		w.send("[name=put][value="+kind.put+"]", nil)
		if w.doc.Find("[name='"+kind.field+"']").Length() == 0 {
			t.Errorf("%s has no field %s: %s", kind.put, kind.field, w.at("inspector"))
		}
	}
	a := b.automation(id)
	if len(a.Steps) != 6 {
		t.Fatalf("%d steps", len(a.Steps))
	}
	// A step goes into a path of a condition.
	w.click("#plus-0\\/else\\/0").send("[name=put][value=stop]", nil).says("inspector", "Step 1b")
	// Names with a text each.
	w.open("/automations/"+id+"?step="+a.Steps[4].ID).send("[name=act][value='pair:with']", url.Values{"new.with": {"who"}})
	w.send("[data-testid=save]", url.Values{"with.who": {"{{now}}"}})
	if got := b.automation(id).Steps[4].With["who"]; got != "{{now}}" {
		t.Errorf("the script is given %q", got)
	}
	w.send("[name=act][value='unpair:with.who']", nil)
	if got := b.automation(id).Steps[4].With; len(got) != 0 {
		t.Errorf("the script is given %v", got)
	}
	for kind, field := range map[string]string{automation.OnEvent: "trigger.event", automation.OnSchedule: "trigger.schedule.every", automation.OnHook: "trigger.sample", automation.ByHand: "trigger.object"} {
		w.open("/automations/"+id+"?step=-when").send("[data-testid=save]", url.Values{"trigger.kind": {kind}})
		if w.doc.Find("[name='"+field+"']").Length() == 0 {
			t.Errorf("%s has no field %s: %s", kind, field, w.at("inspector"))
		}
		w.send("#b-try", nil).says("tried", "Nothing was written").says("step", "Nothing decides between the two paths yet")
	}
	w.send("[data-testid=save]", url.Values{"trigger.kind": {automation.OnEvent}}).send("[data-testid=save]", url.Values{"trigger.event": {"usercom/person-created"}})
	if got := b.automation(id).Trigger; got.System != "usercom" || got.Event == "" {
		t.Errorf("the trigger is %+v", got)
	}
}
