package connection

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"couplet/internal/connector"
)

func limits(max int, window time.Duration, share float64) connector.Limits {
	return connector.Limits{Max: max, Window: connector.Duration(window), Share: share}
}

func TestNearlyAllOfAnAllowanceIsUsedWithoutBeingTurnedAway(t *testing.T) {
	for _, c := range []struct {
		name      string
		limits    connector.Limits
		perSecond float64
		vendor    *vendor
		workers   int
		least     float64 // of what the vendor allows over the time
		away      int
	}{
		{"published numbers, no headers", limits(10, time.Second, 0.9), 0, &vendor{max: 10, span: time.Second, latency: 50 * time.Millisecond}, 20, 0.89, 0},
		{"published numbers give way to headers", limits(100, 10*time.Second, 0.8), 0, &vendor{max: 100, span: 10 * time.Second, headers: true, latency: 80 * time.Millisecond}, 20, 0.96, 0},
		{"headers of a smaller allowance", limits(100, 10*time.Second, 0.8), 0, &vendor{max: 25, span: 10 * time.Second, headers: true, latency: 80 * time.Millisecond}, 20, 0.94, 0},
		{"headers of a larger allowance", limits(100, 10*time.Second, 0.8), 0, &vendor{max: 5000, span: 10 * time.Second, headers: true, latency: 20 * time.Millisecond}, 64, 0.96, 0},
		{"a person's 500 per second", limits(10, time.Second, 0.9), 500, &vendor{max: 500, span: time.Second, retryAfter: true, latency: 20 * time.Millisecond}, 64, 0.97, 10},
		{"a person's 500 per second at a slow system", limits(100, 10*time.Second, 0.8), 500, &vendor{max: 500, span: time.Second, headers: true, latency: 100 * time.Millisecond}, 64, 0.97, 10},
		{"a person's 500 per second over a shaky line", limits(10, time.Second, 0.9), 500, &vendor{max: 500, span: time.Second, retryAfter: true, latency: 20 * time.Millisecond, jitter: 60 * time.Millisecond}, 64, 0.94, 10},
		{"a person's 500 per second at a system that stalls", limits(10, time.Second, 0.9), 500, &vendor{max: 500, span: time.Second, retryAfter: true, latency: 20 * time.Millisecond, stall: 40 * time.Millisecond}, 64, 0.94, 10},
		{"headers over a shaky line", limits(100, 10*time.Second, 0.8), 0, &vendor{max: 100, span: 10 * time.Second, headers: true, latency: 80 * time.Millisecond, jitter: time.Second}, 20, 0.8, 1},
		{"published numbers at a system slower than its window", limits(10, time.Second, 0.9), 0, &vendor{max: 10, span: time.Second, latency: 3 * time.Second}, 40, 0.8, 0},
		{"a person's 5 per second", limits(10, time.Second, 0.9), 5, &vendor{max: 5, span: time.Second, latency: 30 * time.Millisecond}, 8, 0.97, 0},
		{"a person's one call in two seconds", limits(10, time.Second, 0.9), 0.5, &vendor{max: 1, span: 2 * time.Second, latency: 30 * time.Millisecond}, 8, 0.9, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c.limits.Headers = windowHeaders
				b := NewBudget(c.limits, c.perSecond, time.Now)
				v := c.vendor
				const long = 60 * time.Second
				work(b, v, c.workers, long)
				allowed := float64(v.max) * float64(long) / float64(v.span)
				if got := float64(v.taken) / allowed; got < c.least || v.away > c.away {
					t.Errorf("%.1f%% of the allowance was used with %d turned away, want %.0f%% and at most %d", got*100, v.away, c.least*100, c.away)
				}
			})
		})
	}
}

func TestNoWindowEverHoldsMoreThanTheVendorAllows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limits(100, 10*time.Second, 0.97)
		b := NewBudget(l, 0, time.Now)
		var starts []time.Time
		start := func() {
			if err := b.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			starts = append(starts, time.Now())
			b.Done(200, nil)
		}
		for i := range 600 { // rests and rushes
			if i%97 == 0 {
				time.Sleep(time.Duration(i*31%13000) * time.Millisecond)
			}
			start()
		}
		for i := range starts {
			n := 0
			for j := i; j < len(starts) && starts[j].Sub(starts[i]) < 10*time.Second; j++ {
				n++
			}
			if n > 99 {
				t.Fatalf("the 10 s after start %d hold %d starts", i, n)
			}
		}
	})
}

func TestWhenOthersSpendTheAllowanceThePaceGivesWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limits(100, 10*time.Second, 0.8)
		l.Headers = windowHeaders
		b := NewBudget(l, 0, time.Now)
		v := &vendor{max: 100, span: 10 * time.Second, headers: true, latency: 50 * time.Millisecond}
		stop := make(chan struct{})
		go func() { // somebody else calls 4 times a second
			for {
				select {
				case <-stop:
					return
				case <-time.After(250 * time.Millisecond):
					v.others(1)
				}
			}
		}()
		work(b, v, 10, 2*time.Minute)
		close(stop)
		if perSecond := float64(v.taken) / 120; perSecond < 5 || perSecond > 6.2 || v.away > 2 {
			t.Errorf("%.1f calls per second beside 4 of others, %d turned away", perSecond, v.away)
		}
		v.taken = 0
		work(b, v, 10, 2*time.Minute)
		if perSecond := float64(v.taken) / 120; perSecond < 9 {
			t.Errorf("alone again: %.1f calls per second", perSecond)
		}
	})
}

