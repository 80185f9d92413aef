package engine

import (
	"context"
	"errors"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// create makes the partner of a record. Its intent is stored already, so whatever happens from here on, the next look
// knows that the record may exist (sync-semantics 5.8).
func (s *session) create(ctx context.Context, j job) outcome {
	if o, over := s.stillThere(ctx, &j); over {
		o.commit.Closed = append(o.commit.Closed, j.intent.ID)
		return o
	}
	to := j.side.Other()
	d, set := s.payload(j)
	asked := s.e.Now()
	echo, err := s.conn[to].Create(connector.WithAsk(ctx, s.ours), s.flow.Object, j.parent[to], set)
	if err != nil {
		return s.notCreated(ctx, j, err)
	}
	if err := s.doubtEmpty(ctx, to, set, echo.Fields); fatal(err) != nil {
		return outcome{err: err} // the intent stays open, and finds what was made
	}
	j.m[to], _, _ = s.heard(to, Mirror{}, echo, asked)
	l := s.linkOf(job{m: j.m, parentLink: j.parentLink})
	l.Made = "create"
	w := result{made: true, created: to}
	c := Commit{Link: &l, Closed: []string{j.intent.ID}, Settled: []Place{{j.side, l.IDs[j.side]}, {to, l.IDs[to]}}}
	for i := range d.Fields {
		f := &d.Fields[i]
		if s.heldUp(f.Rule.Key) {
			continue
		}
		f.Before[to], _ = f.Rule.Read(to, echo.Fields)
		if f.unknownTo(to) {
			continue // without a base it travels as soon as the person is known
		}
		if !f.Sends[to] {
			s.setBase(&l, f.Rule, f.Before, f.Why)
			continue
		}
		f.Before[to] = nil
	}
	s.confirm(&l, &c, &d, to, echo.Fields, &w)
	c.Mirrors[to] = []Mirror{j.m[to]}
	c.Reread = s.rereadAfter(to, j)
	o := outcome{commit: c}
	// A create is never sent again: a field that it lost is written to the record that now exists.
	o = s.wrapUp(j, l, d, o, w)
	if o.commit.Entry != nil {
		o.commit.Entry.Version = j.m[to].Version
	}
	return o
}

// stillThere reads what a partner is to be made from, where what is known of it is old: somebody may have deleted it while it
// waited. over says that the job ends here, which is decided anew when something changed.
func (s *session) stillThere(ctx context.Context, j *job) (o outcome, over bool) {
	was := j.m[j.side]
	if s.e.Now().Sub(was.Seen) <= fresh || s.listed(was, j.side) {
		return o, false
	}
	if o, over = s.reread(ctx, j, j.side); over {
		return o, true
	}
	if is := j.m[j.side]; is.Version != was.Version || is.Changed != was.Changed || is.Parent != was.Parent {
		o.commit.Mirrors[j.side] = []Mirror{is}
		o.commit.Again = []Hint{j.atOnce(s.e.Now())}
		return o, true
	}
	return o, false
}

// payload is what a new partner of the record holds: every value that may travel there, and the stamp.
func (s *session) payload(j job) (Decision, connector.Fields) {
	to := j.side.Other()
	d, set := planNew(s.inUse(), j.side, j.m[j.side].Fields, s.caps.deniedOnCreate)
	if name := s.stampField[to]; name != "" {
		set[name] = j.intent.Stamp
	}
	s.require(j, &d, set)
	return d, set
}

// planNew decides what a new partner of a record holds. Like Plan it is pure, and previews call it too.
func planNew(rules []mapping.Rule, from Side, fields connector.Fields, denied func(*mapping.Rule, Side) bool) (Decision, connector.Fields) {
	to := from.Other()
	var d Decision
	set := connector.Fields{}
	for i := range rules {
		r := &rules[i]
		f := FieldPlan{Rule: r, Outcome: Write, Why: "new_" + from.String()}
		v, _ := r.Read(from, fields)
		f.Before[from] = v
		switch {
		case mapping.Empty(v) && !r.Fills(to) || r.Kind == mapping.Consent && mapping.Normal(connector.Bool, v, "") != "true":
			f.Outcome, f.Why = InSync, "blank"
		case !r.Direction.To(to):
			f.Outcome, f.Why = Accept, "one_way"
		case denied(r, to):
			f.Outcome, f.Why = Blocked, "not_writable_"+to.String()
		default:
			sent, err := r.Convert(to, v)
			if err != nil && r.Translated() {
				f.strange(to, err)
				break
			}
			if err != nil {
				f.Outcome, f.Problem = Broken, err.Error()
				break
			}
			if mapping.Empty(v) {
				f.Why = usedInstead
			}
			f.Send[to], f.Sends[to] = sent, true
			if r.Kind == mapping.Set {
				f.Delta[to] = connector.Delta{Add: mapping.AsSet(sent)}
				set[r.Writes(to)[0]] = sent
				break
			}
			for name, x := range r.Wire(to, sent) {
				if x != nil {
					set[name] = x
				}
			}
		}
		d.Fields = append(d.Fields, f)
	}
	return d, set
}

// refusals is how often a create may be refused, each time with its absence proven afterwards, before it is parked.
const refusals = 3

// notCreated decides about a create that was not answered with a record.
func (s *session) notCreated(ctx context.Context, j job, err error) outcome {
	var ce *connector.Error
	closed := Commit{Closed: []string{j.intent.ID}}
	if errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrCancelled) {
		return outcome{commit: closed, err: err} // it never left
	}
	if !errors.As(err, &ce) {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return outcome{err: err} // it may have happened: the intent stays
		}
		return s.doubtful(j, err.Error())
	}
	switch ce.Kind {
	case connector.Unauthorized, connector.Forbidden, connector.Config:
		return outcome{commit: closed, err: err}
	case connector.RateLimited, connector.Temporary:
		o := s.failed(j, err)
		o.commit.Closed = closed.Closed
		return o
	case connector.Duplicate:
		return s.inTheWay(ctx, j, ce)
	}
	switch place := (Place{j.side, j.m[j.side].ID}); {
	case ce.Kind == connector.NotFound: // what it hangs on is gone, or another one by now: that says nothing against its values
		s.sure(place, true)
	case ce.Status >= 400 && ce.Status < 500:
		j.intent.Refusals++
		s.doubt(place)
	}
	return s.doubtful(j, ce.Message)
}

