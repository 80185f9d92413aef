package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAnAppIsSavedAndItsSecretNeverShown(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	const secret = "cb3b6f17-d878-49b8-a711-543a74ec9a66"
	w := b.walk("owner").open("/apps/highlevel?back=/connect/highlevel").expect(200, "Your app in HighLevel")
	w.says("redirects", "refuses redirect addresses").says("redirects", "only this machine")
	for id, want := range map[string]string{"redirect-address": b.url + "/connect/return", "hook-address": b.url + "/hooks/highlevel"} {
		if got := w.doc.Find("#"+id).AttrOr("value", ""); got != want {
			t.Errorf("%s is %q", id, got)
		}
	}
	if scopes := w.doc.Find("#scope-names").AttrOr("value", ""); !strings.Contains(scopes, "contacts.write") || !strings.Contains(scopes, "locations/tasks.readonly") {
		t.Errorf("scopes %q", scopes)
	}
	save := "[data-testid=app-form] button[type=submit]"
	w.send(save, url.Values{"client_id": {"abc-1"}, "secret": {secret}}).expect(200, "Connect HighLevel").says("said", "The app is saved")

	w.open("/apps/highlevel")
	if w.doc.Find("#client_id").AttrOr("value", "") != "abc-1" || w.doc.Find("#secret").AttrOr("value", "") != "" || !strings.Contains(w.text(), "One is stored and not shown") {
		t.Errorf("the form shows %s", w.text())
	}
	// An empty secret keeps it, unless the app leads elsewhere.
	w.send(save, url.Values{"version_id": {"v1"}}).expect(200, "Your app in HighLevel").says("said", "saved")
	w.send(save, url.Values{"token_url": {"https://elsewhere.example/token"}})
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem"), "was discarded") {
		t.Errorf("status %d, %q", w.status, w.at("problem"))
	}
	// What is wrong is said, and what was typed is kept.
	w.open("/apps/highlevel").send(save, url.Values{"client_id": {""}, "install_link": {"http://portal.example"}, "secret": {secret}})
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem"), "install link") || w.doc.Find("#install_link").AttrOr("value", "") != "http://portal.example" {
		t.Errorf("status %d, %q", w.status, w.at("problem"))
	}
	w.open("/apps/highlevel").send("form[action$='/delete'] button", nil).says("said", "forgotten")
	if w.doc.Find("#client_id").AttrOr("value", "") != "" {
		t.Error("it is still there")
	}
	for _, page := range w.seen {
		if strings.Contains(page, secret) {
			t.Error("a page shows the secret")
		}
	}
}

func TestARedirectAddressThatWouldBeTakenIsNotWarnedOf(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(o *Options) { o.PublicURL = &url.URL{Scheme: "https", Host: "couplet.example", Path: "/"} })
	w := b.walk("viewer").open("/apps/highlevel").says("redirects", "one that it takes")
	if got := w.doc.Find("#redirect-address").AttrOr("value", ""); got != "https://couplet.example/connect/return" {
		t.Errorf("redirect address %q", got)
	}
	if w.open("/apps/none"); w.status != http.StatusNotFound {
		t.Errorf("status %d", w.status)
	}
}

// Whoever sets the app says where everybody is sent to agree, and to whom the answers go: that is about who may come in.
func TestAnEditorIsToldWhoSetsTheAppAndSetsNone(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor").open("/connect/highlevel?way=consent").says("why-no-consent", "An owner of this workspace sets up the app")
	w.open(w.doc.Find("[data-testid=why-no-consent] a").AttrOr("href", "")).expect(200, "Your app in HighLevel").says("who-sets", "owner")
	if n := w.doc.Find("main form").Length(); n != 0 || w.doc.Find("#redirect-address").Length() != 1 {
		t.Errorf("%d forms on %s", n, w.text())
	}
	b.walk("owner").open("/connect/highlevel?way=consent").says("why-no-consent", "Set up the app")
}
