package engine

import (
	"context"
	"sync"
	"sync/atomic"
)

// crew are the goroutines that carry out the jobs of a round. There are as many as there were jobs at once, up to a most,
// and each stays for the next job, because a new goroutine would have to grow its stack for every record.
type crew struct {
	most int
	do   func(job) outcome
	out  chan<- outcome
	work chan job
	size int
	all  sync.WaitGroup
	jobs sync.WaitGroup
	open atomic.Int32 // jobs in hand
}

func newCrew(most int, do func(job) outcome, out chan<- outcome) *crew {
	return &crew{most: most, do: do, out: out, work: make(chan job)}
}

// hand gives a job to somebody who is free, and waits when nobody is. Only one goroutine may call it.
func (c *crew) hand(ctx context.Context, j job) {
	c.jobs.Add(1)
	c.open.Add(1)
	select {
	case c.work <- j:
		return
	default:
	}
	if c.size < c.most {
		c.size++
		c.all.Go(func() {
			c.carry(j)
			for j := range c.work {
				c.carry(j)
			}
		})
		return
	}
	select {
	case c.work <- j:
	case <-ctx.Done():
		c.open.Add(-1)
		c.jobs.Done()
	}
}

func (c *crew) carry(j job) {
	defer c.jobs.Done()
	o := c.do(j)
	c.open.Add(-1) // first, so that whoever receives the last outcome knows that it is the last
	c.out <- o
}

// idle reports whether no job is in anybody's hand.
func (c *crew) idle() bool { return c.open.Load() == 0 }

// end sends everybody home when the last job is done.
func (c *crew) end() {
	close(c.work)
	c.all.Wait()
}
