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

// owned is what a side holds of a list after a write, as far as that is what was read and what the write did to it. What else
// the answer shows, or lacks, somebody changed between our read and our write: it stays a change of theirs.
func (f *FieldPlan) owned(side Side, got []string) []string {
	before, d := mapping.AsSet(f.Before[side]), f.Delta[side]
	missing := mapping.Minus(d.Add, got)
	gone := mapping.Minus(d.Remove, got)
	return mapping.Merge(mapping.Minus(before, gone), mapping.Minus(d.Add, missing), nil, nil)
}

// atOnce is the job's hint once more, for what is new and not for what failed.
func (j job) atOnce(now time.Time) Hint {
	h := j.again("", now, "")
	h.Attempts = j.hint.Attempts
	return h
}
