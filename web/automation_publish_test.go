package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/store"
)

func (b *bundle) storedAutomation(id string) store.Automation {
	b.t.Helper()
	a, err := b.store.Automation(b.t.Context(), b.conns[0].Workspace, id)
	must(b.t, err)
	return a
}

func TestADraftIsPublishedWhenNothingIsWrongWithIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	w.says("version", "Not published yet").send("[data-testid=publish]", nil).expect(http.StatusOK, "New-contact follow-up").has("Version 1 is published.").says("version", "Version 1").says("running", "It is off")
	if a := b.storedAutomation(id); a.Published.Version != 1 || a.Changed || a.Published.Enabled {
		t.Fatalf("published as %+v", a.Published)
	}
	if w.doc.Find("[data-testid=publish]").Length() != 0 {
		t.Error("what was published can be published again")
	}

	// A step that lacks something: refused with its name and field, it is open, and its field has the focus.
	w.click("#plus-1").send("[name=put][value='highlevel/contact-tag']", nil).says("version", "Changed since version 1")
	w.open("/automations/"+id).send("[data-testid=publish]", nil).expect(http.StatusUnprocessableEntity, "New-contact follow-up")
	w.says("bad", "Not published").says("bad", "Step 2 (Add tags to a contact): “Tags” is missing").says("inspector", "Step 2 · HighLevel")
	if got := w.doc.Find("[autofocus]"); got.Length() != 1 || got.AttrOr("name", "") != "with.tags" {
		t.Errorf("the focus goes to %d, %q", got.Length(), got.AttrOr("id", ""))
	}
	if b.storedAutomation(id).Published.Version != 1 {
		t.Error("published all the same")
	}
	// In place of a page that was asked for by htmx, too.
	res := b.as(b.signIn("editor"), http.MethodPost, "/automations/"+id+"/publish", strings.NewReader(url.Values{"revision": {"1"}}.Encode()),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "HX-Request": "true", "HX-Target": "div#cnv"})
	if text := textOf(res); res.StatusCode != http.StatusConflict || !strings.Contains(text, "publish it.") {
		t.Errorf("a colleague who saw the first state: %d", res.StatusCode)
	}
	w.send("[data-testid=save]", url.Values{"with.tags": {"called"}}).send("[data-testid=publish]", nil).has("Version 2 is published.")

	// A condition that looks at nothing, and an automation of no step: the focus goes to its control, or to what is said.
	w.open("/automations/"+id+"?step=-if").send("[data-testid=add-condition]", nil).send("[data-testid=publish]", nil).says("bad", "Only if: This condition is empty")
	if got := w.doc.Find("[autofocus]"); got.Length() != 1 || !strings.Contains(tidyText(got), "This condition is empty") {
		t.Errorf("the focus goes to %q", tidyText(got))
	}
	w.open("/automations/new").send("[data-testid=make]", nil).send("[data-testid=publish]", nil).says("bad", "When: Nothing sets it off yet").says("bad", "1 more thing needs you, too")
	if got := w.doc.Find("[autofocus]"); got.Length() != 1 || !got.Is("fieldset") || !strings.Contains(tidyText(got), "What sets it off") {
		t.Errorf("the focus goes to %q", got.AttrOr("id", ""))
	}
	w.send("[data-testid=save]", url.Values{"trigger.kind": {automation.ByHand}}).send("[data-testid=publish]", nil).says("bad", "There is no step yet")
	if got := w.doc.Find("[autofocus]"); got.AttrOr("data-testid", "") != "bad" {
		t.Errorf("the focus goes to %q", got.AttrOr("id", ""))
	}

	// Two of one name: the name of a draft that was published counts when it is published.
	other := madeAutomation(b, w, "appointment-booked")
	w.open("/automations/"+id).send("#form-name button", url.Values{"name": {b.automation(other).Name}})
	a := b.automation(id)
	a.Filter = automation.Filter{}
	_, err := b.store.ChangeAutomation(t.Context(), b.conns[0].Workspace, "", a, b.storedAutomation(id).Revision)
	must(t, err)
	w.open("/automations/"+id).send("[data-testid=publish]", nil).expect(http.StatusUnprocessableEntity, "Appointment booked").says("bad", "There is another automation called")
}

func TestAnAutomationIsDeletedAfterItIsAsked(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "appointment-booked")
	if got := tidyText(w.doc.Find("#delete")); !strings.Contains(got, "Delete Appointment booked?It was never published, so only this draft goes. This cannot be undone.") {
		t.Errorf("it is asked: %s", got)
	}
	w.send("[data-testid=publish]", nil)
	if got := tidyText(w.doc.Find("#delete")); !strings.Contains(got, "Its draft, its one version and the list of what it did go with it, and what still waits is not done.") {
		t.Errorf("it is asked: %s", got)
	}
	must(t, b.store.SwitchAutomation(t.Context(), b.conns[0].Workspace, id, true))
	if got := tidyText(w.open("/automations/" + id).doc.Find("#delete")); !strings.Contains(got, "It is on now, and nothing sets it off any more.") {
		t.Errorf("it is asked: %s", got)
	}
	if got := tidyText(w.open("/flows").doc.Find("[data-testid=automation]")); !strings.HasSuffix(got, "On") {
		t.Errorf("in the list it stands as %s", got)
	}
	w.open("/automations/" + id)
	// A colleague changed it since it was asked.
	bo := b.walk("owner").open("/automations/" + id)
	bo.send("[name=put][value=stop]", nil)
	w.send("[data-testid=really-delete]", nil).expect(http.StatusConflict, "Appointment booked").says("clash", "You wanted to delete it.")
	b.storedAutomation(id)
	w.send("[data-testid=again]", nil).has("“Appointment booked” is deleted, with its draft and its versions.")
	if _, err := b.store.Automation(t.Context(), b.conns[0].Workspace, id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	bo.send("[data-testid=really-delete]", nil).expect(http.StatusNotFound, "There is nothing here")
}

