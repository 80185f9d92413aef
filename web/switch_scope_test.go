package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

func TestAScopeIsChosenPreviewedAndSwitchedOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 40, Seed: 7})
	w := s.walk("editor").open(s.path("on"))
	w.send("[data-testid=save]", url.Values{"scope": {"these"}, "records": {" "}})
	if w.status != http.StatusUnprocessableEntity || w.at("records-error") == "" {
		t.Errorf("%d, %q", w.status, w.at("records-error"))
	}
	w.open(s.path("on")).send("[data-testid=save]", url.Values{"scope": {"these"}, "records": {"ann@example.com\n +1 202 555 0101 ,b7"}})
	f, _, err := s.store.Draft(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	if got := strings.Join(f.Scope.Records, "|"); f.Scope.Only != flow.ScopeThese || got != "ann@example.com|+1 202 555 0101|b7" {
		t.Errorf("kept %+v", f.Scope)
	}
	if got := w.doc.Find("[name=records]").Text(); got != "ann@example.com\n+1 202 555 0101\nb7" {
		t.Errorf("shown %q", got)
	}
	w.send("[data-testid=save]", url.Values{"scope": {"new"}, "records": {""}})
	s.rehearsedBy(w)
	dry, _, err := s.store.Rehearsal(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	if dry.To != [2]engine.Counts{} || dry.Linked == 0 || dry.Outside == [2]int{} {
		t.Errorf("the preview shows %+v", dry)
	}
	if got := w.open(s.path("preview?show=skipped")).at("aside"); !strings.Contains(got, "left alone") {
		t.Logf("aside %q", got)
	}
	r := s.press(w.open(s.path("on")), "[data-testid=press]", nil, engine.Done)
	if r.To != [2]engine.Counts{} || r.Linked != dry.Linked {
		t.Errorf("the run did %+v", r)
	}
	if f := s.stored(); f.Scope.Only != flow.ScopeNew || f.Scope.Since.IsZero() || f.Approval.Revision != f.Revision() {
		t.Errorf("stored %+v", f.Scope)
	}
}

func TestAFlowIsSetToWatchOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 20, Seed: 7})
	w := s.walk("editor").open(s.path("on"))
	w.send("[data-testid=save]", url.Values{"watch": {"yes"}})
	s.rehearsedBy(w)
	w.open(s.path("on")).expect(http.StatusOK, "When you switch on, it watches and writes nothing")
	r := s.press(w, "[data-testid=press]", nil, engine.Done)
	if !r.DryRun || !r.Watch || r.To[engine.B].Created == 0 {
		t.Errorf("%+v", r)
	}
	if text := tidyText(s.see(s.signIn("viewer"), "/runs/"+r.ID).Find("main")); !strings.Contains(text, "The flow only watches") {
		t.Errorf("the run says %s", text)
	}
	if text := tidyText(s.see(s.signIn("viewer"), "/runs").Find("main")); !strings.Contains(text, "Watches only, nothing written") {
		t.Errorf("the list says %s", text)
	}
	// To let it write is a change that somebody looks at first.
	w.open(s.path("on")).send("[data-testid=save]", url.Values{"watch": nil})
	w.open(s.path("on")).expect(http.StatusOK, "Rehearse the change before you publish it")
	if !s.stored().Watch {
		t.Error("it writes already")
	}
}
