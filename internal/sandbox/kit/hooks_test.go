package kit

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"
)

// receiver answers the given statuses in turn, then 200, and passes bodies on.
func receiver(t *testing.T, statuses ...int) (url string, got chan string) {
	t.Helper()
	got = make(chan string, 1000)
	answers := make(chan int, len(statuses))
	for _, s := range statuses {
		answers <- s
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case status := <-answers:
			w.WriteHeader(status)
		default:
		}
		got <- r.Header.Get("X-Try") + string(body)
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func sender(t *testing.T, p Policy, fault string) (*Hooks, *Clock) {
	t.Helper()
	clock, faults := NewClock(), NewFaults(1)
	if fault != "" {
		if err := faults.Set(fault, 1); err != nil {
			t.Fatal(err)
		}
	}
	h := NewHooks(clock, faults, p)
	t.Cleanup(h.Close)
	return h, clock
}

func message(text string) func(int) ([]byte, http.Header) {
	return func(attempt int) ([]byte, http.Header) {
		return []byte(text), http.Header{"X-Try": {fmt.Sprint(attempt)}}
	}
}

func next(t *testing.T, got chan string) string {
	t.Helper()
	select {
	case body := <-got:
		return body
	case <-time.After(20 * time.Second):
		t.Fatal("no delivery")
		return ""
	}
}

func settled(t *testing.T, h *Hooks) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); h.Pending() > 0; {
		if time.Now().After(until) {
			t.Fatal("never settled")
		}
		runtime.Gosched()
	}
}

func TestHooksArriveInOrder(t *testing.T) {
	t.Parallel()
	url, got := receiver(t)
	h, _ := sender(t, Policy{}, "")
	for i := range 20 {
		h.Send(url, message(fmt.Sprint(":", i)))
	}
	for i := range 20 {
		if body := next(t, got); body != fmt.Sprint("1:", i) {
			t.Fatalf("%s came as number %d", body, i)
		}
	}
}

func TestHooksRetryWithBackOffOnTheSandboxClock(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 500, 429)
	h, clock := sender(t, Policy{Attempts: 5, Base: time.Hour}, "")
	h.Send(url, message("x"))
	if body := next(t, got); body != "1x" {
		t.Fatal(body)
	}
	for _, want := range []string{"2x", "3x"} {
		var body string
		for body == "" { // until the retry has begun to wait
			clock.Advance(2 * time.Hour)
			select {
			case body = <-got:
			case <-time.After(time.Millisecond):
			}
		}
		if body != want {
			t.Errorf("%s, want %s", body, want)
		}
	}
	settled(t, h)
}

func TestHooksGiveUpAfterTheirAttempts(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 500, 500, 500)
	h, _ := sender(t, Policy{Attempts: 2, Base: time.Microsecond}, "")
	h.Send(url, message("x"))
	settled(t, h)
	if len(got) != 2 {
		t.Errorf("%d tries", len(got))
	}
}

func TestHooksLoseDoubleAndShuffle(t *testing.T) {
	t.Parallel()
	url, got := receiver(t)
	h, _ := sender(t, Policy{}, Lose)
	h.Send(url, message("x"))
	if h.Pending() != 0 || len(got) != 0 {
		t.Error("a lost one is pending or came")
	}
	h, _ = sender(t, Policy{}, Double)
	h.Send(url, message("x"))
	if a, b := next(t, got), next(t, got); a != "1x" || b != "1x" {
		t.Error(a, b)
	}
	h, _ = sender(t, Policy{}, Shuffle)
	for i := range 30 {
		h.Send(url, message(fmt.Sprintf("%02d", i)))
	}
	var order []string
	for range 30 {
		order = append(order, next(t, got))
	}
	if slices.IsSorted(order) {
		t.Error("30 shuffled deliveries came in order")
	}
}

func TestClosedHooksSendNothing(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, 500)
	h, _ := sender(t, Policy{Attempts: 3, Base: time.Hour}, "")
	h.Send(url, message("x"))
	next(t, got)
	h.Close() // ends the waiting retry
	h.Send(url, message("y"))
	if h.Pending() != 0 || len(got) != 0 {
		t.Errorf("%d pending, %d came", h.Pending(), len(got))
	}
}
