package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// call sends JSON and decodes the answer; headers come in pairs.
func call(t *testing.T, method, url string, body any, headers ...string) (int, map[string]any) {
	t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, in)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatalf("%s %s: %d: %v", method, url, res.StatusCode, err)
	}
	return res.StatusCode, out
}

func highlevel(i sandbox.Info) []string {
	return []string{"Authorization", "Bearer " + i.HighLevel.Token, "Version", "2021-07-28", "Content-Type", "application/json"}
}

func usercom(i sandbox.Info) []string {
	return []string{"Authorization", "Token " + i.UserCom.Token, "Accept", "*/*; version=2", "Content-Type", "application/json"}
}

func TestInfoIsTheLineThatScriptsReadOn(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Contacts: 60, Seed: 1})
	raw, err := json.Marshal(s.Info())
	if err != nil {
		t.Fatal(err)
	}
	var line map[string]map[string]any
	if err := json.Unmarshal(raw, &line); err != nil {
		t.Fatal(err)
	}
	for part, names := range map[string]string{
		"highlevel": "client_id client_secret location_id oauth_url token url webhook_key", "usercom": "client_id client_secret oauth_url subdomain token url",
		"control": "key page url", "expected": "created_a created_b linked review",
	} {
		for _, name := range strings.Fields(names) {
			if v := line[part][name]; v == nil || v == "" {
				t.Errorf("%s.%s is empty", part, name)
			}
		}
		if len(line[part]) != len(strings.Fields(names)) {
			t.Errorf("%s has %v, want %s", part, line[part], names)
		}
	}
	if !strings.HasSuffix(s.Info().UserCom.URL, "/api/public/") {
		t.Error(s.Info().UserCom.URL)
	}
}

func TestBothSidesAreServedAndSeeded(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Contacts: 60, Seed: 1, RateLimits: "off"})
	i := s.Info()
	people := sandbox.Seed(60, 1)
	status, out := call(t, "POST", i.HighLevel.URL+"/contacts/search",
		map[string]any{"locationId": i.HighLevel.LocationID, "pageLimit": 500}, highlevel(i)...)
	if status != 200 || out["total"] != float64(len(people.HighLevel)) {
		t.Errorf("%d: total %v, want %d", status, out["total"], len(people.HighLevel))
	}
	status, out = call(t, "GET", i.UserCom.URL+"users/", nil, usercom(i)...)
	if status != 200 || out["count"] != float64(len(people.UserCom)) {
		t.Errorf("%d: count %v, want %d", status, out["count"], len(people.UserCom))
	}
}

func TestAddressesBeyondLoopbackNeedExpose(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":0", "0.0.0.0:0", "192.0.2.1:0", "example.com:0"} {
		if s, err := sandbox.Start(t.Context(), sandbox.Options{ControlAddr: addr}); err == nil {
			_ = s.Close()
			t.Errorf("%s was bound", addr)
		} else if !strings.Contains(err.Error(), "--expose") {
			t.Errorf("%s: %v", addr, err)
		}
	}
	start(t, sandbox.Options{ControlAddr: "0.0.0.0:0", Expose: true})
}

