package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/internal/password"
	"couplet/internal/store"
)

const words4 = "four plain words here"

// hashed is made once: it costs what it should.
var hashed = sync.OnceValues(func() (string, error) { return password.Hash(context.Background(), words4) })

// person is a member with a real password.
func (b *bundle) person(email, role string) store.User {
	b.t.Helper()
	hash, err := hashed()
	must(b.t, err)
	u, err := b.store.AddUser(b.t.Context(), b.conns[0].Workspace, email, role, hash)
	must(b.t, err)
	return u
}

func credentials(email, password string) url.Values {
	return url.Values{"email": {email}, "password": {password}, "keep": {"on"}}
}

func goesTo(t *testing.T, res *http.Response, want string) {
	t.Helper()
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != want {
		t.Errorf("%s %s: status %d to %q, want %q", res.Request.Method, res.Request.URL.Path, res.StatusCode, got, want)
	}
}

func TestSigningInLeadsToWhereThePersonWantedToGo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.person("ines@harborpine.test", "viewer")
	b.echo.GET("/kept", b.admit(route{http.MethodGet, "/kept", viewer, b.overviewPage}))
	client := b.nobody()
	goesTo(t, b.visit(client, "/kept?a=1&b=2"), "/sign-in?next=%2Fkept%3Fa%3D1%26b%3D2")
	doc := parsed(t, b.visit(client, "/sign-in?next=%2Fkept%3Fa%3D1%26b%3D2"))
	if got := doc.Find("[name=next]").AttrOr("value", ""); got != "/kept?a=1&b=2" {
		t.Fatalf("next is %q", got)
	}
	form := credentials("  Ines@HarborPine.test ", words4)
	form.Set("next", "/kept?a=1&b=2")
	goesTo(t, b.post(client, "/sign-in", form), "/kept?a=1&b=2")
	if res := b.visit(client, "/kept"); res.StatusCode != http.StatusOK {
		t.Errorf("status %d after signing in", res.StatusCode)
	}
	goesTo(t, b.visit(client, "/sign-in?next=%2Fkept"), "/kept")
	goesTo(t, b.post(client, "/sign-out", nil), "/sign-in")
	goesTo(t, b.visit(client, "/kept"), "/sign-in?next=%2Fkept")
}

func TestAWrongPasswordAndAnUnknownAddressLookTheSame(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.person("ines@harborpine.test", "viewer")
	var said []string
	for _, email := range []string{"ines@harborpine.test", "nobody@harborpine.test"} {
		client := b.nobody()
		res := b.post(client, "/sign-in", credentials(email, "four other words here"))
		doc := parsed(t, res)
		if res.StatusCode != http.StatusUnprocessableEntity || doc.Find("#password[aria-invalid=true][aria-describedby=password-error]").Length() != 1 {
			t.Errorf("%s: status %d", email, res.StatusCode)
		}
		if got := doc.Find("#email").AttrOr("value", ""); got != email {
			t.Errorf("what was typed is lost: %q", got)
		}
		if doc.Find("#password[value]").Length() != 0 || strings.Contains(textOf(b.visit(client, "/sign-in")), "four other") {
			t.Error("the password comes back")
		}
		said = append(said, strings.TrimSpace(doc.Find("[data-testid=password-error]").Text()))
	}
	if said[0] != said[1] || said[0] != "That email and password do not go together. 4 tries left." {
		t.Errorf("%q", said)
	}
}

