package usercom

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"couplet/internal/sandbox/kit"
)

// workspace is a pretend CRM on a port, with a client that follows no redirect.
type workspace struct {
	t *testing.T
	*CRM
	server *httptest.Server
	client *http.Client
}

func open(t *testing.T, o Options) *workspace {
	t.Helper()
	c := New(o)
	server := httptest.NewServer(c.Handler())
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &workspace{t, c, server, client}
}

// raw sends a request to a path below the API's root, or to a whole URL.
func (w *workspace) raw(method, path string, body any, header map[string]string) (*http.Response, []byte) {
	w.t.Helper()
	var sent []byte
	if body != nil {
		sent = encode(body)
	}
	if path[0] == '/' {
		path = w.server.URL + "/api/public" + path
	}
	req, err := http.NewRequest(method, path, bytes.NewReader(sent))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+w.Token())
	req.Header.Set("Accept", "*/*; version=2")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, got
}

// do sends a request, demands a status and decodes the answer.
func (w *workspace) do(method, path string, body any, status int) map[string]any {
	w.t.Helper()
	res, got := w.raw(method, path, body, nil)
	if res.StatusCode != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", method, path, res.StatusCode, status, got)
	}
	var v map[string]any
	if len(got) > 0 {
		if err := json.Unmarshal(got, &v); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, got)
		}
	}
	return v
}

type fields = map[string]any

func TestTheLimitAnswers429WithTheVendorsWords(t *testing.T) { // section 5 [D]
	t.Parallel()
	clock := kit.NewClock()
	w := open(t, Options{Clock: clock, Limit: kit.Limit{Max: 2, Window: time.Hour}})
	w.AddToken(Token{Value: "other", Scope: ScopeBoth})
	w.do("GET", "/tags/", nil, 200)
	w.do("GET", "/tags/", nil, 200)
	res, body := w.raw("GET", "/tags/", nil, map[string]string{"Authorization": "Token other"})
	if res.StatusCode != 429 {
		t.Fatalf("the limit is the workspace's, not the key's: status %d", res.StatusCode)
	}
	if res.Header.Get("Retry-After") != "3600" || string(body) != `{"detail":"Request was throttled. Expected available in 3600 seconds."}` {
		t.Errorf("retry-after %q, body %s", res.Header.Get("Retry-After"), body)
	}
	if res, _ := w.raw("GET", "/tags/", nil, map[string]string{"Authorization": ""}); res.StatusCode != 401 {
		t.Errorf("a refused key must not be throttled: %d", res.StatusCode)
	}
	clock.Advance(time.Hour)
	w.do("GET", "/tags/", nil, 200)
}

func TestRetryAfterIsSentInLowerCase(t *testing.T) { // section 5 [D]
	t.Parallel()
	c := New(Options{Limit: kit.Limit{Max: 1, Window: time.Second}})
	for range 2 {
		rec := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "/api/public/tags/", nil)
		req.Header.Set("Authorization", "Token "+c.Token())
		c.Handler().ServeHTTP(rec, req)
		if rec.Code == 200 {
			continue
		}
		if got := rec.Header()["retry-after"]; len(got) != 1 || got[0] != "1" {
			t.Errorf("headers %v", rec.Header())
		}
		if want := `{"detail":"Request was throttled. Expected available in 1 second."}`; rec.Body.String() != want {
			t.Errorf("body %s", rec.Body)
		}
		return
	}
	t.Error("no call was throttled")
}

func TestAKeyDoesOnlyWhatItsShieldAllows(t *testing.T) { // section 1 [H], 403 UNVERIFIED
	t.Parallel()
	w := open(t, Options{})
	w.AddToken(Token{Value: "r", Scope: ScopeRead})
	w.AddToken(Token{Value: "w", Scope: ScopeWrite})
	w.AddToken(Token{Value: "here", Scope: ScopeBoth, IPs: []string{"127.0.0.1"}})
	w.AddToken(Token{Value: "there", Scope: ScopeBoth, IPs: []string{"192.0.2.1"}})
	for _, x := range []struct {
		token, method string
		status        int
	}{
		{"r", "GET", 200}, {"r", "POST", 403}, {"w", "GET", 403}, {"w", "POST", 201},
		{"here", "GET", 200}, {"there", "GET", 403}, {"there", "POST", 403}, {"nobody", "GET", 401},
	} {
		res, body := w.raw(x.method, "/users/", fields{}, map[string]string{"Authorization": "Token " + x.token})
		if res.StatusCode != x.status {
			t.Errorf("%s with key %s: %d, want %d", x.method, x.token, res.StatusCode, x.status)
		}
		if x.status == 403 && string(body) != `{"detail":"You do not have permission to perform this action."}` {
			t.Errorf("403 says %s", body)
		}
	}
	w.Revoke("r")
	if res, _ := w.raw("GET", "/users/", nil, map[string]string{"Authorization": "Token r"}); res.StatusCode != 401 {
		t.Errorf("a revoked key: %d", res.StatusCode)
	}
}

func TestCallsAreCountedByPattern(t *testing.T) {
	t.Parallel()
	counters := kit.NewCounters()
	w := open(t, Options{Counters: counters})
	w.do("POST", "/users/", fields{"custom_id": "a/b"}, 201)
	w.do("GET", "/users/1001/", nil, 200)
	w.do("GET", "/users-by-id/a%2Fb/", nil, 200)
	seen := map[string]int{}
	for _, call := range counters.Snapshot().Calls {
		seen[call.Method+" "+call.Path] = call.Status
	}
	for call, status := range map[string]int{"POST /users/": 201, "GET /users/{id}/": 200, "GET /users-by-id/{custom_id}/": 200} {
		if seen[call] != status {
			t.Errorf("%s: status %d in %v", call, seen[call], seen)
		}
	}
}

func TestFaultsStrikeWithoutLosingTheWrite(t *testing.T) {
	t.Parallel()
	faults := kit.NewFaults(1)
	w := open(t, Options{Faults: faults})
	for fault, want := range map[string]int{kit.Created422: 422, kit.After: 500} {
		before := w.do("GET", "/users/", nil, 200)["count"].(float64)
		_ = faults.Set(fault, 1)
		w.do("POST", "/users/", fields{}, want)
		_ = faults.Set(fault, 0)
		if after := w.do("GET", "/users/", nil, 200)["count"].(float64); after != before+1 {
			t.Errorf("%s: %v contacts before, %v after", fault, before, after)
		}
	}
	_ = faults.Set(kit.IgnoreField, 1)
	u := w.do("POST", "/users/", fields{"city": "Porto", "country": "PT"}, 201)
	if (u["city"] == nil) == (u["country"] == nil) {
		t.Errorf("one of two fields must be ignored: %v", u)
	}
	w.do("POST", "/users/update_or_create/", fields{"custom_id": "x"}, 201)
	w.do("POST", "/activities/", fields{"activity_type": 1, "name": "x", "due_date": "2024-06-01T10:00:00Z"}, 201)
}