func TestWrongOptionsAreErrors(t *testing.T) {
	t.Parallel()
	for _, o := range []sandbox.Options{
		{RateLimits: "fast"}, {RateLimits: "0/s"}, {Faults: map[string]float64{"boredom": 1}}, {Faults: map[string]float64{"lose": 2}},
	} {
		if s, err := sandbox.Start(t.Context(), o); err == nil {
			_ = s.Close()
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestControlNeedsItsKey(t *testing.T) {
	t.Parallel()
	i := start(t, sandbox.Options{}).Info()
	for _, path := range []string{"/_sandbox/state", "/_sandbox/counters", "/_sandbox/highlevel/contacts"} {
		if status, _ := call(t, "GET", i.Control.URL+path, nil, "X-Sandbox-Key", "wrong"); status != 401 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := call(t, "GET", i.HighLevel.URL+"/_sandbox/state", nil, "X-Sandbox-Key", i.Control.Key); status != 404 {
		t.Errorf("a CRM's own listener answers control: %d", status)
	}
}

func TestControlEditsBothSides(t *testing.T) {
	t.Parallel()
	i := start(t, sandbox.Options{RateLimits: "off"}).Info()
	key := []string{"X-Sandbox-Key", i.Control.Key}
	for system, object := range map[string]string{"highlevel": "contacts", "usercom": "users"} {
		base := i.Control.URL + "/_sandbox/" + system + "/" + object
		status, made := call(t, "POST", base, map[string]any{"email": "jo@example.com"}, key...)
		if status != 201 {
			t.Fatalf("%s: %d %v", system, status, made)
		}
		one := base + "/" + text(made["id"])
		if status, out := call(t, "PUT", one, map[string]any{"email": "joe@example.com"}, key...); status != 200 || out["email"] != "joe@example.com" {
			t.Errorf("%s: %d %v", system, status, out)
		}
		if status, out := call(t, "GET", one, nil, key...); status != 200 || out["email"] != "joe@example.com" {
			t.Errorf("%s: %d %v", system, status, out)
		}
		if status, _ := call(t, "DELETE", one, nil, key...); status != 200 {
			t.Errorf("%s: %d", system, status)
		}
		if status, _ := call(t, "DELETE", one, nil, key...); status != 400 {
			t.Errorf("%s: deleted twice: %d", system, status)
		}
	}
	if status, _ := call(t, "POST", i.Control.URL+"/_sandbox/salesforce/contacts", map[string]any{}, key...); status != 404 {
		t.Errorf("unknown system: %d", status)
	}
}

func text(v any) string {
	raw, _ := json.Marshal(v)
	return strings.Trim(string(raw), `"`)
}

func TestControlCountsFaultsClockAndRevoke(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{RateLimits: "5/s"})
	i := s.Info()
	key := []string{"X-Sandbox-Key", i.Control.Key}
	url := i.HighLevel.URL + "/locations/" + i.HighLevel.LocationID
	for n := range 6 {
		status, _ := call(t, "GET", url, nil, highlevel(i)...)
		if want := map[bool]int{true: 200, false: 429}[n < 5]; status != want {
			t.Fatalf("call %d: %d, want %d", n, status, want)
		}
	}
	if status, _ := call(t, "POST", i.Control.URL+"/_sandbox/clock", map[string]any{"advance": "1s"}, key...); status != 200 {
		t.Fatal(status)
	}
	if status, _ := call(t, "GET", url, nil, highlevel(i)...); status != 200 {
		t.Errorf("after a second: %d", status)
	}
	_, out := call(t, "GET", i.Control.URL+"/_sandbox/counters", nil, key...)
	raw, _ := json.Marshal(out["highlevel"])
	if !strings.Contains(string(raw), `{"count":6,"method":"GET","path":"/locations/{locationId}","status":200}`) {
		t.Errorf("counters: %s", raw)
	}
	if status, out := call(t, "POST", i.Control.URL+"/_sandbox/faults", map[string]any{"before": 1}, key...); status != 200 || out["before"] != 1.0 {
		t.Fatal(status, out)
	}
	if status, _ := call(t, "GET", url, nil, highlevel(i)...); status != 503 {
		t.Errorf("before at rate 1: %d", status)
	}
	if status, _ := call(t, "POST", i.Control.URL+"/_sandbox/faults", map[string]any{"before": 0, "rain": 1}, key...); status != 400 {
		t.Errorf("unknown fault: %d", status)
	}
	call(t, "POST", i.Control.URL+"/_sandbox/faults", map[string]any{"before": 0}, key...)
	call(t, "POST", i.Control.URL+"/_sandbox/tokens/revoke", map[string]any{"token": i.HighLevel.Token}, key...)
	call(t, "POST", i.Control.URL+"/_sandbox/tokens/revoke", map[string]any{"token": i.UserCom.Token}, key...)
	if status, _ := call(t, "GET", url, nil, highlevel(i)...); status != 401 {
		t.Errorf("revoked HighLevel token: %d", status)
	}
	if status, _ := call(t, "GET", i.UserCom.URL+"users/", nil, usercom(i)...); status != 401 {
		t.Errorf("revoked User.com token: %d", status)
	}
}

func TestStateFileGoesOnAfterRestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	o := sandbox.Options{Contacts: 60, Seed: 1, RateLimits: "off", StateFile: file}
	first := start(t, o)
	was := first.Info()
	_, made := call(t, "POST", was.HighLevel.URL+"/contacts/",
		map[string]any{"locationId": was.HighLevel.LocationID, "email": "new@example.com"}, highlevel(was)...)
	id := made["contact"].(map[string]any)["id"].(string)
	pem := first.HighLevel.PublicKeyPEM()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if stat, err := os.Stat(file); err != nil || stat.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", stat, err)
	}
	second := start(t, o)
	is := second.Info()
	was.HighLevel.URL, was.UserCom.URL, was.Control.URL = is.HighLevel.URL, is.UserCom.URL, is.Control.URL
	was.HighLevel.OAuthURL, was.UserCom.OAuthURL, was.Control.Page = is.HighLevel.OAuthURL, is.UserCom.OAuthURL, is.Control.Page
	if is != was {
		t.Errorf("info is %+v, was %+v", is, was)
	}
	if second.HighLevel.PublicKeyPEM() != pem {
		t.Error("another signing key")
	}
	if status, _ := call(t, "GET", is.HighLevel.URL+"/contacts/"+id, nil, highlevel(is)...); status != 200 {
		t.Errorf("the new contact: %d", status)
	}
	if n, want := second.HighLevel.Count("contacts"), len(sandbox.Seed(60, 1).HighLevel)+1; n != want {
		t.Errorf("%d contacts, want %d", n, want)
	}
}

func TestBadStateFileIsAnErrorNotAnEmptySandbox(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, []byte(`{"highlevel":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := sandbox.Start(t.Context(), sandbox.Options{StateFile: file}); err == nil {
		_ = s.Close()
		t.Error("started")
	}
}

func decodeBody(t *testing.T, res *http.Response, into any) {
	t.Helper()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatalf("%s: %d: %v", res.Request.URL, res.StatusCode, err)
	}
}
