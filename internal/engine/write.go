package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// fresh is how old an observation may be that a write rests on; an older one is read again right before (sync-semantics
// 5.6). In a first run the generation that was just read stands for it (correction 2), for a minute: a first sync
// may take hours, and what a person typed meanwhile must not be overwritten unseen.
const (
	fresh     = 2 * time.Second
	bulkFresh = time.Minute
)

// Leans reports whether the plan rests on what a side holds, though it writes nothing there.
func (d Decision) Leans(side Side) bool {
	return slices.ContainsFunc(d.Fields, func(f FieldPlan) bool { return f.Leans[side] })
}

// ready reports whether what is stored about both records is enough to plan them.
func (s *session) ready(j job) bool { return j.sending == nil && !s.unsure(j, A) && !s.unsure(j, B) }

// unsure reports whether a record of a pair must be read before the two can be planned.
func (s *session) unsure(j job, side Side) bool {
	m := j.m[side]
	if j.sending != nil && !m.Seen.After(j.sending.At) {
		return true
	}
	unshown := m.Gen < s.readings[side] && m.Seen.Before(s.gens[side]) // by the last complete reading
	// Whom a person named, or only an earlier run saw, may be gone since, and its values must not come over then.
	named := j.order != nil && j.match.By == "person"
	absent := (named || j.do == join && m.Seen.Before(s.began)) && s.e.Now().Sub(m.Seen) > fresh
	return absent || j.back || m.Seen.IsZero() || len(m.Missing) > 0 || !m.Suspect.IsZero() || !m.Gone.IsZero() || unshown ||
		side == j.side && s.unread(j.hint, m)
}

// plan plans the two records of a job from what is stored about them.
func (s *session) plan(j job) Decision {
	return Plan(Input{
		Rules: s.inUse(), Base: j.link.Base,
		Obs:      [2]connector.Fields{j.m[A].Fields, j.m[B].Fields},
		Changed:  [2]time.Time{j.m[A].Changed, j.m[B].Changed},
		Interval: s.interval(), Now: s.e.Now(),
		Denied:  s.caps.denied,
		Sent:    j.sent(),
		Quiet:   s.quiet(j),
		Orders:  j.fields,
		Strange: j.do == reconcile && s.pair.Afresh.strangeAfter(j.link.At, noSide),
	})
}

// interval is the time between two looks, within which no order of changes can be told.
func (s *session) interval() time.Duration {
	if d := s.flow.Schedule.Every.D(); d > 0 {
		return d
	}
	return 5 * time.Minute
}

// agree stores a plan that writes nothing.
func (s *session) agree(j job, d Decision) outcome {
	l := s.linkOf(j)
	c := Commit{Finished: j.hints()}
	if j.sending != nil { // it did not arrive, and is not wanted any more: nothing of it may be taken for ours later
		c.Answered = append(c.Answered, l.ID)
	}
	moved := j.do == join || j.back
	for i := range d.Fields {
		moved = s.settle(&l, &c, &d.Fields[i]) || moved
	}
	o := outcome{commit: c}
	if moved {
		o.commit.Link = &l
	}
	if j.do == join {
		o = s.joined(j, l, o)
	}
	if j.back {
		return s.cameBack(j, l, s.logged(j, l, d, o))
	}
	return s.logged(j, l, d, o)
}

// settle takes over into the bases what a field's plan needs no write for. It reports whether anything moved.
func (s *session) settle(l *Link, c *Commit, f *FieldPlan) bool {
	if f.Outcome == OpenClash {
		c.Conflict = append(c.Conflict, Conflict{Link: l.ID, Field: f.Rule.Key, Open: true, Rule: f.Why, V: f.Before, Run: s.run.ID, At: s.e.Now()})
		return false
	}
	if f.Outcome == InSync && f.Rule.Policy == mapping.Ask { // people took their changes back
		c.Resolved = append(c.Resolved, f.Rule.Key)
		return true
	}
	if !f.Commit {
		return false
	}
	s.setBase(l, f.Rule, f.Before, f.Why)
	c.Resolved = append(c.Resolved, f.Rule.Key)
	return true
}

