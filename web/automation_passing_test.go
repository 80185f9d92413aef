package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// asked is how many calls both accounts got.
func (s *stage) asked() (n int) {
	for _, crm := range []string{"highlevel", "usercom"} {
		for _, c := range s.box.Counters(crm).Calls {
			n += c.Count
		}
	}
	return n
}

// TestHowManyWouldPassIsCountedOnWhatIsStored: over the last hundred stored contacts, without a call, with some of them by name; and it is said
// why there is no count.
func TestHowManyWouldPassIsCountedOnWhatIsStored(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 160, Seed: 3})
	w := s.walk("editor")
	id := madeAutomation(s.bundle, w, "new-contact-follow-up")
	w.click("#open--if").says("would", "How many would pass is not known yet: no flow has read contacts of this account.").says("filter", "Others are left alone")
	s.rehearsedBy(w)
	before := s.asked()

	all, err := s.store.LastMirrors(t.Context(), s.ws(), s.conns[0].ID, "contact", false, 100)
	must(t, err)
	pass := 0
	for _, m := range all {
		tags, _ := m.Fields["tags"].([]string)
		email, _ := m.Fields["email"].(string)
		if slices.Contains(tags, "lead") && email != "" {
			pass++
		}
	}
	if len(all) != 100 || pass == 0 || pass == 100 {
		t.Fatalf("%d of %d pass", pass, len(all))
	}
	want := fmt.Sprintf("%d of the last 100 contacts would pass", pass)
	w.open("/automations/"+id+"?step=-if").says("filter", want).says("would", want+".")
	examples := textsOf(w.doc, "[data-testid=would] .hintline")
	if len(examples) != 2 || !strings.HasPrefix(examples[0], "Pass: ") || !strings.HasPrefix(examples[1], "Do not: ") || strings.Count(examples[0], ",")+strings.Count(examples[0], " and ") != 2 {
		t.Errorf("some by name: %q", examples)
	}
	// What no flow reads is in no store.
	w.send("[data-testid=add-condition]", nil)
	if w.doc.Find("[data-testid=would]").Length() != 0 {
		t.Error("a filter that cannot be decided is counted")
	}
	w.send("[data-testid=save]", url.Values{"filter.2.value": {"contact.city"}}).send("[data-testid=save]", url.Values{"filter.2.than": {"Lisbon"}})
	w.says("would", "How many would pass is not known: no flow reads “City” of contacts, and only what a flow reads is stored.").says("filter", "Others are left alone")
	w.send("[name=act][value='uncond:filter.2']", nil).send("[data-testid=save]", url.Values{"filter.way": {"formula"}}).send("[data-testid=save]", url.Values{"filter.formula": {`"lead" in contact.tags`}})
	w.expect(http.StatusOK, "New-contact follow-up").says("would", "of the last 100 contacts would pass")
	w.send("[data-testid=save]", url.Values{"filter.formula": {`contact.email`}}).says("would", "cannot be decided: the formula gives")
	if after := s.asked(); after != before {
		t.Errorf("%d calls were made", after-before)
	}
}
