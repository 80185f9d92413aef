package engine

import (
	"context"
	"maps"
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// A deleted record is made again, once, when the flow says "restore": from what it held last, under the rules of any
// create. Until then its link is OneGone: both ids stay taken, so that nobody else is joined to the one that is left. Then
// the link moves to the new record. The old id is never taken up again.

// madeAgain is how a link says that its record was made again once.
const madeAgain = "restore"

// judgeGone decides about a record whose link has lost one of its two.
func (s *session) judgeGone(v *view, j job) job {
	other, m := j.side.Other(), j.m[j.side]
	gone := [2]bool{!j.m[A].Gone.IsZero(), !j.m[B].Gone.IsZero()}
	r, asked := v.review[j.side][m.ID]
	x, erasing := v.sending[j.link.ID]
	erasing = erasing && x.Erase != nil
	switch {
	case erasing && j.side == x.Erase.Side: // whatever is wanted by now, first find out whether it is deleted
		j.do, j.sending, j.lost = erase, &x, other
		if asked {
			j.review = &r
		}
	case s.inDoubt(j):
		j.do = look
	case erasing: // the turn of that one tells
		j.do = drop
	case gone == [2]bool{}: // it was seen again, perhaps by an index that is late: both are read
		j.do, j.back, j.link.State = reconcile, true, On
		j.decided = decided{}
		s.fieldOrders(v, &j)
	case gone[j.side]: // its partner's turn, if that one is there
		j.do, j.ends, j.order = drop, j.lapse(), nil
		if gone[other] {
			j.do, j.why = part, fateAlone.reason(j.side)
		}
	case asked && j.order != nil:
		j.review = &r
		return s.obeyGone(v, j)
	case asked: // a person's turn
		j.do = drop
	case s.flow.Delete != flow.Restore || !s.flow.Direction.To(other): // the policy was changed meanwhile
		j.do, j.why = part, fateAlone.reason(other)
	default:
		return s.judgeRemake(v, j)
	}
	return j
}

// judgeRemake decides whether the partner of a record is made again, or whether somebody is there by now.
func (s *session) judgeRemake(v *view, j job) job {
	m := j.m[j.side]
	in, begun := v.intent[j.side][m.ID]
	j.intent = in
	if s.kin != nil {
		return s.remakeChild(v, j, begun && in.State != Absent)
	}
	if begun && in.State != Absent {
		return s.unsettled(j)
	}
	j.match = s.partnerOf(v, j)
	if j.match.Kind != MatchCreate || v.buried(j.side, m) {
		return s.freed(v, j)
	}
	j.do = remake
	return j
}

// obeyGone decides about the one that a merge left, as a person said: it is left alone, or its link ends and it gets the
// partner that was ordered like any other record.
func (s *session) obeyGone(v *view, j job) job {
	switch j.order.Kind {
	case OrderAlone:
		j.do = leave
		return j
	case OrderDelete, OrderKeep:
		return s.obeyDelete(j)
	}
	j.order = nil // it stays open until the link has ended
	return s.freed(v, j)
}

// freed ends a link whose record is gone. Foretelling goes on to what comes then.
func (s *session) freed(v *view, j job) job {
	j.do = unjoin
	if !s.foreseeing {
		return j
	}
	w := *v
	for side := range w.link {
		w.link[side] = maps.Clone(v.link[side])
		delete(w.link[side], j.link.IDs[side])
	}
	return s.judge(&w, j.hint)
}

// unjoin ends a link whose record is gone, so that the one that is left finds a partner like any other record.
func (s *session) unjoin(j job) outcome {
	now, side := s.e.Now(), j.side.Other()
	l, c := s.parting(j, side, Detached)
	c.Bury = []Tombstone{s.replaced(side, l.IDs[side])}
	h := j.again("", now, "")
	c.Finished, c.Again = j.also, []Hint{h}
	return outcome{commit: c}
}

// replaced keeps the id of a record that another one took the place of. Its keys live on there.
func (s *session) replaced(side Side, id string) Tombstone {
	return Tombstone{Pair: s.pair.ID, Side: side, ID: id, Reason: "replaced", Until: s.e.Now()}
}

// moved is a link whose record of a side is another one now, and what is agreed with that one.
func moved(l Link, side Side, id string, agreed map[string]Base, now time.Time) Link {
	l.IDs[side], l.State, l.Made, l.Base, l.At = id, On, madeAgain, agreed, now
	return l
}

// stillAgreed are the bases of a link that a record made again fulfils: it was made from them, so a difference that was agreed to
// stays one. A field that shows something else was agreed with the old record and not with this one.
func (s *session) stillAgreed(l Link, side Side, shows connector.Fields) map[string]Base {
	agreed := map[string]Base{}
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		b, known := l.Base[r.Key]
		v, shown := r.Read(side, shows)
		if known && shown && mapping.Canon(r.Restore(side, b.V[side])) == mapping.Canon(v) {
			agreed[r.Key] = b
		}
	}
	return agreed
}

