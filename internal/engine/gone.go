package engine

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// graveTime is how long the keys of a record that is gone keep it from being made again (sync-semantics 5.12).
const graveTime = 90 * 24 * time.Hour

// missing handles a linked record that a read did not find. One read proves nothing; a second one, ten minutes later,
// does. Then the flow's policy for deletes decides about the link (fate.go).
func (s *session) missing(ctx context.Context, j job, side Side, id string) outcome {
	if s.slow() && j.link.ID != "" {
		return s.notThere(j, side, id)
	}
	if j.deletedByUs(side) {
		return s.takenBack(j, side, j.sending.Erase.Who)
	}
	now := s.e.Now()
	m := j.m[side]
	m.ID = id
	var c Commit
	if m.Suspect.IsZero() || now.Sub(m.Suspect) < suspicion {
		if m.Suspect.IsZero() {
			m.Suspect = now
			c.Mirrors[side] = []Mirror{m}
		}
		h := j.again("gone", m.Suspect.Add(suspicion), "")
		h.Attempts = j.hint.Attempts
		c.Again = []Hint{h}
		return outcome{commit: c}
	}
	if j.link.ID == "" {
		return s.goneUnlinked(j, side, m)
	}
	if j.doubted {
		h := j.again("gone", now.Add(suspicion), "")
		h.Attempts = j.hint.Attempts
		return outcome{commit: Commit{Again: []Hint{h}}}
	}
	if !j.fading {
		if err := s.lose(); err != nil {
			return outcome{err: err}
		}
	}
	f, err := s.fate(ctx, &j, side)
	if err != nil {
		return s.failed(j, err)
	}
	m.Gone, m.Suspect = now, time.Time{}
	j.m[side] = m
	j.ends, j.order, j.fields = j.lapse(), nil, nil // nobody ordered this
	return s.part(ctx, j, side, f)
}

// goneUnlinked handles a record that was gone before it and another one were joined: the other is looked at by itself.
func (s *session) goneUnlinked(j job, side Side, m Mirror) outcome {
	now, id, other := s.e.Now(), m.ID, side.Other()
	m.Gone, m.Suspect = now, time.Time{}
	var c Commit
	c.Mirrors[side], c.Mirrors[other] = []Mirror{m}, []Mirror{j.m[other]}
	c.Finished, c.Orders = j.hints(), j.lapse()
	if j.intent.ID != "" {
		c.Closed = []string{j.intent.ID}
	}
	c.Again = []Hint{{Side: other, ID: j.m[other].ID, Parent: j.m[other].Parent, Reason: "seen", At: now, Due: now}}
	if !j.match.ours() && j.match.By != "person" { // nobody is made again out of the one that is left
		c.Bury = []Tombstone{s.tombstone(side, j.m, id, now), s.tombstone(other, j.m, id, now)}
	}
	return outcome{commit: c}
}

// parting begins what ends a job about a link whose record of a side is gone: the mirror says so, the hints are done with.
func (s *session) parting(j job, side Side, state LinkState) (Link, Commit) {
	l := s.linkOf(j)
	l.State = state
	c := Commit{Link: &l, Finished: j.hints(), Orders: j.lapse()}
	for sd := range j.m {
		if Side(sd) == side || !j.m[sd].Gone.IsZero() {
			c.Mirrors[sd] = []Mirror{j.m[sd]}
		}
	}
	return l, c
}

// letGo ends a link and keeps both records from being made again: whatever is left of the two is left alone.
func (s *session) letGo(j job, side Side, reason string) outcome {
	l, c := s.parting(j, side, Detached)
	now := s.e.Now()
	for sd := range j.m {
		c.Bury = append(c.Bury, s.tombstone(Side(sd), j.m, l.IDs[sd], now))
		c.Settled = append(c.Settled, Place{Side(sd), l.IDs[sd]})
	}
	if j.intent.ID != "" {
		c.Closed = []string{j.intent.ID}
	}
	if s.kin != nil { // the one that is left may wait for its parent, and has nothing to wait for any more
		sv := side.Other()
		c.Again = []Hint{{Side: sv, ID: l.IDs[sv], Parent: j.m[sv].Parent, Reason: "seen", At: now, Due: now}}
	}
	e := s.entry(j, ResultGone, -1, reason)
	e.IDs = l.IDs
	c.Entry = &e
	return outcome{commit: c}
}

// cameBack adds what it means that a record that was gone is there again: nothing waits for a person any more.
func (s *session) cameBack(j job, l Link, o outcome) outcome {
	for side := range l.IDs {
		o.commit.Settled = append(o.commit.Settled, Place{Side(side), l.IDs[side]})
	}
	if o.commit.Entry == nil && o.err == nil {
		e := s.entry(j, ResultLinked, -1, "back")
		o.commit.Entry = &e
	}
	return o
}

// tombstone keeps the keys of both records on either side: the two may have had different ones.
func (s *session) tombstone(side Side, m [2]Mirror, id string, now time.Time) Tombstone {
	t := Tombstone{Pair: s.pair.ID, Side: side, ID: id, Reason: "gone", Until: now.Add(graveTime)}
	for sd := range m {
		for k, v := range m[sd].Keys {
			t.Keys = append(t.Keys, s.hash(Key{k, v}))
		}
	}
	return t
}

// hash is a keyed hash of a match key: it recognises a key without holding it.
func (s *session) hash(k Key) string {
	h := hmac.New(sha256.New, s.e.HashKey)
	h.Write([]byte(s.pair.ID + "\x00" + k.Kind + "\x00" + k.Value))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
