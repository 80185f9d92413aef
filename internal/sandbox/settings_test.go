package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// own asks a CRM for a token for the app itself.
func own(t *testing.T, base, id, secret string) (int, string) {
	t.Helper()
	res, err := http.PostForm(base+"token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct {
		Access string `json:"access_token"`
	}
	decodeBody(t, res, &out)
	return res.StatusCode, out.Access
}

func TestSettingsOfControl(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "off", AccessLife: time.Hour})
	i := s.Info()
	key := []string{"X-Sandbox-Key", i.Control.Key}
	control := func(method, path string, body any) (int, map[string]any) {
		t.Helper()
		return call(t, method, i.Control.URL+"/_sandbox/"+path, body, key...)
	}
	for _, x := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"POST", "faults/once", map[string]any{"path": "/oauth/token", "fault": "rain"}, 400},
		{"POST", "faults/once", map[string]any{"path": "/oauth/token", "fault": "after", "system": "salesforce"}, 400},
		{"POST", "faults/once", map[string]any{"path": "/oauth/token", "fault": "before", "system": "usercom"}, 200},
		{"PUT", "highlevel/webhook", map[string]any{"url": "nowhere"}, 400},
		{"PUT", "usercom/hooks", map[string]any{"hooks": []any{map[string]any{"event": "deleted", "url": "https://a.example/"}}}, 400},
		{"PUT", "usercom/hooks", map[string]any{"hooks": []any{map[string]any{"event": "created", "url": "a"}}}, 400},
		{"PUT", "highlevel/redirects", map[string]any{"redirect_uris": []string{"http://a.example/"}}, 400},
		{"PUT", "salesforce/redirects", map[string]any{"redirect_uris": []string{}}, 404},
		{"PUT", "highlevel/redirects", map[string]any{"redirect_uris": []string{"https://a.example/"}}, 200},
		{"PUT", "usercom/redirects", map[string]any{"redirect_uris": []string{"https://b.example/"}}, 200},
		{"PUT", "usercom/search-lag", map[string]any{"lag": "soon"}, 400},
		{"PUT", "usercom/search-lag", map[string]any{"lag": "-1s"}, 400},
		{"PUT", "usercom/search-lag", map[string]any{"lag": "20s"}, 200},
		{"POST", "highlevel/merge", map[string]any{"keep": "a", "lose": "b"}, 400},
		{"POST", "highlevel/merge?location=nowhere", map[string]any{"keep": "a", "lose": "b"}, 404},
		{"POST", "usercom/merge", map[string]any{"keep": "a", "lose": "b"}, 400},
		{"POST", "tokens/revoke", map[string]any{}, 400},
		{"POST", "tokens/revoke", map[string]any{"app": true, "system": "salesforce"}, 400},
		{"POST", "tokens/revoke", map[string]any{"uninstall": true, "system": "usercom"}, 400},
	} {
		if status, out := control(x.method, x.path, x.body); status != x.status {
			t.Errorf("%s %s %v: %d %v, want %d", x.method, x.path, x.body, status, out, x.status)
		}
	}
	if got := append(s.HighLevel.Redirects(), s.UserCom.Redirects()...); len(got) != 2 || got[0] != "https://a.example/" || got[1] != "https://b.example/" {
		t.Error(got)
	}
	if status, _ := own(t, i.UserCom.OAuthURL, i.UserCom.ClientID, i.UserCom.ClientSecret); status != 503 {
		t.Errorf("the armed fault: %d", status)
	}
	_, uc := own(t, i.UserCom.OAuthURL, i.UserCom.ClientID, i.UserCom.ClientSecret)
	_, hl := own(t, i.HighLevel.OAuthURL, i.HighLevel.ClientID, i.HighLevel.ClientSecret)
	alive := func() (int, int) {
		a, _ := call(t, "GET", i.HighLevel.URL+"/locations/"+i.HighLevel.LocationID, nil, "Authorization", "Bearer "+hl, "Version", "2021-07-28")
		b, _ := call(t, "GET", i.UserCom.URL+"tags/", nil, "Authorization", "Bearer "+uc)
		return a, b
	}
	if a, b := alive(); a != 200 || b != 200 {
		t.Fatal(a, b)
	}
	if _, out := control("POST", "tokens/revoke", map[string]any{"app": true, "system": "highlevel"}); out["count"] != 1.0 {
		t.Error(out)
	}
	if a, b := alive(); a != 401 || b != 200 {
		t.Error(a, b)
	}
	if _, out := control("POST", "tokens/revoke", map[string]any{"app": true, "system": "usercom"}); out["count"] != 1.0 {
		t.Error(out)
	}
	if a, b := alive(); a != 401 || b != 401 {
		t.Error(a, b)
	}
	_, hl = own(t, i.HighLevel.OAuthURL, i.HighLevel.ClientID, i.HighLevel.ClientSecret)
	control("POST", "clock", map[string]any{"advance": "1h"})
	if a, _ := alive(); a != 401 {
		t.Errorf("AccessLife is over: %d", a)
	}
}

