package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/sandbox"
)

// byHand is an automation of the first workspace that somebody starts for a kind of record of the first account, or for none.
func (b *bundle) byHand(name, object string) (id string) {
	b.t.Helper()
	a := automation.Automation{Name: name, Connections: [2]string{b.conns[0].ID, b.conns[1].ID}, Trigger: automation.Trigger{Kind: automation.ByHand}, Steps: []automation.Step{{ID: "s1", Kind: automation.Stop}}}
	if object != "" {
		a.Trigger.System, a.Trigger.Object = "highlevel", object
	}
	d, err := b.store.AddAutomation(b.t.Context(), b.conns[0].Workspace, "ann", a)
	must(b.t, err)
	return d.Draft.ID
}

// on publishes an automation and switches it on.
func (b *bundle) switchedOn(id string) {
	b.t.Helper()
	_, _, err := b.store.PublishAutomation(b.t.Context(), b.conns[0].Workspace, "ann", id, b.storedAutomation(id).Revision)
	must(b.t, err)
	must(b.t, b.store.SwitchAutomation(b.t.Context(), b.conns[0].Workspace, id, true))
}

func (s *stage) starts() {
	s.Server.o.Starts = &automation.Watcher{Store: s.store, Links: accounts{s.bundle, s.options.Connect.Pool}, Systems: s.automationSystems(), Owner: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func (b *bundle) firedBy(id string) []automation.Firing {
	b.t.Helper()
	list, err := b.store.FiringsOf(b.t.Context(), b.conns[0].Workspace, id, "", "", 9)
	must(b.t, err)
	return list
}

func TestSomebodyStartsAnAutomationForARecordThatTheyFind(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 60, Seed: 3})
	s.starts()
	w := s.walk("editor")
	id := s.byHand("Welcome", "contact")
	page := "/automations/" + id
	w.open(page).click("[data-testid=start]").expect(http.StatusOK, "Start it for a contact").says("why", "It was never published")
	s.switchedOn(id)
	w.open(page+"/start").says("says", "No flow has read any yet")
	s.rehearsedBy(w)
	all, err := s.store.LastMirrors(t.Context(), s.ws(), s.conns[0].ID, "contact", false, 1)
	must(t, err)
	who := all[0]
	email, _ := who.Fields["email"].(string)
	w.open(page+"/start").says("says", "The newest that were read").open(page+"/start?q="+url.QueryEscape(email)).says("record", email)
	for len(s.woken) > 0 {
		<-s.woken
	}
	before := *w.doc
	w.send("[data-testid=start]", nil)
	if f := s.firedBy(id); len(f) != 1 || f[0].Record != who.ID || f[0].Data.At("contact.email") != email || f[0].Trigger != automation.ByPerson || !strings.HasSuffix(f[0].By, "@couplet.test") {
		t.Fatalf("it fired %+v", f)
	}
	if w.path() != page+"/runs/"+s.firedBy(id)[0].ID {
		t.Errorf("it leads to %s", w.path())
	}
	w.says("said", "It is started for")
	if up := <-s.woken; up.flow != id {
		t.Errorf("woken is %+v", up)
	}
	w.doc = &before // pressed twice
	if w.send("[data-testid=start]", nil).says("said", "started already"); len(s.firedBy(id)) != 1 {
		t.Error("a page that is sent twice starts twice")
	}

	// By an id, also of one that no flow has read; one of nobody is refused in words.
	w.open(page+"/start").send("[data-testid=by-id] button", url.Values{"record": {who.ID}}).says("said", "It is started for")
	w.open(page+"/start").send("[data-testid=by-id] button", url.Values{"record": {"nobody"}}).expect(http.StatusUnprocessableEntity, "Start it for a contact").says("bad", "knows none of the ID “nobody”")
	must(t, s.store.SwitchAutomation(t.Context(), s.ws(), id, false))
	w.open(page+"/start").says("why", "It is switched off")
	if w.request(http.MethodPost, w.resolve(page+"/start"), url.Values{"record": {who.ID}}); w.status != http.StatusUnprocessableEntity || len(s.firedBy(id)) != 2 {
		t.Errorf("one that is off is started: %d, %d", w.status, len(s.firedBy(id)))
	}
}

func TestSomebodyStartsAnAutomationForNoRecordOnTheCanvas(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{})
	s.starts()
	w := s.walk("editor")
	id := s.byHand("Nightly", "")
	w.open("/automations/"+id).send("[data-testid=start]", nil).expect(http.StatusUnprocessableEntity, "Nightly").says("bad", "Not started").says("bad", "never published")
	s.switchedOn(id)
	w.open("/automations/"+id).send("[data-testid=start]", nil).says("said", "It is started.")
	if f := s.firedBy(id); len(f) != 1 || f[0].Record != "" {
		t.Errorf("it fired %+v", f)
	}
	if other := madeAutomation(s.bundle, w, "new-contact-follow-up"); w.open("/automations/"+other).doc.Find("[data-testid=start]").Length() != 0 {
		t.Error("one that an event sets off can be started by hand")
	}
	if v := s.walk("viewer").open("/automations/" + id); v.doc.Find("[data-testid=start]").Length() != 0 {
		t.Error("a viewer may start it")
	}
}

func TestATryIsMadeOnWhatReallyCame(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id, path := b.ownCall(t)
	call := func(body string) {
		t.Helper()
		if got := b.send(path, []byte(body), nil).StatusCode; got != http.StatusAccepted {
			t.Fatalf("the call is answered %d", got)
		}
	}
	call(`{"email": "old@example.com"}`)
	b.now = b.now.Add(25 * time.Hour)
	call(`{"email": "maya@example.com"}`)
	b.now = b.now.Add(2 * time.Minute)
	d := b.storedAutomation(id)
	next := d.Draft
	next.Trigger.Sample = `{"email": "sample@example.com"}`
	next.Steps = []automation.Step{{ID: "s1", Kind: automation.Operation, System: "highlevel", Operation: "contact-create", With: map[string]string{"email": "{{call.email}}"}}}
	_, err := b.store.ChangeAutomation(t.Context(), b.conns[0].Workspace, "ann", next, d.Revision)
	must(t, err)
	w := b.walk("editor").open("/automations/" + id + "?step=s1")
	options := w.doc.Find("#cnv-sample option")
	if options.Length() != 2 || !strings.Contains(options.First().Text(), "A call (maya@example.com), came 2 min ago") {
		t.Fatalf("to try it on: %d, %q", options.Length(), options.Text())
	}
	w.send("#b-try", nil).says("tried", "A call (maya@example.com), came 2 min ago").says("becomes", "maya@example.com")
	w.send("#b-try", url.Values{"sample": {sampleOfTrigger}}).says("becomes", "sample@example.com")
	if strings.Contains(b.log.String(), "maya@example.com") {
		t.Error("what came is in the log")
	}

	// What set off another trigger is no sample of this one.
	d = b.storedAutomation(id)
	next = d.Draft
	next.Trigger = automation.Trigger{Kind: automation.ByHand}
	_, err = b.store.ChangeAutomation(t.Context(), b.conns[0].Workspace, "ann", next, d.Revision)
	must(t, err)
	if w.open("/automations/" + id); w.doc.Find("#cnv-sample option").Length() != 0 {
		t.Error("a call is offered for what is started by hand")
	}
}
