package connection

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/time/rate"

	"couplet/internal/connector"
)

// pace decides when calls may start. It aims at a share of the vendor's allowance and is built of two parts: a token
// bucket spreads starts evenly and lets a few of them catch up after a delay, and a log makes sure that no window of
// the vendor's length, wherever it is laid, holds more calls than are allowed.
//
// The vendor counts a call when it arrives, which is some time between its start and its end; a few calls that are
// held up on the way and arrive together with later ones are enough for a 429. So a call keeps its place in the window
// until one window after its end, less the time that a call takes when nothing holds it up. Where calls take long
// against the window that says too little, and starts are counted instead.
//
// The allowance is, in this order: the number a person gave for the account; the numbers in the system's own headers;
// the published numbers. A 429 makes the pace slower by a tenth and it climbs back evenly (AIMD), never above the aim.
type pace struct {
	perSecond float64 // the person's number, 0 for none
	max       float64 // calls per span that the vendor allows, 0 = no limit is known
	span      time.Duration
	share     float64
	bucket    *rate.Limiter
	started   moments
	ended     moments
	// capStarts and capAll are the most starts in a window, and the most calls that may be in it by their ends.
	capStarts, capAll int
	// factor slows the aim down after a 429; climb is how much of it comes back per second.
	factor, climb float64
	climbed       time.Time
	turned        time.Time
	// others is how many calls of the window are somebody else's, as the headers show.
	others float64
	// hold stops starts for a moment because the window is full although we did not fill it.
	hold time.Time
}

const (
	// Of a number that is certain, nearly all is used: 97 % of a header's, 98 % of what a person gave.
	headerShare = 0.97
	personShare = 0.98
	// After a 429 the pace loses a tenth and gets back 2 % of the aim per second; every further 429 within a minute
	// halves that, so that an account with less than the published allowance is not probed over and over.
	slowdown, fastClimb, slowClimb = 0.9, 0.02, 0.002
	// An account that others use up leaves us at least this part, so that we notice when they stop.
	leastShare = 0.05
	// mostLogged is the largest allowance per window that is watched start by start; above it the bucket is enough.
	mostLogged = 100_000
)

func newPace(l connector.Limits, perSecond float64, now time.Time) pace {
	p := pace{perSecond: perSecond, max: float64(l.Max), span: time.Duration(l.Window), share: l.Share, factor: 1, climb: fastClimb, climbed: now}
	if perSecond > 0 {
		p.max, p.span, p.share = perSecond, time.Second, personShare
	}
	if p.span <= 0 {
		p.max = 0
	}
	if p.share <= 0 || p.share > 1 {
		p.share = 1
	}
	p.started.zero, p.ended.zero = now, now
	p.bucket = rate.NewLimiter(rate.Inf, 1)
	p.aim(now)
	return p
}

// keep takes over the starts that another pace has let go: they still count at the vendor.
func (p *pace) keep(old pace) {
	size := len(p.started.ring)
	p.started, p.ended = old.started, old.ended
	p.started.grow(size)
	p.ended.grow(size)
}

// aim sets the bucket and the cap by what is known now.
func (p *pace) aim(now time.Time) {
	if p.max <= 0 {
		return
	}
	ours := max(p.max-p.others, p.max*leastShare)
	perSecond := ours * p.share * p.factor / p.span.Seconds()
	// A little above the aim leaves room to catch up, and a call of the allowance always stays untouched.
	starts, all := max(math.Ceil(ours*p.share-1e-9), math.Floor(ours*(p.share+0.01)+1e-9)), ours
	if p.max >= 20 {
		starts, all = min(starts, p.max-1), ours*0.995
	}
	p.capStarts = max(int(math.Ceil(starts*p.factor-1e-9)), 1)
	p.capAll = max(int(all*p.factor+1e-9), 1)
	if p.max > mostLogged {
		p.capStarts, p.capAll = 0, 0
	} else {
		p.started.grow(int(p.max) + 2)
		p.ended.grow(int(p.max) + 2)
	}
	// Enough to start a handful at once after a rest, and to make up for timers that ring a few milliseconds late.
	burst := int(min(max(p.max/10, 1), max(10, perSecond/100)))
	if p.bucket.Limit() != rate.Limit(perSecond) {
		p.bucket.SetLimitAt(now, rate.Limit(perSecond))
	}
	if p.bucket.Burst() != burst {
		p.bucket.SetBurstAt(now, burst)
	}
}

