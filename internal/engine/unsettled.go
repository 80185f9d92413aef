package engine

// Waiting until the truth about a create can be found out.

// unsettled decides about a record whose create may have happened: when settle is over, that can be found out.
func (s *session) unsettled(j job) job {
	in := j.intent
	j.do, j.until = resolve, in.At.Add(s.e.Settle)
	if in.State == Sent && in.At.Before(s.began) { // its call may have left as late as the moment this worker took over
		j.until = s.began.Add(s.e.Settle)
	}
	if s.e.Now().Before(j.until) {
		j.do, j.why = wait, "settle"
	}
	return j
}

// behind waits until the partner's own create is found out about. When that takes long, nobody may be looking into it: so
// it is looked into again, and the next wait is as long as all before it together.
func (s *session) behind(j job, in Intent, partner Mirror) job {
	now := s.e.Now()
	age := now.Sub(in.At)
	j.do, j.why, j.until = wait, "settle", now.Add(max(s.e.Settle, age))
	if age > 2*s.e.Settle {
		j.wake = []Hint{{Side: j.side.Other(), ID: partner.ID, Parent: partner.Parent, Reason: "seen", At: now, Due: now}}
	}
	return j
}