// doubtful keeps the intent and comes back when a search can prove whether the record exists.
func (s *session) doubtful(j job, problem string) outcome {
	in := j.intent
	in.State, in.At, in.Problem = Unknown, s.e.Now(), problem
	h := j.again("settle", in.At.Add(s.e.Settle), problem)
	return outcome{commit: Commit{Intent: &in, Again: []Hint{h}}}
}

// inTheWay handles a create that was refused because another record holds the key. That record is read, so that the
// matcher sees it; if it was known all along and still does not match, a person decides.
func (s *session) inTheWay(ctx context.Context, j job, ce *connector.Error) outcome {
	to := j.side.Other()
	known, err := s.e.Store.Mirrors(ctx, s.ws, s.flow.Connections[to], s.flow.Object, []string{ce.Existing})
	if err != nil {
		return outcome{err: err}
	}
	old, had := known[ce.Existing]
	if ce.Existing == "" || had && old.Gone.IsZero() {
		j.match = Match{Kind: MatchReview, Reason: "held_there", Candidates: []string{ce.Existing}}
		o := s.toReview(j)
		o.commit.Closed = []string{j.intent.ID}
		return o
	}
	m, gone, err := s.read(ctx, to, ce.Existing, "", old)
	if err != nil {
		o := s.failed(j, err)
		o.commit.Closed = []string{j.intent.ID}
		return o
	}
	c := Commit{Closed: []string{j.intent.ID}, Again: []Hint{j.again("", s.e.Now(), ce.Message)}}
	if gone {
		c.Again[0].Due = s.e.Now().Add(s.e.Settle) // an index that has not heard of a delete yet
	} else {
		c.Mirrors[to] = []Mirror{m}
		c.Again = append(c.Again, s.cameUpon(to, m.ID, m.Parent, s.e.Now()))
	}
	return outcome{commit: c}
}

