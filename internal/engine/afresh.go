package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/flow"
)

// Starting afresh is comparing all linked records of a pair once more as if nothing had been agreed: because a person wants a
// changed map applied to what is there, or because what an account shows cannot be what it showed before, since another account
// answers or a backup was restored (sync-semantics 5.10, epochs). It is never done unseen: a person looks at a rehearsal of it and
// approves it, and it is then carried out as a first plan is.

// Afresh says since when what was agreed in a pair counts no more.
type Afresh struct {
	At  time.Time `json:"at,omitzero"`
	Why AfreshWhy `json:"why,omitempty"`
	// Side is the account that it is about, N and Of how many records showed it, of how many.
	Side  Side `json:"side,omitempty"`
	N, Of int  `json:",omitempty"`
	// Came and Went are of how many that nobody knew and that are not there any more a jump was made.
	Came, Went int `json:",omitempty"`
	// Seeded and Settled are those of the pair before an account was strange, for when a person takes that back (gone_really.go).
	Seeded  time.Time `json:",omitzero"`
	Settled time.Time `json:",omitzero"`
	// Keys are the rows that it is about, none for all.
	Keys []string `json:"keys,omitempty"`
	// Proposed says that a person asked for it and has not approved it: rehearsals show it, and runs go on without.
	Proposed bool `json:"proposed,omitempty"`
	// Before is the one that was in force before this one, which still is for what this one is not about.
	Before *Afresh `json:"before,omitempty"`
}

// InForce is the one that runs go by: this one, or the one before it while this is only proposed.
func (a Afresh) InForce() Afresh {
	switch {
	case !a.Proposed:
		return a
	case a.Before == nil:
		return Afresh{}
	}
	return *a.Before
}

// strangeAfter reports whether, after a time, an account other than that of a side was not what it was.
func (a Afresh) strangeAfter(t time.Time, but Side) bool {
	for x := &a; x != nil; x = x.Before {
		if x.Strange() && x.Side != but && t.Before(x.At) {
			return true
		}
	}
	return false
}

// strange reports whether the account of a side ever was not what it was.
func (a Afresh) strange(side Side) bool {
	for x := &a; x != nil; x = x.Before {
		if x.Strange() && x.Side == side {
			return true
		}
	}
	return false
}

// Over is the one in the place of an earlier one. Of those that it covers, only what tells of a strange account is kept; one that
// a person may take back keeps the one that is in force again then.
func (a Afresh) Over(old Afresh) Afresh {
	a.Before = nil
	for x := &old; x != nil; x = x.Before {
		if !x.At.IsZero() && (len(a.Keys) > 0 || a.Strange() || x.Strange()) {
			a.Before = x
			break
		}
	}
	return a
}

// AfreshWhy is a reason for starting afresh.
type AfreshWhy string

// The reasons.
const (
	Reapply  AfreshWhy = "reapply"  // a person wants the map applied to what is there
	Restored AfreshWhy = "restored" // records are older than they were: a backup was restored
	Jumped   AfreshWhy = "jumped"   // too many records came or went at once
)

// Strange reports whether an account is not what it was.
func (a Afresh) Strange() bool { return a.Why == Restored || a.Why == Jumped }

const (
	// leastKnown is how many records an account must have had for a jump to mean anything, and jump the share of them that may come
	// or go between two complete readings.
	leastKnown = 25
	jump       = 0.3
	// backwards is how much older than it was a record must be to be from a backup: clocks of one system differ by less.
	backwards = time.Minute
)

// startAnew notes in which rows nothing is agreed.
func (s *session) startAnew() {
	for a := &s.pair.Afresh; a != nil; a = a.Before {
		at := a.At
		switch {
		case at.IsZero() || a.Proposed && !s.run.DryRun:
			continue
		case a.Proposed:
			at = s.e.Now().Add(time.Millisecond)
		}
		for _, row := range s.flow.Map {
			if key := row.Key(); len(a.Keys) == 0 || slices.Contains(a.Keys, key) {
				s.anew[key] = max(s.anew[key], at.UnixMilli())
			}
		}
	}
}

// slow reports whether the records of an account that is not what it was are being compared for the first time since.
func (s *session) slow() bool { return s.pair.Afresh.Strange() && s.pair.Settled.IsZero() }

// mayStart stops a run that would start afresh before anybody has looked at what that comes to.
func (s *session) mayStart() error {
	if s.run.DryRun || !s.pair.StandsStill(s.flow.Approval) {
		return nil
	}
	return s.strange(s.pair.Afresh)
}

