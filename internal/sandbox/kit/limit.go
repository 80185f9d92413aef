package kit

import (
	"sync"
	"time"
)

// Limit allows Max calls within any Window. Max 0 switches the limit off.
type Limit struct {
	Max    int
	Window time.Duration
}

// Limiter keeps, per key, the times of the calls of the last window: a true
// sliding window, so that no burst fits across a boundary.
type Limiter struct {
	clock *Clock
	limit Limit

	mu   sync.Mutex
	logs map[string]*callLog
}

// callLog is a queue of call times in unix nanoseconds; head is its first live entry.
type callLog struct {
	times []int64
	head  int
}

// NewLimiter returns a limiter on the sandbox's clock.
func NewLimiter(clock *Clock, limit Limit) *Limiter {
	return &Limiter{clock: clock, limit: limit, logs: map[string]*callLog{}}
}

// Limit is what the limiter was made with.
func (l *Limiter) Limit() Limit { return l.limit }

// Take counts one call of key. When the window is full the call is refused, not
// counted, and retryAfter tells when the oldest call leaves the window.
func (l *Limiter) Take(key string) (ok bool, remaining int, retryAfter time.Duration) {
	if l.limit.Max <= 0 {
		return true, 0, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now().UnixNano()
	log := l.logs[key]
	if log == nil {
		log = &callLog{}
		l.logs[key] = log
	}
	log.forget(now - int64(l.limit.Window))
	used := len(log.times) - log.head
	if used >= l.limit.Max {
		return false, 0, time.Duration(log.times[log.head] + int64(l.limit.Window) - now)
	}
	log.times = append(log.times, now)
	return true, l.limit.Max - used - 1, 0
}

// Left is how many calls key may make now; it counts nothing.
func (l *Limiter) Left(key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	log := l.logs[key]
	if log == nil {
		return l.limit.Max
	}
	log.forget(l.clock.Now().UnixNano() - int64(l.limit.Window))
	return l.limit.Max - (len(log.times) - log.head)
}

// forget drops the calls at or before a time, and moves the rest down once more
// than half of the slice is dead.
func (c *callLog) forget(until int64) {
	for c.head < len(c.times) && c.times[c.head] <= until {
		c.head++
	}
	if c.head > 0 && c.head*2 >= len(c.times) {
		c.times = c.times[:copy(c.times, c.times[c.head:])]
		c.head = 0
	}
}
