package kit

import (
	"context"
	"sync"
	"time"
)

// Clock is the time a sandbox believes in: the real time plus an offset that
// tests move. The zero value is not ready; use NewClock.
type Clock struct {
	mu     sync.RWMutex
	offset time.Duration
	moved  chan struct{} // closed and replaced whenever the offset changes
}

// NewClock returns a clock that shows the real time.
func NewClock() *Clock { return &Clock{moved: make(chan struct{})} }

// Now is the sandbox's present, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return time.Now().Add(c.offset).UTC()
}

// Advance moves the clock by d, which may be negative, and wakes all sleepers.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(c.offset + d)
}

// Set makes the clock show t now; it goes on running from there.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(time.Until(t))
}

func (c *Clock) move(offset time.Duration) {
	c.offset = offset
	close(c.moved)
	c.moved = make(chan struct{})
}

// Sleep returns when the clock has gone on by d, whether by waiting or by being
// moved, or with the context's error when that ends first.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	until := c.Now().Add(d)
	for {
		c.mu.RLock()
		moved, left := c.moved, until.Sub(time.Now().Add(c.offset))
		c.mu.RUnlock()
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-moved:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// wait is a pause in real time.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
