package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// settings are those of the last step as they stand there, with changes.
func settings(change url.Values) url.Values {
	q := url.Values{"how": {"every"}, "every": {"5"}, "unit": {"m"}, "cron": {""}, "zone": {""}, "attempts": {"12"}, "first": {"2"}, "first_unit": {"s"},
		"longest": {"6"}, "longest_unit": {"h"}, "change": {"5"}, "gone": {"1"}}
	for name, value := range change {
		q[name] = value
	}
	return q
}

// press presses a button whose work is done by a worker meanwhile, and gives the run that came of it.
func (s *stage) press(w *walker, button string, change url.Values, want engine.Status) engine.Run {
	s.t.Helper()
	done := make(chan engine.Run, 1)
	go func() {
		select {
		case up := <-s.woken:
			f, err := s.store.FlowByID(s.t.Context(), up.workspace, up.flow)
			if err != nil {
				s.t.Error(err)
			}
			r, err := s.eng.Run(s.t.Context(), engine.Request{Workspace: up.workspace, Flow: f, Trigger: up.trigger, Look: true})
			if err != nil {
				s.t.Error(err)
			}
			done <- r
		case <-s.t.Context().Done():
			done <- engine.Run{}
		}
	}()
	w.send(button, change)
	r := <-done
	if r.Status != want {
		s.t.Fatalf("the run is %s, want %s: %s", r.Status, want, r.Note)
	}
	return r
}

func TestSwitchingOnApprovesWhatWasSeenAndThatIsWhatHappens(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 200, Seed: 7})
	s.edit(func(f *flow.Flow) { f.Name = "Contacts in step" })
	w := s.walk("editor")
	s.rehearsedBy(w)
	dry, _, err := s.store.Rehearsal(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	n := dry.To[0].Created + dry.To[1].Created + dry.To[0].Updated + dry.To[1].Updated
	w.click("[data-testid=go-on]").expect(http.StatusOK, fmt.Sprintf("When you switch on, %d records change", n))
	w.says("will", fmt.Sprintf("HighLevel%d created, %d updated", dry.To[0].Created, dry.To[0].Updated))
	w.says("makes", "company_name").says("makes", "couplet_ref").says("makes", "Sync reference")
	w.says("permits-highlevel", "Lumen Dental").says("permits-usercom", "allows everything")
	r := s.press(w, "[data-testid=press]", nil, engine.Done)
	if w.url.Path != "/runs/"+r.ID {
		t.Errorf("led to %s", w.url)
	}
	if diff := cmp.Diff([]any{dry.To, dry.Linked, dry.Review}, []any{r.To, r.Linked, r.Review}); diff != "" {
		t.Errorf("what was seen and what happened differ: %s", diff)
	}
	saw := s.walk("viewer").open(s.path("preview"))
	doc := s.see(s.signIn("viewer"), "/runs/"+r.ID+"?tab=changed")
	for word, name := range map[string]string{"created": "Created", "updated": "Updated", "the same already": "The same", "skipped": "Skipped", "need you": "Needs you"} {
		if is := doc.Find("[data-testid='count-" + name + "']").Text(); is != figure(saw, word) {
			t.Errorf("%s: the preview says %s, the run %s", name, figure(saw, word), is)
		}
	}
	wants(t, doc, "[data-testid=tab-changed]", "Changed "+fmtInt(n))
	f := s.stored()
	a := f.Approval
	if !f.Enabled || f.Version != 2 || f.Name != "Contacts in step" || a == nil {
		t.Fatalf("%+v", f)
	}
	if a.How != "preview" || !strings.HasSuffix(a.By, "@couplet.test") || a.Rehearsal != dry.ID || a.Revision != f.Revision() || time.Since(a.At).Abs() > time.Minute {
		t.Errorf("approval %+v", a)
	}
	if want := map[string]int{"created_a": dry.To[0].Created, "created_b": dry.To[1].Created, "updated_a": dry.To[0].Updated, "updated_b": dry.To[1].Updated}; cmp.Diff(want, a.Counts) != "" {
		t.Errorf("counts %v, want %v", a.Counts, want)
	}
	if st, err := s.store.FlowStateOf(t.Context(), s.ws(), f.ID); err != nil || st.Next.IsZero() {
		t.Errorf("its schedule would run it twice at once: %+v %v", st, err)
	}
	// The preview now tells that it was carried out, and offers nothing to approve.
	w.open(s.path("preview"))
	if !strings.HasPrefix(w.at("headline"), "This was approved today at") || w.doc.Find("[data-testid=go-on], [data-testid=press]").Length() > 0 {
		t.Errorf("after it was carried out: %s", w.at("headline"))
	}
}

