package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/connection"
	"couplet/internal/sandbox/highlevel"
)

func TestAPastedKeyConnectsAnAccount(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	uc, hl := p.info.UserCom, p.info.HighLevel
	w := p.walk("editor").open("/new/a?way=key").expect(200, "Connect HighLevel")
	for _, words := range []string{"Private integration token", "Copy the token at once", "stands in the address after /location/"} {
		if !strings.Contains(w.text(), words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	w.send("#key-form button[type=submit]", url.Values{"locationId": {hl.LocationID}, "key": {hl.Token}})
	w.expect(200, "Connect User.com").says("said", "Sandbox Location is connected.")
	w.click(".ways a:not([aria-current])").send("#key-form button[type=submit]", url.Values{"subdomain": {uc.Subdomain}, "key": {" " + uc.Token + "\n"}}).expect(200, "What should stay in step?")
	for system, all := range p.stored() {
		if len(all) != 1 || all[0].AuthKind != connection.KindToken || all[0].State != connection.OK || all[0].Identity.ID == "" {
			t.Errorf("%s: %+v", system, all)
		}
	}
	w.open("/connections").expect(200, "Both sides are connected").says("key", "Pasted")
}

func TestWhatIsWrongWithAKeyIsSaidAndWhatWasTypedIsKept(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	uc, hl := p.info.UserCom, p.info.HighLevel
	w := p.walk("editor")
	for _, c := range []struct {
		name, at     string
		form         url.Values
		field, words string // the check beside a field, or "" for the problem of the whole
	}{
		{"a key of the other system", "/new/b?way=key", url.Values{"subdomain": {"demo"}, "key": {hl.Token}}, "key", "looks like a HighLevel key, not one of User.com"},
		{"a key of no system", "/new/b?way=key", url.Values{"subdomain": {"demo"}, "key": {"abc"}}, "key", "does not look like a User.com key"},
		{"no key", "/new/b?way=key", url.Values{"subdomain": {"demo"}, "key": {""}}, "key", "Paste the key"},
		{"no account", "/new/a?way=key", url.Values{"locationId": {""}, "key": {hl.Token}}, "locationId", "Fill in the Location ID"},
		{"an account of another form", "/new/a?way=key", url.Values{"locationId": {"a b"}, "key": {hl.Token}}, "locationId", "Location ID"},
		{"a key that is not taken", "/connect/usercom?way=key", url.Values{"subdomain": {"demo"}, "key": {strings.Repeat("x", 64)}}, "", "does not accept the key"},
		{"a key of another account", "/connect/highlevel?way=key", url.Values{"locationId": {"ve9EPM428h8vShlRW1KT"}, "key": {hl.Token}}, "", "another location"},
		{"an address in the open", "/connect/usercom?way=key", url.Values{"subdomain": {"demo"}, "key": {uc.Token}, "base_url": {"http://crm.example"}}, "base_url", "https://"},
	} {
		w.open(c.at).send("#key-form button[type=submit]", c.form)
		id := "problem"
		if c.field != "" {
			id = c.field + "-check"
			if w.doc.Find("#"+c.field).AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%s: the field is not marked", c.name)
			}
		}
		if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at(id), c.words) {
			t.Errorf("%s: status %d, %s says %q, want %q", c.name, w.status, id, w.at(id), c.words)
		}
		for name := range c.form {
			want := c.form.Get(name)
			if name == "key" {
				want = "" // it never comes back
			}
			if got := w.doc.Find("#"+name).AttrOr("value", ""); got != want {
				t.Errorf("%s: field %s holds %q", c.name, name, got)
			}
		}
	}
	if len(p.stored()) != 0 {
		t.Errorf("stored %+v", p.stored())
	}
}

func TestAValueIsLookedAtWhileItIsTyped(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor")
	for _, c := range []struct{ path, field, value, words string }{
		{"/connect/usercom/look/key", "key", p.info.HighLevel.Token, "looks like a HighLevel key"},
		{"/connect/usercom/look/key", "key", p.info.UserCom.Token, "looks right"},
		{"/connect/usercom/look/subdomain", "subdomain", "https://acme.user.com/", "form is right"},
		{"/connect/usercom/look/subdomain", "subdomain", "two words", "Subdomain"},
		{"/connect/highlevel/look/locationId", "locationId", "", ""},
	} {
		res := p.post(w.client, c.path, url.Values{c.field: {c.value}})
		text := textOf(res)
		if res.StatusCode != http.StatusOK || !strings.Contains(text, c.words) || !strings.Contains(text, `id="`+c.field+`-c"`) {
			t.Errorf("%s with %q: status %d, %s", c.path, c.value, res.StatusCode, text)
		}
		if c.field == "key" && strings.Contains(text, c.value) {
			t.Errorf("%s repeats the key", c.path)
		}
	}
	if res := p.post(w.client, "/connect/usercom/look/password", url.Values{"password": {"x"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a field that does not exist: status %d", res.StatusCode)
	}
	if calls := p.sandbox.Counters("usercom"); calls.Total != 0 {
		t.Errorf("looking made %d calls", calls.Total)
	}
}

func TestAKeyReplacesTheOneBeforeButNotThatOfAnotherAccount(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	hl := p.info.HighLevel
	w := p.walk("editor").open("/connect/highlevel?way=key").send("#key-form button[type=submit]", url.Values{"locationId": {hl.LocationID}, "key": {hl.Token}})
	w.expect(200, "Sandbox Location")
	c := p.stored()["highlevel"][0]
	// Disconnected and connected again it is the same connection, and nobody has to type what is known.
	w.open("/connections/"+c.ID+"/disconnect").expect(200, "Disconnect Sandbox Location?").says("not-revoked", "HighLevel is not told. Its key or permission stays valid there until somebody removes it in HighLevel.").send("[data-testid=disconnect-form] button[type=submit]", nil)
	w.says("headline", "Sandbox Location needs to be connected again").says("trouble", "It has no key").click("[data-testid=trouble] a").expect(200, "Connect Sandbox Location again")
	if got := w.open(w.path()+"?way=key").doc.Find("#locationId").AttrOr("value", ""); got != hl.LocationID {
		t.Errorf("the location is %q", got)
	}
	w.send("#key-form button[type=submit]", url.Values{"key": {hl.Token}}).expect(200, "Sandbox Location")
	if all := p.stored()["highlevel"]; len(all) != 1 || all[0].ID != c.ID || all[0].State != connection.OK || all[0].Epoch != c.Epoch {
		t.Errorf("%+v", all)
	}
	// Another location's key is another account.
	other := p.sandbox.HighLevel.Locations()[1]
	token := "pit-0f0f0f0f-0000-4000-8000-000000000000"
	p.sandbox.HighLevel.At(other.ID).Issue(highlevel.Token{Value: token, Kind: highlevel.PIT, Class: highlevel.LocationClass, LocationID: other.ID, Scopes: highlevel.AllScopes()})
	w.open("/connections/"+c.ID+"/key?way=key").send("#key-form button[type=submit]", url.Values{"locationId": {other.ID}, "key": {token}})
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem")+w.at("locationId-check"), "another account") {
		t.Errorf("status %d, %q", w.status, w.at("problem"))
	}
	if is := p.stored()["highlevel"][0]; is.Identity.ID != hl.LocationID {
		t.Errorf("%+v", is)
	}
}
