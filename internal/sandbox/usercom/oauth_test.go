package usercom

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

// The verifier of RFC 7636, appendix B; its challenge is goldenChallenge.
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// app opens a workspace that has an OAuth app.
func app(t *testing.T, o Options) *workspace {
	t.Helper()
	o.ClientID, o.ClientSecret, o.Subdomain = "app", "secret", "demo"
	return open(t, o)
}

// page gets a page, or posts a form, and holds it against the rules for pages.
func (w *workspace) page(path string, form url.Values, header ...string) (status int, body, location string) {
	w.t.Helper()
	method, sent := "GET", ""
	if form != nil {
		method, sent = "POST", form.Encode()
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(sent))
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	got, _ := io.ReadAll(res.Body)
	body, location = string(got), res.Header.Get("Location")
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && location == "" {
		csp := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'") || strings.Contains(csp, "unsafe") {
			w.t.Errorf("%s: policy %q", path, csp)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "style=") || !strings.Contains(body, "part of the sandbox, not the real service") {
			w.t.Errorf("%s: %s", path, body)
		}
	}
	return res.StatusCode, body, location
}

func authorize(pairs ...string) string {
	v := url.Values{
		"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {goldenRedirect}, "state": {"s-1"}, "scope": {"read write"},
		"code_challenge": {goldenChallenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "/oauth/authorize?" + v.Encode()
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// consent answers the page and returns where the browser is sent.
func (w *workspace) consent(decision string, granted ...string) url.Values {
	w.t.Helper()
	_, page, _ := w.page(authorize(), nil)
	form := url.Values{"decision": {decision}, "granted": granted}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	status, page, to := w.page("/oauth/authorize", form)
	if status != 303 || !strings.HasPrefix(to, goldenRedirect+"?") {
		w.t.Fatalf("consent: %d to %q: %s", status, to, page)
	}
	u, _ := url.Parse(to)
	return u.Query()
}

// token calls the token endpoint as the app.
func (w *workspace) token(want int, pairs ...string) map[string]any {
	w.t.Helper()
	form := url.Values{"client_id": {"app"}, "client_secret": {"secret"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	status, body, _ := w.page("/oauth/token", form)
	out := map[string]any{}
	if err := json.Unmarshal([]byte(body), &out); err != nil || status != want {
		w.t.Fatalf("token: %d %s, want %d", status, body, want)
	}
	return out
}

func (w *workspace) redeem(code string) map[string]any {
	w.t.Helper()
	return w.token(200, "grant_type", "authorization_code", "code", code, "redirect_uri", goldenRedirect, "code_verifier", verifier)
}

func (w *workspace) status(token any) int {
	res, _ := w.raw("GET", "/tags/", nil, map[string]string{"Authorization": "Bearer " + token.(string)})
	return res.StatusCode
}

func TestAPersonConsentsAndTheTokenDoesWhatWasTicked(t *testing.T) {
	t.Parallel()
	w := app(t, Options{})
	_, page, _ := w.page(authorize(), nil)
	for _, words := range []string{"has not documented", "Allow", "Cancel", "app.example.com"} {
		if !strings.Contains(page, words) {
			t.Errorf("%q is not on the page", words)
		}
	}
	q := w.consent("allow", "read", "everything")
	if q.Get("state") != "s-1" {
		t.Error(q)
	}
	pair := w.redeem(q.Get("code"))
	if pair["scope"] != "read" || w.status(pair["access_token"]) != 200 {
		t.Error(pair)
	}
	res, _ := w.raw("POST", "/tags/", fields{"name": "x"}, map[string]string{"Authorization": "Bearer " + pair["access_token"].(string)})
	if res.StatusCode != 403 {
		t.Errorf("a withheld scope: %d", res.StatusCode)
	}
	if q := w.consent("cancel", "read"); q.Get("error") != "access_denied" || q.Has("code") || q.Get("state") != "s-1" {
		t.Error(q)
	}
	if q := app(t, Options{DropState: true}).consent("allow", "read"); q.Has("state") {
		t.Error(q)
	}
}

func TestWhatCannotBeAnsweredIsAPageAndNeverARedirect(t *testing.T) {
	t.Parallel()
	w := app(t, Options{RedirectURIs: []string{goldenRedirect}})
	for name, path := range map[string]string{
		"unknown client": authorize("client_id", "nobody"), "other redirect": authorize("redirect_uri", "https://b.example/"),
		"unknown scope": authorize("scope", "read all"), "no scope": authorize("scope", ""), "other type": authorize("response_type", "token"),
		"no challenge": authorize("code_challenge", ""), "plain challenge": authorize("code_challenge_method", "plain"),
		"short challenge": authorize("code_challenge", "abc"),
	} {
		u, _ := url.Parse(path)
		form := u.Query()
		form.Set("decision", "allow")
		form["granted"] = []string{"read"}
		for _, form := range []url.Values{nil, form} {
			to := path
			if form != nil {
				to = "/oauth/authorize"
			}
			if status, page, sent := w.page(to, form); status != 400 || sent != "" || !strings.Contains(page, `role="alert"`) {
				t.Errorf("%s: %d, sent to %q: %s", name, status, sent, page)
			}
		}
	}
	u, _ := url.Parse(authorize())
	form := u.Query()
	form.Set("decision", "allow")
	if status, page, _ := w.page("/oauth/authorize", form); status != 422 || !strings.Contains(page, "Tick at least one") {
		t.Errorf("nothing ticked: %d %s", status, page)
	}
	form.Set("granted", "read")
	if status, _, sent := w.page("/oauth/authorize", form, "Sec-Fetch-Site", "cross-site"); status != 403 || sent != "" {
		t.Errorf("another site's form: %d, sent to %q", status, sent)
	}
}

func TestOAuthTokensCodesAndGraceEndAtTheirTimes(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	w := app(t, Options{Clock: clock, AccessLife: time.Minute})
	waiting := w.consent("allow", "read")
	pair := w.redeem(w.consent("allow", "read", "write").Get("code"))
	if pair["expires_in"] != 60.0 {
		t.Error(pair)
	}
	refresh := []string{"grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string)}
	next := w.token(200, refresh...)
	if again := w.token(200, refresh...); !reflect.DeepEqual(again, next) {
		t.Errorf("within the grace another answer: %v, %v", again, next)
	}
	clock.Advance(30 * time.Second)
	w.token(400, refresh...)
	if w.status(next["access_token"]) != 200 {
		t.Error("too early")
	}
	clock.Advance(30 * time.Second)
	if w.status(next["access_token"]) != 401 {
		t.Error("an expired token")
	}
	clock.Advance(10 * time.Minute)
	w.token(400, "grant_type", "authorization_code", "code", waiting.Get("code"), "redirect_uri", goldenRedirect, "code_verifier", verifier)
	w.token(200, "grant_type", "refresh_token", "refresh_token", next["refresh_token"].(string))
}

func TestALostRefreshIsFoundAgainAndTheAppCanBeRevoked(t *testing.T) {
	t.Parallel()
	faults := kit.NewFaults(1)
	w := app(t, Options{Faults: faults})
	pair := w.redeem(w.consent("allow", "read").Get("code"))
	refresh := []string{"grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string)}
	if _, err := faults.Arm(kit.Once{Path: "/oauth/token", Fault: kit.After}); err != nil {
		t.Fatal(err)
	}
	w.token(500, refresh...)
	if w.status(pair["access_token"]) != 401 {
		t.Error("the refresh did not happen")
	}
	next := w.token(200, refresh...)
	if w.status(next["access_token"]) != 200 {
		t.Error(next)
	}
	if n := w.RevokeApp(); n != 2 {
		t.Errorf("%d were good", n)
	}
	w.token(400, "grant_type", "refresh_token", "refresh_token", next["refresh_token"].(string))
	if w.status(next["access_token"]) != 401 {
		t.Error("a revoked token")
	}
	w.do("GET", "/tags/", nil, 200) // the key lives on
	pair = w.redeem(w.consent("allow", "read").Get("code"))
	_ = faults.Set(kit.Revoke, 1)
	if w.status(pair["access_token"]) != 401 {
		t.Error("the fault revoke does not strike")
	}
	w.do("GET", "/tags/", nil, 200) // keys are not OAuth's
	_ = faults.Set(kit.Revoke, 0)
	if w.status(pair["access_token"]) != 401 {
		t.Error("revoked for one call only")
	}
}

func TestOAuthAndAutomationsAreSavedAndOldStateFilesLoad(t *testing.T) {
	t.Parallel()
	w := app(t, Options{})
	pair, waiting := w.redeem(w.consent("allow", "read").Get("code")), w.consent("allow", "read")
	w.SetRedirects([]string{goldenRedirect})
	hooks := []Automation{{Event: eventUpdated, URL: "http://127.0.0.1:1/a"}, {Event: eventCreated, URL: "http://127.0.0.1:1/b"}}
	if err := w.SetAutomations(hooks); err != nil {
		t.Fatal(err)
	}
	again := app(t, Options{})
	if err := again.Load(encode(w.State())); err != nil {
		t.Fatal(err)
	}
	if again.status(pair["access_token"]) != 200 || !slices.Equal(again.Redirects(), w.Redirects()) || !slices.Equal(again.Automations(), w.Automations()) {
		t.Error(again.Redirects(), again.Automations())
	}
	again.redeem(waiting.Get("code"))
	again.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))

	raw, err := os.ReadFile("testdata/state-before-consent.json")
	if err != nil {
		t.Fatal(err)
	}
	old := app(t, Options{HookURL: "http://127.0.0.1:1/c"})
	if err := old.Load(raw); err != nil {
		t.Fatal(err)
	}
	if old.do("GET", "/users/", nil, 200)["count"] == 0.0 || len(old.Automations()) != 2 {
		t.Error(old.Automations())
	}
	old.redeem(old.consent("allow", "read").Get("code"))
}

func TestSavingAndTokensDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock()
	w := app(t, Options{Clock: clock, AccessLife: time.Minute})
	pair := w.redeem(w.consent("allow", "read").Get("code"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 50 {
			_ = w.State()
		}
	}()
	for range 50 {
		pair = w.token(200, "grant_type", "refresh_token", "refresh_token", pair["refresh_token"].(string))
	}
	<-done
	clock.Advance(2 * time.Hour)
	w.token(200, "grant_type", "client_credentials")
	w.mu.RLock()
	defer w.mu.RUnlock()
	if n := len(w.tokens); n != 2 { // the key, and the token of now
		t.Errorf("%d tokens are kept, the expired ones too", n)
	}
}
