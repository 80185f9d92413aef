package jobs

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"couplet/db"
	"couplet/db/dbtest"
)

// BenchmarkWake prints how long it takes from a wake-up, the hint being stored, to the start of its work.
func BenchmarkWake(b *testing.B) {
	bench := func(b *testing.B, d *db.DB) {
		began := make(chan time.Time, 1)
		j := started(b, newJobs(b, d, func(context.Context, string, string, string, string) error { began <- time.Now(); return nil }))
		var took []time.Duration
		for b.Loop() {
			start := time.Now()
			if err := j.Wake(b.Context(), "w", "people", Webhook, ""); err != nil {
				b.Fatal(err)
			}
			took = append(took, next(b, began).Sub(start))
		}
		report(b, took)
	}
	b.Run("sqlite", func(b *testing.B) { bench(b, opened(b, "sqlite:"+filepath.Join(b.TempDir(), "couplet.db"))) })
	if url := os.Getenv("TEST_POSTGRES_URL"); url != "" {
		b.Run("postgres", func(b *testing.B) { bench(b, opened(b, dbtest.Schema(b, url))) })
	}
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
