package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"couplet/internal/mapping"
)

// A third tool that writes the same field in its own form undoes our write, we undo its, and so on for ever. Three such
// turns within a day, between the same two values, put the field of that one link to rest: nothing is written to it, it
// waits for a person, and it goes on by itself when both sides have agreed for a day (sync-semantics 5.9).

const (
	swingTurns = 3
	swingTime  = 24 * time.Hour
)

// Swing is how often a field of a link went back to what it was before its last change. Was is a hash of that; At are the
// times of the turns, Held is when the field was put to rest. Times are unix milliseconds, 0 is never.
type Swing struct {
	Was  string  `json:"was"`
	At   []int64 `json:"at,omitempty"`
	Held int64   `json:"held,omitempty"`
}

// swung is the swing of a field after a write of ours agreed on new values.
func swung(old Base, now [2]any, at time.Time) *Swing {
	was, is := valuesHash(old.V), valuesHash(now)
	if was == is {
		return old.Swing
	}
	next := &Swing{Was: was}
	if old.Swing != nil && old.Swing.Was == is {
		since := at.Add(-swingTime).UnixMilli()
		next.At = append(slices.DeleteFunc(slices.Clone(old.Swing.At), func(t int64) bool { return t < since }), at.UnixMilli())
	}
	if len(next.At) >= swingTurns {
		next.Held = at.UnixMilli()
	}
	return next
}

func valuesHash(v [2]any) string {
	h := sha256.Sum256([]byte(mapping.Canon(v[A]) + "\x00" + mapping.Canon(v[B])))
	return hex.EncodeToString(h[:8])
}

// rests reports whether a field was put to rest. A wish not to be contacted never is.
func (b Base) rests(r *mapping.Rule) bool {
	return b.Swing != nil && b.Swing.Held > 0 && r.Kind != mapping.Consent
}

// planResting plans a field that was put to rest.
func (f *FieldPlan) planResting(in Input, base Base) {
	f.Outcome, f.Why = OpenClash, "swinging"
	if !f.Rule.Agree(f.Before[A], f.Before[B]) {
		return
	}
	f.Outcome = InSync
	if !in.Now.Before(calmAt(in.Changed, base)) {
		f.Outcome, f.Why, f.Commit = Absorb, "calm", true
	}
}

// calmAt is when a field that was put to rest has not moved for long enough.
func calmAt(changed [2]time.Time, b Base) time.Time {
	last := time.UnixMilli(b.Swing.Held)
	for _, t := range changed {
		if t.After(last) {
			last = t
		}
	}
	return last.Add(swingTime)
}

// calmed has a record looked at again when its resting fields may have become calm.
func (s *session) calmed(j job, l Link, d Decision, c *Commit) {
	due := s.calmDue(j, l, d)
	if due.IsZero() {
		return
	}
	h := j.again("calm", due, "")
	h.Attempts = 0
	c.Finished, c.Again = j.also, []Hint{h}
}

// calmDue is when the first of a record's resting fields may have become calm, zero for never.
func (s *session) calmDue(j job, l Link, d Decision) (due time.Time) {
	for i := range d.Fields {
		f := &d.Fields[i]
		b := l.Base[f.Rule.Key]
		if !b.rests(f.Rule) || f.Outcome == OpenClash {
			continue
		}
		if at := calmAt([2]time.Time{j.m[A].Changed, j.m[B].Changed}, b); due.IsZero() || at.Before(due) {
			due = at
		}
	}
	return due
}
