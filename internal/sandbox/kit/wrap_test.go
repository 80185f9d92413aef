package kit

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// effects serves a handler that counts its effects, with one fault always on.
func effects(t *testing.T, fault string) (url string, done *atomic.Int32, counters *Counters) {
	t.Helper()
	done, counters = &atomic.Int32{}, NewCounters()
	faults := NewFaults(1)
	if fault != "" {
		if err := faults.Set(fault, 1); err != nil {
			t.Fatal(err)
		}
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		done.Add(1)
		w.Header().Set("X-Left", "7")
		WriteJSON(w, http.StatusCreated, map[string]any{"a": "<b>"})
	})
	server := httptest.NewServer(Wrap(h, Options{
		Clock: NewClock(), Faults: faults, Counters: counters,
		Route: func(*http.Request) string { return "/things/{id}" },
	}))
	t.Cleanup(server.Close)
	return server.URL, done, counters
}

func send(t *testing.T, method, url string) (int, string, http.Header, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body), res.Header, nil
}

func TestWrapFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault, method, path string
		status, effects     int
	}{
		{"", "POST", "/", 201, 1},
		{Before, "POST", "/", 503, 0},
		{Before, "GET", "/", 503, 0},
		{After, "POST", "/", 500, 1},
		{After, "DELETE", "/", 500, 1},
		{After, "GET", "/", 201, 1},
		{After, "POST", "/contacts/search", 201, 1},
		{Timeout, "PUT", "/", 0, 1},
		{Timeout, "GET", "/", 201, 1},
		{Timeout, "POST", "/tasks/search/", 201, 1},
	} {
		url, done, counters := effects(t, c.fault)
		status, _, header, err := send(t, c.method, url+c.path)
		name := c.fault + " " + c.method + " " + c.path
		if status != c.status || int(done.Load()) != c.effects {
			t.Errorf("%s: status %d, %d effects (%v)", name, status, done.Load(), err)
		}
		if c.status == 0 && !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v, want a connection closed without an answer", name, err)
		}
		if c.status == 500 && header.Get("X-Left") != "7" {
			t.Errorf("%s: the handler's headers are lost", name)
		}
		if got := counters.Snapshot(); got.Total != 1 || got.MaxInFlight != 1 ||
			got.Calls[0] != (Call{c.method, "/things/{id}", c.status, 1}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWriteJSONIsPlainAndSized(t *testing.T) {
	t.Parallel()
	url, _, _ := effects(t, "")
	_, body, header, err := send(t, "POST", url)
	if err != nil || body != `{"a":"<b>"}` || header.Get("Content-Length") != "11" ||
		!strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		t.Error(body, header, err)
	}
}

func TestCountersAreSortedAndSummed(t *testing.T) {
	t.Parallel()
	var c Counters
	for _, status := range []int{429, 200, 200} {
		c.Add("GET", "/b", status)
	}
	c.Add("POST", "/a", 201)
	got := c.Snapshot()
	want := []Call{{"POST", "/a", 201, 1}, {"GET", "/b", 200, 2}, {"GET", "/b", 429, 1}}
	if got.Total != 4 || len(got.Calls) != 3 || got.Calls[0] != want[0] || got.Calls[1] != want[1] || got.Calls[2] != want[2] {
		t.Errorf("%+v", got)
	}
}

func TestIDsComeFromTheirSeed(t *testing.T) {
	t.Parallel()
	a, b, c := NewIDs(1), NewIDs(1), NewIDs(2)
	if x := a.AlphaNum(20); x != b.AlphaNum(20) || x == c.AlphaNum(20) || len(x) != 20 {
		t.Error(x)
	}
	if x := a.UUID(); len(x) != 36 || x[14] != '4' || x[19] != 'a' || strings.Count(x, "-") != 4 {
		t.Error(x)
	}
}
