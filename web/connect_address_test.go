package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"couplet/internal/connection"
)

// TestALinkCannotSendATokenToAnAddressOfItsAuthor has an editor follow links that a stranger made. The address of the API
// is where the new token goes first, before anything is asked.
func TestALinkCannotSendATokenToAnAddressOfItsAuthor(t *testing.T) {
	t.Parallel()
	var called atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	t.Cleanup(evil.Close)
	p := pretend(t, func(o *Options) {
		hosts := append(o.Connect.Allow, hostOf(t, evil.URL)) // it stands for a host on the open internet
		o.Connect.Allow, o.Connect.HTTP = hosts, connection.NewHTTP(connection.Options{Allow: hosts})
	})
	w := p.walk("editor")
	for _, link := range []string{
		"/connect/highlevel/start?" + url.Values{"back": {"/connect/highlevel"}, "base_url": {evil.URL}}.Encode(),
		"/connect/highlevel/start?" + url.Values{"back": {"/connect/highlevel"}, "base_url": {evil.URL}, "proof": {"guessed"}}.Encode(),
	} {
		if w.open(link); w.status != http.StatusUnprocessableEntity || !strings.Contains(w.text(), "address of the API") {
			t.Errorf("%s: status %d at %s: %s", link, w.status, w.url, w.text())
		}
	}
	// A page that does not show the address does not take it either.
	w.open("/connect/highlevel?"+url.Values{"way": {"consent"}, "base_url": {evil.URL}}.Encode()).click("[data-testid=go]").agree("").
		expect(200, "Is this the right account?")
	if n := called.Load(); n != 0 {
		t.Errorf("the address of the link was called %d times", n)
	}
	// The form for a key does not come with an address that nobody typed.
	w.open("/connect/highlevel?"+url.Values{"way": {"key"}, "base_url": {evil.URL}}.Encode()).expect(200, "Connect HighLevel")
	if value := w.doc.Find("#base_url").AttrOr("value", ""); value != "" {
		t.Errorf("the form holds %s", value)
	}
}

// TestAnAddressThatWasTypedIsUsedForConsent goes the way of somebody whose account is elsewhere.
func TestAnAddressThatWasTypedIsUsedForConsent(t *testing.T) {
	t.Parallel()
	p := pretend(t, func(o *Options) { o.Bases = nil })
	base := strings.TrimSuffix(p.info.UserCom.URL, "/")
	w := p.walk("editor").open("/connect/usercom?way=consent")
	w.send("[data-testid=use-fields]", url.Values{"subdomain": {p.info.UserCom.Subdomain}, "base_url": {base}})
	if w.doc.Find("details.disc[open] #base_url").AttrOr("value", "") != base {
		t.Error("the address is not shown")
	}
	w.click("[data-testid=go]").send("[data-testid=allow]", nil).expect(200, "Is this the right account?").send("button[value=accept]", nil)
	if c := p.stored()["usercom"]; len(c) != 1 || c[0].BaseURL != base {
		t.Errorf("stored %+v", c)
	}
}