func TestAMissingPermissionIsNamedAndNothingIsSwitchedOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 20, Seed: 7})
	w := s.walk("editor")
	s.rehearsedBy(w)
	c := s.conns[0]
	c.AuthKind = connection.KindConsent
	_, err := s.store.SaveConnection(t.Context(), s.ws(), c)
	must(t, err)
	must(t, s.store.SavePermit(t.Context(), s.ws(), connection.Permit{Connection: c.ID, Scopes: []string{"contacts.readonly", "locations.readonly", "locations/customFields.readonly"}}))
	w.open(s.path("on")).expect(http.StatusOK, "Before it is switched on, HighLevel has to allow more")
	w.says("missing", "contacts.write").says("missing", "locations/customFields.write")
	if href := w.doc.Find("[data-testid=ask-again]").AttrOr("href", ""); !strings.HasPrefix(href, "/connect/highlevel/start?") {
		t.Errorf("asks again at %q", href)
	}
	if w.doc.Find("[data-testid=press]").Length() > 0 {
		t.Error("there is a button to switch it on")
	}
	w.request(http.MethodPost, w.resolve(s.path("on")), settings(url.Values{"do": {"on"}, "every": {"7"}}))
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem"), "HighLevel does not allow everything that this flow needs") {
		t.Errorf("%d %s", w.status, w.at("problem"))
	}
	if f := s.stored(); f.Enabled || f.Approval != nil || len(s.woken) > 0 {
		t.Errorf("switched on: %+v", f)
	}
	if f, _, err := s.store.Draft(t.Context(), s.ws(), s.flow.ID); err != nil || f.Schedule.Every != flow.Duration(7*time.Minute) {
		t.Errorf("what was typed is lost: %v %v", f.Schedule, err)
	}

	c.State, c.Problem = connection.Reconnect, "HighLevel does not accept the key."
	_, err = s.store.SaveConnection(t.Context(), s.ws(), c)
	must(t, err)
	w.request(http.MethodPost, w.resolve(s.path("on")), settings(url.Values{"do": {"on"}}))
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem"), "HighLevel does not accept the key.") || s.stored().Enabled {
		t.Errorf("%d %s", w.status, w.at("problem"))
	}
}

func TestAFlowIsSwitchedOffAtOnceAndOnAgainWithoutAnotherLook(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 30, Seed: 7})
	w := s.walk("editor")
	s.rehearsedBy(w)
	s.press(w.click("[data-testid=go-on]"), "[data-testid=press]", nil, engine.Done)
	approval := s.stored().Approval

	var err error
	s.pair, err = s.store.PairFor(t.Context(), s.ws(), s.flow.Connections, s.flow.Object, "none")
	must(t, err)
	running := s.begun(0, func(r *engine.Run) { r.Flow = s.flow.ID })
	undo := engine.AskUndo(s.stored(), running, engine.Undoing{Run: running.ID}, true, time.Now().Add(time.Minute)) // it waits its turn, and is no run under way
	must(t, s.store.StartRun(t.Context(), undo))
	off := func() {
		t.Helper()
		w.request(http.MethodPost, w.resolve(s.path("switch")), url.Values{"to": {"off"}, "back": {"/flows"}})
		if s.stored().Enabled || w.url.Path != "/flows" {
			t.Fatalf("not off, or led to %s", w.url)
		}
	}
	off()
	if cancel, err := s.store.CancelRequested(t.Context(), s.ws(), running.ID); err != nil || !cancel {
		t.Errorf("the run under way goes on: %v %v", cancel, err)
	}
	w.says("said", "The run under way ends within seconds")
	if cancel, err := s.store.CancelRequested(t.Context(), s.ws(), undo.ID); err != nil || cancel {
		t.Errorf("the undo is stopped, too: %v %v", cancel, err)
	}
	running.Status, running.Finished = engine.Cancelled, time.Now()
	s.save(running)
	_, err = s.store.CancelRun(t.Context(), s.ws(), undo.ID)
	must(t, err)

	w.open(s.path("on")).expect(http.StatusOK, "Switch it on again, and it goes on from where it was")
	r := s.press(w, "[data-testid=press]", nil, engine.Done)
	f := s.stored()
	if !f.Enabled || cmp.Diff(approval, f.Approval) != "" || f.Version != 1 || w.url.Path != "/runs/"+r.ID {
		t.Errorf("on again: %+v, led to %s", f, w.url)
	}

	// From a list, without the page between.
	off()
	done := make(chan struct{})
	go func() { defer close(done); <-s.woken; s.run(engine.SwitchedOn, engine.Done) }()
	w.request(http.MethodPost, w.resolve(s.path("switch")), url.Values{"to": {"on"}})
	<-done
	if !s.stored().Enabled || !strings.HasPrefix(w.url.Path, "/runs/") {
		t.Errorf("not on, or led to %s", w.url)
	}

	// What was changed meanwhile has to be looked at.
	off()
	s.edit(func(f *flow.Flow) { f.Map = f.Map[:2] })
	w.request(http.MethodPost, w.resolve(s.path("switch")), url.Values{"to": {"on"}})
	if s.stored().Enabled || w.url.Path != s.path("preview") || !strings.Contains(w.at("said"), "Look at what it would change first") || len(s.woken) > 0 {
		t.Errorf("led to %s, which says %q", w.url, w.at("said"))
	}
	w.says("outdated", "This is not what would happen any more")
}