// StandsStill reports whether runs wait until somebody has approved what starting afresh comes to; the approval given is the last
// one that there was.
func (p Pair) StandsStill(a *flow.Approval) bool {
	x := p.Afresh
	return !x.Proposed && !x.At.IsZero() && p.Settled.IsZero() && (a == nil || !a.At.After(x.At))
}

// Because says in a sentence why a flow starts afresh.
func (a Afresh) Because(flow string, names [2]string) string {
	switch a.Why {
	case Restored:
		return fmt.Sprintf("%s shows records as they were some time ago, as after a restored backup.", names[a.Side])
	case Jumped:
		if a.Deletes() {
			return fmt.Sprintf("%d of %d records of %s are gone at once, as when another account answers.", a.Went, a.Of, names[a.Side])
		}
		return fmt.Sprintf("%d of %d records of %s came or went at once, as when another account answers.", a.N, a.Of, names[a.Side])
	}
	return fmt.Sprintf("Flow %s is to be applied to all records once more.", flow)
}

func (s *session) strange(a Afresh) error {
	return &stopError{Halt: Halt{Why: HaltAfresh, Side: int(a.Side), N: a.N, Most: a.Of}, Note: a.Because(s.flow.Name, s.names) + " Nothing was written. Look at a dry run of it, then approve that; all records are compared anew then, and nothing is deleted." + a.orElse()}
}

// startOver has the pair start afresh, and ends the run: nothing of what the account shows now has been taken over.
func (s *session) startOver(ctx context.Context, a Afresh) error {
	a.At = s.e.Now()
	if err := s.e.Store.StartAfresh(ctx, s.ws, s.lease, s.pair.ID, a); err != nil {
		return err
	}
	return s.strange(a)
}

// settledOnce reports whether something can be lost with the account of a side: the first plan of this pair, or of another one
// that the account is part of, was carried out. They share what was seen of it, so whoever looks, looks for all of them.
func (s *session) settledOnce(side Side) bool { return s.settled[side] }

// older reports whether a record was changed later when it was last seen than it says now.
func older(known Mirror, r connector.Record) bool {
	was, err := time.Parse(time.RFC3339Nano, known.Version)
	is, err2 := time.Parse(time.RFC3339Nano, r.Version)
	return known.ID != "" && err == nil && err2 == nil && is.Before(was.Add(-backwards))
}

// restored looks at records of a page that are older than they were. An index may lag; what a record itself says does not.
func (s *session) restored(ctx context.Context, side Side, known map[string]Mirror, page []connector.Record) error {
	if !s.settledOnce(side) {
		return nil
	}
	tried := 0
	for _, r := range page {
		if !older(known[r.ID], r) {
			continue
		}
		if tried++; tried > 3 {
			return nil
		}
		var now connector.Record
		err := s.patiently(ctx, side, func() (err error) {
			now, err = s.conn[side].Get(ctx, connector.Ref{Object: s.flow.Object, ID: r.ID, Parent: r.Parent})
			return err
		})
		if connector.KindOf(err) == connector.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if older(known[r.ID], now) {
			return s.startOver(ctx, Afresh{Why: Restored, Side: side, N: 1})
		}
	}
	return nil
}

// jumped compares the last complete reading with the one before it, unless that was done: whoever was to do it may have been
// killed. A reading that was interrupted may have missed a few, which makes no jump.
func (s *session) jumped(ctx context.Context, side Side, cur Cursor) (Cursor, error) {
	if cur.Judged >= cur.Generation {
		return cur, nil
	}
	if s.settledOnce(side) && cur.Generation > 1 {
		shown, went, err := s.e.Store.Turnover(ctx, s.ws, cur.Conn, cur.Object, cur.Generation)
		if err != nil {
			return cur, err
		}
		had := shown - cur.Came + went
		if n := max(cur.Came, went); had >= leastKnown && float64(n) > jump*float64(had) {
			return cur, s.startOver(ctx, Afresh{Why: Jumped, Side: side, N: n, Of: had, Came: cur.Came, Went: went})
		}
	}
	cur.Judged, cur.Came = cur.Generation, 0
	return cur, s.e.Store.SavePage(ctx, s.ws, s.lease, cur, 0, nil, nil, nil)
}