func TestVersionsOfAnAutomationAreComparedAndTakenBack(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	at := "/automations/" + id
	w.click("[data-testid=to-versions]").expect(http.StatusOK, "Nothing was published yet").says("version", "Draft Not published").says("says", "The first one, with 9 steps.").says("to-draft", "Go to the draft")
	w.open(at).send("[data-testid=publish]", nil)
	w.open(at).send("#form-name button", url.Values{"name": {"Call new leads"}})
	w.open(at+"?step=pause").send("[data-testid=save]", url.Values{"wait.until": {""}}).send("[data-testid=save]", url.Values{"wait.for": {"48h"}})
	w.open(at+"?step=ring").send("[data-testid=save]", url.Values{"with.name": {"Ring {{contact.lastName}}"}, "fail": {"skip"}})
	w.open(at+"?step=-if").send("[name=act][value='uncond:filter.1']", nil)
	w.open(at+"?step=-when").send("[data-testid=save]", url.Values{"trigger.event": {"highlevel/contact-tagged"}, "trigger.own": {"yes"}, "time_zone": {"Europe/Lisbon"}})
	w.open(at+"?at=0").send("[name=put][value=stop]", nil)
	w.send("[name=act][value='drop:event']", nil).send("[data-testid=publish]", nil).has("Version 2 is published.")

	w.open(at+"/versions").expect(http.StatusOK, "2 versions")
	got := saidBy(w, "version")
	if len(got) != 2 || !strings.Contains(got[0], "was added.") || !strings.Contains(got[0], "Changed: the name, what sets it off and the filter.") || !strings.Contains(got[0], "@couplet.test") {
		t.Errorf("%q", got)
	}
	groups := map[string]string{}
	for _, g := range saidBy(w, "group") {
		for _, begin := range []string{"When", "Only if", "The automation", "Step 1 ", "Step 4 ", "Step 6b ", "Step 3 "} {
			if strings.HasPrefix(g, begin) {
				groups[begin] = g
			}
		}
	}
	for begin, want := range map[string][]string{
		"When":           {"What sets it off", "Was: A contact is created", "Now: ", "Also when Couplet itself made the change Nothing Now: Yes", "Time zone", "Now: Europe/Lisbon"},
		"Only if":        {"Conditions Was: Tags has lead and Email is not empty Now: Tags has lead"},
		"The automation": {"Name Was: New-contact follow-up Now: Call new leads"},
		"Step 1 ":        {"Added No step"},
		"Step 4 ":        {"Wait Was: Wait until the next working day, 09:00 Now: Wait 2 days"},
		"Step 3 ":        {"Removed Was: ", "No step"},
		"Step 6b ":       {"Was: Call [First name]", "Now: Ring [Last name]", "If this step fails", "Now: Skip it and go on"},
	} {
		for _, part := range want {
			if !strings.Contains(groups[begin], part) {
				t.Errorf("%s lacks %q: %q", begin, part, groups[begin])
			}
		}
	}
	w.open(at+"/versions?from=9&to=1").expect(http.StatusNotFound, "There is no such version").has("This automation has the versions 1 to 2.")

	// Taken back as the draft, which is undone, and not over a colleague's change.
	w.open(at+"/versions").send("[data-version='1'] [data-testid=take]", nil).expect(http.StatusOK, "2 versions, and a draft that differs").says("taken", "Version 1 is the draft now")
	if s := b.storedAutomation(id); s.Draft.Name != "New-contact follow-up" || s.Published.Version != 2 || !s.Changed {
		t.Errorf("the draft is %q on version %d", s.Draft.Name, s.Published.Version)
	}
	w.send("[data-testid=undo]", nil).expect(http.StatusOK, "2 versions").has("That is undone")
	w.send("[data-version='1'] [data-testid=take]", url.Values{"revision": {"0"}})
	if w.status != http.StatusConflict {
		t.Errorf("over what was changed since: %d", w.status)
	}
	w.says("clash", "You wanted to take back version 1")
	viewer := b.walk("viewer").open(at+"/versions").expect(http.StatusOK, "2 versions")
	if viewer.doc.Find("main form[method=post]").Length() != 0 {
		t.Error("a viewer may take one back")
	}
}

// TestEveryFieldOfAnAutomationHasWords: what a person can change is said in a person's words when two versions are compared.
func TestEveryFieldOfAnAutomationHasWords(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := automationWords{b.automationSystems(), b.conns[:]}
	for _, kit := range automation.Templates() {
		empty := automation.Automation{Name: "x"}
		automation.Walk(kit.Automation, func(_ string, st automation.Step) {
			empty.Steps = append(empty.Steps, automation.Step{ID: st.ID, Kind: st.Kind, System: st.System, Operation: st.Operation})
		})
		for _, g := range w.groups(empty, kit.Automation) {
			for _, l := range g.Lines {
				if l.Label == "" || strings.Contains(l.Label, ".") || l.Was == "" && l.Now == "" {
					t.Errorf("%s, %s: %+v", kit.ID, g.Title, l)
				}
			}
		}
	}
}
