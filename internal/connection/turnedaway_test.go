package connection

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestA429StopsEveryCallUntilTheTimeItNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"seconds", http.Header{"Retry-After": {"3"}}, 3 * time.Second},
		{"parts of a second", http.Header{"Retry-After": {"0.25"}}, 250 * time.Millisecond},
		{"a date by the vendor's clock", http.Header{"Retry-After": {"Mon, 02 Jan 2006 15:04:15 GMT"}, "Date": {"Mon, 02 Jan 2006 15:04:05 GMT"}}, 10 * time.Second},
		{"nothing: the window", http.Header{}, 2 * time.Second},
		{"nonsense: the window", http.Header{"Retry-After": {"soon"}}, 2 * time.Second},
		{"no answer's header at all", nil, 2 * time.Second},
		{"never longer than a day", http.Header{"Retry-After": {"99999999999"}}, 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := NewBudget(limits(20, 2*time.Second, 0.9), 0, time.Now)
				mustWait(t, b)
				begin := time.Now()
				b.Done(429, c.header)
				if s := b.Snapshot(); !s.PausedUntil.Equal(begin.Add(c.want)) || s.Why == "" {
					t.Errorf("snapshot is %+v", s)
				}
				var wg sync.WaitGroup
				for range 5 {
					wg.Go(func() {
						mustWait(t, b)
						if got := time.Since(begin); got < c.want || got > c.want+time.Second {
							t.Errorf("a call started after %s, want %s", got, c.want)
						}
					})
				}
				wg.Wait()
			})
		})
	}
}

func mustWait(t *testing.T, b *Budget) {
	t.Helper()
	if err := b.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func Test429sOfCallsThatWereOutTogetherCountOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(200, time.Second, 0.9), 0, time.Now)
		for range 10 {
			mustWait(t, b)
		}
		full := b.Snapshot().Rate
		begin := time.Now()
		for range 10 {
			b.Done(429, http.Header{"Retry-After": {"1"}})
		}
		s := b.Snapshot()
		if !s.PausedUntil.Equal(begin.Add(time.Second)) {
			t.Errorf("paused for %s", s.PausedUntil.Sub(begin))
		}
		if s.Rate < full*slowdown*0.99 {
			t.Errorf("the rate fell from %v to %v", full, s.Rate)
		}
	})
}

func TestThePaceFallsOnA429AndClimbsBackButNeverAboveTheAim(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(10, time.Second, 0.9), 0, time.Now)
		mustWait(t, b)
		b.Done(429, http.Header{"Retry-After": {"1"}})
		if got := b.Snapshot().Rate; got > 8.11 || got < 8.09 {
			t.Errorf("after a 429 the rate is %v", got)
		}
		work(b, &vendor{}, 2, 3*time.Second)
		if got := b.Snapshot().Rate; got < 8.3 || got > 8.9 {
			t.Errorf("after a while the rate is %v", got)
		}
		work(b, &vendor{}, 2, time.Minute)
		if got := b.Snapshot().Rate; got != 9 {
			t.Errorf("later the rate is %v", got)
		}
	})
}

func TestASmallerAllowanceThanPublishedIsFoundAndKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(limits(10, time.Second, 0.9), 0, time.Now)
		v := &vendor{max: 5, span: time.Second, retryAfter: true, latency: 50 * time.Millisecond}
		work(b, v, 10, 5*time.Minute)
		if share := float64(v.taken) / (5 * 300); share < 0.75 || v.away > 60 {
			t.Errorf("%.0f%% of the real allowance was used with %d turned away", share*100, v.away)
		}
	})
}
