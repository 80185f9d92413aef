package engine

import (
	"context"
	"slices"
	"strings"

	"couplet/internal/mapping"
)

// decided is what people decided about a job's records.
type decided struct {
	review *Review          // as stored, also of a record that was left alone
	order  *Order           // about the record
	fields map[string]Order // about fields of the pair
	ends   []OrderEnd       // orders that are over whatever comes of the job
	who    string           // who joined the pair, where a killed run did it and could not tell
}

func (j *job) end(o Order, reason string) { j.ends = append(j.ends, OrderEnd{o.ID, reason}) }

// loadOrders adds the open orders about a batch and its partners, and names the records that orders lead to.
func (s *session) loadOrders(ctx context.Context, v *view, next *[2][]string) error {
	for _, side := range []Side{A, B} {
		ids := make([]string, 0, len(v.mirror[side]))
		for id := range v.mirror[side] {
			ids = append(ids, id)
		}
		for id := range v.link[side] {
			if _, known := v.mirror[side][id]; !known {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		orders, err := s.e.Store.Orders(ctx, s.ws, s.pair.ID, side, ids)
		if err != nil {
			return err
		}
		for _, o := range orders {
			v.order[side][o.Record] = append(v.order[side][o.Record], o)
			if o.Kind == OrderLink {
				next[side.Other()] = append(next[side.Other()], o.Partner)
			}
		}
	}
	return nil
}

// lapse ends every order that a job has in hand, because its record is gone.
func (j job) lapse() []OrderEnd {
	ends := j.ends
	if j.order != nil {
		ends = append(ends, OrderEnd{j.order.ID, noLongerThere})
	}
	for _, o := range j.fields {
		ends = append(ends, OrderEnd{o.ID, noLongerThere})
	}
	return ends
}

// by is the person who ordered what the job does, "" when nobody did.
func (j job) by() string {
	if j.order == nil {
		return j.who
	}
	return j.order.By
}

// fieldOrders takes the orders about a linked pair into its job. What was ordered about one of the two as a single record
// is over: the other order was quicker, or a twin was found.
func (s *session) fieldOrders(v *view, j *job) {
	for _, side := range []Side{A, B} {
		for _, o := range v.order[side][j.link.IDs[side]] {
			switch {
			case o.Kind == OrderDelete || o.Kind == OrderKeep:
				j.end(o, thereAgain)
			case o.Field == "" && o.Kind == OrderLink && o.Partner == j.link.IDs[side.Other()]:
				j.who = o.By
				j.end(o, "")
			case o.Kind == OrderAccept && side == A:
				j.order = &o
			case o.Field == "":
				j.end(o, linkedNow)
			case o.Link != j.link.ID || j.link.State != On:
				j.end(o, noLongerThere)
			default:
				if j.fields == nil {
					j.fields = map[string]Order{}
				}
				j.fields[o.Field] = o
			}
		}
	}
	for _, o := range j.fields { // the row may have been taken out of the map
		if !s.heldUp(o.Field) && !slices.ContainsFunc(s.rules.Rules, func(r mapping.Rule) bool { return r.Key == o.Field }) {
			j.end(o, notMapped)
		}
	}
}

// recordOrder finds the open order about a record without a partner. Orders about fields of a link that ended are over.
func (v *view) recordOrder(j *job) {
	for _, o := range v.order[j.side][j.hint.ID] {
		switch {
		case o.Field != "":
			j.end(o, noLongerThere)
		default:
			j.order = &o
		}
	}
}

// answered decides about a record that waits for a person, or that one decided about. It reports false when it is decided
// about as any other.
func (s *session) answered(v *view, j *job) (job, bool) {
	r, waits := v.review[j.side][j.hint.ID]
	if waits {
		j.review = &r
	}
	sticky := waits && r.Reason != "no_key" && !r.Held() // only a person resolves it
	if waits && r.Alone != "" {
		sticky = s.alone(v, j.side, j.hint.ID)
	}
	switch {
	case j.accepted(): // it goes the way of any other record, up to its write
	case j.order != nil:
		return s.obey(v, *j, *j.order), true
	case sticky:
		j.do = drop
		return *j, true
	}
	j.reviewed = waits && r.Alone == ""
	return *j, false
}

// obey decides about a record that a person decided about.
func (s *session) obey(v *view, j job, o Order) job {
	if o.Kind == OrderAlone {
		j.do = leave
		return j
	}
	if s.kin != nil {
		var linked bool
		if j, linked = s.underParent(v, j); !linked {
			return j
		}
		j.lock = j.parentLink
	}
	in, begun := v.intent[j.side][j.hint.ID]
	if j.intent = in; begun && in.State != Absent { // an earlier create may have happened: first find that out
		return s.unsettled(j)
	}
	switch o.Kind {
	case OrderLink:
		return s.obeyLink(v, j, o)
	case OrderCreate:
		return s.obeyCreate(v, j, o)
	}
	return j.withdraw(noLongerThere) // its link has ended
}

// obeyLink joins the record with the one that the person named, if both are still there and still free.
func (s *session) obeyLink(v *view, j job, o Order) job {
	other := j.side.Other()
	p, known := v.mirror[other][o.Partner]
	_, linked := v.link[other][o.Partner]
	switch {
	case linked:
		return j.withdraw(partnerTaken)
	case !known || !p.Gone.IsZero():
		return j.withdraw(partnerGone)
	case s.kin != nil && p.Parent != j.parent[other]:
		return j.withdraw(otherParent)
	case !o.saw(j.side, j.m[j.side]) || !o.saw(other, p):
		return j.withdraw(changedSince)
	}
	if in, ok := v.intent[other][o.Partner]; ok && in.State != Absent {
		return s.behind(j, in, p)
	}
	j.do, j.m[other], j.match = join, p, Match{Kind: MatchLink, Partner: o.Partner, By: "person"}
	return j
}

// strangers reports whether a record that a person linked by name is not as they saw it: it may be somebody else by now.
func (j job) strangers() bool {
	return j.do == join && j.order != nil && j.order.Kind == OrderLink && (!j.order.saw(A, j.m[A]) || !j.order.saw(B, j.m[B]))
}

// obeyCreate makes a new partner although somebody looks like one, or somebody with such a key was deleted. It still needs
// the proof that nobody is there whom the person has not seen: a stamp, or a free match that came up since.
func (s *session) obeyCreate(v *view, j job, o Order) job {
	other := j.side.Other()
	if source, ours := s.source(j.m[j.side].Stamp); ours {
		if found := s.stamped(v, j, source); found.do == join {
			return found
		}
	}
	if !s.flow.Direction.To(other) {
		return j.withdraw(oneWayNow)
	}
	if s.kin != nil {
		j.match = Match{Kind: MatchCreate}
		return s.timedChild(v, j)
	}
	m := s.partnerOf(v, j)
	if m.Kind == MatchLink && !slices.Contains(v.review[j.side][j.hint.ID].Candidates, m.Partner) {
		j.match = m
		return j.withdraw(matchFound)
	}
	j.match = Match{Kind: MatchCreate}
	return s.timed(j)
}

// withdraw ends the job's order; its record waits for a person again.
func (j job) withdraw(reason string) job {
	j.do, j.why = withdrawn, reason
	return j
}

// takeBack stores that an order does not fit. A record that waits for a person goes on waiting, with what was found since
// among its candidates.
func (s *session) takeBack(j job) outcome {
	c := Commit{Orders: append(j.ends, OrderEnd{j.order.ID, j.why}), Finished: j.hints()}
	if j.review == nil { // nobody is asked any more, so it is decided about as any other
		c.Finished, c.Again = j.also, []Hint{j.again("", s.e.Now(), "")}
		c.Again[0].Attempts = j.hint.Attempts
		return outcome{commit: c}
	}
	r := *j.review
	r.Alone, r.AloneKeys = "", ""
	if p := j.match.Partner; p != "" && !slices.Contains(r.Candidates, p) {
		r.Candidates = append(slices.Clone(r.Candidates), p)
	}
	e := s.entry(j, ResultReview, -1, j.why)
	c.Review, c.Entry = []Review{r}, &e
	return outcome{commit: c, count: func(r *Run) { r.Asked++ }}
}

// leaveAlone keeps a record without a partner until one of its match keys changes: what was not to be told apart is another
// question then.
func (s *session) leaveAlone(j job) outcome {
	m := j.m[j.side]
	r := Review{Pair: s.pair.ID, Side: j.side, ID: m.ID, Reason: "left_alone", At: s.e.Now()}
	if j.review != nil {
		r = *j.review
	}
	r.Alone, r.AloneKeys = j.order.By, s.keysHash(m)
	e := s.entry(j, ResultSkipped, -1, "left_alone")
	to := j.side.Other()
	c := Commit{Finished: j.hints()}
	if j.link.ID != "" { // its partner was merged into another one
		c = s.letGo(j, to, "").commit
		c.Settled, e.IDs = nil, j.link.IDs
	}
	c.Review, c.Orders, c.Entry = []Review{r}, append(j.ends, OrderEnd{ID: j.order.ID}), &e
	return outcome{commit: c, count: func(r *Run) { r.To[to].Skipped++ }}
}

// alone reports whether a person left the record alone, and its keys still are those of then.
func (s *session) alone(v *view, side Side, id string) bool {
	r, ok := v.review[side][id]
	return ok && r.Alone != "" && r.AloneKeys == s.keysHash(v.mirror[side][id])
}

// keysHash is a keyed hash of all match keys of a record.
func (s *session) keysHash(m Mirror) string {
	lines := make([]string, 0, len(m.Keys))
	for kind, value := range m.Keys {
		lines = append(lines, kind+"="+value)
	}
	slices.Sort(lines)
	return s.hash(Key{"all", strings.Join(lines, "\n")})
}

// partnerOf is the matcher's answer about a record.
func (s *session) partnerOf(v *view, j job) Match {
	other := j.side.Other()
	return FindPartner(v.candidate(j.side, j.m[j.side].ID), s.flow.Match, func(id string) (Candidate, bool) {
		c, ok := v.mirror[other][id]
		if !ok || !c.Gone.IsZero() {
			return Candidate{}, false
		}
		return v.candidate(other, id), true
	})
}
