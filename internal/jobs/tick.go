package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"time"

	"couplet/internal/engine"
)

const (
	pace = time.Second // of the tick
	// once is how long a dead run, once handed out, is left alone, so that somebody has the time to take it over.
	once = 2 * time.Second
)

// tick looks for work until ctx ends, first at once.
func (j *Jobs) tick(ctx context.Context) {
	t := time.NewTicker(j.pace)
	defer t.Stop()
	for {
		err := j.look(ctx)
		if ctx.Err() != nil {
			return
		}
		j.mu.Lock()
		news := (err == nil) != (j.problem == nil)
		if j.problem = err; err == nil {
			j.ticked = j.o.Now()
		}
		j.mu.Unlock()
		switch {
		case news && err != nil:
			j.o.Log.Error("the scheduler cannot look for work", "error", err)
		case news:
			j.o.Log.Info("the scheduler can look for work again")
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// look wakes what is due and what is dead.
func (j *Jobs) look(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	now := j.o.Now()
	due, err := j.o.Source.DueFlows(ctx, now)
	// What was handed out before a problem is woken all the same: it will not be handed out again.
	errs := []error{err}
	dead, err := j.o.Source.DeadRuns(ctx, now.Add(-engine.DeadAfter))
	errs = append(errs, err)
	for _, d := range append(due, j.unhanded(dead, now)...) {
		errs = append(errs, j.Wake(ctx, d.Workspace, d.Flow, d.Trigger, ""))
	}
	return errors.Join(errs...)
}

// unhanded leaves out dead runs that were handed out a moment ago.
func (j *Jobs) unhanded(dead []Due, now time.Time) (out []Due) {
	j.mu.Lock()
	defer j.mu.Unlock()
	maps.DeleteFunc(j.handed, func(_ Due, at time.Time) bool { return now.Sub(at) >= once })
	for _, d := range dead {
		d.Trigger = Recovery
		if _, just := j.handed[d]; !just {
			j.handed[d] = now
			out = append(out, d)
		}
	}
	return out
}
