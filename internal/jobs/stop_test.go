package jobs

import (
	"context"
	"errors"
	"runtime/pprof"
	"strings"
	"testing"

	"couplet/db"
)

func TestStopCancelsWhatDoesNotEndByItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		began, ended := make(chan bool, 1), make(chan error, 1)
		j := newJobs(t, d, func(ctx context.Context, _, _, _, _ string) error {
			began <- true
			<-ctx.Done()
			ended <- ctx.Err()
			return ctx.Err()
		})
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := j.Wake(t.Context(), "w", "people", "manual", ""); err != nil {
			t.Fatal(err)
		}
		next(t, began)
		if err := j.Ready(); err != nil {
			t.Errorf("not ready while working: %v", err)
		}
		stop(t, j)
		if err := next(t, ended); !errors.Is(err, context.Canceled) {
			t.Errorf("work ended with %v", err)
		}
		if err := j.Ready(); err == nil || !strings.Contains(err.Error(), "stopping") {
			t.Errorf("Ready after Stop says %v", err)
		}
	})
}

func TestStopLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		j := newJobs(t, d, r.work)
		mark := "jobs-" + strings.ReplaceAll(t.Name(), "/", "-")
		// Goroutines inherit labels, so those of this test can be told from those of the others.
		pprof.Do(t.Context(), pprof.Labels("test", mark), func(ctx context.Context) {
			if err := j.Start(ctx); err != nil {
				t.Fatal(err)
			}
			if err := j.Wake(ctx, "w", "people", Webhook, ""); err != nil {
				t.Fatal(err)
			}
		})
		next(t, r.got)
		if !strings.Contains(goroutines(t), mark) {
			t.Fatal("the label is not inherited, so this test sees nothing")
		}
		stop(t, j)
		await(t, func() bool { return !strings.Contains(goroutines(t), mark) })
	})
}

func goroutines(t *testing.T) string {
	var b strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
