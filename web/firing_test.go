package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
)

// fired is an automation that is on, and one time that it was set off, standing so.
func (b *bundle) fired(id, key string, stands automation.Firing, entries ...automation.Entry) automation.Firing {
	b.t.Helper()
	ctx, ws := b.t.Context(), b.conns[0].Workspace
	fresh, err := b.store.AddFirings(ctx, ws, []automation.Firing{{Automation: id, Version: 1, Key: key, Trigger: automation.ByWebhook, Thing: "contact", Record: "c1", Title: "Maya Stone",
		Data: automation.Data{"contact": map[string]any{"id": "c1", "email": "maya.stone@example.com"}}}})
	must(b.t, err)
	f, err := b.store.ChangeFiring(ctx, ws, fresh[0].ID, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
		f.State, f.Reason, f.Step, f.Due, f.Over = stands.State, stands.Reason, stands.Step, stands.Due, stands.Over
		return entries, nil
	})
	must(b.t, err)
	return f
}

func (b *bundle) published(w *walker) string {
	b.t.Helper()
	id := madeAutomation(b, w, "new-contact-follow-up")
	a, err := b.store.Automation(b.t.Context(), b.conns[0].Workspace, id)
	must(b.t, err)
	_, _, err = b.store.PublishAutomation(b.t.Context(), b.conns[0].Workspace, "ann", id, a.Revision)
	must(b.t, err)
	return id
}

func (b *bundle) stateOf(id string) automation.State {
	b.t.Helper()
	f, err := b.store.Firing(b.t.Context(), b.conns[0].Workspace, id)
	must(b.t, err)
	return f.State
}

func TestWhatAnAutomationDidIsListedAndToldStepByStep(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := b.published(w)
	w.open("/automations/"+id+"/runs").expect(http.StatusOK, "What it did").has("Nothing here")
	f := b.fired(id, "1", automation.Firing{State: automation.Waiting, Reason: "Waits until Tuesday.", Step: "pause", Due: b.now.Add(time.Hour)},
		automation.Entry{At: "person", Step: "person", Seq: 1, State: automation.StepDone, Text: "Looked up in User.com: nothing was found.", Input: map[string]any{"email": "maya.stone@example.com"}, Output: map[string]any{"found": false}, Attempts: 2},
		automation.Entry{At: "pause", Step: "pause", Seq: 2, State: automation.StepWaits, Until: b.now.Add(time.Hour), Text: "Waits until Tuesday."})
	b.fired(id, "2", automation.Firing{State: automation.Done, Over: b.now})
	w.open("/automations/" + id + "/runs")
	if n := w.doc.Find("[data-testid=firing]").Length(); n != 2 {
		t.Errorf("%d are listed", n)
	}
	w.open("/automations/" + id + "/runs?show=waits").has("Maya Stone")
	if n := w.doc.Find("[data-testid=firing]").Length(); n != 1 {
		t.Errorf("%d wait", n)
	}
	w.click("[data-testid=firing] a").expect(http.StatusOK, "Maya Stone").says("reason", "Waits until Tuesday.")
	steps := w.doc.Find("[data-testid=step]")
	if text := steps.First().Text(); steps.Length() != 2 || !strings.Contains(text, "nothing was found") || !strings.Contains(text, "maya.stone@example.com") || !strings.Contains(text, "Tries") {
		t.Errorf("%s", text)
	}
	w.send("[data-testid=answer-end]", url.Values{"answer": {automation.EndIt}}).has("It was ended")
	if got := b.stateOf(f.ID); got != automation.Ended {
		t.Errorf("it stands at %s", got)
	}
	w.send("[data-testid=answer-restart]", url.Values{"answer": {automation.OnceMore}}).has("It begins again from the start")
	if w.url.Path == "/automations/"+id+"/runs/"+f.ID {
		t.Error("it is not a run of its own")
	}
}

func TestAnAnswerThatCameLateChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ana, bo := b.walk("editor"), b.walk("owner")
	id := b.published(ana)
	f := b.fired(id, "1", automation.Firing{State: automation.Parked, Reason: "No.", Step: "person"}, automation.Entry{At: "person", Step: "person", Seq: 1, State: automation.InDoubt, Text: "It may have happened."})
	here := "/automations/" + id + "/runs/" + f.ID
	ana.open(here)
	bo.open(here).send("[data-testid=answer-was]", url.Values{"answer": {automation.ItWas}}).has("It goes on")
	if got := b.stateOf(f.ID); got != automation.Waiting || len(b.woken) != 1 {
		t.Errorf("it stands at %s; %d woken", got, len(b.woken))
	}
	ana.send("[data-testid=answer-again]", url.Values{"answer": {automation.DoAgain}}).has("does not stand there any more")
}

func TestAViewerSeesWhatAnAutomationDidAndDecidesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.published(b.walk("editor"))
	f := b.fired(id, "1", automation.Firing{State: automation.Parked, Reason: "No."})
	w := b.walk("viewer").open("/automations/" + id + "/runs")
	if w.doc.Find("main form[method=post]").Length() != 0 {
		t.Error("a viewer is offered a button")
	}
	w.click("[data-testid=firing] a").expect(http.StatusOK, "Maya Stone")
	if w.doc.Find("main form").Length() != 0 {
		t.Error("a viewer is offered an answer")
	}
	// Under the address of another automation it is not there.
	b.walk("editor").open("/automations/auto_none/runs/"+f.ID).expect(http.StatusNotFound, "There is nothing here")
}

