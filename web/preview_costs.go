package web

import (
	"time"

	"couplet/internal/store"
	"couplet/templates"
)

// costs foretells what carrying out a rehearsal takes, and what the flow takes each day after it, for both sides. It is an
// estimate: both sides are read as the rehearsal read them, a create is one request, a change is two because the record may
// be read again right before, and each side goes at its own pace, both at once. Nobody else's use of the account is known.
func (p prospect) costs(r rehearsed, counts store.PlanCounts) (c templates.Costs) {
	c.Need = counts.All(store.PlanNeed)
	for side, n := range r.run.To {
		read := r.run.APICalls[side].Read
		x := templates.CostSide{System: p.specs[side].Name, Now: read + n.Created + 2*n.Updated, Daily: p.daily(side, read)}
		c.Requests += n.Created + 2*n.Updated
		if rate := p.rate(side); rate > 0 {
			c.Time = max(c.Time, time.Duration(float64(x.Now)/rate*float64(time.Second)))
		}
		if day := p.specs[side].Limits.Daily; day > 0 {
			x.NowShare, x.DailyShare = share100(x.Now, day), share100(x.Daily, day)
		}
		c.Sides = append(c.Sides, x)
	}
	return c
}

// share100 is a part of a day's allowance in percent, rounded up.
func share100(n, day int) int { return (100*n + day - 1) / day }

// daily is about how many requests a side is asked in a day on which nothing changes: looking for changes as often as the
// schedule says, and reading everything once. Where a system does not say what changed, everything is read each time; where it
// lists parent by parent, each parent comes up once in two weeks.
func (p prospect) daily(side, read int) int {
	object, ok := p.specs[side].Object(p.flow.Object)
	if !ok {
		return read
	}
	looks := 0
	for at, day := time.Unix(0, 0).UTC(), time.Unix(0, 0).UTC().Add(24*time.Hour); looks < mostLooks; looks++ {
		if at = p.flow.Schedule.Next(at, ""); at.IsZero() || at.After(day) {
			break
		}
	}
	switch {
	case object.PerParent:
		return looks + (read+13)/14
	case !object.Changes:
		return looks * max(1, read)
	}
	return looks*max(1, len(object.Views)) + read
}

// mostLooks is how many looks a day are counted.
const mostLooks = 3000

// setsOff warns of what may begin by itself in a system when records are made there.
func (p prospect) setsOff(r rehearsed) (out []templates.SetsOff) {
	for side, n := range r.run.To {
		if object, ok := p.specs[side].Object(p.flow.Object); ok && n.Created > 0 && object.SetsOff != "" {
			out = append(out, templates.SetsOff{System: systemOf(p.specs[side], p.flow.Object), N: n.Created, What: object.SetsOff})
		}
	}
	return out
}

// rate is how many requests a second one side is asked: what a person gave for the account, else our share of what the
// vendor publishes.
func (p prospect) rate(side int) float64 {
	if own := p.conns[side].PerSecond; own > 0 {
		return own
	}
	l := p.specs[side].Limits
	return float64(l.Max) * l.Share / time.Duration(l.Window).Seconds()
}
