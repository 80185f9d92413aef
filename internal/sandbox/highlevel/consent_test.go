package highlevel

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// browser is a person's browser without JavaScript: it keeps cookies, follows no
// redirect by itself and holds every page against the rules for pages.
type browser struct {
	t    *testing.T
	c    *CRM
	base string
	http *http.Client
}

const back = "https://app.example.com/back"

func browse(t *testing.T, o Options) *browser {
	t.Helper()
	o.Seed = 1
	c := quiet(t, o)
	server := httptest.NewServer(c.Handler())
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, c, server.URL, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask is the address of the consent page with some parameters changed.
func (b *browser) ask(pairs ...string) string {
	v := url.Values{
		"response_type": {"code"}, "client_id": {b.c.App().ClientID}, "redirect_uri": {back}, "state": {"s-1"},
		"scope": {"contacts.readonly contacts.write locations.readonly"}, "loginWindowOpenMode": {"self"},
	}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "/v2/oauth/chooselocation?" + v.Encode()
}

// do sends a request; form is posted when there is one.
func (b *browser) do(path string, form url.Values, headers ...string) (status int, body, location string) {
	b.t.Helper()
	method, in := "GET", ""
	if form != nil {
		method, in = "POST", form.Encode()
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(in))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && res.Header.Get("Location") == "" {
		csp := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'") || strings.Contains(csp, "unsafe") {
			b.t.Errorf("%s: policy %q", path, csp)
		}
		for _, bad := range []string{"<script", "style=", " on"} {
			if bad == " on" && !regexp.MustCompile(` on[a-z]+=`).Match(raw) {
				continue
			}
			if bad != " on" && !strings.Contains(string(raw), bad) {
				continue
			}
			b.t.Errorf("%s: the page has %q", path, bad)
		}
		if !strings.Contains(string(raw), "part of the sandbox, not the real service") {
			b.t.Errorf("%s: the page does not say that it pretends", path)
		}
	}
	return res.StatusCode, string(raw), res.Header.Get("Location")
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// hidden are the hidden inputs of a page's form.
func hidden(page string) url.Values {
	v := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// consent goes through all steps and returns where the browser is sent.
func (b *browser) consent(account, decision string, granted []string, pairs ...string) *url.URL {
	b.t.Helper()
	_, page, _ := b.do(b.ask(pairs...), nil)
	if strings.Contains(page, `action="/signin"`) {
		status, _, next := b.do("/signin", hidden(page))
		if status != 303 {
			b.t.Fatalf("sign-in: %d", status)
		}
		_, page, _ = b.do(next, nil)
	}
	form := hidden(page)
	form.Set("account", account)
	_, page, _ = b.do("/v2/oauth/chooselocation?"+form.Encode(), nil)
	form = hidden(page)
	form.Set("decision", decision)
	form["granted"] = granted
	status, page, to := b.do("/v2/oauth/chooselocation", form)
	if status != 303 {
		b.t.Fatalf("consent: %d %s", status, page)
	}
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, back+"?") {
		b.t.Fatalf("sent to %q", to)
	}
	return u
}

// tokens redeems what a consent gave.
func (b *browser) tokens(u *url.URL) map[string]any {
	b.t.Helper()
	return b.token(200, "grant_type", "authorization_code", "code", u.Query().Get("code"), "redirect_uri", back)
}

// token calls the token endpoint with the app's id and secret.
func (b *browser) token(want int, pairs ...string) map[string]any {
	b.t.Helper()
	status, out := postForm(b.t, b.c, "/oauth/token", "", append([]string{"client_id", b.c.App().ClientID, "client_secret", b.c.App().ClientSecret}, pairs...)...)
	if status != want {
		b.t.Fatalf("token: %d %v, want %d", status, out, want)
	}
	return out
}

func TestAPersonConsentsStepByStepAndTheTokenDoesWhatWasTicked(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	status, page, _ := b.do(b.ask(), nil)
	if status != 200 || !strings.Contains(page, "Continue as Olivia Owner") {
		t.Fatalf("%d %s", status, page)
	}
	_, _, next := b.do("/signin", hidden(page))
	_, page, _ = b.do(next, nil)
	at := -1
	for _, one := range b.c.Locations() { // the seeded one first
		i := strings.Index(page, one.ID)
		if i < at {
			t.Errorf("%s comes too early", one.Name)
		}
		at = i
	}
	if len(b.c.Locations()) < 3 || !strings.Contains(page, "The whole agency") {
		t.Error(page)
	}
	_, page, _ = b.do(b.ask("account", b.c.LocationID()), nil)
	for _, words := range []string{"contacts.readonly", "See contacts with their tasks, notes and tags", "Allow", "Cancel"} {
		if !strings.Contains(page, words) {
			t.Errorf("%q is not on the page", words)
		}
	}
	to := b.consent(b.c.LocationID(), "allow", []string{"contacts.readonly", "locations.readonly", "users.readonly"})
	if to.Query().Get("state") != "s-1" {
		t.Errorf("state: %s", to)
	}
	pair := b.tokens(to)
	if pair["scope"] != "contacts.readonly locations.readonly" { // what was not asked for cannot be ticked
		t.Error(pair["scope"])
	}
	access := pair["access_token"].(string)
	if status, _ := as(t, b.c, access, "GET", "/contacts/?locationId="+b.c.LocationID(), nil); status != 200 {
		t.Error(status)
	}
	status, out := as(t, b.c, access, "POST", "/contacts/", inLocation(b.c, obj{"email": "a@example.com"}))
	if status != 401 || out["message"] != "The token is not authorized for this scope." {
		t.Errorf("a withheld scope: %d %v", status, out)
	}
}

func TestTheRedirectIsNamedInThePolicyOfTheLastPageAlone(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	b.consent(b.c.LocationID(), "cancel", nil)
	for path, want := range map[string]bool{b.ask(): false, b.ask("account", b.c.LocationID()): true} {
		res, err := b.http.Get(b.base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := strings.Contains(res.Header.Get("Content-Security-Policy"), "https://app.example.com"); got != want {
			t.Errorf("%s: %s", path, res.Header.Get("Content-Security-Policy"))
		}
	}
}

func TestCancelAndDroppedState(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	q := b.consent(agencyAccount, "cancel", []string{"contacts.readonly"}).Query()
	if q.Get("error") != "access_denied" || q.Get("state") != "s-1" || q.Has("code") || len(b.c.Installs()) != 0 {
		t.Error(q)
	}
	b = browse(t, Options{DropState: true})
	if q := b.consent(b.c.LocationID(), "allow", []string{"contacts.readonly"}).Query(); q.Has("state") || q.Get("code") == "" {
		t.Error(q)
	}
}

func TestWhatCannotBeAnsweredIsAPageAndNeverARedirect(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	b.consent(b.c.LocationID(), "allow", []string{"contacts.readonly"}) // signed in
	b.c.SetRedirects([]string{back})
	for name, path := range map[string]string{
		"unknown client":     b.ask("client_id", "nobody"),
		"no client":          b.ask("client_id", ""),
		"other redirect":     b.ask("redirect_uri", back+"/x"),
		"no redirect":        b.ask("redirect_uri", ""),
		"unknown scope":      b.ask("scope", "contacts.readonly everything.write"),
		"half a scope":       b.ask("scope", "contacts"),
		"no scope":           b.ask("scope", ""),
		"other type":         b.ask("response_type", "token"),
		"other version":      b.ask("version_id", "000000000000000000000000"),
		"unknown location":   b.ask("account", "ABCDEFGHIJKLMNOPQRST"),
		"nothing at all":     "/oauth/chooselocation",
		"scope in the words": b.ask("scope", "<b>x</b>"),
	} {
		status, page, to := b.do(path, nil)
		if status != 400 || to != "" || !strings.Contains(page, `role="alert"`) || strings.Contains(page, "<b>x") {
			t.Errorf("%s: %d, sent to %q: %s", name, status, to, page)
		}
		if name == "unknown location" {
			continue
		}
		u, _ := url.Parse(path)
		form := u.Query()
		form.Set("decision", "allow")
		form.Set("account", b.c.LocationID())
		form.Set("granted", "contacts.readonly")
		if status, _, to := b.do("/oauth/chooselocation", form); status != 400 || to != "" {
			t.Errorf("%s posted: %d, sent to %q", name, status, to)
		}
	}
	if status, _, _ := b.do(b.ask("version_id", b.c.App().VersionID), nil); status != 200 {
		t.Errorf("the app's own version: %d", status)
	}
}

func TestNothingTickedIsSaidAndKeepsWhatWasAsked(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	b.consent(b.c.LocationID(), "cancel", nil)
	u, _ := url.Parse(b.ask("account", b.c.LocationID()))
	form := u.Query()
	form.Set("decision", "allow")
	status, page, _ := b.do("/v2/oauth/chooselocation", form)
	if status != 422 || !strings.Contains(page, "Tick at least one permission") || hidden(page).Get("state") != "s-1" {
		t.Errorf("%d %s", status, page)
	}
}

func TestFormsOfOtherSitesAndOtherAddressesAreRefused(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	b.consent(b.c.LocationID(), "cancel", nil)
	u, _ := url.Parse(b.ask("account", b.c.LocationID()))
	form := u.Query()
	form.Set("decision", "allow")
	form.Set("granted", "contacts.readonly")
	for path, form := range map[string]url.Values{
		"/v2/oauth/chooselocation": form, "/settings/private-integrations": {"location": {b.c.LocationID()}},
		"/settings/apps/uninstall": {"account": {agencyAccount}},
	} {
		if status, page, _ := b.do(path, form, "Sec-Fetch-Site", "cross-site"); status != 403 || !strings.Contains(page, "came from another site") {
			t.Errorf("%s: %d %s", path, status, page)
		}
	}
	for _, next := range []string{"https://evil.example/v2/oauth/chooselocation", "//evil.example/oauth/chooselocation", "/settings/apps", "", "/\\evil.example"} {
		if status, _, to := b.do("/signin", url.Values{"next": {next}}); status != 400 || to != "" {
			t.Errorf("next %q: %d, sent to %q", next, status, to)
		}
	}
	if len(b.c.Installs()) != 0 {
		t.Error("something was installed")
	}
}

func TestKeysAreShownAndMadeForEachLocation(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{})
	_, page, _ := b.do("/settings/private-integrations", nil)
	for _, words := range []string{b.c.Token(), b.c.LocationID(), b.c.App().ClientID, b.c.App().ClientSecret} {
		if !strings.Contains(page, words) {
			t.Errorf("%q is not on the page", words)
		}
	}
	other := b.c.Locations()[1]
	if status, _, _ := b.do("/settings/private-integrations", url.Values{"location": {other.ID}}); status != 303 {
		t.Fatal(status)
	}
	key := b.c.At(other.ID).Token()
	if _, page, _ = b.do("/settings/private-integrations", nil); key == "" || !strings.Contains(page, key) {
		t.Errorf("the new key %q is not on the page", key)
	}
	if status, out := as(t, b.c, key, "GET", "/locations/"+other.ID, nil); status != 200 || dig(out, "location.name") != other.Name {
		t.Errorf("%d %v", status, out)
	}
	if status, _, to := b.do("/", nil); status != 303 || to != "/settings/private-integrations" {
		t.Error(status, to)
	}
	if status, _, _ := b.do("/settings/private-integrations", url.Values{"location": {"x"}}); status != 400 {
		t.Error(status)
	}
}

func TestPagesMeetNeitherLimitNorFault(t *testing.T) {
	t.Parallel()
	b := browse(t, Options{Rate: RealRate, Faults: faulty(t, "before")})
	for range RealRate.Max + 5 {
		if status, _, _ := b.do("/settings/apps", nil); status != 200 {
			t.Fatal(status)
		}
	}
	if status, _, _ := b.do("/locations/x", nil); status != 503 {
		t.Errorf("the API: %d", status)
	}
	for _, file := range []string{"sandbox.css", "icon.svg"} {
		if status, _, _ := b.do("/assets/"+file, nil); status != 200 {
			t.Errorf("%s: %d", file, status)
		}
	}
	if status, _, _ := b.do("/assets/layout.html", nil); status != 404 {
		t.Error("a template is served")
	}
}

func TestEveryScopeOfTheRoutesHasWords(t *testing.T) {
	t.Parallel()
	for _, scope := range AllScopes() {
		if words, ok := scopeWords(scope); !ok || words == "" {
			t.Errorf("%s has no words", scope)
		}
	}
	if slices.Contains(AllScopes(), "") {
		t.Error("an empty scope")
	}
}