// searchFirst asks the other side for the record's keys before it is created: its own look is too old to prove that
// nobody is there.
func (s *session) searchFirst(ctx context.Context, j job) outcome {
	if o, over := s.stillThere(ctx, &j); over {
		return o
	}
	asked := s.e.Now()
	found, err := s.find(ctx, j, false)
	if err != nil {
		return s.failed(j, err)
	}
	if c, news, err := s.discovered(ctx, j, found, asked); err != nil || news {
		return outcome{commit: c, err: err}
	}
	if ok, err := s.mayCreate(&j); err != nil {
		return outcome{err: err}
	} else if !ok {
		return s.holdBack(j, *j.line)
	}
	j.intent = s.newIntent(j)
	if err := s.e.Store.Begin(ctx, s.ws, s.lease, []Intent{j.intent}); err != nil {
		return outcome{err: err}
	}
	return s.create(ctx, j)
}

// resolve finds out whether an earlier create happened. By now the other side's index can be trusted.
func (s *session) resolve(ctx context.Context, j job) outcome {
	asked := s.e.Now()
	found, err := s.find(ctx, j, true)
	if err != nil {
		return s.failed(j, err)
	}
	to := j.side.Other()
	s.sure(Place{j.side, j.m[j.side].ID}, j.intent.Refusals > 0 && len(found) == 0)
	if r, ok, err := s.carries(ctx, to, j.intent.Stamp, found); err != nil {
		return outcome{err: err}
	} else if ok {
		j.m[to], _, _ = s.merge(to, Mirror{}, r, asked)
		j.do, j.match = join, Match{Kind: MatchLink, Partner: r.ID, By: "stamp"}
		return s.adopt(ctx, j)
	}
	if r, ok, err := s.madeAlike(ctx, j, found); err != nil {
		return outcome{err: err}
	} else if ok {
		j.m[to], _, _ = s.merge(to, Mirror{}, r, asked)
		j.do, j.match = join, Match{Kind: MatchLink, Partner: r.ID, By: "made"}
		return s.adopt(ctx, j)
	}
	closed := []string{j.intent.ID}
	c, news, err := s.discovered(ctx, j, found, asked)
	if err != nil {
		return outcome{err: err}
	}
	if news {
		c.Closed = closed
		return outcome{commit: c}
	}
	if j.intent.Refusals >= refusals || j.hint.Attempts >= s.flow.Retry.MaxAttempts {
		o := s.park(j, j.intent.Problem)
		if j.intent.Refusals < refusals {
			o = s.rest(j, j.intent.Problem)
		}
		o.commit.Closed = closed
		return o
	}
	// Its absence is proven: it never happened.
	in := j.intent
	in.State = Absent
	return outcome{commit: Commit{Intent: &in, Again: []Hint{j.again("", s.e.Now(), in.Problem)}}}
}

// adopt joins a record to the one that a create of ours made, which a search has just shown.
func (s *session) adopt(ctx context.Context, j job) outcome {
	to, found := j.side.Other(), j.m[j.side.Other()]
	was := j.link.IDs[to]
	if was == "" {
		j.link.Base = s.madeFrom(j.intent, found.Fields)
	} else { // it was made again
		j.link = moved(j.link, to, found.ID, s.stillAgreed(j.link, to, found.Fields), s.e.Now())
	}
	o := s.reconcile(ctx, j)
	o.commit.Mirrors[to] = append([]Mirror{found}, o.commit.Mirrors[to]...) // what came of writing it is newer
	if o.commit.Link == nil && o.err == nil {                               // what it was made from may be gone, and nothing else leads back to it
		now := s.e.Now()
		o.commit.Again = append(o.commit.Again, Hint{Side: to, ID: found.ID, Parent: found.Parent, Reason: "seen", At: now, Due: now.Add(suspicion)})
	}
	if was != "" && o.commit.Link != nil {
		o.commit.Bury = append(o.commit.Bury, s.replaced(to, was))
	}
	return o
}

// Stamp names the record that a created record was made from. It is written into the created record, so that a create
// whose answer was lost can be recognised (sync-semantics 5.8, "Where the stamp lives").
func (s *session) stamp(source string) string { return s.stampPrefix() + source }

func (s *session) stampPrefix() string {
	id := s.pair.ID
	return "couplet:" + id[max(0, len(id)-8):] + ":"
}

// source reads a stamp of this pair.
func (s *session) source(stamp string) (string, bool) {
	return strings.CutPrefix(stamp, s.stampPrefix())
}
