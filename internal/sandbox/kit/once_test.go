package kit

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

func TestAnArmedFaultStrikesOnceWhereItFits(t *testing.T) {
	t.Parallel()
	faults, done := NewFaults(1), &atomic.Int32{}
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		done.Add(1)
		WriteJSON(w, http.StatusOK, map[string]any{})
	})
	server := httptest.NewServer(Wrap(h, Options{Faults: faults, System: "a"}))
	t.Cleanup(server.Close)
	for _, o := range []Once{
		{Path: "/x", Fault: After}, {Path: "/x", Fault: Before, Method: "GET"}, {Path: "/x", Fault: Before, System: "b"}, {Path: "/y/", Fault: Timeout},
	} {
		if _, err := faults.Arm(o); err != nil {
			t.Fatal(err)
		}
	}
	for i, step := range []struct {
		method, path string
		status       int
		effects      int32
	}{
		{"POST", "/z", 200, 1},
		{"POST", "/x", 500, 2}, // after: it happened
		{"POST", "/x", 200, 3}, // once; the others do not fit
		{"GET", "/x", 503, 3},  // before: it did not
		{"GET", "/x", 200, 4},
		{"POST", "/y", 0, 5}, // timeout: it happened, without an answer
		{"POST", "/y", 200, 6},
	} {
		status, _, _, _ := send(t, step.method, server.URL+step.path)
		if status != step.status || done.Load() != step.effects {
			t.Errorf("step %d: %d with %d effects, want %d with %d", i+1, status, done.Load(), step.status, step.effects)
		}
	}
	for _, o := range []Once{{Path: "/x", Fault: Lose}, {Path: "x", Fault: After}, {Fault: After}, {Path: "/x"}} {
		if _, err := faults.Arm(o); err == nil {
			t.Errorf("%+v was armed", o)
		}
	}
}

func TestPagesMeetNoFault(t *testing.T) {
	t.Parallel()
	faults := faultsAt(t, Before)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { WriteJSON(w, http.StatusOK, nil) })
	server := httptest.NewServer(Wrap(h, Options{Faults: faults, Page: func(r *http.Request) bool { return r.URL.Path == "/page" }}))
	t.Cleanup(server.Close)
	for path, want := range map[string]int{"/page": 200, "/api": 503} {
		if status, _, _, _ := send(t, "GET", server.URL+path); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func faultsAt(t *testing.T, name string) *Faults {
	t.Helper()
	f := NewFaults(1)
	if err := f.Set(name, 1); err != nil {
		t.Fatal(err)
	}
	return f
}
