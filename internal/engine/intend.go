package engine

import (
	"context"
	"errors"
	"sync"

	"couplet/internal/mapping"
)

// ledger is where workers write down what they are about to send. Those who come while a transaction is under way share
// the next one, so that under load there is one for many records.
type ledger struct {
	pen  chan struct{} // held by who writes
	mu   sync.Mutex
	open []*pledge
}

type pledge struct {
	commit Commit
	err    error
	done   chan struct{}
}

func newLedger() *ledger { return &ledger{pen: make(chan struct{}, 1)} }

// enter puts a pledge into the group that is written next.
func (b *ledger) enter(p *pledge) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = append(b.open, p)
}

// take closes the group.
func (b *ledger) take() (group []*pledge) {
	b.mu.Lock()
	defer b.mu.Unlock()
	group, b.open = b.open, nil
	return group
}

// intend stores what a plan is about to send and the values that give way to it, before the first call leaves: after a
// crash nobody would know them any more (sync-semantics 5.6, tx1). A new link is stored with them, so that they hang on
// something.
func (s *session) intend(ctx context.Context, j job, l *Link, d Decision) error {
	c := Commit{Sending: s.sendingOf(j, l, d)}
	if j.link.ID == "" {
		c.Link = l
	}
	for i := range d.Fields {
		if f := &d.Fields[i]; f.HasLost && !f.kept {
			c.Conflict = append(c.Conflict, Conflict{Link: l.ID, Field: f.Rule.Key, Rule: f.Why, Lost: f.Lost, V: f.Before, Run: s.run.ID, At: s.e.Now()})
		}
	}
	return s.pledge(ctx, c)
}

// pledge stores what is about to leave.
func (s *session) pledge(ctx context.Context, c Commit) error {
	p := &pledge{commit: c, done: make(chan struct{})}
	b := s.ledger
	b.enter(p)
	select {
	case <-p.done:
		return p.err
	case b.pen <- struct{}{}:
	}
	defer func() { <-b.pen }()
	s.writeDown(ctx, b.take())
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writeDown stores a group of pledges; one whose record has got a link meanwhile, or that is not wanted any more, does not
// keep the others back.
func (s *session) writeDown(ctx context.Context, group []*pledge) {
	if len(group) == 0 {
		return // somebody else has just written it
	}
	all := make([]Commit, len(group))
	for i, p := range group {
		all[i] = p.commit
	}
	s.mu.Lock()
	run := s.run
	s.mu.Unlock()
	err := s.e.Store.Intend(ctx, s.ws, s.lease, run, all)
	if (errors.Is(err, ErrLinked) || errors.Is(err, ErrOrderOver)) && len(group) > 1 {
		for i := range group {
			s.writeDown(ctx, group[i:i+1])
		}
		return
	}
	for _, p := range group {
		p.err = err
		close(p.done)
	}
}

// sendingOf is what a plan is about to send.
func (s *session) sendingOf(j job, l *Link, d Decision) *Sending {
	x := &Sending{Link: l.ID, Run: s.run.ID, Beyond: j.beyond, At: s.e.Now(), Fields: map[string]SentField{}}
	if j.do == join {
		x.By, x.Intent, x.Side = j.match.By, j.intent.ID, j.intent.Side
	}
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Sends != [2]bool{} {
			x.Fields[f.Rule.Key] = sentBy(f)
		}
	}
	return x
}

// remains notes in a commit what of a sending has no answer. answered are the sides that gave one: what they do not show is
// unknown still, unless they showed that they took something, for that is one update and told once.
func (s *session) remains(c *Commit, x *Sending, d Decision, w *result, answered [2]bool) {
	for i := range d.Fields {
		f := &d.Fields[i]
		sent, ok := x.Fields[f.Rule.Key]
		if !ok {
			continue
		}
		for side := range sent.Sends {
			told := answered[side] && (w.wrote[side] || f.answered[side])
			whole := !f.joins() || f.Rule.Kind == mapping.Set || answered == [2]bool{true, true}
			if told && whole && !f.missed[side] { // what is still to go there is not agreed upon when the other side's part arrives
				sent.Sends[side] = false
			}
		}
		if sent.Sends == [2]bool{} {
			delete(x.Fields, f.Rule.Key)
			continue
		}
		x.Fields[f.Rule.Key] = sent
	}
	if len(x.Fields) == 0 {
		c.Answered = append(c.Answered, x.Link)
		return
	}
	x.By, x.Intent, x.Beyond = "", "", "" // that the two were joined is told with this commit
	c.Sending = x
}

// sent is what an earlier turn sent, for the plan.
func (j job) sent() map[string]SentField {
	if j.sending == nil {
		return nil
	}
	return j.sending.Fields
}

// resume takes up a turn whose outcome nobody stored.
func (j *job) resume(x Sending) {
	j.sending = &x
	if x.By != "" {
		j.do, j.match, j.intent = join, Match{Kind: MatchLink, Partner: j.link.IDs[j.side.Other()], By: x.By}, Intent{ID: x.Intent, Side: x.Side}
	}
}

// arrivals tells of what arrived of an update that nobody heard the answer to: its bases, its line in the log, its count.
// What is left to do is the next turn's. It reports false when nothing arrived: then the plan is carried out, which sends
// again what is to be sent.
func (s *session) arrivals(j job, d Decision, seen [2]bool) (outcome, bool) {
	l := s.linkOf(j)
	c := Commit{Link: &l, Answered: []string{l.ID}}
	var told Decision
	var w result
	more := false
	for i := range d.Fields {
		f := &d.Fields[i]
		more = more || f.Outcome != InSync
		if f.Arrived == [2]bool{} {
			continue
		}
		before, why := f.sent.Before, f.sent.Why
		after := before
		for side := range f.Arrived {
			if f.Arrived[side] {
				after[side], w.wrote[side] = f.Before[side], true
				if f.Rule.Kind != mapping.Set && !f.Rule.Took(Side(side), f.sent.Send[side], f.Before[side]) {
					why = "altered_" + Side(side).String()
				}
			}
		}
		s.setBase(&l, f.Rule, f.agreed, why)
		c.Resolved = append(c.Resolved, f.Rule.Key)
		told.Fields = append(told.Fields, FieldPlan{Rule: f.Rule, Outcome: f.sent.Outcome, Why: why, Before: before, Lost: f.sent.Lost, HasLost: f.sent.HasLost, after: &after, Order: f.Order, Unfit: f.Unfit})
	}
	if len(told.Fields) == 0 {
		return outcome{}, false
	}
	s.keep(&c, j, seen)
	o := outcome{commit: c}
	if j.do == join {
		o = s.joined(j, l, o)
	}
	o = s.wrapUp(j, l, told, o, w)
	if more {
		o.commit.Finished, o.commit.Again = j.also, []Hint{j.atOnce(s.e.Now())}
	}
	return o, true
}
