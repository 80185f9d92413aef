package connectortest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Budget is a budget without limits. It counts, and never makes anyone wait.
type Budget struct {
	mu     sync.Mutex
	starts int
	ends   []int
	waits  []string
}

// Wait implements connector.Budget.
func (b *Budget) Wait(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() == nil {
		b.starts++
	}
	return ctx.Err()
}

// Done implements connector.Budget.
func (b *Budget) Done(status int, header http.Header) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends = append(b.ends, status)
	if status == http.StatusTooManyRequests {
		b.waits = append(b.waits, header.Get("Retry-After"))
	}
}

// Calls is how many calls have started, and with which statuses they ended (0 = no answer).
func (b *Budget) Calls() (starts int, ends []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.starts, append([]int(nil), b.ends...)
}

// Tap is a transport that can be told what becomes of the next calls.
type Tap struct {
	Next http.RoundTripper

	mu   sync.Mutex
	plan []Fate
	last Fate
	sent []*http.Request
}

// Fate is what becomes of a call. forward makes the real one.
type Fate func(req *http.Request, forward func() (*http.Response, error)) (*http.Response, error)

// Plan gives the next calls their fates, one each, in order.
func (t *Tap) Plan(fates ...Fate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.plan = append(t.plan, fates...)
}

// Always gives every call the same fate, nil for none, and forgets the plan.
func (t *Tap) Always(fate Fate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last, t.plan = fate, nil
}

// Sent is how many calls have been made.
func (t *Tap) Sent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.sent)
}

// RoundTrip implements http.RoundTripper.
func (t *Tap) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	fate := t.last
	if len(t.plan) > 0 {
		fate, t.plan = t.plan[0], t.plan[1:]
	}
	t.sent = append(t.sent, req)
	t.mu.Unlock()
	forward := func() (*http.Response, error) { return t.Next.RoundTrip(req) }
	if fate == nil {
		return forward()
	}
	return fate(req, forward)
}

var errBroken = errors.New("connection broken by the check")

// Lost carries the call out and loses the answer.
func Lost(_ *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
	res, err := forward()
	if err != nil {
		return nil, err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return nil, errBroken
}

// Torn carries the call out and breaks the answer in the middle.
func Torn(_ *http.Request, forward func() (*http.Response, error)) (*http.Response, error) {
	res, err := forward()
	if err == nil {
		body := res.Body
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(body, 5), broken{}), body}
	}
	return res, err
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// Held makes no call and answers only when the caller gives up.
func Held(started chan<- struct{}) Fate {
	return func(req *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		close(started)
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
}

// Answer makes no call and answers in the server's place. Headers are given as name, value, name, value.
func Answer(status int, body string, headers ...string) Fate {
	return func(req *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
		res := &http.Response{
			StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"application/json"}}, Request: req,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}
		for i := 0; i+1 < len(headers); i += 2 {
			res.Header.Set(headers[i], headers[i+1])
		}
		return res, nil
	}
}
