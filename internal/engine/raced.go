package engine

import (
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// raced reports whether an answer shows another value than was read, in a field that was not written: somebody edited it
// between our read and our write. The mirror then knows the new value before anybody has planned it, and no later look would
// find a difference, so the record has to be looked at again.
func (d *Decision) raced(side Side, read, answered connector.Fields) bool {
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Sends[side] {
			continue
		}
		before, had := f.Rule.Read(side, read)
		after, has := f.Rule.Read(side, answered)
		if had && has && mapping.Canon(before) != mapping.Canon(after) {
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