// notThere ends a link whose record an account that is not what it was does not have. Nothing follows from that for the other
// record but that it has no partner: it is matched, or made, as any other is.
func (s *session) notThere(j job, side Side, id string) outcome {
	now, other := s.e.Now(), side.Other()
	m := j.m[side]
	m.ID, m.Gone, m.Suspect = id, now, time.Time{}
	j.m[side] = m
	l, c := s.parting(j, side, Detached)
	c.Bury = []Tombstone{s.replaced(side, l.IDs[side])}
	if j.side == other {
		c.Finished, c.Again = j.also, []Hint{j.again("", now, "")}
	} else {
		c.Again = []Hint{{Side: other, ID: l.IDs[other], Parent: j.m[other].Parent, Reason: "seen", At: now, Due: now}}
	}
	return outcome{commit: c}
}

// outdated reports whether a stamp names a record of an account that is not what it was: nobody knows whom it names now.
func (s *session) outdated(at Side, m Mirror) bool {
	return s.pair.Afresh.strangeAfter(m.First, at)
}

// another reports whether a record is not the one that was seen under its id: it was made at another time. A backup brings back
// what was made when it says; another account has the same id for what was made at some other time.
func another(known Mirror, r connector.Record) bool {
	return known.ID != "" && !known.Created.IsZero() && !r.Created.IsZero() && known.Created.Sub(r.Created).Abs() > sameMoment
}

// sameMoment is by how much two answers may differ about when a record was made: one may leave out parts of a second.
const sameMoment = 2 * time.Second

// strangers reports whether the two records of a link are not the same person any more: ids of another account may be those of
// the old one. Records that were made when those were that were linked are the same, whatever they hold now; where a system
// does not say when, two that share no key are strangers.
func (s *session) strangers(v *view, l Link) bool {
	a, b := v.mirror[A][l.IDs[A]], v.mirror[B][l.IDs[B]]
	if s.kin != nil {
		return false // they have no keys, and their parents tell
	}
	if !a.Created.IsZero() && !b.Created.IsZero() && !a.First.After(l.At) && !b.First.After(l.At) {
		return false
	}
	return !slices.ContainsFunc(s.flow.Match, func(kind string) bool { return a.Keys[kind] != "" && a.Keys[kind] == b.Keys[kind] })
}

// sever ends a link of two strangers. Each is looked at by itself.
func (s *session) sever(j job) outcome {
	now := s.e.Now()
	l := s.linkOf(j)
	l.State = Detached
	c := Commit{Link: &l, Finished: j.also, Orders: j.lapse()}
	for side, id := range l.IDs {
		h := Hint{Side: Side(side), ID: id, Parent: j.m[side].Parent, Reason: "seen", At: now, Due: now}
		if Side(side) == j.side && id == j.hint.ID {
			h = j.again("", now, "")
		}
		c.Again = append(c.Again, h)
	}
	return outcome{commit: c}
}

// reunite decides about a record of whose account, or whose partner's, one is not what it was. It reports false when nothing
// stands against going on as always.
func (s *session) reunite(v *view, j *job, l Link) bool {
	if s.foreseeing && s.vanished[Place{j.side, j.hint.ID}] {
		j.do = drop
		return true
	}
	if l.ID == "" || !s.strangers(v, l) {
		return false
	}
	other := j.side.Other()
	j.link, j.do, j.m[other] = l, sever, v.mirror[other][l.IDs[other]]
	return true
}

// partedLinks takes the links of a side out of a view that are going to end because of that: what is foretold is what comes then.
func (s *session) partedLinks(ctx context.Context, v *view, side Side) error {
	if !s.slow() || !s.foreseeing {
		return nil
	}
	other := side.Other()
	var partners []string
	for _, l := range v.link[side] {
		partners = append(partners, l.IDs[other])
	}
	if err := into(v.mirror[other])(s.e.Store.Mirrors(ctx, s.ws, s.flow.Connections[other], s.flow.Object, partners)); err != nil {
		return err
	}
	maps.DeleteFunc(v.link[side], func(_ string, l Link) bool {
		return s.vanished[Place{A, l.IDs[A]}] || s.vanished[Place{B, l.IDs[B]}] || s.strangers(v, l)
	})
	return nil
}

// notVanished takes records that foretelling did not find out of those that hold a key.
func (s *session) notVanished(v *view, side Side) {
	if !s.slow() || !s.foreseeing {
		return
	}
	for key, ids := range v.held[side] {
		v.held[side][key] = slices.DeleteFunc(ids, func(id string) bool { return s.vanished[Place{side, id}] })
	}
}
