package web

import (
	"fmt"
	"time"

	"couplet/internal/store"
	"couplet/templates"
)

// costs foretells what carrying out a rehearsal takes. It is an estimate: a create is one request, a change is two because
// the record is read again right before, and each side goes at its own pace, both at once. Nobody else's use of the account
// is known, and a day's allowance may be smaller by then.
func (p prospect) costs(r rehearsed, counts store.PlanCounts) (c templates.Costs) {
	c.Need = counts.All(store.PlanNeed)
	for side, n := range r.run.To {
		requests := n.Created + 2*n.Updated
		c.Requests += requests
		if rate := p.rate(side); rate > 0 {
			c.Time = max(c.Time, time.Duration(float64(requests)/rate*float64(time.Second)))
		}
		if day := p.specs[side].Limits.Daily; day > 0 && 200*requests >= day {
			c.Share = fmt.Sprintf(", %d %% of what %s allows in a day", (100*requests+day-1)/day, p.specs[side].Name)
		}
	}
	return c
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
