package engine

import "time"

// outside reports whether a hint comes from somebody else's word, so that the record has to be read. What was given up may
// have been given up because it could not be read.
func outside(reason string) bool {
	return reason == "webhook" || reason == "absent" || reason == "parked"
}

// skew is how far apart the clocks of two of our machines may be: of the one that took a word and the one that read.
const skew = time.Minute

// unread reports whether a record has to be read because of somebody else's word, and was not since. Only what was read well
// after the word proves that it was. Foretelling, which decides again what it has just read, goes by the times alone.
func (s *session) unread(h Hint, m Mirror) bool {
	at := h.At
	if !s.foreseeing {
		at = at.Add(skew)
	}
	return outside(h.Reason) && !m.Seen.After(at)
}

// retry is again for what failed for now. Somebody else's word stays: the record may not have been read yet.
func (j job) retry(due time.Time, problem string) Hint {
	reason := "retry"
	if outside(j.hint.Reason) {
		reason = j.hint.Reason
	}
	return j.again(reason, due, problem)
}
