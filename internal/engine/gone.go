package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// graveTime is how long the keys of a record that is gone keep it from being made again (sync-semantics 5.12).
const graveTime = 90 * 24 * time.Hour

// missing handles a linked record that a read did not find. One read proves nothing; a second one, ten minutes later,
// does. Then the link ends and the partner is left alone ("detach").
func (s *session) missing(j job, side Side, id string) outcome {
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
	if j.link.ID != "" && !j.fading {
		if err := s.lose(); err != nil {
			return outcome{err: err}
		}
	}
	m.Gone, m.Suspect = now, time.Time{}
	c.Mirrors[side] = []Mirror{m}
	c.Finished = j.hints()
	if j.link.ID == "" { // gone before the two were joined: the other one is looked at by itself
		if j.intent.ID != "" {
			c.Closed = []string{j.intent.ID}
		}
		other := side.Other()
		c.Mirrors[other] = []Mirror{j.m[other]}
		c.Again = []Hint{{Side: other, ID: j.m[other].ID, Parent: j.m[other].Parent, Reason: "seen", At: now, Due: now}}
		if !j.match.ours() { // nobody is made again out of the one that is left
			c.Bury = []Tombstone{s.tombstone(side, j.m, id, now), s.tombstone(other, j.m, id, now)}
		}
		return outcome{commit: c}
	}
	l := s.linkOf(j)
	l.State = Detached
	c.Link = &l
	for sd := range j.m {
		c.Bury = append(c.Bury, s.tombstone(Side(sd), j.m, l.IDs[sd], now))
	}
	j.link = l
	e := s.entry(j, ResultGone, -1, "gone_"+side.String())
	c.Entry = &e
	return outcome{commit: c}
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
