package connection

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"couplet/internal/connector"
)

// Budget hands out the right to start calls of one connection, by class and in order of asking ([queue]). It keeps three
// limits at once:
//
//   - the pace: how many calls may start in the vendor's window ([pace]);
//   - the calls in flight: as many as the other side answers without getting slower ([flight]);
//   - the day: a part of a daily allowance stays for live changes, and the last of it for people at a page ([daily]).
//
// A 429 stops all calls until the time that the answer names. All callers wait here instead of at the vendor, because
// workers that are turned away and sleep waste most of an allowance (architecture, section 8).
type Budget struct {
	now func() time.Time
	// said is told, outside of any lock, when calls stop for longer than a breath; nil for nobody.
	said func(until time.Time, why string)

	mu     sync.Mutex
	limits connector.Limits
	pace   pace
	flight flight
	daily  daily
	queue  queue
	timer  *time.Timer
	until  time.Time
	why    string
	// stale counts calls in flight that started before the last 429, and whose own 429 is therefore no news.
	stale int
}

var _ connector.Budget = (*Budget)(nil)

// aloud is the shortest stop that is worth telling.
const aloud = time.Minute

// NewBudget makes the budget of a connection. perSecond is the account's own allowance, 0 for the published one. The
// clock must agree with the timers of package time.
func NewBudget(limits connector.Limits, perSecond float64, now func() time.Time) *Budget {
	b := &Budget{now: now, limits: limits, flight: newFlight(now()), daily: daily{limit: limits.Daily, remaining: -1}}
	b.pace = newPace(limits, perSecond, now())
	return b
}

// Wait blocks until a call may start. It fails only with the context. Each call that it lets go must end in Done.
func (b *Budget) Wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	class := connector.ClassOf(ctx)
	b.mu.Lock()
	if b.queue.len() == 0 {
		now := b.now()
		if wait, ok := b.open(now); ok && wait == 0 && b.daily.wait(now, class) == 0 {
			b.queue.moved(class)
			b.start(now)
			b.mu.Unlock()
			return nil
		}
	}
	w := &waiter{ready: make(chan struct{})}
	b.queue.join(class, w)
	b.pump()
	b.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.granted {
		return nil // the call may start; it will find for itself that nobody wants it any more, and end in Done
	}
	b.queue.leave(class, w)
	b.pump()
	return ctx.Err()
}

// open reports whether any call may start now, and if not after which time it is worth to ask again; 0 means when a
// call in flight ends.
func (b *Budget) open(now time.Time) (time.Duration, bool) {
	if wait := b.until.Sub(now); wait > 0 {
		return wait, false
	}
	if wait := b.pace.wait(now, b.flight.inflight, b.flight.fastest); wait > 0 {
		return wait, false
	}
	return 0, b.flight.free()
}

func (b *Budget) start(now time.Time) {
	b.pace.start(now)
	b.flight.start(now)
	b.daily.start()
}

// pump lets go whoever may start, and sets the timer for whoever may start later.
func (b *Budget) pump() {
	now := b.now()
	for b.queue.len() > 0 {
		wait, ok := b.open(now)
		if !ok {
			if wait > 0 {
				b.wakeAfter(wait)
			}
			return
		}
		class := b.queue.next(func(c connector.Class) bool {
			left := b.daily.wait(now, c)
			if left > 0 && (wait == 0 || left < wait) {
				wait = left
			}
			return left == 0
		})
		if class < 0 {
			b.wakeAfter(wait)
			return
		}
		w := b.queue.take(class)
		b.start(now)
		w.granted = true
		close(w.ready)
	}
}

func (b *Budget) wakeAfter(wait time.Duration) {
	// Never less, or rounding could make the timer fire again and again within one instant.
	wait = max(wait, 20*time.Microsecond)
	if b.timer == nil {
		b.timer = time.AfterFunc(wait, b.wake)
		return
	}
	b.timer.Reset(wait)
}

func (b *Budget) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pump()
}

