package connection

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"couplet/internal/connector"
)

// reserve is the part of a day that each class leaves to more urgent ones (sync-semantics 5.16): a fifth is for live
// changes, and the last of it for people's own clicks.
var reserve = [connector.Classes]float64{connector.Live: 0.02, connector.Retry: 0.2, connector.Sweep: 0.2, connector.Backfill: 0.2}

const (
	// lookAgain is when a spent day is tried again if the system does not say when the next one begins.
	lookAgain = 15 * time.Minute
)

// daily follows an allowance per day by what the system's answers say is left of it. Systems that say nothing are not
// limited here: counting by ourselves would forget at every restart.
type daily struct {
	limit     int
	remaining int // -1 = not known
	until     time.Time
	why       string
	told      time.Time
}

// wait is how long a call of a class must wait for the day. A person's call waits only when nothing at all is left.
func (d *daily) wait(now time.Time, c connector.Class) time.Duration {
	if d.remaining < 0 || d.remaining > d.kept(c) {
		return 0
	}
	wait := d.until.Sub(now)
	if wait <= 0 {
		d.remaining = -1 // a new day, or time to look: the next answer tells
	}
	return wait
}

// kept is how many calls a class leaves.
func (d *daily) kept(c connector.Class) int { return int(float64(d.limit) * reserve[c]) }

func (d *daily) start() {
	if d.remaining > 0 {
		d.remaining--
	}
}

func (d *daily) answered(now time.Time, names connector.RateHeaders, header http.Header) {
	if names.DailyRemaining == "" {
		return
	}
	left, err := strconv.Atoi(header.Get(names.DailyRemaining))
	if err != nil || left < 0 {
		return
	}
	if limit, err := strconv.Atoi(header.Get(names.DailyMax)); err == nil && limit > 0 {
		d.limit = limit
	}
	d.remaining = left
	if left > d.kept(connector.Backfill) {
		d.until = time.Time{}
		return
	}
	if reset, ok := dailyReset(now, header.Get(names.DailyReset)); ok {
		d.until = reset
	} else if !d.until.After(now) {
		d.until = now.Add(lookAgain)
	}
	switch {
	case left == 0:
		d.why = fmt.Sprintf("the day's %d calls are used up", d.limit)
	case left <= d.kept(connector.Live):
		d.why = fmt.Sprintf("%d of the day's %d calls are left, and runs leave these for people's own clicks", left, d.limit)
	default:
		d.why = fmt.Sprintf("%d of the day's %d calls are left, and these are kept for changes as they are made; first syncs, complete readings and retries wait", left, d.limit)
	}
}

// dailyReset reads when the next day begins: milliseconds, and no source says whether since 1970 or from now. The size
// tells.
func dailyReset(now time.Time, text string) (time.Time, bool) {
	ms, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || ms <= 0:
		return time.Time{}, false
	case ms > 1e11:
		at := time.UnixMilli(ms)
		return at, at.After(now) && at.Sub(now) <= maxPause
	}
	wait := time.Duration(ms) * time.Millisecond
	return now.Add(wait), wait <= maxPause
}

// untold reports, once per stop, that calls stop for longer than a breath.
func (d *daily) untold(until, now time.Time) bool {
	if until.Sub(now) < aloud || !until.After(d.told.Add(aloud)) {
		return false
	}
	d.told = until
	return true
}