func TestAFlowThatWasNeverApprovedIsNotSwitchedOnFromAList(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{})
	w := s.walk("editor")
	w.request(http.MethodPost, w.resolve(s.path("switch")), url.Values{"to": {"on"}})
	if s.stored().Enabled || w.url.Path != s.path("preview") || len(s.woken) > 0 {
		t.Errorf("led to %s", w.url)
	}
}

func TestSettingsThatCannotBeComeBackWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{})
	w := s.walk("editor").open(s.path("on"))
	for name, bad := range map[string]url.Values{
		"every":    {"every": {"1"}, "unit": {"s"}},
		"attempts": {"attempts": {"a few"}},
		"first":    {"first": {"0"}},
		"longest":  {"longest": {"1"}, "longest_unit": {"s"}},
		"change":   {"change": {"101"}},
		"gone":     {"gone": {""}},
		"cron":     {"how": {"cron"}, "cron": {"at noon"}},
		"zone":     {"how": {"cron"}, "cron": {"0 2 * * *"}, "zone": {"Atlantis"}},
	} {
		w.open(s.path("on")).send("[data-testid=save]", bad)
		field := w.doc.Find("[name=" + name + "]")
		if w.status != http.StatusUnprocessableEntity || w.at(name+"-error") == "" || field.AttrOr("aria-invalid", "") != "true" {
			t.Errorf("%s: %d, %q", name, w.status, w.at(name+"-error"))
		}
		for typed, value := range bad {
			n := w.doc.Find("input[name=" + typed + "]")
			if typed != "how" && n.Length() == 1 && n.AttrOr("value", "") != value[0] {
				t.Errorf("%s: %q was typed for %s and %q came back", name, value[0], typed, n.AttrOr("value", ""))
			}
		}
	}
	if f, changed, err := s.store.Draft(t.Context(), s.ws(), s.flow.ID); err != nil || changed {
		t.Errorf("something was kept: %+v %v", f, err)
	}

	w.open(s.path("on")).send("[data-testid=save]", url.Values{"how": {"cron"}, "cron": {"0 2 * * *"}, "zone": {"Europe/Lisbon"}, "attempts": {"4"}, "first": {"1,5"}, "change": {"7.5"}})
	f, _, err := s.store.Draft(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	if f.Schedule != (flow.Schedule{Cron: "0 2 * * *", TimeZone: "Europe/Lisbon"}) || f.Retry.MaxAttempts != 4 || f.Retry.Base.D() != 1500*time.Millisecond || f.Brake.Change != .075 {
		t.Errorf("kept %+v %+v %+v", f.Schedule, f.Retry, f.Brake)
	}
	w.says("said", "They hold once the flow is switched on")
	if w.doc.Find("input[name=how][value=cron][checked]").Length() != 1 || w.doc.Find("details[open] input[name=cron]").AttrOr("value", "") != "0 2 * * *" {
		t.Error("the page does not show what was kept")
	}
}

