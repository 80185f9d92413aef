package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// companyStage is a stage whose flow keeps companies in step: some on both sides, some on one, and some that nobody can tell.
func companyStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, sandbox.Options{Contacts: 60, Seed: 5})
	f, err := flow.Resolve(flow.FlowSpec{Name: "Firms", Template: "company-sync"})
	must(t, err)
	f.Connections, f.Region = s.flow.Connections, "US"
	s.flow, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	return s
}

var peopleWords = regexp.MustCompile(`(?i)\b(contacts?|persons?|people|who is|emails? (and|or) (no )?phones?)\b`)

// From the gallery to the log, a flow of companies speaks of companies.
func TestAFlowOfCompaniesSpeaksOfCompanies(t *testing.T) {
	t.Parallel()
	s := companyStage(t)
	w := s.walk("editor")
	about := func(what string) {
		t.Helper()
		text := squeezed(w.doc.Find("main"))
		for _, name := range []string{"Lumen people"} { // the account
			text = strings.ReplaceAll(text, name, "")
		}
		if found := peopleWords.FindAllString(text, -1); len(found) > 0 {
			t.Errorf("%s says %q: %s", what, slices.Compact(found), text)
		}
		if !strings.Contains(text, "compan") && !strings.Contains(text, "Compan") {
			t.Errorf("%s does not speak of companies: %s", what, text)
		}
	}
	w.open(s.path("map"))
	about("the map")
	if got := squeezed(w.doc.Find("[data-testid=rules] summary")); !strings.Contains(got, "matched by the website's domain, else name, else email") {
		t.Errorf("the rules say %q", got)
	}
	for key, want := range map[string]int{"name=name": 1, "website=website": 1, "email=email": 1, "city=city": 0} {
		if n := pairLine(w.doc, key).Find("[data-testid=match-key]").Length(); n != want {
			t.Errorf("%s is a key: %d", key, n)
		}
	}
	s.rehearsedBy(w)
	about("the preview")
	for _, show := range []string{"need", "created", "same"} {
		w.open(s.path("preview?show=" + show))
		about("the preview of " + show)
	}
	f := s.stored()
	f.Enabled, f.Approval = true, &flow.Approval{By: "x", How: "apply"}
	_, _, err := s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	r := s.run("manual", engine.Done)
	w.open("/runs/" + r.ID)
	about("the run")
	w.open("/needs-you?flow=" + s.flow.ID + "&kind=review")
	about("what needs somebody")
	w.open("/flows")
	if !strings.Contains(w.text(), "Keep companies the same") {
		t.Error("the gallery does not offer it")
	}
}
