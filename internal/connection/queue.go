package connection

import (
	"slices"

	"couplet/internal/connector"
)

// weights are the shares of the classes that wait at the same time, except for people, who always go first: there are few
// of them, and each makes a few calls (sync-semantics 5.16).
var weights = [connector.Classes]float64{connector.Live: 8, connector.Retry: 3, connector.Sweep: 1, connector.Backfill: 1}

// queue holds those who wait for a call, by class, each class in order of asking. Between classes it is fair by weight: each
// call moves its class on by 1/weight, and the class that has come least far is next. So none starves, and one that was
// away for long comes back at the place of the others and not with a claim on what it did not use.
type queue struct {
	waiting [connector.Classes][]*waiter
	come    [connector.Classes]float64
	at      float64 // how far the last one had come
}

type waiter struct {
	ready   chan struct{}
	granted bool
}

// len counts who waits.
func (q *queue) len() (n int) {
	for _, w := range q.waiting {
		n += len(w)
	}
	return n
}

// join puts somebody at the end of a class.
func (q *queue) join(c connector.Class, w *waiter) {
	if len(q.waiting[c]) == 0 {
		q.come[c] = max(q.come[c], q.at)
	}
	q.waiting[c] = append(q.waiting[c], w)
}

// leave takes somebody out who gives up.
func (q *queue) leave(c connector.Class, w *waiter) {
	if i := slices.Index(q.waiting[c], w); i >= 0 {
		q.waiting[c] = slices.Delete(q.waiting[c], i, i+1)
	}
}

// next is the class whose turn it is among those that may, -1 when there is none.
func (q *queue) next(may func(connector.Class) bool) connector.Class {
	best := connector.Class(-1)
	for c := range q.waiting {
		c := connector.Class(c)
		if len(q.waiting[c]) == 0 || !may(c) {
			continue
		}
		if c == connector.Interactive {
			return c
		}
		if best < 0 || q.come[c] < q.come[best] {
			best = c
		}
	}
	return best
}

// take removes the first of a class and moves the class on.
func (q *queue) take(c connector.Class) *waiter {
	w := q.waiting[c][0]
	q.waiting[c] = slices.Delete(q.waiting[c], 0, 1)
	q.moved(c)
	return w
}

// moved counts a call of a class.
func (q *queue) moved(c connector.Class) {
	if weights[c] > 0 {
		q.come[c] = max(q.come[c], q.at)
		q.at = q.come[c]
		q.come[c] += 1 / weights[c]
	}
}
