// Package jobs says who works when, and on which machine. It is the only package that knows River, its queue.
//
// # Terms
//
// A wake-up asks for one flow to be looked at: workspace, flow, trigger, and nothing else. A job is a wake-up in River's
// table. Work is what a wake-up leads to; it comes from outside and runs the engine. The tick looks once a second for
// flows whose time has come and for runs whose worker has died, and wakes them.
//
// # What may be counted on
//
// A job is only a wake-up. What there is to do, who owns it (a lease with a heartbeat) and how far it has come is in our
// own tables. So a job that is lost, doubled or late loses nothing: the next tick finds the same work, and a second job
// finds the flow taken or nothing left to do. That is why a job may run for hours without a time limit, why there is no
// uniqueness over running jobs (a killed worker would block its flow until River rescues the job), and why nothing here
// is ever stored together with the data it is about.
//
// # How it works
//
//  1. [Jobs.Wake] inserts a job, unless the last one for the same flow and trigger has not started yet: that one starts
//     later than now and finds everything that was stored before now. So a thousand calls of a system make a few jobs.
//  2. Wake-ups by a system's call have a queue and workers of their own, and so have first syncs and rehearsals, so that hours
//     of these hold up neither the calls nor the schedules of others (I16).
//  3. Every process that works ticks for itself. River has a leader for such things, but after a kill the next leader
//     needs up to fifteen seconds to take over, and a killed run has to go on sooner. [Source.DueFlows] hands a flow out
//     once, whoever asks; a dead run that is handed out twice finds its lease taken.
//  4. Work that finds its flow taken by somebody alive gets its turn a second later ([engine.ErrBusy]).
//  5. [Jobs.Stop] takes no new jobs, gives running ones a grace, and then cancels them. Their runs stay unfinished and go
//     on at the next start, found by the tick like those of a killed process.
//
// # Two databases
//
// On PostgreSQL a job is announced by NOTIFY. On SQLite River would look for announcements every 50 ms, which alone is
// more than a call may wait. So there the insert tells this process's own workers directly (see drivers.go), and the
// poll is for what other processes insert. From the stored call to the start of its work: BenchmarkWake prints it.
//
// River's SQL runs on the writer, which on SQLite is one connection. Whoever calls Wake inside a transaction waits for
// himself until his deadline: always wake after the commit.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"couplet/db"
)

// Due is one wake-up.
type Due struct {
	Workspace, Flow string
	// Trigger is why: schedule, webhook, recovery, manual, rehearse, switched_on, once, undo.
	Trigger string
}

// The triggers that this package treats in a way of their own.
const (
	Webhook  = "webhook"
	Recovery = "recovery"
)

// Source says what is due. It is the store.
type Source interface {
	// DueFlows returns the flows whose time has come, and moves each to its next time in the same transaction, so that
	// it is handed out once, whoever asks.
	DueFlows(ctx context.Context, now time.Time) ([]Due, error)
	// DeadRuns returns unfinished runs without a sign of life since beatBefore.
	DeadRuns(ctx context.Context, beatBefore time.Time) ([]Due, error)
}

// Work runs a flow and returns when its run is over. [engine.ErrBusy] says that somebody else has it. Its context ends
// when the program stops. by is the person who asked, "" when nobody did.
type Work func(ctx context.Context, workspace, flow, trigger, by string) error

// Options say what Jobs need. DB, Source, Work, Now and Log are required.
type Options struct {
	DB     *db.DB
	Source Source
	Work   Work
	Now    func() time.Time
	Log    *slog.Logger
	// Workers is how many flows may be worked on at once because of calls, how many for first syncs and rehearsals, and how
	// many for all other reasons; 8 unless set.
	Workers int
	// Grace is how long Stop lets running jobs go on; 3 s unless set.
	Grace time.Duration
}

// Jobs wakes flows. Make one with [New]; a process that only serves pages need not Start it to call Wake.
type Jobs struct {
	o     Options
	queue queue
	pace  time.Duration // of the tick

	mu      sync.Mutex
	last    map[Due]note // the job that waits for its start, as far as is known here
	handed  map[Due]time.Time
	state   state
	ticked  time.Time // the last tick without a problem
	problem error     // of the last tick

	stop    context.CancelFunc
	ticking sync.WaitGroup
}

type state string

const (
	fresh    state = "not started yet"
	running  state = "running"
	stopping state = "stopping"
)

// New makes Jobs. It touches no database before Migrate, Wake or Start.
func New(o Options) (*Jobs, error) {
	if o.DB == nil || o.Source == nil || o.Work == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("jobs: DB, Source, Work, Now and Log are needed")
	}
	if o.Workers <= 0 {
		o.Workers = 8
	}
	if o.Grace <= 0 {
		o.Grace = 3 * time.Second
	}
	j := &Jobs{o: o, pace: pace, state: fresh, last: map[Due]note{}, handed: map[Due]time.Time{}}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{jobs: j}); err != nil {
		return nil, err
	}
	var err error
	if j.queue, err = open(o, workers); err != nil {
		return nil, fmt.Errorf("the job queue could not be set up: %w", err)
	}
	return j, nil
}

// Start starts workers and tick. ctx bounds the start only; what is started goes on until Stop.
func (j *Jobs) Start(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != fresh {
		return fmt.Errorf("the workers are %s and cannot be started", j.state)
	}
	ctx = context.WithoutCancel(ctx)
	if err := j.queue.Start(ctx); err != nil {
		return fmt.Errorf("the workers could not be started: %w", err)
	}
	ctx, j.stop = context.WithCancel(ctx)
	j.state, j.ticked = running, j.o.Now()
	j.ticking.Go(func() { j.tick(ctx) })
	return nil
}

// Stop ends what Start started: it takes no new jobs, lets running ones go on for the grace, cancels them, and returns
// when nothing of it runs any more. When ctx ends first, jobs are cancelled at once.
func (j *Jobs) Stop(ctx context.Context) error {
	j.mu.Lock()
	was, stop := j.state, j.stop
	j.state = stopping
	j.mu.Unlock()
	if was == fresh {
		return nil
	}
	stop()
	j.ticking.Wait()
	if err := j.queue.Stop(ctx); err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := j.queue.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("a run does not stop: %w", err)
	}
	return nil
}

// stale is how long the tick may fail before the workers do not count as ready.
const stale = 10 * time.Second

// Ready says in a sentence why no work would be done now, and nil when all is well.
func (j *Jobs) Ready() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.state != running:
		return fmt.Errorf("the workers are %s", j.state)
	case j.o.Now().Sub(j.ticked) > stale && j.problem != nil:
		return fmt.Errorf("the scheduler has not been able to look for work since %s: %w", j.ticked.UTC().Format(time.RFC3339), j.problem)
	case j.o.Now().Sub(j.ticked) > stale:
		return fmt.Errorf("the scheduler has not looked for work since %s", j.ticked.UTC().Format(time.RFC3339))
	}
	return nil
}
