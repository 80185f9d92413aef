package engine

import (
	"cmp"
	"slices"
	"time"

	"couplet/internal/flow"
)

// A flow may be about everything, about what is new or changes from a time on, or about some records (flow.Scope). Which
// records a decision is about is asked after it was taken, of what is stored alone, so a dry run says the same. A record that
// is left alone so is not forgotten: it is looked at again when it changes, or when the scope does.

// fromNow and elsewhere are why a record is left alone.
const (
	fromNow   = "from_now"
	elsewhere = "out_of_scope"
)

// since is the time up to which a record's last change makes it one that was there before. What the first reading of
// both sides showed was there before too, however late that was, unless the system says that it was made later. A pair that
// starts afresh keeps to that first reading.
func (s *session) since() time.Time {
	t := s.flow.Scope.Since
	if t.IsZero() && s.run.DryRun {
		return s.e.Now() // nobody has switched it on yet
	}
	if s.pair.First.After(t) {
		t = s.pair.First
	}
	return t
}

// before reports whether a record of the job was there and as it is before the scope began.
func (s *session) before(j job, side Side) bool {
	m, began := j.m[side], s.flow.Scope.Since
	switch {
	case m.Changed.IsZero() || !began.IsZero() && m.Created.After(began):
		return false
	case !m.Changed.After(s.since()):
		return true
	}
	at, known := s.stampOf(m, side)
	return known && !at.After(cmp.Or(began, s.since()))
}

// stampOf says when a record was last changed, or made, by the word of an account that is not what it was: that it looks
// other than it was seen before, or was never seen, may be due to a backup, or to another account. It is not known of
// others, nor once all of them were compared.
func (s *session) stampOf(m Mirror, side Side) (at time.Time, known bool) {
	if !s.pair.Afresh.strange(side) || !s.pair.Settled.IsZero() && m.Changed.After(s.pair.Settled) {
		return at, false
	}
	if m.Changed.Equal(m.First) {
		return m.Created, !m.Created.IsZero()
	}
	at, err := time.Parse(time.RFC3339Nano, m.Version)
	return at, err == nil
}

// scoped takes a decision back that is about records of no interest. What a person decided stands, and so does what is
// under way.
func (s *session) scoped(j job) job {
	if s.flow.Scope.Only == "" || j.order != nil || j.intent.ID != "" || j.sending != nil || j.match.ours() {
		return j
	}
	why := ""
	switch s.flow.Scope.Only {
	case flow.ScopeThese:
		if !s.flow.Scope.Names(j.m[A].ID, j.m[A].Keys) && !s.flow.Scope.Names(j.m[B].ID, j.m[B].Keys) && len(j.fields) == 0 {
			why = elsewhere
		}
	case flow.ScopeNew:
		if j.link.ID == "" && j.do != join && s.before(j, j.side) {
			why = fromNow
		}
	}
	switch j.do {
	case create, search, review, join, reconcile, wait:
		if why != "" {
			j.do, j.why = drop, why
		}
	}
	return j
}

// quiet reports whether two records are only linked: they match, and neither changed since the scope began. A wish not to be
// contacted goes over all the same.
func (s *session) quiet(j job) bool {
	return s.flow.Scope.Only == flow.ScopeNew && j.do == join && !j.match.ours() && j.match.By != "person" && j.intent.ID == "" && s.before(j, A) && s.before(j, B)
}

// stand plans a field of two records that are only linked: what they hold is what is agreed on, equal or not.
func (f *FieldPlan) stand() {
	f.Outcome, f.Why, f.Commit = Accept, fromNow, true
	if f.Rule.Agree(f.Before[A], f.Before[B]) {
		f.Outcome, f.Why = Absorb, "first_same"
	}
}

// stands reports whether two records are linked and stay different for that.
func (d Decision) stands() bool {
	return slices.ContainsFunc(d.Fields, func(f FieldPlan) bool { return f.Why == fromNow })
}

// left counts what was left alone because of the scope.
func (j job) left() func(*Run) {
	if j.why != fromNow && j.why != elsewhere {
		return nil
	}
	return func(r *Run) { r.Outside[j.side]++ }
}
