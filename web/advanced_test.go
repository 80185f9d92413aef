package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// TestTheAdvancedPartSaysTheRequestsThatWereMade: what the runs counted, in the catalog's words, and what was chosen with where.
func TestTheAdvancedPartSaysTheRequestsThatWereMade(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	w := s.walk("editor").open(s.path("advanced")).expect(http.StatusOK, "What goes on under Contacts")
	if n := w.doc.Find("[data-testid=no-requests]").Length(); n != 2 {
		t.Errorf("before any run: %d", n)
	}
	s.rehearsedBy(w)
	w.open(s.path("advanced"))
	all := saidBy(w, "request")
	if !slices.ContainsFunc(all, func(r string) bool { return strings.HasPrefix(r, "Search contacts POST /contacts/search ") }) ||
		!slices.ContainsFunc(all, func(r string) bool { return strings.HasPrefix(r, "List people GET /users/ ") }) {
		t.Errorf("%q", all)
	}
	choices := strings.Join(saidBy(w, "choice"), "\n")
	for _, says := range []string{"When it looks Every 5 minutes Change", "When something is not taken 12 tries, with pauses from 2 seconds to 6 hours", "How changes are found It is asked, every 5 minutes. User.com can tell of changes at once. Change"} {
		if !strings.Contains(choices, says) {
			t.Errorf("no %q in\n%s", says, choices)
		}
	}
	if v := s.walk("viewer").open(s.path("advanced")); v.doc.Find("[data-testid=choice] a").Length() != 0 {
		t.Error("a viewer is led to what only others may change")
	}
}