func TestHooksAndWebhookCanBeSetWhileItRuns(t *testing.T) {
	t.Parallel()
	got := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	t.Cleanup(receiver.Close)
	s := start(t, sandbox.Options{})
	i := s.Info()
	key := []string{"X-Sandbox-Key", i.Control.Key}
	call(t, "PUT", i.Control.URL+"/_sandbox/highlevel/webhook", map[string]any{"url": receiver.URL + "/hl"}, key...)
	call(t, "PUT", i.Control.URL+"/_sandbox/usercom/hooks", map[string]any{"hooks": []any{map[string]any{"event": "created", "url": receiver.URL + "/uc"}}}, key...)
	for system, object := range map[string]string{"highlevel": "contacts", "usercom": "users"} {
		call(t, "POST", i.Control.URL+"/_sandbox/"+system+"/"+object, map[string]any{"email": "jo@example.com"}, key...)
	}
	seen := map[string]bool{}
	for range 2 {
		select {
		case path := <-got:
			seen[path] = true
		case <-time.After(20 * time.Second):
			t.Fatal("no call came")
		}
	}
	if !seen["/hl"] || !seen["/uc"] {
		t.Error(seen)
	}
	call(t, "PUT", i.Control.URL+"/_sandbox/highlevel/webhook", map[string]any{"url": ""}, key...)
	if s.HighLevel.Webhook() != "" {
		t.Error(s.HighLevel.Webhook())
	}
}

func TestARestartKeepsTokensHooksAndLocations(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	first := start(t, sandbox.Options{Contacts: 10, Seed: 1, StateFile: file})
	i := first.Info()
	_, hl := own(t, i.HighLevel.OAuthURL, i.HighLevel.ClientID, i.HighLevel.ClientSecret)
	_, uc := own(t, i.UserCom.OAuthURL, i.UserCom.ClientID, i.UserCom.ClientSecret)
	other := first.HighLevel.Locations()[1].ID
	if _, err := first.HighLevel.At(other).Save("", map[string]string{"firstName": "Ana"}); err != nil {
		t.Fatal(err)
	}
	first.HighLevel.SetWebhook("http://127.0.0.1:1/hl")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, sandbox.Options{Contacts: 10, Seed: 1, StateFile: file})
	i = second.Info()
	if status, _ := call(t, "GET", i.HighLevel.URL+"/locations/"+other, nil, "Authorization", "Bearer "+hl, "Version", "2021-07-28"); status != 200 {
		t.Error(status)
	}
	if status, _ := call(t, "GET", i.UserCom.URL+"tags/", nil, "Authorization", "Bearer "+uc); status != 200 {
		t.Error(status)
	}
	if second.HighLevel.Webhook() != "http://127.0.0.1:1/hl" || second.HighLevel.At(other).Count("contacts") != 1 {
		t.Error(second.HighLevel.Webhook(), second.HighLevel.At(other).Count("contacts"))
	}
}

func TestAStateFileFromBeforeThereWasConsentGoesOn(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/state-before-consent.json")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	i := start(t, sandbox.Options{StateFile: file}).Info()
	if status, _ := call(t, "GET", i.HighLevel.URL+"/locations/"+i.HighLevel.LocationID, nil, highlevel(i)...); status != 200 {
		t.Error(status)
	}
	if status, out := call(t, "GET", i.UserCom.URL+"users/", nil, usercom(i)...); status != 200 || out["count"] == 0.0 {
		t.Error(status, out)
	}
	for base, app := range map[string][2]string{
		i.HighLevel.OAuthURL: {i.HighLevel.ClientID, i.HighLevel.ClientSecret}, i.UserCom.OAuthURL: {i.UserCom.ClientID, i.UserCom.ClientSecret},
	} {
		if status, _ := own(t, base, app[0], app[1]); status != 200 {
			t.Errorf("%s: %d", base, status)
		}
	}
}