func TestNextIsOnlyEverAPathOfOurs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/runs?x=1#y": "/runs?x=1#y", "": "/", "runs": "/", "//evil.example": "/", "/\\evil.example": "/", "\\\\evil.example": "/", "https://evil.example/": "/",
		"https:/evil.example": "/", "javascript:alert(1)": "/", "/%0d%0aSet-Cookie:x": "/%0d%0aSet-Cookie:x", "/a\r\nb": "/", "/\tevil": "/", " //evil.example": "/",
		"///evil.example": "/", "/.//evil.example": "/.//evil.example", "http:evil.example": "/", "/a?next=https://evil.example": "/a?next=https://evil.example",
	} {
		if got := inside(path, "/"); got != want {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	b := newBundle(t)
	b.person("ines@harborpine.test", "viewer")
	for _, evil := range []string{"https://evil.example", "//evil.example", "/\\evil.example"} {
		form := credentials("ines@harborpine.test", words4)
		form.Set("next", evil)
		goesTo(t, b.post(b.nobody(), "/sign-in", form), "/")
	}
}

// TestTriesAreCountedAndSlowedAndTheRightPersonComesIn: after the free tries each next one waits, a refused one is not
// counted, the wait ends, and a browser that is known to the account is not delayed by what strangers try.
func TestTriesAreCountedAndSlowedAndTheRightPersonComesIn(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, email := range []string{"ines@harborpine.test", "nobody@harborpine.test"} {
		if !strings.HasPrefix(email, "nobody") {
			b.person(email, "viewer")
		}
		at := b.nobody()
		if !strings.HasPrefix(email, "nobody") {
			goesTo(t, b.post(at, "/sign-in", credentials(email, words4)), "/")
			b.post(at, "/sign-out", nil)
		}
		stranger := b.nobody()
		for i := range freePerAccount {
			if res := b.post(stranger, "/sign-in", credentials(email, "guess number "+strings.Repeat("x", i))); res.StatusCode != http.StatusUnprocessableEntity {
				t.Fatalf("try %d: status %d", i+1, res.StatusCode)
			}
		}
		for range 3 {
			res := b.post(stranger, "/sign-in", credentials(email, words4))
			doc := parsed(t, res)
			if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "31" || !strings.Contains(doc.Find("[data-testid=wait]").Text(), "Wait 30 seconds") {
				t.Errorf("status %d, retry after %s: %s", res.StatusCode, res.Header.Get("Retry-After"), doc.Find("[data-testid=wait]").Text())
			}
		}
		if strings.HasPrefix(email, "nobody") {
			continue
		}
		goesTo(t, b.post(at, "/sign-in", credentials(email, words4)), "/") // the known browser
		b.now = b.now.Add(31 * time.Second)
		if res := b.post(stranger, "/sign-in", credentials(email, "yet another guess")); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("status %d after the wait", res.StatusCode)
		}
		b.now = b.now.Add(31 * time.Second)
		if res := b.post(stranger, "/sign-in", credentials(email, words4)); res.StatusCode != http.StatusTooManyRequests {
			t.Errorf("the wait does not grow: status %d", res.StatusCode)
		}
		b.now = b.now.Add(30 * time.Second)
		goesTo(t, b.post(b.nobody(), "/sign-in", credentials(email, words4)), "/")
	}
}

// TestAnAddressIsSlowedAndKnownBrowsersBehindItAreNot, as behind a proxy that was not named, where all have one address.
func TestAnAddressIsSlowedAndKnownBrowsersBehindItAreNot(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.person("ines@harborpine.test", "viewer")
	b.person("joe@harborpine.test", "viewer")
	known := b.nobody()
	goesTo(t, b.post(known, "/sign-in", credentials("ines@harborpine.test", words4)), "/")
	b.post(known, "/sign-out", nil)
	for i := range freePerAddress {
		if res := b.post(b.nobody(), "/sign-in", credentials("guess"+strings.Repeat("x", i)+"@harborpine.test", words4)); res.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("try %d: status %d", i+1, res.StatusCode)
		}
	}
	if res := b.post(b.nobody(), "/sign-in", credentials("joe@harborpine.test", words4)); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("status %d from an address that guesses", res.StatusCode)
	}
	if res := b.post(known, "/sign-in", credentials("joe@harborpine.test", words4)); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("status %d for another account than the one that the browser is known to", res.StatusCode)
	}
	goesTo(t, b.post(known, "/sign-in", credentials("ines@harborpine.test", words4)), "/")
	b.now = b.now.Add(31 * time.Second)
	goesTo(t, b.post(b.nobody(), "/sign-in", credentials("joe@harborpine.test", words4)), "/")
}