func TestSettingsOfAFlowThatIsOnHoldAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	w := s.walk("editor")
	s.rehearsedBy(w)
	s.press(w.click("[data-testid=go-on]"), "[data-testid=press]", nil, engine.Done)
	w.open(s.path("on")).expect(http.StatusOK, "Contacts is on").send("[data-testid=save]", url.Values{"every": {"2"}, "unit": {"h"}})
	f := s.stored()
	if f.Schedule.Every != flow.Duration(2*time.Hour) || !f.Enabled || f.Approval == nil {
		t.Errorf("%+v", f)
	}
	// A change of the map is published by the same way as a first start, and not by keeping settings.
	s.edit(func(f *flow.Flow) { f.Map = f.Map[:4] })
	w.open(s.path("on")).expect(http.StatusOK, "Rehearse the change before you publish it").send("[data-testid=save]", url.Values{"every": {"3"}, "unit": {"h"}})
	if f := s.stored(); len(f.Map) != 5 || f.Schedule.Every != flow.Duration(2*time.Hour) {
		t.Errorf("a change nobody looked at was published: %+v", f)
	}
	w = s.rehearsedBy(w)
	if !strings.HasPrefix(w.at("headline"), "If you publish this now, ") {
		t.Errorf("headline %q", w.at("headline"))
	}
	s.press(w.click("[data-testid=go-on]"), "[data-testid=press]", nil, engine.Done)
	if f := s.stored(); len(f.Map) != 4 || f.Schedule.Every != flow.Duration(3*time.Hour) || f.Approval.Revision != f.Revision() {
		t.Errorf("not published: %+v", f)
	}
}

func TestTwoFlowsForTheSameRecordsAreNotBothSwitchedOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	twin := s.stored()
	twin.ID, twin.Name, twin.Enabled = "", "Twin", true
	_, _, err := s.store.SaveFlow(t.Context(), s.ws(), twin)
	must(t, err)
	w := s.walk("editor")
	s.rehearsedBy(w)
	w.click("[data-testid=go-on]").send("[data-testid=press]", nil)
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem"), "already keeps the contact records of these two accounts in step") || s.stored().Enabled {
		t.Errorf("%d %s", w.status, w.at("problem"))
	}
}

func TestAViewerLooksAndSwitchesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	s.run(engine.Rehearse, engine.Done)
	w := s.walk("viewer")
	w.open(s.path("preview"))
	if w.status != http.StatusOK || w.doc.Find("[data-testid=rehearse], [data-testid=go-on], main form[method=post]").Length() > 0 {
		t.Errorf("%d, and there is something to press", w.status)
	}
	for _, page := range []string{"preview/rehearse", "on", "switch"} {
		w.request(http.MethodPost, w.resolve(s.path(page)), settings(url.Values{"do": {"on"}, "to": {"on"}}))
		if w.status != http.StatusForbidden {
			t.Errorf("%s: %d", page, w.status)
		}
	}
	if s.stored().Enabled || len(s.woken) > 0 {
		t.Error("something was done")
	}
}

func TestWhoeverSwitchesOnWaitsForTheRunOnAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	s.soon = 20 * time.Millisecond
	w := s.walk("editor")
	s.rehearsedBy(w)
	w.click("[data-testid=go-on]").send("[data-testid=press]", nil)
	if w.status != http.StatusOK || w.url.Path != s.path("run/latest") || !strings.Contains(w.text(), "The first run begins in a moment") {
		t.Fatalf("%s: %d %s", w.url, w.status, w.text())
	}
	r := s.act(engine.SwitchedOn, engine.Done)
	w.click("[data-testid=look-again]")
	if w.url.Path != "/runs/"+r.ID || !strings.Contains(w.text(), "Started because the flow was switched on") {
		t.Errorf("led to %s: %s", w.url, w.text())
	}
	if w.open("/runs"); !strings.Contains(w.at("run"), "Switched on") {
		t.Errorf("the list says %s", w.at("run"))
	}
	if w.open("/flows/" + s.flow.ID + "/run/latest"); w.url.Path != "/runs/"+r.ID {
		t.Errorf("the newest run is at %s", w.url)
	}
}
