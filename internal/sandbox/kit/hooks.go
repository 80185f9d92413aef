package kit

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Policy is how deliveries are repeated: at most Attempts tries in all, the
// first repetition after Base, each further one after twice the wait, up to Max.
// Waits are on the sandbox's clock. Timeout is one try's, in real time.
type Policy struct {
	Attempts int
	Base     time.Duration
	Max      time.Duration
	Timeout  time.Duration
}

// Hooks sends webhooks in the background, in order unless a fault or a retry
// changes it. It stands in for the vendors' senders: a delivery may be lost,
// doubled or late, and a receiver that does not answer 2xx is tried again.
type Hooks struct {
	clock  *Clock
	faults *Faults
	policy Policy
	client *http.Client
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	queue   []delivery
	working bool // one goroutine empties the queue
	pending int
	last    map[string]Delivered // by address
}

// Delivered is how the last try at an address ended: a status, or a problem.
type Delivered struct {
	At      time.Time
	Status  int
	Problem string
}

// Last tells how the last try at an address ended; ok is false when there was none.
func (h *Hooks) Last(url string) (last Delivered, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	last, ok = h.last[url]
	return last, ok
}

func (h *Hooks) note(url string, status int, err error) {
	d := Delivered{At: h.clock.Now(), Status: status}
	if err != nil {
		d.Problem = err.Error()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil {
		h.last = map[string]Delivered{}
	}
	h.last[url] = d
}

type delivery struct {
	url   string
	build func(attempt int) ([]byte, http.Header)
}

// NewHooks returns a sender. Zero fields of the policy get 1 try, 1 s, 10 min, 10 s.
func NewHooks(clock *Clock, faults *Faults, p Policy) *Hooks {
	p.Attempts = max(p.Attempts, 1)
	orElse(&p.Base, time.Second)
	orElse(&p.Max, 10*time.Minute)
	orElse(&p.Timeout, 10*time.Second)
	ctx, cancel := context.WithCancel(context.Background())
	return &Hooks{
		clock: clock, faults: faults, policy: p, ctx: ctx, cancel: cancel,
		client: &http.Client{
			Timeout:       p.Timeout,
			Transport:     &http.Transport{MaxIdleConnsPerHost: 8},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func orElse(d *time.Duration, fallback time.Duration) {
	if *d <= 0 {
		*d = fallback
	}
}

// Send queues one delivery and returns at once. build makes body and headers for
// a try, the first being 1; it runs later, on another goroutine.
func (h *Hooks) Send(url string, build func(attempt int) (body []byte, header http.Header)) {
	if url == "" || h.faults.Hit(Lose) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return
	}
	h.pending++
	d := delivery{url, build}
	if h.faults.Hit(Shuffle) {
		late := time.Duration(20+h.faults.Pick(230)) * time.Millisecond
		h.wg.Go(func() {
			if wait(h.ctx, late) == nil {
				h.push(d)
			} else {
				h.done()
			}
		})
		return
	}
	h.enqueue(d)
}

func (h *Hooks) push(d delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.enqueue(d)
}

func (h *Hooks) enqueue(d delivery) {
	h.queue = append(h.queue, d)
	if !h.working {
		h.working = true
		h.wg.Go(h.work)
	}
}

// work sends first tries one after another; a refused one retries on its own.
func (h *Hooks) work() {
	for {
		h.mu.Lock()
		if len(h.queue) == 0 {
			h.queue, h.working = nil, false
			h.mu.Unlock()
			return
		}
		d := h.queue[0]
		h.queue = h.queue[1:]
		h.mu.Unlock()
		if h.try(d, 1) || h.policy.Attempts == 1 {
			h.done()
		} else {
			h.wg.Go(func() { h.retry(d) })
		}
	}
}

func (h *Hooks) retry(d delivery) {
	defer h.done()
	pause := h.policy.Base
	for attempt := 2; attempt <= h.policy.Attempts; attempt++ {
		if h.clock.Sleep(h.ctx, pause) != nil || h.try(d, attempt) {
			return
		}
		pause = min(2*pause, h.policy.Max)
	}
}

// try posts once, twice when double strikes, and says whether the receiver took it.
func (h *Hooks) try(d delivery, attempt int) bool {
	if h.ctx.Err() != nil {
		return true // closing: nothing more goes out
	}
	body, header := d.build(attempt)
	if attempt == 1 && h.faults.Hit(Double) {
		h.post(d.url, body, header)
	}
	return h.post(d.url, body, header)
}

func (h *Hooks) post(url string, body []byte, header http.Header) bool {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		h.note(url, 0, err)
		return false
	}
	if header != nil {
		req.Header = header.Clone()
	}
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := h.client.Do(req)
	if err != nil {
		h.note(url, 0, err)
		return false
	}
	h.note(url, res.StatusCode, nil)
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return res.StatusCode >= 200 && res.StatusCode < 300
}

func (h *Hooks) done() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending--
}

// Pending is how many deliveries are neither taken nor given up.
func (h *Hooks) Pending() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pending
}

// Settle waits until nothing is pending, at most for a while of real time.
func (h *Hooks) Settle(within time.Duration) {
	for end := time.Now().Add(within); h.Pending() > 0 && time.Now().Before(end); {
		if wait(h.ctx, 5*time.Millisecond) != nil {
			return
		}
	}
}

// Close stops sending, drops what is pending and waits for what is under way.
func (h *Hooks) Close() {
	h.mu.Lock()
	h.cancel() // under the lock: Send starts nothing afterwards
	h.mu.Unlock()
	h.wg.Wait()
	h.client.CloseIdleConnections()
}
