package jobs

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// queue is what is used of River's client, which has another type for each database.
type queue interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	JobGet(ctx context.Context, id int64) (*rivertype.JobRow, error)
}

// open makes River's client for the kind of database that there is.
func open(o Options, workers *river.Workers) (queue, error) {
	c := &river.Config{
		Workers: workers,
		Queues:  map[string]river.QueueConfig{quick: {MaxWorkers: o.Workers}, slow: {MaxWorkers: o.Workers}, long: {MaxWorkers: o.Workers}},
		// A run takes as long as it takes: whether its worker lives is told by our own heartbeat.
		JobTimeout:           -1,
		RescueStuckJobsAfter: 24 * time.Hour,
		SoftStopTimeout:      o.Grace,
		// A call is worked at once. The poll finds what other processes inserted, and jobs that come back after a nap.
		FetchCooldown:     time.Millisecond,
		FetchPollInterval: 250 * time.Millisecond,
		// Jobs are of no interest afterwards: what was done is in the log of the run.
		CompletedJobRetentionPeriod: 10 * time.Minute,
		CancelledJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: time.Hour,
		Logger:                      slog.New(quiet{o.Log.Handler()}),
	}
	if o.DB.SQLite() {
		return river.NewClient(direct{riversqlite.New(o.DB.Writer())}, c)
	}
	return river.NewClient(riverpgxv5.New(o.DB.Pool()), c)
}

// direct is the SQLite driver without its announcements, which are a table that is polled every 50 ms. Without them an
// insert tells the workers of its own client at once.
type direct struct{ *riversqlite.Driver }

// SupportsListener implements riverdriver.Driver.
func (direct) SupportsListener() bool { return false }

// Migrate brings River's own tables up to date. When several processes do it at once, one does and the others see that
// it is done.
func (j *Jobs) Migrate(ctx context.Context) error {
	if j.o.DB.SQLite() {
		return migrate(ctx, riversqlite.New(j.o.DB.Writer()), j.o.Log)
	}
	return migrate(ctx, riverpgxv5.New(j.o.DB.Pool()), j.o.Log)
}

func migrate[T any](ctx context.Context, d riverdriver.Driver[T], log *slog.Logger) error {
	m, err := rivermigrate.New(d, &rivermigrate.Config{Logger: slog.New(quiet{log.Handler()})})
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if err == nil || try == tries || ctx.Err() != nil {
			return err
		}
		// Most likely another process has just made what this one was about to make. Each step is a transaction, so the
		// next try begins where the other one is.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1+rand.IntN(50)) * time.Millisecond):
		}
	}
}

// tries is how often a migration that fails is tried again: there are fewer steps than that.
const tries = 20

// quiet passes on only what is worth a line: River tells of each start and stop of its parts.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

// WithAttrs implements slog.Handler.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
