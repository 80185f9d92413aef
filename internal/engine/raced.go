package engine

import (
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// raced reports whether an answer shows another value than was read, in a field that was not written: somebody edited it
// between our read and our write. The mirror then knows the new value before anybody has planned it, and no later look would
// find a difference, so the record has to be looked at again.
func (s *session) raced(d *Decision, side Side, read, answered connector.Fields) bool {
	sent := map[string]bool{}
	for i := range d.Fields {
		sent[d.Fields[i].Rule.Key] = d.Fields[i].Sends[side]
	}
	for i := range s.rules.Rules {
		r := &s.rules.Rules[i]
		before, had := r.Read(side, read)
		after, has := r.Read(side, answered)
		if !sent[r.Key] && had && has && mapping.Canon(before) != mapping.Canon(after) {
			return true
		}
	}
	return false
}

// atOnce is the job's hint once more, for what is new and not for what failed.
func (j job) atOnce(now time.Time) Hint {
	h := j.again("", now, "")
	h.Attempts = j.hint.Attempts
	return h
}
