package engine

// parkedBeside is the hint of a record that is given up because of one field, and that another one of its fields has looked at again.
func (s *session) parkedBeside(j job, l Link, d Decision, w result, unknown, problem string) Hint {
	h := j.again("parked", never, problem)
	switch calm := s.calmDue(j, l, d); {
	case w.again:
		h.Reason, h.Due, h.Attempts = "ignored", s.e.Now().Add(s.flow.Retry.Delay(j.ignored(), s.e.Random)), j.ignored()+1
	case unknown != "":
		h.Due, h.Attempts = s.e.Now().Add(sweepEvery), 0
	case !calm.IsZero():
		h.Due, h.Attempts = calm, 0
	}
	return h
}

// toldBefore reports whether a record comes up again by itself with a problem that was told when it came up first.
func toldBefore(h Hint, problem string) bool {
	return (h.Reason == "ignored" || h.Reason == "parked") && h.Problem == problem
}
