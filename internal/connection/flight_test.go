package connection

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"couplet/internal/connector"
)

func TestParallelCallsFollowTheAnswers(t *testing.T) {
	for _, c := range []struct {
		name        string
		vendor      *vendor
		workers     int
		least, most int
	}{
		{"grow while answers stay as fast", &vendor{latency: 20 * time.Millisecond}, 100, 64, 64},
		{"stay where nobody waits", &vendor{latency: 20 * time.Millisecond}, 4, 16, 16},
		{"shrink when most calls fail", &vendor{latency: 20 * time.Millisecond, fail: func(int) int { return 503 }}, 100, 2, 2},
		{"shrink when calls time out", &vendor{latency: time.Second, fail: func(int) int { return -1 }}, 100, 2, 2},
		{"a rare failure is no reason", &vendor{latency: 20 * time.Millisecond, fail: func(n int) int { return map[bool]int{true: 500}[n%50 == 0] }}, 100, 30, 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := NewBudget(connector.Limits{}, 0, time.Now)
				if f := c.vendor.fail; f != nil && f(1) == -1 {
					c.vendor.fail = nil
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					var wg sync.WaitGroup
					for range c.workers {
						wg.Go(func() {
							for b.Wait(ctx) == nil {
								c.vendor.call()
								b.Done(0, nil)
							}
						})
					}
					wg.Wait()
				} else {
					work(b, c.vendor, c.workers, 20*time.Second)
				}
				if got := b.Snapshot().Parallel; got < c.least || got > c.most {
					t.Errorf("parallel calls are %d, want %d to %d", got, c.least, c.most)
				}
			})
		})
	}
}

func TestASystemNearItsEndIsNotPushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(connector.Limits{}, 0, time.Now)
		// One call takes 5 ms of the only processor there is: twice the calls, twice the wait.
		cpu := make(chan struct{}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				for b.Wait(ctx) == nil {
					cpu <- struct{}{}
					time.Sleep(5 * time.Millisecond)
					<-cpu
					b.Done(200, nil)
				}
			})
		}
		wg.Wait()
		if got := b.Snapshot().Parallel; got > 48 {
			t.Errorf("parallel calls are %d", got)
		}
	})
}