func TestCallersGoInTheirOrderAndPeopleFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(1, time.Second, 1), 0, time.Now)
		mustWait(t, b)
		b.Done(200, nil)
		var mu sync.Mutex
		var order []string
		var wg sync.WaitGroup
		for _, name := range []string{"run 1", "run 2", "person 1", "person 2"} {
			ctx := t.Context()
			if name[0] == 'p' {
				ctx = connector.As(ctx, connector.Interactive)
			}
			wg.Go(func() {
				if b.Wait(ctx) == nil {
					mu.Lock()
					order = append(order, name)
					mu.Unlock()
					b.Done(200, nil)
				}
			})
			synctest.Wait()
		}
		if got := b.Snapshot().Waits(); got != 4 {
			t.Errorf("%d are waiting", got)
		}
		wg.Wait()
		if got := fmt.Sprint(order); got != "[person 1 person 2 run 1 run 2]" {
			t.Errorf("the order is %s", got)
		}
	})
}

func TestWhoeverGivesUpWaitingIsInNobodysWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(1, time.Second, 1), 0, time.Now)
		mustWait(t, b)
		b.Done(200, nil)
		begin := time.Now()
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			if err := b.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error is %v", err)
			}
			cancel()
		}
		if got := b.Snapshot().Waits(); got != 0 {
			t.Errorf("%d are waiting", got)
		}
		mustWait(t, b)
		if got := time.Since(begin); got > 1100*time.Millisecond {
			t.Errorf("the next one waited %s", got)
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.Wait(done); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestRunsLeaveAFifthOfTheDayToPeople(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := limits(100, time.Second, 0.9)
		l.Daily, l.Headers = 1000, windowHeaders
		b := NewBudget(l, 0, time.Now)
		var told []string
		b.said = func(until time.Time, why string) {
			told = append(told, fmt.Sprintf("%s %s", time.Until(until), why))
		}
		left := func(n int, reset string) http.Header {
			h := http.Header{"X-Day-Left": {fmt.Sprint(n)}}
			if reset != "" {
				h.Set("X-Day-Reset", reset)
			}
			return h
		}
		mustWait(t, b)
		b.Done(200, left(201, ""))
		mustWait(t, b)
		b.Done(200, left(200, fmt.Sprint(time.Now().Add(2*time.Hour).UnixMilli())))
		for _, class := range []connector.Class{connector.Retry, connector.Sweep, connector.Backfill} {
			short, cancel := context.WithTimeout(connector.As(t.Context(), class), 20*time.Minute)
			if err := b.Wait(short); err == nil {
				t.Errorf("%v went on into the reserve", class)
			}
			cancel()
			if until, why, _ := b.Stopped(class); until.IsZero() || why == "" {
				t.Errorf("%v is stopped and does not say so", class)
			}
		}
		if until, _, _ := b.Stopped(connector.Live); !until.IsZero() {
			t.Error("live changes are stopped")
		}
		s := b.Snapshot()
		if s.DailyRemaining != 200 || s.PausedUntil.IsZero() || s.Why != "200 of the day's 1000 calls are left, and these are kept for changes as they are made; first syncs, complete readings and retries wait" {
			t.Errorf("snapshot is %+v", s)
		}
		if err := b.Wait(connector.As(t.Context(), connector.Interactive)); err != nil {
			t.Fatal(err)
		}
		b.Done(200, left(199, fmt.Sprint(time.Hour.Milliseconds())))
		if len(told) != 1 {
			t.Errorf("told %q", told)
		}
		begin := time.Now()
		if err := b.Wait(connector.As(t.Context(), connector.Backfill)); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(begin); got != time.Hour {
			t.Errorf("the run went on after %s", got)
		}
		b.Done(200, left(900, ""))
		mustWait(t, b)
		b.Done(200, left(0, ""))
		begin = time.Now()
		if err := b.Wait(connector.As(t.Context(), connector.Interactive)); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(begin); got != lookAgain {
			t.Errorf("with nothing left and no reset named, a person waited %s", got)
		}
	})
}

func TestChangingTheAllowanceHoldsAtOnceAndForgetsNoStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(10, time.Second, 0.9), 0, time.Now)
		for range 9 {
			mustWait(t, b)
			b.Done(200, nil)
		}
		b.SetPerSecond(2)
		if got := b.Snapshot().Rate; got < 1.9 || got > 2 {
			t.Errorf("rate is %v", got)
		}
		begin := time.Now()
		mustWait(t, b)
		if time.Since(begin) == 0 {
			t.Error("a new allowance let a call go although the window is full")
		}
	})
}

func TestTheWallClockMayJump(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		jump := time.Duration(0)
		b := NewBudget(limits(2, time.Second, 1), 0, func() time.Time { return time.Now().Add(jump) })
		for range 2 {
			mustWait(t, b)
			b.Done(200, nil)
		}
		jump = 10 * time.Hour
		mustWait(t, b)
	})
}

func TestABudgetIsNoBrakeForAFastSystem(t *testing.T) {
	t.Parallel()
	const calls, workers = 50_000, 8
	b := NewBudget(connector.Limits{}, 0, time.Now)
	begin := time.Now()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range calls / workers {
				if b.Wait(context.Background()) == nil {
					b.Done(200, nil)
				}
			}
		})
	}
	wg.Wait()
	if perSecond := calls / time.Since(begin).Seconds(); perSecond < 5000 {
		t.Errorf("%.0f calls per second", perSecond)
	}
}

func BenchmarkBudget(b *testing.B) {
	l := limits(1_000_000, time.Second, 1)
	l.Headers = windowHeaders
	budget := NewBudget(l, 0, time.Now)
	header := http.Header{"X-Max": {"90000"}, "X-Remaining": {"5000"}, "X-Window": {"10"}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = budget.Wait(context.Background())
			budget.Done(200, header)
		}
	})
}
