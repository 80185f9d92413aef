package connection

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"couplet/internal/connector"
)

// Classes that wait at the same time share the allowance by their weights, none starves, and who was away has no claim.
func TestClassesShareTheAllowanceByWeight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(10, time.Second, 1), 0, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		var got [connector.Classes]int
		var mu sync.Mutex
		var wg sync.WaitGroup
		crowd := func(c connector.Class, until time.Duration) {
			for range 20 {
				wg.Go(func() {
					ctx, cancel := context.WithTimeout(connector.As(ctx, c), until)
					defer cancel()
					for b.Wait(ctx) == nil {
						mu.Lock()
						got[c]++
						mu.Unlock()
						b.Done(200, nil)
					}
				})
			}
		}
		crowd(connector.Backfill, time.Minute)
		time.Sleep(30 * time.Second) // it has the whole allowance for itself, and owes nobody anything for that
		mu.Lock()
		alone := got[connector.Backfill]
		mu.Unlock()
		crowd(connector.Live, 30*time.Second)
		crowd(connector.Retry, 30*time.Second)
		crowd(connector.Sweep, 30*time.Second)
		wg.Wait()
		if alone < 250 {
			t.Errorf("alone, a first sync made %d calls in 30 s at 10 per second", alone)
		}
		got[connector.Backfill] -= alone
		for c, share := range map[connector.Class]float64{connector.Live: 8. / 13, connector.Retry: 3. / 13, connector.Sweep: 1. / 13, connector.Backfill: 1. / 13} {
			all := got[connector.Live] + got[connector.Retry] + got[connector.Sweep] + got[connector.Backfill]
			if is := float64(got[c]) / float64(all); is < share*0.8 || is > share*1.25 {
				t.Errorf("%v has %.2f of the calls, its share is %.2f (%v)", c, is, share, got)
			}
		}
	})
}

// A live change behind a thousand calls of a first sync waits for one call or two and not for all of them (I16).
func TestALiveChangeDoesNotQueueBehindAFirstSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(10, time.Second, 1), 0, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() {
				if b.Wait(connector.As(ctx, connector.Backfill)) == nil {
					b.Done(200, nil)
				}
			})
		}
		time.Sleep(5 * time.Second)
		begin := time.Now()
		mustWait(t, b)
		b.Done(200, nil)
		if got := time.Since(begin); got > time.Second {
			t.Errorf("it waited %s", got)
		}
		cancel()
		wg.Wait()
	})
}
