package engine

// A record that is assigned to somebody whom the other account does not know keeps its assignment there as it is; all the
// rest travels. So it is with a contact whose company has no partner yet. It is no failure, because nothing is wrong with the record. It
// is looked at again every day: by then the person may have been added over there. The partner of a company is noticed at once (linked.go).

// ownerUnknown and linkUnknown are the reasons of such a field, and of the hint that asks again.
const (
	ownerUnknown = "owner_unknown"
	linkUnknown  = "link_unknown"
)

// strange leaves a field alone whose value is a person that the side does not know, or something that has no partner there. No base is kept, so that
// it travels as soon as there is one.
func (f *FieldPlan) strange(to Side, err error) {
	why := ownerUnknown
	if f.Rule.Linked() {
		why = linkUnknown
	}
	f.Outcome, f.Why, f.Problem, f.Commit = Blocked, why+"_"+to.String(), err.Error(), false
}

// unknownTo reports whether a field was left alone because a side does not know its value.
func (f *FieldPlan) unknownTo(to Side) bool {
	return f.Why == ownerUnknown+"_"+to.String() || f.Why == linkUnknown+"_"+to.String()
}

// stranger says of a plan in words what a side does not know, and the reason, "" when it knows all.
func stranger(d Decision) (said, reason string) {
	for i := range d.Fields {
		f := &d.Fields[i]
		if !f.unknownTo(A) && !f.unknownTo(B) {
			continue
		}
		if f.Rule.Linked() {
			return f.Rule.Fields[A][0].Label + " was left as it is: " + f.Problem + ". It goes over once there is one. Everything else was carried over.", linkUnknown
		}
		said, reason = "The assignment was left as it is: "+f.Problem+". Everything else was carried over.", ownerUnknown
	}
	return said, reason
}

// askAgain is the hint by which the record is looked at once more in a day.
func (s *session) askAgain(j job, reason, problem string) Hint {
	h := j.again(reason, s.e.Now().Add(sweepEvery), problem)
	h.Attempts = 0
	if reason == linkUnknown {
		h.At = s.partnersAt // what was linked since is news
	}
	return h
}

// told reports whether a hint is about something that was told when it was found first.
func told(h Hint) bool { return h.Reason == ownerUnknown || h.Reason == linkUnknown }
