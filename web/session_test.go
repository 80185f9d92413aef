package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/db"
	"couplet/internal/store"
)

// cookieOf is the session's cookie that a client holds, nil when it holds none.
func (b *bundle) cookieOf(client *http.Client) *http.Cookie {
	b.t.Helper()
	at, err := url.Parse(b.url)
	must(b.t, err)
	for _, c := range client.Jar.Cookies(at) {
		if c.Name == b.sessions.name() {
			return c
		}
	}
	return nil
}

// signedIn reports whether a client is.
func (b *bundle) signedIn(client *http.Client) bool {
	b.t.Helper()
	return b.visit(client, "/settings/account").StatusCode == http.StatusOK
}

// everything is all that the database holds, as text.
func (b *bundle) everything() string {
	b.t.Helper()
	var text strings.Builder
	tables, err := db.All(b.t.Context(), b.db, "select name from sqlite_master where type = 'table'", nil,
		func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) })
	must(b.t, err)
	for _, table := range tables {
		must(b.t, db.Walk(b.t.Context(), b.db, "select * from "+table, nil, func(rows *sql.Rows) error {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			err = rows.Scan(into...)
			fmt.Fprintf(&text, "%s %s\n", table, values)
			return err
		}))
	}
	return text.String()
}

func TestAnIdIsMadeHereAndANewOneAtEverySignIn(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	at, err := url.Parse(b.url)
	must(t, err)
	client := b.nobody()
	chosen, _ := newSecret()
	client.Jar.SetCookies(at, []*http.Cookie{{Name: b.sessions.name(), Value: chosen, Path: "/"}})
	goesTo(t, b.post(client, "/sign-in", credentials(u.Email, words4)), "/")
	first := b.cookieOf(client).Value
	if first == chosen || len(first) < 43 {
		t.Fatalf("the id that the browser came with was taken, or is short: %q", first)
	}
	thief := b.nobody()
	thief.Jar.SetCookies(at, []*http.Cookie{{Name: b.sessions.name(), Value: chosen, Path: "/"}})
	if b.signedIn(thief) {
		t.Error("the id that was planted is signed in")
	}
	goesTo(t, b.post(client, "/sign-in", credentials(u.Email, words4)), "/")
	thief.Jar.SetCookies(at, []*http.Cookie{{Name: b.sessions.name(), Value: first, Path: "/"}})
	if again := b.cookieOf(client).Value; again == first || b.signedIn(thief) || !b.signedIn(client) {
		t.Error("signing in again keeps the id, or the session of before")
	}
	all, err := b.store.Sessions(t.Context(), u.Workspace, u.ID)
	must(t, err)
	if len(all) != 1 {
		t.Errorf("%d sessions of one browser", len(all))
	}
}

func TestTheIdIsNowhereInTheDatabase(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "owner")
	client := b.nobody()
	b.post(client, "/sign-in", credentials(u.Email, words4))
	id := b.cookieOf(client).Value
	link, err := NewSignInLink(t.Context(), b.store, u, b.now)
	must(t, err)
	doc := parsed(t, b.post(client, "/settings/team", url.Values{"email": {"new@couplet.test"}, "role": {"viewer"}}))
	invite := doc.Find("#link").AttrOr("value", "")
	kept := b.everything()
	for what, secret := range map[string]string{"id": id, "link": link[strings.LastIndex(link, "/")+1:], "invitation": invite[strings.LastIndex(invite, "/")+1:],
		"password": words4, "code": b.setupCode()} {
		if len(secret) < 8 || strings.Contains(kept, secret) || strings.Contains(b.log.String(), secret) {
			t.Errorf("the %s is kept or logged: %q", what, secret)
		}
	}
	if !strings.Contains(kept, hashOf(id)) {
		t.Error("the hash of the id is not kept, so this proves nothing")
	}
	if strings.Contains(kept, "127.0.0.1") || strings.Contains(kept, "Go-http-client") {
		t.Error("addresses or names of browsers are kept")
	}
}

