package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

func TestWakeLeadsToWork(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		j := started(t, newJobs(t, d, r.work))
		for _, want := range []Due{{"w", "people", Webhook}, {"w", "people", "manual"}} {
			if err := j.Wake(t.Context(), want.Workspace, want.Flow, want.Trigger, ""); err != nil {
				t.Fatal(err)
			}
			if got := next(t, r.got); got != want {
				t.Errorf("worked on %v, want %v", got, want)
			}
		}
	})
}

func TestAWakeUpCarriesWhoAsked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		asked := make(chan string, 10)
		j := started(t, newJobs(t, d, func(_ context.Context, _, _, _, by string) error { asked <- by; return nil }))
		for _, want := range []string{"Anna", ""} {
			if err := j.Wake(t.Context(), "w", "people", "manual", want); err != nil {
				t.Fatal(err)
			}
			if got := next(t, asked); got != want {
				t.Errorf("asked for by %q, want %q", got, want)
			}
		}
	})
}

// A process that serves pages only wakes the workers of another one.
func TestWakeReachesAnotherProcess(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		started(t, newJobs(t, d, r.work))
		pages := newJobs(t, d, func(context.Context, string, string, string, string) error { panic("not here") })
		if err := pages.Wake(t.Context(), "w", "people", "manual", ""); err != nil {
			t.Fatal(err)
		}
		next(t, r.got)
	})
}

func TestADueFlowIsWorkedOncePerDueTimeByTwoProcesses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		a, b := newJobs(t, d, r.work), newJobs(t, d, r.work)
		a.pace, b.pace = 20*time.Millisecond, 20*time.Millisecond
		const flows = 20
		now := time.Now()
		for i := range flows {
			write(t, d, "insert into plan (flow, next_at, every) values ($1, $2, $3)", fmt.Sprint("flow ", i), db.MS(now.Add(-time.Minute)), time.Hour.Milliseconds())
		}
		write(t, d, "insert into plan (flow, next_at, every) values ($1, $2, $3)", "later", db.MS(now.Add(time.Hour)), time.Hour.Milliseconds())
		started(t, a)
		started(t, b)
		times := map[Due]int{}
		for range flows {
			times[next(t, r.got)]++
		}
		for _, j := range []*Jobs{a, b} {
			looks := j.o.Source.(table).looks
			enough := looks.Load() + 3
			await(t, func() bool { return looks.Load() >= enough })
		}
		if len(r.got) > 0 || len(times) != flows {
			t.Errorf("%d more than due, worked %v", len(r.got), times)
		}
		if times[Due{"w", "later", "schedule"}] > 0 {
			t.Error("a flow was worked before its time")
		}
	})
}

func TestADeadRunIsHandedOutUntilSomebodyTakesIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		j := newJobs(t, d, r.work)
		write(t, d, "insert into alive (flow, beat_at) values ($1, $2)", "dead", db.MS(time.Now().Add(-engine.DeadAfter-time.Second)))
		write(t, d, "insert into alive (flow, beat_at) values ($1, $2)", "well", db.MS(time.Now().Add(time.Hour)))
		started(t, j)
		for range 2 {
			if got, want := next(t, r.got), (Due{"w", "dead", Recovery}); got != want {
				t.Errorf("worked on %v, want %v", got, want)
			}
		}
	})
}

// However often a flow is woken before its work starts, it starts once more, and after the last of them.
func TestDoubledWakeUpsMakeOneJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		j := newJobs(t, d, r.work)
		for range 50 {
			if err := j.Wake(t.Context(), "w", "people", Webhook, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Wake(t.Context(), "w", "last", Webhook, ""); err != nil {
			t.Fatal(err)
		}
		started(t, j)
		for range 2 {
			next(t, r.got)
		}
		if err := j.Wake(t.Context(), "w", "people", Webhook, ""); err != nil {
			t.Fatal(err)
		}
		if got := next(t, r.got); got.Flow != "people" {
			t.Errorf("worked on %v after a new wake-up", got)
		}
		if n := len(r.got); n != 0 {
			t.Errorf("%d jobs too many", n)
		}
	})
}

func TestATakenFlowIsTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		tries := 0
		done := make(chan int, 1)
		j := started(t, newJobs(t, d, func(context.Context, string, string, string, string) error {
			mu.Lock()
			defer mu.Unlock()
			if tries++; tries < 3 {
				return fmt.Errorf("flow people: %w", engine.ErrBusy)
			}
			done <- tries
			return nil
		}))
		if err := j.Wake(t.Context(), "w", "people", Webhook, ""); err != nil {
			t.Fatal(err)
		}
		if n := next(t, done); n != 3 {
			t.Errorf("%d tries, want 3", n)
		}
	})
}

func TestManyWakeUpsOfATakenFlowLeaveOneJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		tries := make(chan bool, 1000)
		j := started(t, newJobs(t, d, func(context.Context, string, string, string, string) error { tries <- true; return engine.ErrBusy }))
		for range 20 {
			if err := j.Wake(t.Context(), "w", "people", "manual", ""); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			next(t, tries)
		}
		await(t, func() bool {
			var n int
			if _, err := d.Get(t.Context(), "select count(*) from river_job where state in ('available', 'running')", nil, &n); err != nil {
				t.Fatal(err)
			}
			return n == 1
		})
	})
}

func TestATakenFlowIsNotTriedForEverForACall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trigger string
		times   int
		again   bool
	}{{Webhook, 0, true}, {Webhook, 29, true}, {Webhook, 30, false}, {Recovery, 0, false}, {"schedule", 1000, true}, {"manual", 1000, true}} {
		if got := !gives(Due{Trigger: c.trigger}, c.times); got != c.again {
			t.Errorf("%s after %d times: again = %v", c.trigger, c.times, got)
		}
	}
	if n := slept([]byte(`{"snoozes": 7}`)); n != 7 {
		t.Errorf("River's note says %d", n)
	}
}

func TestAPanicStopsNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder()
		var mu sync.Mutex
		var log strings.Builder
		j := started(t, newJobs(t, d, func(ctx context.Context, ws, flow, trigger, by string) error {
			if flow == "bad" {
				panic("no such thing")
			}
			return r.work(ctx, ws, flow, trigger, by)
		}, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(locked{&mu, &log}, nil)) }))
		for _, flow := range []string{"bad", "good"} {
			if err := j.Wake(t.Context(), "w", flow, "manual", ""); err != nil {
				t.Fatal(err)
			}
		}
		next(t, r.got)
		await(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return strings.Contains(log.String(), "no such thing") && strings.Contains(log.String(), "stack=")
		})
	})
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func TestFailedWorkIsTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		tries := make(chan bool, 10)
		j := started(t, newJobs(t, d, func(context.Context, string, string, string, string) error {
			tries <- true
			return errors.New("not now")
		}))
		if err := j.Wake(t.Context(), "w", "people", "manual", ""); err != nil {
			t.Fatal(err)
		}
		next(t, tries)
		next(t, tries)
	})
}

func TestTwoProcessesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		o := Options{DB: d, Source: table{d: d}, Work: newRecorder().work, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		errs := make(chan error, 3)
		for range 3 {
			go func() {
				j, err := New(o)
				if err == nil {
					err = j.Migrate(t.Context())
				}
				errs <- err
			}()
		}
		for range 3 {
			if err := next(t, errs); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestReadySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"))
	j := newJobs(t, d, newRecorder().work)
	if err := j.Ready(); err == nil || !strings.Contains(err.Error(), "not started") {
		t.Errorf("before Start: %v", err)
	}
	j.state, j.ticked, j.problem = running, time.Now().Add(-time.Minute), errors.New("the disk is full")
	if err := j.Ready(); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("with a failing tick: %v", err)
	}
}
