package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"couplet/internal/engine"
)

// The queues. Calls have one of their own, and so has what begins by reading whole accounts.
const (
	quick = "quick"
	slow  = river.QueueDefault
	long  = "long"
)

// queueOf is the queue of a trigger.
func queueOf(trigger string) string {
	switch trigger {
	case Webhook:
		return quick
	case engine.Rehearse, engine.SwitchedOn, engine.Trial:
		return long
	}
	return slow
}

// args is a wake-up as River keeps it.
type args struct {
	Workspace string `json:"workspace"`
	Flow      string `json:"flow"`
	Trigger   string `json:"trigger"`
	By        string `json:"by,omitempty"`
}

// Kind names the job.
func (args) Kind() string { return "wake" }

// attempts bounds how often work that fails is tried again; the schedule comes back to it anyway.
const attempts = 4

// Wake asks for a flow to be worked on. Call it after the commit of what is to be worked on, never inside a transaction.
// It does nothing when the last wake-up for the same flow and trigger waits to be started still. An error means that
// nobody was told; the work is found when the flow's time comes. by is the person who asks, "" when nobody does; of several
// whose wake-ups are one, the first.
func (j *Jobs) Wake(ctx context.Context, workspace, flow, trigger, by string) error {
	due := Due{workspace, flow, trigger}
	waits, err := j.waits(ctx, due)
	if err != nil || waits {
		return err
	}
	opts := river.InsertOpts{Queue: queueOf(trigger), MaxAttempts: attempts}
	res, err := j.queue.Insert(ctx, args{workspace, flow, trigger, by}, &opts)
	if err != nil {
		return fmt.Errorf("flow %s could not be woken: %w", flow, err)
	}
	j.remember(due, note{id: res.Job.ID})
	return nil
}

// waits reports whether the last job for the same wake-up has not been started yet, by any process. As it starts after
// this question, it will find all that was stored before.
func (j *Jobs) waits(ctx context.Context, due Due) (bool, error) {
	j.mu.Lock()
	n, ok := j.last[due]
	j.mu.Unlock()
	now := j.o.Now()
	if !ok || now.Before(n.nap) {
		return ok, nil
	}
	job, err := j.queue.JobGet(ctx, n.id)
	if err == nil && job.State == rivertype.JobStateAvailable && job.ScheduledAt.Sub(now) <= nap {
		return true, nil
	}
	if err != nil && ctx.Err() != nil {
		return false, ctx.Err()
	}
	j.forget(due, n.id) // started, over, or cleaned away
	return false, nil
}

// note is a job that waits to be started. A job that was put off naps until a time at least, whatever its row says.
type note struct {
	id  int64
	nap time.Time
}

// remember notes a job that waits.
func (j *Jobs) remember(due Due, n note) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last[due] = n
}

// forget drops the note of a job that no longer waits.
func (j *Jobs) forget(due Due, id int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.last[due].id == id {
		delete(j.last, due)
	}
}
