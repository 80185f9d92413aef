package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// TestAnOperationIsShownBesideTheCatalog: what htmx asks for is the drawer, and the address is a page all the same. Both say which
// flows made the request in their last runs.
func TestAnOperationIsShownBesideTheCatalog(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 12, Seed: 3})
	w := s.rehearsedBy(s.walk("editor"))
	w.open("/operations/highlevel/contact-create").says("uses", "No flow made this request")
	s.press(w.open(s.path("on")), "[data-testid=press]", nil, engine.Done)
	w.open("/operations/highlevel/contact-create").says("uses", "Contacts")
	if href := w.doc.Find("[data-testid=uses] a").AttrOr("href", ""); href != s.path("advanced") {
		t.Errorf("the flow that uses it leads to %q", href)
	}
	w.open("/operations")
	link := w.doc.Find("a[href='/operations/highlevel/contact-create']")
	if !strings.Contains(tidyText(link.Closest("li")), "1 flow") || link.AttrOr("hx-target", "") != "#drawer" || w.doc.Find("dialog#drawer").Length() != 1 {
		t.Errorf("in the catalog it stands as %s", tidyText(link.Closest("li")))
	}
	res := s.as(s.signIn("viewer"), http.MethodGet, "/operations/usercom/person-by-email", nil, map[string]string{"HX-Request": "true", "HX-Target": "dialog#drawer"})
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK || strings.Contains(string(text), "<html") || !strings.Contains(string(text), "drawer-title") || strings.Contains(string(text), "to-try") {
		t.Errorf("for a viewer the drawer is %d %s", res.StatusCode, text)
	}
}

// TestWhatThereIsToChooseComesFromTheAccount: the values of a list are loaded when asked for, an id can be typed all the same, and
// alone when the account does not answer.
func TestWhatThereIsToChooseComesFromTheAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 12, Seed: 3})
	w := s.walk("editor").open("/operations/highlevel/user")
	account := url.Values{"connection": {s.conns[0].ID}}
	if w.doc.Find("[data-testid=loading]").Length() != 1 || w.doc.Find("#in-userId[type=text], input#in-userId").Length() != 1 {
		t.Fatalf("before they are loaded: %s", w.text())
	}
	w.send("[name=load]", account).expect(http.StatusOK, "Read a user")
	choices := w.doc.Find("select#in-userId option")
	id := choices.Last().AttrOr("value", "")
	if choices.Length() < 2 || id == "" || !strings.Contains(choices.Last().Text(), id) && choices.Last().Text() == "" {
		t.Fatalf("the choices are %s", tidyText(choices))
	}
	w.send("[data-testid=try]", url.Values{"connection": {s.conns[0].ID}, "in.userId": {id}}).expect(http.StatusOK, "Read a user").says("answer", id)
	if got := w.doc.Find("#in-userId").AttrOr("value", ""); got != id {
		t.Errorf("what was chosen is lost: %q", got)
	}
	// By hand, also when there is something chosen.
	w.send("[name=load]", account)
	w.send("[data-testid=try]", url.Values{"connection": {s.conns[0].ID}, "in.userId": {id}, "hand.userId": {"nobody"}}).says("problem", "")
	if got := w.doc.Find("#in-userId").AttrOr("value", ""); got != "nobody" {
		t.Errorf("by hand was given nobody, and it stands as %q", got)
	}
	// A part of the page for what asks by itself, with what was typed meanwhile.
	res := s.as(s.signIn("editor"), http.MethodPost, "/operations/highlevel/user/try", strings.NewReader(url.Values{"load": {"1"}, "connection": {s.conns[0].ID}, "in.userId": {"typed"}}.Encode()),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "HX-Request": "true", "HX-Target": "div#choices"})
	if text := textOf(res); res.StatusCode != http.StatusOK || strings.Contains(text, "<html") || !strings.Contains(text, `value="typed"`) {
		t.Errorf("the part is %d %s", res.StatusCode, text)
	}
	s.box.HighLevel.Revoke(s.box.Info().HighLevel.Token)
	w.open("/operations/highlevel/user").send("[name=load]", account).says("choices-problem", "could not be loaded").says("choices-problem", "An ID can be typed")
	if w.doc.Find("input#in-userId").Length() != 1 {
		t.Error("nothing can be typed")
	}
}
