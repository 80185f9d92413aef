package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/connector"
)

// suspicion is how far apart the two reads must be that find a record gone (sync-semantics 5.12).
const suspicion = 10 * time.Minute

// inline does the jobs that need no call to either system.
func (s *session) inline(j job) (outcome, bool) {
	switch j.do {
	case drop:
		c := Commit{Finished: j.hints(), Orders: j.ends}
		s.released(j, &c)
		return outcome{commit: c, count: j.dropped()}, true
	case hold:
		return s.holdBack(j, *j.line), true
	case leave:
		return s.leaveAlone(j), true
	case spare:
		return s.keptOnOrder(j), true
	case withdrawn:
		return s.takeBack(j), true
	case wait:
		h := j.hint
		h.Due, h.Reason = j.until, j.why
		return outcome{commit: Commit{Again: append([]Hint{h}, j.wake...)}}, true
	case review:
		return s.toReview(j), true
	case unjoin:
		return s.unjoin(j), true
	case sever:
		return s.sever(j), true
	case part:
		return s.letGo(j, j.side.Other(), j.why), true
	case reconcile, join:
		if !s.ready(j) {
			return outcome{}, false
		}
		d := s.plan(j)
		if d.Writing() || d.Unseen() || d.Leans(A) || d.Leans(B) {
			return outcome{}, false
		}
		return s.agree(j, d), true
	}
	return outcome{}, false
}

// do carries out a job that talks to the systems.
func (s *session) do(ctx context.Context, j job) outcome {
	var calls trace
	ctx = connector.As(calls.attach(ctx), s.jobClass(j))
	var o outcome
	switch j.do {
	case look:
		o = s.lookAt(ctx, j)
	case reconcile, join:
		o = s.reconcile(ctx, j)
	case create:
		o = s.create(ctx, j)
	case search:
		o = s.searchFirst(ctx, j)
	case remake:
		o = s.remake(ctx, j)
	case erase:
		o = s.erase(ctx, j)
	case resolve:
		o = s.resolve(ctx, j)
	default:
		o.err = fmt.Errorf("no way to do %q", j.do)
	}
	if o.commit.Entry != nil {
		o.commit.Entry.Calls = calls.list()
	}
	return o
}

// dropped counts a record that is left alone because the flow goes the other way. Nothing else that is dropped counts.
func (j job) dropped() func(*Run) {
	if j.why != "one_way" {
		return j.left()
	}
	return func(r *Run) { r.OneWay[j.side]++ }
}

func (j job) hints() []Hint { return append([]Hint{j.hint}, j.also...) }

// lookAt reads a record and decides again in the next round, when its keys are stored.
func (s *session) lookAt(ctx context.Context, j job) outcome {
	known := j.m[j.side].Parent
	m, gone, err := s.read(ctx, j.side, j.hint.ID, cmp.Or(j.hint.Parent, known), j.m[j.side])
	if gone && known != "" && known != j.hint.Parent && j.hint.Parent != "" { // it hung there when the hint was left
		m, gone, err = s.read(ctx, j.side, j.hint.ID, known, j.m[j.side])
	}
	switch {
	case err != nil:
		return s.failed(j, err)
	case gone && j.m[j.side].Seen.IsZero():
		return outcome{commit: Commit{Finished: j.hints(), Orders: j.lapse()}} // never known, and not there
	case gone && j.link.ID != "" && m.Gone.IsZero():
		return s.missing(ctx, j, j.side, m.ID)
	case gone && !m.Gone.IsZero(): // known
		return outcome{commit: Commit{Finished: j.hints(), Orders: j.lapse()}}
	case gone:
		m.Gone = s.e.Now()
		var c Commit
		c.Mirrors[j.side] = []Mirror{m}
		c.Finished = j.hints()
		c.Settled, c.Orders = []Place{{j.side, m.ID}}, j.lapse()
		return outcome{commit: c}
	}
	var c Commit
	c.Mirrors[j.side] = []Mirror{m}
	c.Again = []Hint{j.again("", s.e.Now(), "")}
	c.Again[0].Attempts = j.hint.Attempts
	return outcome{commit: c}
}