// remake makes a deleted record again.
func (s *session) remake(ctx context.Context, j job) outcome {
	to := j.side.Other()
	if o, over := s.reread(ctx, &j, j.side); over {
		return o
	}
	asked := s.e.Now()
	found, err := s.find(ctx, j, false)
	if err != nil {
		return s.failed(j, err)
	}
	if c, news, err := s.discovered(ctx, j, found, asked); err != nil || news {
		c.Mirrors[j.side] = append(c.Mirrors[j.side], j.m[j.side])
		return outcome{commit: c, err: err}
	}
	if o, later := s.postponed(&j); later {
		return o
	}
	if err := s.spend(); err != nil {
		return outcome{err: err}
	}
	j.intent = s.newIntent(j)
	if err := s.e.Store.Begin(ctx, s.ws, s.lease, []Intent{j.intent}); err != nil {
		return outcome{err: err}
	}
	d, set := s.planAgain(j)
	if name := s.stampField[to]; name != "" {
		set[name] = j.intent.Stamp
	}
	asked = s.e.Now()
	echo, err := s.conn[to].Create(connector.WithAsk(ctx, s.ours), s.flow.Object, j.parent[to], set)
	if err != nil {
		return s.notCreated(ctx, j, err)
	}
	if err := s.doubtEmpty(ctx, to, set, echo.Fields); fatal(err) != nil {
		return outcome{err: err}
	}
	return s.remade(j, d, echo, asked)
}

// remade moves the link to the record that was made. What the deleted one had said last and nobody had carried over yet
// still counts as changed, so the next look carries it.
func (s *session) remade(j job, d Decision, echo connector.Record, asked time.Time) outcome {
	to := j.side.Other()
	old, was := j.link, j.link.IDs[to]
	j.m[to], _, _ = s.heard(to, Mirror{}, echo, asked)
	l := moved(s.linkOf(j), to, echo.ID, map[string]Base{}, s.e.Now())
	j.link = l
	c := Commit{Link: &l, Closed: []string{j.intent.ID}, Bury: []Tombstone{s.replaced(to, was)},
		Settled: []Place{{A, l.IDs[A]}, {B, l.IDs[B]}}}
	w := result{made: true, created: to}
	open := false
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.HasLost {
			c.Conflict = append(c.Conflict, Conflict{Link: l.ID, Field: f.Rule.Key, Rule: f.was, Lost: f.Lost, V: f.Before, Run: s.run.ID, At: s.e.Now()})
		}
		f.HasLost = false
		if f.Sends[to] {
			f.Before[to] = nil
			continue
		}
		f.Before[to], _ = f.Rule.Read(to, echo.Fields)
		s.setBase(&l, f.Rule, f.Before, f.Why)
	}
	s.confirm(&l, &c, &d, to, echo.Fields, &w)
	for i := range d.Fields {
		f := &d.Fields[i]
		key := f.Rule.Key
		b, agreed := old.Base[key]
		now, done := l.Base[key]
		if done && now.Rule == fateAgain.reason(to) && !f.Rule.Agree(f.Rule.Restore(A, now.V[A]), f.Rule.Restore(B, now.V[B])) {
			now.Rule = f.was // a difference that was accepted stays accepted for its own reason
			l.Base[key] = now
		}
		if f.carries && f.after != nil && f.Rule.Took(to, f.Send[to], f.after[to]) {
			open = true
			if l.Base[key] = b; !agreed {
				delete(l.Base, key)
			}
		}
	}
	c.Mirrors[to], c.Mirrors[j.side] = []Mirror{j.m[to]}, []Mirror{j.m[j.side]}
	o := s.wrapUp(j, l, d, outcome{commit: c}, w)
	if o.commit.Entry != nil && o.commit.Entry.Result == ResultCreated {
		o.commit.Entry.Reason = fateAgain.reason(to)
	}
	if open && len(o.commit.Again) == 0 {
		o.commit.Finished, o.commit.Again = j.also, []Hint{j.again("", s.e.Now(), "")}
	}
	return o
}

// planAgain decides what a record that is made again holds: what it held last, but for what its partner has changed
// since. Like Plan it is pure.
func (s *session) planAgain(j job) (Decision, connector.Fields) {
	to := j.side.Other()
	d := s.plan(j)
	set := connector.Fields{}
	for i := range d.Fields {
		f := &d.Fields[i]
		r := f.Rule
		f.carries, f.was = f.Sends[j.side] || f.Outcome == OpenClash, f.Why
		if f.Outcome == InSync {
			f.was = j.link.Base[r.Key].Rule
		}
		v := f.Send[to]
		if !f.Sends[to] {
			v = f.Before[to]
			if !slices.Equal(fieldNames(r.Fields[to]), r.Writes(to)) { // it is read as a whole and written in pieces
				v, _ = r.Convert(to, f.Before[j.side])
			}
		}
		unknown := f.Outcome == NotShown
		f.Sends, f.Send, f.Delta, f.Outcome = [2]bool{}, [2]mapping.Value{}, [2]connector.Delta{}, InSync
		f.Why = fateAgain.reason(to)
		if mapping.Empty(v) || unknown {
			continue
		}
		if s.caps.deniedOnCreate(r, to) {
			f.was = "not_writable_" + to.String()
			continue
		}
		f.Sends[to], f.Send[to], f.Outcome = true, v, Write
		if r.Kind == mapping.Set {
			f.Delta[to] = connector.Delta{Add: mapping.AsSet(v)}
			set[r.Writes(to)[0]] = v
			continue
		}
		for name, x := range r.Wire(to, v) {
			if x != nil {
				set[name] = x
			}
		}
	}
	return d, set
}

func fieldNames(fields []connector.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}
