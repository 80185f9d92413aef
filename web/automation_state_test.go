package web

import (
	"net/http"
	"net/url"
	"testing"

	"couplet/internal/automation"
)

func TestAViewerLooksAtAnAutomationAndChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := madeAutomation(b, b.walk("editor"), "new-contact-follow-up")
	w := b.walk("viewer").open("/flows")
	if w.doc.Find("a[href^='/automations/new']").Length() != 0 {
		t.Error("a way to make one is offered")
	}
	w.click("[data-testid=automation] a").expect(http.StatusOK, "New-contact follow-up").has("You see this automation and cannot change it")
	w.click("#open-ring").says("becomes", "Call Maya")
	if n := w.doc.Find("main form[method=post], main button:not([data-testid=try])").Length(); n != 0 {
		t.Errorf("%d ways to change it: %s", n, w.text())
	}
	w.send("#b-try", nil).says("tried", "Nothing was written")
	for _, act := range []string{"name", "add", "do", "step", "undo", "redo"} {
		if w.request(http.MethodPost, w.resolve("/automations/"+id+"/"+act), url.Values{"revision": {"1"}}); w.status != http.StatusForbidden {
			t.Errorf("%s: %d", act, w.status)
		}
	}
}

func TestOfTwoWhoChangeAnAutomationNobodyIsOverwritten(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ana := b.walk("editor")
	id := madeAutomation(b, ana, "appointment-booked")
	bo := b.walk("owner").open("/automations/" + id)
	ana.send("[name=put][value=stop]", nil)
	n := len(b.automation(id).Steps)
	bo.send("[name=put][value=wait]", nil).expect(http.StatusConflict, "Appointment booked").says("clash", "changed this automation at")
	if got := len(b.automation(id).Steps); got != n {
		t.Fatalf("%d steps", got)
	}
	bo.send("[data-testid=again]", nil).expect(http.StatusOK, "Appointment booked")
	if got := len(b.automation(id).Steps); got != n+1 {
		t.Errorf("%d steps after it was done again", got)
	}
	// Two windows of one person are no different: what the other one says in the same step is not overwritten unseen.
	bo.open("/automations/" + id + "?step=" + b.automation(id).Steps[n].ID)
	old := bo.doc
	bo.send("[data-testid=save]", url.Values{"name": {"First"}})
	bo.doc = old
	bo.send("[data-testid=save]", url.Values{"name": {"Second"}}).expect(http.StatusConflict, "Appointment booked").says("clash", "In another window you changed this automation at")
	bo.send("[data-testid=again]", nil).expect(http.StatusOK, "Appointment booked")
	bo.doc = old
	ana.open("/automations/"+id).send("[name=put][value=stop]", nil)
	bo.send("[data-testid=save]", url.Values{"name": {"Third"}}).expect(http.StatusConflict, "Appointment booked")
	if got := b.automation(id).Steps[n].Name; got != "Second" {
		t.Errorf("it is called %q", got)
	}
}

func TestStatesOfAnAutomation(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	w.open("/automations/new?template=nonsense").expect(http.StatusNotFound, "This template is not there")
	w.open("/automations/auto_nonsense").expect(http.StatusNotFound, "There is nothing here")
	id := madeAutomation(b, w, "appointment-booked")
	if other := madeAutomation(b, w, "appointment-booked"); other == id || b.automation(other).Name == b.automation(id).Name {
		t.Error("the second one has the name of the first")
	}
	w.send("#form-name button", url.Values{"name": {"Appointment booked"}}).says("bad", "another automation called")
	w.send("#form-name button", url.Values{"name": {" Bookings "}}).expect(http.StatusOK, "Bookings")
	w.send("#form-name button", url.Values{"name": {""}}).expect(http.StatusUnprocessableEntity, "Bookings")

	// A step that no catalog knows any more, and one of no kind.
	stored, err := b.store.Automation(t.Context(), b.conns[0].Workspace, id)
	must(t, err)
	a := stored.Draft
	a.Steps = append(a.Steps, automation.Step{ID: "old", Kind: automation.Operation, System: "usercom", Operation: "gone"}, automation.Step{ID: "odd", Kind: "dance"})
	a.Connections = [2]string{}
	_, err = b.store.ChangeAutomation(t.Context(), b.conns[0].Workspace, "", a, stored.Revision)
	must(t, err)
	w.open("/automations/"+id).says("problems", "has no operation").says("missing", "No account of HighLevel or User.com is chosen")
	w.click("#open-old").says("inspector", "is not in the catalog").says("step-problem", "has no operation")
	w.click("#open-odd").says("step-problem", "is not known")
	w.send("#b-try", nil).says("tried", "cannot be done as things are")
	w.send("#move [value='drop:odd']", nil).says("column", "End of flow")
	w.open("/automations/"+id+"?step=nobody&at=9/then/4&values=with.x&sample=gone").expect(http.StatusOK, "Appointment booked").says("inspector", "Nothing is open")
}

func TestWhatCanBeAddedIsFoundByWordsAndSystem(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "appointment-booked")
	all := w.doc.Find("[data-testid=op]").Length()
	if want := len(b.options.Connect.Systems["highlevel"].Operations.Operations) + len(b.options.Connect.Systems["usercom"].Operations.Operations) + len(automation.StepKinds) - 1; all != want {
		t.Errorf("%d of %d are there", all, want)
	}
	w.open("/automations/" + id + "?q=tag+person&system=usercom")
	found := w.doc.Find("[data-testid=op]")
	if n := found.Length(); n == 0 || n > 20 || found.Filter("[value^=highlevel]").Length() > 0 || w.doc.Find("#ops details").Length() > 0 {
		t.Errorf("%d are found: %s", n, found.Text())
	}
	w.open("/automations/"+id+"?q=wait").says("ops", "Between steps")
	w.open("/automations/"+id+"?q=nonsense").says("no-ops", "Nothing has these words")
}

func TestAnAutomationIsTriedOnAStoredContact(t *testing.T) {
	t.Parallel()
	s, _, _ := ada(t)
	w := s.walk("editor")
	madeAutomation(s.bundle, w, "new-contact-follow-up")
	if got := textsOf(w.doc, "#cnv-sample option"); len(got) < 2 || got[0] != "Ada Lovelace" {
		t.Fatalf("it can be tried on %q", got)
	}
	before := s.written()
	w.click("#open-ring").says("becomes", "Becomes “Call Ada”")
	kind := s.conns[1].Settings["task_type"]
	if kind == "" {
		t.Fatalf("the account has no setting: %v", s.conns[1].Settings)
	}
	w.says("becomes", "Becomes “"+kind+"”")
	w.send("#b-try", url.Values{"sample": {w.doc.Find("#cnv-sample option").AttrOr("value", "")}}).says("tried", "Tried on: Ada Lovelace").says("filter", "Does not pass: ")
	if s.written() != before {
		t.Error("trying has written")
	}
	w.send("#b-try", url.Values{"sample": {sampleOfTrigger}}).says("becomes", "Becomes “Call Maya”").says("filter", "Passes.")
}