func (s *session) setBase(l *Link, r *mapping.Rule, v [2]any, why string) {
	swing := l.Base[r.Key].Swing
	if why == "calm" || why == "left_different" {
		swing = nil
	}
	l.Base[r.Key] = Base{Swing: swing, V: v, Run: s.run.ID, Rule: why, At: s.e.Now().UnixMilli()}
}

// linkOf is the job's link with bases of its own, or a new one.
func (s *session) linkOf(j job) Link {
	l := j.link
	base := make(map[string]Base, len(s.rules.Rules))
	for k, v := range l.Base {
		base[k] = v
	}
	l.Base = base
	if l.ID == "" {
		now := s.e.Now()
		l = Link{ID: NewID("lnk", now), Pair: s.pair.ID, IDs: [2]string{j.m[A].ID, j.m[B].ID}, State: On, Made: "match", Run: s.run.ID, At: now, Base: base}
		switch {
		case j.match.ours():
			l.Made = "adopt"
		case j.match.By == "person":
			l.Made = "order"
		}
	}
	if j.parentLink != "" {
		l.Parent = j.parentLink
	}
	return l
}

// joined adds what making a link means: reviews and intents of both records are over, and it is counted.
func (s *session) joined(j job, l Link, o outcome) outcome {
	o.commit.Settled = append(o.commit.Settled, Place{A, l.IDs[A]}, Place{B, l.IDs[B]})
	if j.intent.ID != "" {
		o.commit.Closed = append(o.commit.Closed, j.intent.ID)
	}
	made := j.adopts() || j.intent.ID != "" && l.Made == madeAgain
	side, count := j.intent.Side, o.count
	o.count = func(r *Run) {
		if count != nil {
			count(r)
		}
		if made { // a create of ours whose answer was lost
			r.To[side].Created++
			return
		}
		r.Linked++
	}
	return o
}

// adopts reports whether the job joins a record to one that a create of ours made and whose answer was lost.
func (j job) adopts() bool { return j.do == join && j.intent.ID != "" && j.match.ours() }

// reconcile brings a linked pair into step: read what is not certain, plan, write, and keep what the systems answered.
func (s *session) reconcile(ctx context.Context, j job) outcome {
	var seen [2]bool // read in this job
	for _, side := range []Side{A, B} {
		if s.unsure(j, side) || j.sending != nil { // no list proves what became of an update
			if o, over := s.reread(ctx, &j, side); over {
				return o
			}
			seen[side] = true
		}
	}
	d := s.plan(j)
	for again := true; again; { // what one read shows may ask for a write to the other side
		again = false
		for _, side := range []Side{A, B} {
			if (len(d.Writes[side]) > 0 || d.Leans(side)) && !seen[side] && s.stale(j.m[side], side) {
				if o, over := s.reread(ctx, &j, side); over {
					return o
				}
				seen[side], again = true, true
			}
		}
		if again {
			d = s.plan(j)
		}
	}
	if j.strangers() {
		o := s.takeBack(j.withdraw(changedSince))
		s.keep(&o.commit, j, seen)
		return o
	}
	if o, told := s.arrivals(j, d, seen); told {
		return o
	}
	if !d.Writing() {
		o := s.agree(j, d)
		s.keep(&o.commit, j, seen)
		return o
	}
	if ok, err := s.may(&j, d, d.sides(), false); err != nil {
		return outcome{err: err}
	} else if !ok {
		if o, first := s.tighten(ctx, j, d, seen); first {
			return o
		}
		o := s.holdBack(j, j.lineOf(d, d.sides(), false))
		s.keep(&o.commit, j, seen)
		return o
	}
	return s.carryOut(ctx, j, d, seen)
}

func (s *session) keep(c *Commit, j job, seen [2]bool) {
	for side := range seen {
		if seen[side] {
			c.Mirrors[side] = append(c.Mirrors[side], j.m[side])
		}
	}
}

// stale reports whether a record must be read again before it is written. Only its own answer is fresh: a list, or a search, may be
// behind it. In a first run, of which most is written, lists have to do.
func (s *session) stale(m Mirror, side Side) bool {
	now := s.e.Now()
	if now.Sub(m.Seen) <= fresh && (s.pair.Settled.IsZero() || !m.Answered.Before(m.Seen)) {
		return false
	}
	return !s.listed(m, side)
}

