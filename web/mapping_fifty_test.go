package web

import (
	"net/http"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// TestMoreRecordsAreTestedAndNothingIsWritten: what the draft would do to linked records is counted by its cause, with one of them by
// name, and a pair that is mended is told of at once.
func TestMoreRecordsAreTestedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 60, Seed: 7})
	s.looks.sampler, s.tests.sampler = s.eng, s.eng
	w := s.rehearsedBy(s.walk("editor"))
	w.open(s.path("test")).expect(http.StatusOK, "There is nothing to test yet")
	if !strings.Contains(w.text(), "No records are linked yet") || w.doc.Find("[data-testid=test]").Length() > 0 {
		t.Error("a test that would find nothing is offered")
	}
	s.press(w.open(s.path("on")), "[data-testid=press]", nil, engine.Done)
	before := s.written()
	s.edit(func(f *flow.Flow) {
		f.Map = append(f.Map, mapping.Row{A: mapping.Names{"firstName"}, B: mapping.Names{"city"}, Direction: mapping.AToB})
	})
	w.open(s.path("test"))
	if got := w.at("headline"); !strings.HasPrefix(got, "Of ") || !strings.Contains(w.text(), "as the last runs saw them") ||
		!strings.Contains(w.text(), "First name and City") {
		t.Errorf("what is stored is not told at once: %s", w.text())
	}
	if _, begun := s.tests.known(s.ws(), s.flow); begun {
		t.Error("opening the page had the accounts read")
	}
	w.open(s.path("map")).send("[data-testid=test-more]", nil)
	for i := 0; i < 20 && w.doc.Find("[data-testid=look-again]").Length() > 0; i++ {
		w.click("[data-testid=look-again]") // which waits for it
	}
	causes := saidBy(w, "cause")
	if len(causes) == 0 || !strings.HasPrefix(w.at("headline"), "Of ") || !strings.Contains(strings.Join(causes, "\n"), "First name and City . In User.com. For instance ") {
		t.Fatalf("%q: %q", w.at("headline"), causes)
	}
	if href := w.doc.Find("[data-testid=to-pair]").First().AttrOr("href", ""); !strings.HasPrefix(href, s.path("map")+"?open=") {
		t.Errorf("it leads to %q", href)
	}
	if href := w.doc.Find("[data-testid=cause] [data-testid=record-name]").First().AttrOr("href", ""); !strings.HasPrefix(href, "/records/") {
		t.Errorf("the example leads to %q", href)
	}
	if s.written() != before {
		t.Error("a test wrote something")
	}
	s.edit(func(f *flow.Flow) { f.Map = f.Map[:len(f.Map)-1] })
	w.open(s.path("test"))
	if got := strings.Join(saidBy(w, "cause"), "\n"); strings.Contains(got, "First name and City") {
		t.Errorf("it tells of a pair that is gone: %s", got)
	}
}