func TestAnAutomationIsSwitchedOnWhenItCanRun(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	if w.doc.Find("[data-testid=switch-on]").Length() != 0 {
		t.Error("it is offered before it was published")
	}
	if w.request(http.MethodPost, w.resolve("/automations/"+id+"/switch"), url.Values{"on": {"yes"}}); w.status != http.StatusUnprocessableEntity {
		t.Errorf("one that was never published: %d", w.status)
	}
	w.open("/automations/"+id).send("[data-testid=publish]", nil).says("state", "Off").send("[data-testid=switch-on]", url.Values{"on": {"yes"}}).has("It is on.").says("state", "On")
	if !b.storedAutomation(id).Published.Enabled || len(b.woken) != 1 {
		t.Errorf("%+v", b.storedAutomation(id).Published)
	}
	w.click("[data-testid=to-runs]").expect(http.StatusOK, "What it did")
	w.open("/automations/"+id).send("[data-testid=switch-off]", url.Values{"on": {"no"}}).says("state", "Off")
	if b.storedAutomation(id).Published.Enabled {
		t.Error("it is on still")
	}
	// Every event of the catalogs is noticed, whether the connector knows its records or operations read them.
	for system, sys := range b.automationSystems() {
		for _, e := range sys.Catalog.Events {
			if !b.automationSystems().Watched(automation.Trigger{Kind: automation.OnEvent, System: system, Event: e.ID}) {
				t.Errorf("%s of %s is not", e.ID, system)
			}
		}
	}
	missed := madeAutomation(b, w, "appointment-missed")
	w.open("/automations/"+missed).send("[data-testid=publish]", nil).send("[data-testid=switch-on]", url.Values{"on": {"yes"}}).says("state", "On")

	// Without an account it says which one lacks.
	w.open("/automations/new?template=appointment-booked").send("[data-testid=make]", url.Values{"account.highlevel": {"none"}, "account.usercom": {b.conns[1].ID}})
	w.send("[data-testid=publish]", nil).send("[data-testid=switch-on]", url.Values{"on": {"yes"}}).says("bad", "No account of HighLevel is chosen").says("state", "Off")
}

// What keeps an automation from noticing anything is said on its page, not in the log alone.
func TestTheProblemOfALookIsShownOnThePage(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "new-contact-follow-up")
	w.send("[data-testid=publish]", nil).send("[data-testid=switch-on]", url.Values{"on": {"yes"}})
	if w.doc.Find("[data-testid=cannot-look]").Length() != 0 {
		t.Error("a problem is shown that there is not")
	}
	ctx, ws := t.Context(), b.conns[0].Workspace
	watch, _, err := b.store.TakeWatch(ctx, ws, id, "p", b.now, b.now.Add(time.Minute))
	must(t, err)
	watch.Problem = "HighLevel cannot be looked at."
	_, err = b.store.SaveWatch(ctx, ws, watch, automation.Noticed{}, b.now.Add(time.Minute))
	must(t, err)
	w.open("/automations/"+id).says("cannot-look", "HighLevel cannot be looked at.")
}

// What stands may begin again from the start, too, by what is published now or by the version that it began with.
func TestWhatStandsBeginsAgainByEitherVersion(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := b.published(w)
	f := b.parked(id, "No such tag.", automation.StepWaits, "1")[0]
	here := "/automations/" + id + "/runs/" + f.ID
	if w.open(here); w.doc.Find("[data-testid=answer-newest], [data-testid=answer-restart_own]").Length() != 0 || w.doc.Find("[data-testid=answer-restart]").Length() != 1 {
		t.Errorf("with one version: %s", w.text())
	}
	d := b.storedAutomation(id)
	d.Draft.TimeZone = "Europe/Warsaw"
	changed, err := b.store.ChangeAutomation(t.Context(), b.conns[0].Workspace, "ann", d.Draft, d.Revision)
	must(t, err)
	_, _, err = b.store.PublishAutomation(t.Context(), b.conns[0].Workspace, "ann", id, changed.Revision)
	must(t, err)
	if w.open(here); w.doc.Find("[data-testid=answer-newest]").Length() != 1 {
		t.Error("the newest version is not offered")
	}
	version := func() int {
		list, err := b.store.FiringsOf(t.Context(), b.conns[0].Workspace, id, automation.Open, "", 1)
		must(t, err)
		return list[0].Version
	}
	w.send("[data-testid=answer-restart_own]", url.Values{"answer": {automation.OnceOwn}}).has("It begins again from the start")
	if b.stateOf(f.ID) != automation.Ended || version() != 1 {
		t.Errorf("it stands at %s, and version %d begins", b.stateOf(f.ID), version())
	}
	b.now = b.now.Add(time.Second)
	w.open(here).send("[data-testid=answer-restart]", url.Values{"answer": {automation.OnceMore}}).has("It begins again from the start")
	if version() != 2 {
		t.Errorf("version %d begins", version())
	}
}