func TestTheCookieIsForThisSiteAlone(t *testing.T) {
	t.Parallel()
	for scheme, name := range map[string]string{"http": "couplet", "https": "__Host-couplet"} {
		b := newBundle(t, func(o *Options) { o.PublicURL = &url.URL{Scheme: scheme, Host: "couplet.example"} })
		b.person("ines@harborpine.test", "viewer")
		for _, keep := range []string{"on", ""} {
			form := credentials("ines@harborpine.test", words4)
			form.Set("keep", keep)
			found := 0
			for _, c := range b.post(b.nobody(), "/sign-in", form).Cookies() {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != (scheme == "https") || !strings.HasPrefix(c.Name, name) {
					t.Errorf("%s: %s", scheme, c)
				}
				if c.Name == name {
					found++
					if kept := c.MaxAge > 0; kept != (keep == "on") || kept && c.MaxAge > 30*24*3600 {
						t.Errorf("keep %q: for %d s", keep, c.MaxAge)
					}
				}
			}
			if found != 1 {
				t.Errorf("%s: %d cookies of the session", scheme, found)
			}
		}
	}
}

func TestASessionEndsByTime(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	idle, used := b.signIn("viewer"), b.signIn("viewer")
	began := b.now
	for b.now.Sub(began) < store.SessionMost-12*time.Hour {
		b.now = b.now.Add(11 * time.Hour)
		if !b.signedIn(used) {
			t.Fatalf("in use, and ended after %s", b.now.Sub(began))
		}
	}
	if b.signedIn(idle) {
		t.Error("idle, and still there")
	}
	b.now = began.Add(store.SessionMost - time.Minute)
	if !b.signedIn(used) {
		t.Error("ended before its time")
	}
	b.now = began.Add(store.SessionMost)
	if b.signedIn(used) {
		t.Error("lasts longer than 30 days")
	}

	open := b.signIn("viewer")
	for range 6 { // a page that lies open asks for its events again and again
		b.now = b.now.Add(4 * time.Hour)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/overview/events", nil)
		must(t, err)
		req.Header.Set("Accept", "text/event-stream")
		res, err := open.Do(req)
		must(t, err)
		must(t, res.Body.Close())
	}
	if b.signedIn(open) {
		t.Error("an open page keeps its session for ever")
	}

	late := b.signIn("viewer")
	b.now = b.now.Add(store.SessionIdle - time.Second)
	if !b.signedIn(late) {
		t.Error("ended before it was idle for 12 hours")
	}
	b.now = b.now.Add(store.SessionIdle)
	if b.signedIn(late) {
		t.Error("idle for 12 hours, and still there")
	}
	must(t, b.store.PrunePeople(t.Context()))
	if strings.Contains(b.everything(), "\nsession ") {
		t.Error("ended sessions stay in the database")
	}
}

func TestASessionIsEndedByItsPerson(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	here, there, elsewhere, stranger := b.signInAs(u), b.signInAs(u), b.signInAs(u), b.signIn("viewer")
	doc := parsed(t, b.visit(here, "/settings/account"))
	if n := doc.Find("[data-testid=sessions] li").Length(); n != 3 || !strings.Contains(doc.Find("[data-testid=sessions]").Text(), "Firefox on Linux") {
		t.Fatalf("%d sessions: %s", n, doc.Find("[data-testid=sessions]").Text())
	}
	end := "/settings/account/sessions/" + hashOf(b.cookieOf(there).Value) + "/end"
	if res := b.post(stranger, end, nil); res.StatusCode != http.StatusNotFound || !b.signedIn(there) {
		t.Errorf("a stranger ends it: status %d", res.StatusCode)
	}
	goesTo(t, b.post(here, end, nil), "/settings/account")
	if b.signedIn(there) || !b.signedIn(here) || !b.signedIn(elsewhere) {
		t.Error("another one than the named one was ended")
	}
	if said := parsed(t, b.visit(here, "/settings/account")).Find("[data-testid=said]").Text(); said != "" { // it was shown by signedIn
		t.Errorf("said twice: %s", said)
	}
	goesTo(t, b.post(here, "/settings/account/sessions/end", nil), "/settings/account")
	if b.signedIn(elsewhere) || !b.signedIn(here) || !b.signedIn(stranger) {
		t.Error("not exactly the others were ended")
	}
	old := b.cookieOf(here).Value
	goesTo(t, b.post(here, "/sign-out", nil), "/sign-in")
	if b.cookieOf(here) != nil {
		t.Error("the browser keeps the id")
	}
	if _, found, err := b.store.Visit(t.Context(), hashOf(old)); found || err != nil {
		t.Errorf("the session outlives the sign-out: %v", err)
	}
}

