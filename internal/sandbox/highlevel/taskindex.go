package highlevel

import "time"

// taskIndex is what the location's task search sees: tasks as they were some time ago, deleted ones included (section 1.7).
// Whether the real one is behind like that of contacts is not measured [U].
type taskIndex struct {
	lag     time.Duration
	seen    taskShelf
	waiting []laterTask // in the order in which they become visible
}

type laterTask struct {
	at   time.Time
	id   string
	task *Task // nil: deleted
}

func newTaskIndex(lag time.Duration) *taskIndex { return &taskIndex{lag: lag, seen: newTaskShelf()} }

// put takes in a change; it shows after the lag.
func (x *taskIndex) put(now time.Time, id string, t *Task) {
	x.waiting = append(x.waiting, laterTask{now.Add(x.lag), id, t})
	x.catchUp(now)
}

// catchUp shows everything whose lag is over.
func (x *taskIndex) catchUp(now time.Time) {
	for len(x.waiting) > 0 && !x.waiting[0].at.After(now) {
		next := x.waiting[0]
		if x.waiting = x.waiting[1:]; next.task != nil {
			x.seen.keep(next.task)
		} else if t := x.seen.byID[next.id]; t != nil {
			x.seen.drop(t)
		}
	}
}

// keepTask stores a task, new or changed, in the truth and, later, in the index. The caller holds the lock.
func (c *CRM) keepTask(t *Task) {
	c.tasks.keep(t)
	c.taskIndex.put(c.now(), t.ID, t)
}

// loseTask is keepTask for one that goes.
func (c *CRM) loseTask(t *Task) {
	c.tasks.drop(t)
	c.taskIndex.put(c.now(), t.ID, nil)
}
