package browsertest

import (
	"testing"
	"time"
)

// clock tells how long the parts of a journey took.
type clock struct {
	t           testing.TB
	what        string
	begun, last time.Time
}

func startClock(t testing.TB, what string) *clock {
	return &clock{t: t, what: what, begun: time.Now(), last: time.Now()}
}

func (c *clock) lap(part string) {
	now := time.Now()
	c.t.Logf("measured: %s: %5.1f s  %s", c.what, now.Sub(c.last).Seconds(), part)
	c.last = now
}

func (c *clock) total() time.Duration {
	d := time.Since(c.begun)
	c.t.Logf("measured: %s: %5.1f s  in all", c.what, d.Seconds())
	return d
}