func TestARoleCountsAtOnceAndGivesANewId(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	client, owner := b.signInAs(u), b.signIn("owner")
	before := b.cookieOf(client).Value
	goesTo(t, b.post(owner, "/settings/team/"+u.ID+"/role", url.Values{"role": {"owner"}}), "/settings/team")
	if res := b.visit(client, "/settings/team/"+u.ID+"/remove"); res.StatusCode != http.StatusOK {
		t.Errorf("status %d for a new owner", res.StatusCode)
	}
	after := b.cookieOf(client).Value
	if _, found, _ := b.store.Visit(t.Context(), hashOf(before)); after == before || found {
		t.Error("the id of before is good for the new role")
	}
	goesTo(t, b.post(owner, "/settings/team/"+u.ID+"/role", url.Values{"role": {"viewer"}}), "/settings/team")
	if res := b.visit(client, "/settings/team/"+u.ID+"/remove"); res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d for somebody who is no owner any more", res.StatusCode)
	}
	goesTo(t, b.post(owner, "/settings/team/"+u.ID+"/remove", nil), "/settings/team")
	if b.signedIn(client) {
		t.Error("a removed member is still signed in")
	}
	if res := b.post(b.nobody(), "/sign-in", credentials(u.Email, words4)); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a removed member signs in: status %d", res.StatusCode)
	}
}

func TestAnotherWorkspaceIsOpenedWithItsOwnRole(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "owner")
	there, err := b.store.AddWorkspace(t.Context(), "there")
	must(t, err)
	_, err = b.store.AddUser(t.Context(), there.ID, u.Email, "viewer", "")
	must(t, err)
	apart, err := b.store.AddWorkspace(t.Context(), "apart")
	must(t, err)
	client := b.signInAs(u)
	before := b.cookieOf(client).Value
	doc := parsed(t, b.visit(client, "/settings/account"))
	if n := doc.Find("form[action='/workspaces/" + there.ID + "/open']").Length(); n != 1 || strings.Contains(doc.Text(), "apart") {
		t.Fatal("the menu does not show the workspaces of the person, and no other")
	}
	if res := b.post(client, "/workspaces/"+apart.ID+"/open", nil); res.StatusCode != http.StatusNotFound || b.cookieOf(client).Value != before {
		t.Errorf("status %d for the workspace of others", res.StatusCode)
	}
	goesTo(t, b.post(client, "/workspaces/"+there.ID+"/open", nil), "/")
	if b.cookieOf(client).Value == before {
		t.Error("the id stays")
	}
	if res := b.post(client, "/settings/team", url.Values{"email": {"a@b.test"}, "role": {"owner"}}); res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d: the role of the other workspace counts here", res.StatusCode)
	}
	if text := parsed(t, b.visit(client, "/settings/account")).Find("[data-testid=headline] + p").Text(); !strings.Contains(text, "viewer of there") {
		t.Error(text)
	}
}

