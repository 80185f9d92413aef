package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"

	"couplet/internal/engine"
)

const (
	// nap is how long a job waits for a flow that somebody else has.
	nap = time.Second
	// naps bounds that for calls: whoever has the flow sees their hints too, and later ones have a time of their own.
	naps = 30
)

// worker turns a job into work.
type worker struct {
	river.WorkerDefaults[args]
	jobs *Jobs
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	j, due := w.jobs, Due{job.Args.Workspace, job.Args.Flow, job.Args.Trigger}
	j.forget(due, job.ID)
	err := j.work(ctx, due, job.Args.By)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, engine.ErrBusy):
		return j.again(ctx, due, job.ID, slept(job.Metadata))
	case ctx.Err() != nil:
		return nil // stopped by us; the run stays unfinished and is found by the next tick that anybody makes
	}
	var p *panicked
	if errors.As(err, &p) {
		j.o.Log.Error("work panicked", "flow", due.Flow, "workspace", due.Workspace, "trigger", due.Trigger, "panic", p.value, "stack", p.stack)
		return river.JobCancel(err)
	}
	j.o.Log.Warn("work failed", "flow", due.Flow, "workspace", due.Workspace, "trigger", due.Trigger, "attempt", job.Attempt, "error", err)
	return err
}

// again puts a job off whose flow is taken, unless another one waits for the same: a thousand calls during a run leave
// one job behind.
func (j *Jobs) again(ctx context.Context, due Due, id int64, times int) error {
	if gives(due, times) {
		return nil
	}
	if other, err := j.waits(ctx, due); other && err == nil {
		return nil
	}
	if !j.putOff(due, id) {
		return nil
	}
	return river.JobSnooze(nap)
}

// putOff notes that a job naps, unless another one has been put off since.
func (j *Jobs) putOff(due Due, id int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.o.Now()
	if now.Before(j.last[due].nap) {
		return false
	}
	j.last[due] = note{id: id, nap: now.Add(nap)}
	return true
}

// gives reports whether a job that found its flow taken so often gives up. A dead run that turns out to be alive needs
// no second look: if it dies, the tick hands it out again.
func gives(due Due, times int) bool {
	return due.Trigger == Recovery || due.Trigger == Webhook && times >= naps
}

// slept is how often a job has come back, as River notes it. A note that cannot be read counts as never.
func slept(metadata []byte) int {
	var m struct {
		Snoozes int `json:"snoozes"`
	}
	_ = json.Unmarshal(metadata, &m)
	return m.Snoozes
}

// work does the work, and survives it.
func (j *Jobs) work(ctx context.Context, due Due, by string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{value: v, stack: string(debug.Stack())}
		}
	}()
	return j.o.Work(ctx, due.Workspace, due.Flow, due.Trigger, by)
}

type panicked struct {
	value any
	stack string
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// NextRetry implements river.Worker: after 2, 4 and 8 seconds.
func (w *worker) NextRetry(job *river.Job[args]) time.Time {
	return w.jobs.o.Now().Add(time.Second << min(job.Attempt, attempts))
}