// again is the job's hint with a new due time; its reason is no longer somebody else's word.
func (j job) again(reason string, due time.Time, problem string) Hint {
	h := j.hint
	h.Due, h.Problem = due, problem
	if reason == "" {
		reason = "seen"
	}
	h.Reason = reason
	h.Attempts++
	return h
}

// toReview leaves a record to a person. It is counted once and stays until somebody decides (sticky).
func (s *session) toReview(j job) outcome {
	m := j.m[j.side]
	r := Review{Pair: s.pair.ID, Side: j.side, ID: m.ID, Reason: j.match.Reason, Candidates: j.match.Candidates, Twins: j.match.Twins, At: s.e.Now()}
	e := s.entry(j, ResultReview, -1, j.match.Reason)
	ends := j.ends
	if j.order != nil { // the other system stood against it
		ends = append(ends, OrderEnd{j.order.ID, j.match.Reason})
	}
	return outcome{commit: Commit{Review: []Review{r}, Finished: j.hints(), Orders: ends, Entry: &e}, count: func(r *Run) { r.Asked++ }}
}

// failed decides what a failed call means for its record, or for the whole run.
func (s *session) failed(j job, err error) outcome {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return outcome{err: err}
	}
	var stop *stopError
	if errors.As(err, &stop) {
		return outcome{err: err}
	}
	switch connector.KindOf(err) {
	case connector.Unauthorized, connector.Forbidden, connector.Config:
		return outcome{err: err}
	case connector.Invalid:
		return s.park(j, sentence(err))
	case connector.RateLimited: // waiting for an allowance costs no attempt
		h := j.retry(s.e.Now().Add(max(limitedFor(err), time.Second)), sentence(err))
		h.Attempts = j.hint.Attempts
		return outcome{commit: Commit{Again: []Hint{h}}}
	}
	if j.hint.Attempts+1 >= s.flow.Retry.MaxAttempts {
		return s.rest(j, sentence(err))
	}
	h := j.retry(s.e.Now().Add(s.flow.Retry.Delay(j.hint.Attempts, s.e.Random)), sentence(err))
	return outcome{commit: Commit{Again: []Hint{h}}}
}

// limitedFor is how long a system asked us to wait.
func limitedFor(err error) time.Duration {
	var ce *connector.Error
	if errors.As(err, &ce) {
		return ce.After
	}
	return 0
}

// never is the due time of a parked hint: only a new hint for the record brings it back.
var never = time.UnixMilli(1 << 52)

// park gives up on a record until it changes, and says so in the log.
func (s *session) park(j job, problem string) outcome {
	e := s.entry(j, ResultFailed, int(j.side.Other()), problem)
	to := j.side.Other()
	h := j.again("parked", never, problem)
	h.At = s.e.Now() // what it hangs on may get another partner after that
	return outcome{
		commit: Commit{Again: []Hint{h}, Entry: &e},
		count:  func(r *Run) { r.To[to].Failed++ },
	}
}

// rest gives up on a record for a day: what is wrong with it may last long, but it passes, so it starts anew then.
func (s *session) rest(j job, problem string) outcome {
	o := s.park(j, problem)
	h := &o.commit.Again[0]
	h.Due, h.Attempts = s.e.Now().Add(sweepEvery), 0
	return o
}

// entry is the line of the log for a job.
func (s *session) entry(j job, result Result, to int, reason string) Entry {
	e := Entry{ID: NewID("ent", s.e.Now()), Run: s.run.ID, Link: j.link.ID, Result: result, To: to, Reason: reason, By: j.by(), At: s.e.Now(), Planned: s.run.DryRun}
	for side := range e.IDs {
		e.IDs[side] = j.m[side].ID
	}
	if e.IDs[j.side] == "" {
		e.IDs[j.side] = j.hint.ID
	}
	return e
}
