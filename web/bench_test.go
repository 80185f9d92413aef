package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"couplet/internal/jobs"
)

// nothing is due by itself.
type nothing struct{}

// DueFlows implements jobs.Source.
func (nothing) DueFlows(context.Context, time.Time) ([]jobs.Due, error) { return nil, nil }

// DeadRuns implements jobs.Source.
func (nothing) DeadRuns(context.Context, time.Time) ([]jobs.Due, error) { return nil, nil }

// stamped notes when a flow is woken, which is when the call has just been stored.
type stamped struct {
	*jobs.Jobs
	at chan time.Time
}

// Wake implements Waker.
func (s stamped) Wake(ctx context.Context, ws, flow, trigger, by string) error {
	s.at <- time.Now()
	return s.Jobs.Wake(ctx, ws, flow, trigger, by)
}

// BenchmarkHook prints how long a call takes to be answered, and how long it takes from being stored to the start of
// its work, on an idle machine.
func BenchmarkHook(b *testing.B) {
	began := make(chan time.Time, 1)
	var j *jobs.Jobs
	w := stamped{at: make(chan time.Time, 1)}
	bu := newBundle(b)
	j, err := jobs.New(jobs.Options{DB: bu.db, Source: nothing{}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Work: func(context.Context, string, string, string, string) error { began <- time.Now(); return nil }})
	must(b, err)
	must(b, j.Migrate(b.Context()))
	must(b, j.Start(b.Context()))
	b.Cleanup(func() { must(b, j.Stop(context.WithoutCancel(b.Context()))) })
	w.Jobs = j
	bu.Server.o.Wake = w

	var answered, started []time.Duration
	n := 0
	for b.Loop() {
		n++
		body := bu.event(map[string]any{"webhookId": fmt.Sprint("call-", n), "id": fmt.Sprint("contact-", n)})
		sent := time.Now()
		if status := bu.call(body); status != http.StatusOK {
			b.Fatalf("status %d", status)
		}
		answered = append(answered, time.Since(sent))
		stored := <-w.at
		started = append(started, (<-began).Sub(stored))
	}
	for name, took := range map[string][]time.Duration{"answered": answered, "started": started} {
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, name+"-p95-ms")
	}
}