func TestALinkSignsInOnceAndOnlyWhoOpensIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "owner")
	make := func() string {
		path, err := NewSignInLink(t.Context(), b.store, u, b.now)
		must(t, err)
		return path
	}
	link := make()
	for _, header := range []map[string]string{{"Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch"}} {
		if res := b.get(link, header); res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
			t.Errorf("%v: status %d", header, res.StatusCode)
		}
	}
	if res := b.do(http.MethodHead, link, nil, nil); res.StatusCode != http.StatusNoContent || len(res.Cookies()) > 0 {
		t.Errorf("a look at its head: status %d", res.StatusCode)
	}
	client := b.nobody()
	goesTo(t, b.as(client, http.MethodGet, link, nil, map[string]string{"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}), "/")
	if !b.signedIn(client) {
		t.Error("not signed in")
	}
	second := b.nobody()
	if res := b.visit(second, link); res.StatusCode != http.StatusNotFound || b.signedIn(second) {
		t.Errorf("used twice: status %d", res.StatusCode)
	}
	plain, late := make(), make()
	goesTo(t, b.visit(b.nobody(), plain), "/") // a browser that says nothing about where it goes
	b.now = b.now.Add(linkLasts)
	if res := b.visit(b.nobody(), late); res.StatusCode != http.StatusNotFound {
		t.Errorf("after 10 minutes: status %d", res.StatusCode)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("owner")
	paths := map[string]string{}
	for _, r := range b.routes() {
		if r.method == http.MethodPost && r.who != system {
			paths[r.path] = b.sample(r, b.first())
		}
	}
	was := b.kept(b.conns[0].Workspace)
	for route, path := range paths {
		for _, header := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}} {
			header["Content-Type"] = "application/x-www-form-urlencoded"
			res := b.as(client, http.MethodPost, path, strings.NewReader(forms[route].Encode()), header)
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s %v: status %d", route, header, res.StatusCode)
			}
		}
	}
	if is := b.kept(b.conns[0].Workspace); is != was {
		t.Errorf("something was changed:\n%s", difference(was, is))
	}
	if !b.signedIn(client) {
		t.Error("signed out by another site")
	}
}

func TestTheThemeIsKeptInTheSession(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	client, other := b.signInAs(u), b.signInAs(u)
	look := func(client *http.Client) string {
		return parsed(t, b.visit(client, "/settings/account")).Find("html").AttrOr("data-theme", "")
	}
	if got := look(client); got != "" {
		t.Errorf("at first %q", got)
	}
	header := map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded", "Referer": b.url + "/settings/team?x=1", "Sec-Fetch-Site": "same-origin"}
	goesTo(t, b.as(client, http.MethodPost, "/theme", strings.NewReader("theme=dark"), header), "/settings/team?x=1")
	if look(client) != "dark" || look(other) != "" {
		t.Errorf("%q here, %q in another session", look(client), look(other))
	}
	header["Accept"] = "*/*"
	if res := b.as(client, http.MethodPost, "/theme", strings.NewReader("theme=light"), header); res.StatusCode != http.StatusNoContent || look(client) != "light" {
		t.Errorf("a script: status %d", res.StatusCode)
	}
	if res := b.post(client, "/theme", url.Values{"theme": {"\"><script>"}}); res.StatusCode != http.StatusBadRequest || look(client) != "light" {
		t.Errorf("a made-up theme: status %d", res.StatusCode)
	}
	if look(b.signInAs(u)) != "light" {
		t.Error("a new session does not begin with the last look")
	}
	b.post(client, "/theme", url.Values{"theme": {""}})
	if look(client) != "" {
		t.Error("the look of the system cannot be had back")
	}
}

func TestABrowserIsSaidInWords(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                           "Firefox on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":                      "Safari on a Mac",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":              "Edge on Windows",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                            "Chrome on Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1": "Chrome on an iPhone",
		"curl/8.5.0": "A program", "": "A program", strings.Repeat("x", 9000): "A program",
	} {
		if got := device(agent); got != want {
			t.Errorf("%.40s: %q", agent, got)
		}
	}
}