// listed reports whether the reading of a first run has just shown a record. An earlier run's reading says nothing of what
// was typed between the two.
func (s *session) listed(m Mirror, side Side) bool {
	return s.pair.Settled.IsZero() && s.e.Now().Sub(m.Seen) <= bulkFresh && m.Gen >= s.readings[side] && !m.Seen.Before(s.gens[side]) && !s.gens[side].IsZero() && !m.Seen.Before(s.began)
}

// reread reads one side of a linked pair. over says that the job ends here: the record is gone, or the call failed.
func (s *session) reread(ctx context.Context, j *job, side Side) (o outcome, over bool) {
	id := j.m[side].ID
	if id == "" {
		id = j.link.IDs[side]
	}
	m, gone, err := s.read(ctx, side, id, j.m[side].Parent, j.m[side])
	if err != nil {
		return s.failed(*j, err), true
	}
	if gone {
		return s.missing(ctx, *j, side, id), true
	}
	if was := j.m[side].Parent; s.kin != nil && was != "" && m.Parent != was { // whether the two still belong together is decided anew
		o.commit.Mirrors[side] = []Mirror{m}
		o.commit.Finished, o.commit.Again = j.also, []Hint{j.atOnce(s.e.Now())}
		return o, true
	}
	j.m[side] = m
	return o, false
}

// carryOut writes a plan, b first, and commits each field from what the system answered, never from what was sent.
func (s *session) carryOut(ctx context.Context, j job, d Decision, seen [2]bool) outcome {
	l := s.linkOf(j)
	c := Commit{Link: &l}
	w := result{tries: j.ignored()}
	for i := range d.Fields {
		s.settle(&l, &c, &d.Fields[i])
	}
	if err := s.send(ctx, &j, &l, &c, &d, &seen, &w); errors.Is(err, ErrLinked) {
		h := j.again("", s.e.Now().Add(time.Second), "")
		h.Attempts = j.hint.Attempts
		return outcome{commit: Commit{Again: []Hint{h}}}
	} else if err != nil {
		return outcome{err: err}
	}
	o := outcome{commit: c, err: w.fatal}
	if j.do == join {
		o = s.joined(j, l, o)
	}
	if j.back {
		return s.cameBack(j, l, s.wrapUp(j, l, d, o, w))
	}
	return s.wrapUp(j, l, d, o, w)
}

// send writes down what a plan sends, sends it, b first, and takes over what the systems answered. What happened to the calls
// is in w; an error says that none left.
func (s *session) send(ctx context.Context, j *job, l *Link, c *Commit, d *Decision, seen *[2]bool, w *result) error {
	if err := s.intend(ctx, *j, l, *d); err != nil {
		return err
	}
	var answered [2]bool
	for _, side := range []Side{B, A} {
		set := d.Writes[side]
		if len(set) == 0 {
			continue
		}
		asked := s.e.Now()
		told := connector.Traced(ctx)
		traced := connector.WithTrace(ctx, func(x connector.Exchange) { w.readBack = !x.Write; told(x) })
		echo, err := s.update(traced, j.m[side], side, set, w)
		if err != nil {
			if w.fatal = fatal(err); w.fatal == nil {
				w.retry = err
			} else {
				w.retry = nil
			}
			break
		}
		if err := cmp.Or(s.doubtEmpty(ctx, side, j.m[side].Fields, echo.Fields), s.doubtEmpty(ctx, side, set, echo.Fields)); err != nil {
			if w.fatal = fatal(err); w.fatal == nil {
				w.retry = err
			}
			break
		}
		m, _, _ := s.heard(side, j.m[side], echo, asked)
		w.raced = w.raced || s.raced(d, side, j.m[side].Fields, m.Fields)
		j.m[side], seen[side] = m, true
		s.confirm(l, c, d, side, echo.Fields, w)
		answered[side] = true
	}
	s.remains(c, s.sendingOf(*j, l, *d), *d, w, answered)
	s.keep(c, *j, *seen)
	return nil
}
