package connection

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"couplet/internal/connector"
)

var windowHeaders = connector.RateHeaders{Max: "X-Max", Remaining: "X-Remaining", WindowMillis: "X-Window", DailyMax: "X-Day", DailyRemaining: "X-Day-Left", DailyReset: "x-day-reset"}

// vendor is a pretend system with a true sliding window: what does not fit is turned away and not counted.
type vendor struct {
	max  int
	span time.Duration
	// retryAfter, headers: whether answers carry them. latency is how long an answer takes.
	retryAfter, headers bool
	latency             time.Duration
	// jitter: some calls are held up on their way by up to so much more.
	jitter time.Duration
	// stall: every two seconds nothing gets through for so long, then all of it at once.
	stall time.Duration
	// fail turns an answer into this status.
	fail func(n int) int

	mu           sync.Mutex
	calls        []time.Time
	taken, away  int
	out, mostOut int
}

func (v *vendor) take() bool {
	now := time.Now()
	for len(v.calls) > 0 && now.Sub(v.calls[0]) >= v.span {
		v.calls = v.calls[1:]
	}
	if v.max > 0 && len(v.calls) >= v.max {
		return false
	}
	v.calls = append(v.calls, now)
	return true
}

// others spends part of the allowance.
func (v *vendor) others(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for range n {
		v.take()
	}
}

func (v *vendor) call() (int, http.Header) {
	v.mu.Lock()
	v.out++
	v.mostOut = max(v.mostOut, v.out)
	v.mu.Unlock()
	time.Sleep(v.latency / 2)
	if v.jitter > 0 && rand.IntN(4) == 0 {
		time.Sleep(rand.N(v.jitter))
	}
	if into := time.Duration(time.Now().UnixNano()) % (2 * time.Second); into < v.stall {
		time.Sleep(v.stall - into)
	}
	v.mu.Lock()
	defer func() {
		v.mu.Unlock()
		time.Sleep(v.latency / 2)
		v.mu.Lock()
		v.out--
		v.mu.Unlock()
	}()
	h := http.Header{}
	status := 200
	if !v.take() {
		v.away++
		status = 429
		if v.retryAfter {
			wait := v.span - time.Since(v.calls[0])
			h.Set("Retry-After", fmt.Sprint(int((wait+time.Second-1)/time.Second)))
		}
	} else {
		v.taken++
		if v.fail != nil {
			if s := v.fail(v.taken); s != 0 {
				status = s
			}
		}
	}
	if v.headers {
		h.Set("X-Max", fmt.Sprint(v.max))
		h.Set("X-Window", fmt.Sprint(v.span.Milliseconds()))
		h.Set("X-Remaining", fmt.Sprint(v.max-len(v.calls)))
	}
	return status, h
}

// work lets so many workers call for so long, and returns when all have stopped.
func work(b *Budget, v *vendor, workers int, long time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for b.Wait(ctx) == nil {
				b.Done(v.call())
			}
		})
	}
	wg.Wait()
}