// Done reports how a call ended, with the headers of its answer.
func (b *Budget) Done(status int, header http.Header) {
	b.mu.Lock()
	now := b.now()
	b.flight.done(now, status)
	b.pace.done(now)
	old := b.stale > 0
	if old {
		b.stale--
	}
	b.pace.answered(now, b.limits.Headers, header)
	b.daily.answered(now, b.limits.Headers, header)
	if status == http.StatusTooManyRequests {
		b.turnedAway(now, header, old)
	}
	until, why, said := b.until, b.why, b.said
	if b.daily.until.After(until) {
		until, why = b.daily.until, b.daily.why
	}
	tell := said != nil && b.daily.untold(until, now)
	b.pump()
	b.mu.Unlock()
	if tell {
		said(until, why)
	}
}

// turnedAway stops everything until the time that a 429 names. Several at once are one: the longest wait holds, they
// never add up, and only the first makes the pace slower.
func (b *Budget) turnedAway(now time.Time, header http.Header, old bool) {
	asked, named := retryAfter(now, header)
	if !named {
		if old {
			return // it began before the stop, and says nothing that is not known
		}
		asked = b.pace.window()
	}
	if until := now.Add(asked); until.After(b.until) {
		b.until = until
		b.why = "the system answered that there were too many calls, and asked to wait"
	}
	if !old {
		b.pace.slower(now)
		b.flight.shrink(now, 0.7)
		b.stale = b.flight.inflight
	}
}

// maxPause bounds what a vendor's header can make us wait without asking again.
const maxPause = 24 * time.Hour

// retryAfter reads a Retry-After: seconds, or a date by the clock of the one who wrote it.
func retryAfter(now time.Time, header http.Header) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if text == "" {
		return 0, false
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil && s >= 0 {
		return min(time.Duration(min(s, maxPause.Seconds())*float64(time.Second)), maxPause), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	from := now
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		from = date
	}
	return min(max(at.Sub(from), 0), maxPause), true
}

// SetPerSecond changes the account's own allowance, 0 for the published one.
func (b *Budget) SetPerSecond(perSecond float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if perSecond != b.pace.perSecond {
		next := newPace(b.limits, perSecond, b.now())
		next.keep(b.pace)
		b.pace = next
		b.pump()
	}
}

// Snapshot is the state of a budget for metrics, pages and doctor.
type Snapshot struct {
	// Rate is the calls per second that may start now.
	Rate float64 `json:"rate"`
	// InFlight of at most Parallel calls are out; Waiting callers wait for their turn, by class.
	InFlight int                    `json:"inflight"`
	Parallel int                    `json:"parallel"`
	Waiting  [connector.Classes]int `json:"waiting"`
	// DailyRemaining is what the system says is left of the day, -1 when it has not said.
	DailyRemaining int `json:"daily_remaining"`
	// PausedUntil is set while some class other than people may not call, the least urgent that is held, and Why says in
	// words what for.
	PausedUntil time.Time `json:"paused_until,omitzero"`
	Why         string    `json:"why,omitempty"`
}

// Waits is how many callers wait.
func (s Snapshot) Waits() (n int) {
	for _, k := range s.Waiting {
		n += k
	}
	return n
}

// Snapshot returns the state now.
func (b *Budget) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := Snapshot{Rate: b.pace.rate(), InFlight: b.flight.inflight, Parallel: b.flight.limit(), DailyRemaining: b.daily.remaining}
	for c, w := range b.queue.waiting {
		s.Waiting[c] = len(w)
	}
	s.PausedUntil, s.Why = b.stopped(now, connector.Backfill)
	return s
}

// Stopped says until when calls of a class may not start, and why; zero when they may. held says whether some of them stand in
// line although more calls could be out at once.
func (b *Budget) Stopped(c connector.Class) (until time.Time, why string, held bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	until, why = b.stopped(b.now(), c)
	return until, why, len(b.queue.waiting[c]) > 0 && b.flight.inflight < b.flight.limit()
}

func (b *Budget) stopped(now time.Time, c connector.Class) (until time.Time, why string) {
	if b.until.After(now) {
		until, why = b.until, b.why
	}
	if b.daily.wait(now, c) > 0 && b.daily.until.After(until) {
		until, why = b.daily.until, b.daily.why
	}
	return until, why
}
