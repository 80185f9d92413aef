package jobs

import (
	"context"
	"database/sql"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"couplet/db"
	"couplet/db/dbtest"
)

// each runs a test on SQLite, and on PostgreSQL when there is one, each time in a database of its own.
func each(t *testing.T, run func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, opened(t, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db")))
	})
	url := os.Getenv("TEST_POSTGRES_URL")
	if url == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_POSTGRES_URL is not set")
		}
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, opened(t, dbtest.Schema(t, url)))
	})
}

func opened(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// table is a Source in the database under test: flows with a next time, and runs with a last sign of life.
type table struct {
	d     *db.DB
	looks *atomic.Int64 // of the tick
}

func newTable(t testing.TB, d *db.DB) table {
	t.Helper()
	write(t, d, "create table if not exists plan (flow text primary key, next_at bigint not null, every bigint not null)")
	write(t, d, "create table if not exists alive (flow text primary key, beat_at bigint not null)")
	return table{d, new(atomic.Int64)}
}

func write(t testing.TB, d *db.DB, text string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), text, args...); return err })
	if err != nil {
		t.Fatal(err)
	}
}

// DueFlows implements Source.
func (s table) DueFlows(ctx context.Context, now time.Time) (due []Due, err error) {
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		due, err = db.All(ctx, tx, "update plan set next_at = next_at + every where next_at <= $1 returning flow", []any{db.MS(now)}, wake("schedule"))
		return err
	})
	return due, err
}

// DeadRuns implements Source.
func (s table) DeadRuns(ctx context.Context, before time.Time) ([]Due, error) {
	s.looks.Add(1)
	return db.All(ctx, s.d, "select flow from alive where beat_at < $1", []any{db.MS(before)}, wake(Recovery))
}

func wake(trigger string) func(*sql.Rows) (Due, error) {
	return func(rows *sql.Rows) (Due, error) {
		due := Due{Workspace: "w", Trigger: trigger}
		return due, rows.Scan(&due.Flow)
	}
}

// recorder is work that says what it was given.
type recorder struct{ got chan Due }

func newRecorder() recorder { return recorder{make(chan Due, 1000)} }

func (r recorder) work(_ context.Context, ws, flow, trigger, by string) error {
	r.got <- Due{ws, flow, trigger}
	return nil
}

// next waits for the next work.
func next[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func newJobs(t testing.TB, d *db.DB, work Work, change ...func(*Options)) *Jobs {
	t.Helper()
	o := Options{DB: d, Source: newTable(t, d), Work: work, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Grace: 50 * time.Millisecond}
	for _, c := range change {
		c(&o)
	}
	j, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return j
}

func started(t testing.TB, j *Jobs) *Jobs {
	t.Helper()
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, j) })
	return j
}

func stop(t testing.TB, j *Jobs) {
	t.Helper()
	if err := j.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

// await looks again and again until something is so.
func await(t testing.TB, ok func() bool) {
	t.Helper()
	end := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("it did not come so")
		}
	}
}