// wait is how long no call may start, 0 for now, given the calls in flight and how long one takes at best.
func (p *pace) wait(now time.Time, inflight int, atBest time.Duration) time.Duration {
	if p.max <= 0 {
		return 0
	}
	if wait := p.hold.Sub(now); wait > 0 {
		return wait
	}
	if p.factor < 1 {
		p.catchUp(now)
	}
	if wait := p.full(now, inflight, atBest); wait > 0 {
		return wait
	}
	if tokens := p.bucket.TokensAt(now); tokens < 1 {
		return time.Duration((1 - tokens) / float64(p.bucket.Limit()) * float64(time.Second))
	}
	return 0
}

// full is how long the window stays full.
func (p *pace) full(now time.Time, inflight int, atBest time.Duration) time.Duration {
	wait := p.started.until(now, p.capStarts, p.span)
	if atBest > p.span/4 || p.capAll == 0 {
		return wait
	}
	// A call that hangs has long arrived, or never will: it may not hold its place for ever.
	inflight = min(inflight, p.started.since(now, p.span+p.span/4))
	if inflight >= p.capAll {
		return max(wait, p.started.until(now, inflight-p.capAll+1, p.span+p.span/4)) // or until one ends, which asks again
	}
	return max(wait, p.ended.until(now, p.capAll-inflight, p.span-atBest*9/10)) // the best is a mean, too, and single calls are faster
}

func (p *pace) start(now time.Time) {
	if p.max <= 0 {
		return
	}
	p.bucket.AllowN(now, 1)
	p.started.add(now)
}

// done notes the end of a call, whatever it was.
func (p *pace) done(now time.Time) { p.ended.add(now) }

// answered follows what the headers of an answer say about the allowance.
func (p *pace) answered(now time.Time, names connector.RateHeaders, header http.Header) {
	if p.perSecond > 0 || names.Max == "" || header == nil {
		return
	}
	allowed, err := strconv.ParseFloat(header.Get(names.Max), 64)
	if err != nil || !(allowed >= 1) || allowed > 1e7 {
		return
	}
	span := p.span
	if ms, err := strconv.Atoi(header.Get(names.WindowMillis)); err == nil && ms > 0 && ms <= 3600_000 {
		span = time.Duration(ms) * time.Millisecond
	}
	if span <= 0 {
		return
	}
	p.max, p.span, p.share = allowed, span, headerShare
	if left, err := strconv.ParseFloat(header.Get(names.Remaining), 64); err == nil {
		// Our own count from their start, even where their answers are still on the way, so this never sees too many
		// others.
		p.others = max(0, allowed-left-float64(p.started.since(now, span)))
		if p.others > 0 {
			p.others += 1 + p.others/20 // they go on while this answer travels
		}
		if left <= 0 {
			p.hold = now.Add(span / 20)
		}
	}
	p.aim(now)
}

// slower is the answer to a 429 that is news.
func (p *pace) slower(now time.Time) {
	p.catchUp(now)
	if !p.turned.IsZero() && now.Sub(p.turned) < time.Minute {
		p.climb = max(p.climb/2, slowClimb)
	} else {
		p.climb = fastClimb
	}
	p.turned = now
	p.factor = max(p.factor*slowdown, leastShare)
	p.aim(now)
}

// catchUp climbs back towards the aim.
func (p *pace) catchUp(now time.Time) {
	// In steps, because each costs a few multiplications.
	if passed := now.Sub(p.climbed); p.factor < 1 && passed >= 100*time.Millisecond {
		p.factor = min(1, p.factor+p.climb*passed.Seconds())
		p.climbed = now
		p.aim(now)
	} else if p.factor == 1 {
		p.climbed = now
	}
}

// rate is the calls per second that may start, 0 = no limit is known.
func (p *pace) rate() float64 {
	if p.max <= 0 {
		return 0
	}
	return float64(p.bucket.Limit())
}

// window is how long a 429 stops calls when it does not say.
func (p *pace) window() time.Duration {
	if p.span <= 0 {
		return time.Second
	}
	return p.span
}
