package connection

import (
	"net/http"
	"time"
)

const (
	leastFlight, firstFlight, mostFlight = 2, 16, 64
	// patientFlight is how far getting slower alone brings the limit down: slow answers may just be bigger ones.
	patientFlight = 8
)

// flight limits the calls that are out at once. A fixed number is either too few for a system that answers slowly or
// too many for one that is near its end, so the limit follows the answers: it grows while callers wait for it and
// more calls at once bring more answers, and shrinks when they get slower, fail or are turned away.
//
// How long answers take is not measured per call but by Little's law: the time that calls were out, summed up, divided
// by the number that came back.
type flight struct {
	most     float64
	inflight int
	// The stretch that is being measured: it ends after a round or two of calls.
	began     time.Time
	last      time.Time
	out       time.Duration // summed over all calls that were out
	ended     int
	failed    int
	saturated bool
	// fastest is the shortest mean time of a stretch, slowly forgetting.
	fastest time.Duration
	// bounced is set after the first sign of too much: from then on growth is careful.
	bounced bool
	// grown is the limit before it was last raised and the calls per second it gave, zero when it was not raised last.
	grown struct{ most, rate float64 }
	// content counts the stretches for which no growth is tried, because the last one gained nothing.
	content int
}

func newFlight(now time.Time) flight {
	return flight{most: firstFlight, began: now, last: now}
}

func (f *flight) limit() int { return int(f.most) }

// free reports whether one more call may be out. It is asked when nothing else holds the call back.
func (f *flight) free() bool {
	if f.inflight < f.limit() {
		return true
	}
	f.saturated = true
	return false
}

func (f *flight) tick(now time.Time) {
	f.out += time.Duration(f.inflight) * now.Sub(f.last)
	f.last = now
}

func (f *flight) start(now time.Time) {
	f.tick(now)
	f.inflight++
}

func (f *flight) done(now time.Time, status int) {
	f.tick(now)
	f.inflight = max(f.inflight-1, 0)
	f.ended++
	if status == 0 || status >= http.StatusInternalServerError || status == http.StatusRequestTimeout {
		f.failed++
	}
	// The first guess is corrected quickly: a short run must not be over before its calls are as many as they can be.
	rounds := 2
	if !f.bounced {
		rounds = 1
	}
	if f.ended >= max(rounds*f.limit(), 10) {
		f.judge(now)
	}
}

// judge ends a stretch and sets the limit for the next one.
func (f *flight) judge(now time.Time) {
	took := f.out / time.Duration(f.ended)
	if f.fastest == 0 || took < f.fastest {
		f.fastest = took
	} else {
		f.fastest += (took - f.fastest) / 200
	}
	rate := float64(f.ended) / max(now.Sub(f.began).Seconds(), 1e-9)
	before := f.grown
	f.grown.most = 0
	f.content = max(f.content-1, 0)
	switch {
	case f.failed*10 > f.ended:
		f.shrink(now, 0.7)
		return
	case took > 3*f.fastest:
		f.bounced = true
		f.most = max(min(f.most, patientFlight), f.most*0.9)
	case before.most > 0 && rate/before.rate-1 < (f.most/before.most-1)/4:
		// More calls at once, but no more answers: the system is at its end.
		f.most, f.bounced, f.content = before.most, true, 20
	case f.saturated && f.content == 0 && f.most < mostFlight && took <= 2*f.fastest:
		f.grown.most, f.grown.rate = f.most, rate
		step := f.most
		if f.bounced {
			step = max(1, f.most/8)
		}
		f.most = min(f.most+step, mostFlight)
	}
	f.rest(now)
}

// shrink is the answer to failures and to being turned away.
func (f *flight) shrink(now time.Time, by float64) {
	f.bounced, f.grown.most = true, 0
	f.most = max(f.most*by, leastFlight)
	f.rest(now)
}

// rest begins a new stretch.
func (f *flight) rest(now time.Time) {
	f.began, f.last, f.out, f.ended, f.failed, f.saturated = now, now, 0, 0, 0, false
}
