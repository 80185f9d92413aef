package engine

// A record that is assigned to somebody whom the other account does not know keeps its assignment there as it is; all the
// rest travels. It is no failure, because nothing is wrong with the record. It is looked at again every day: by then the
// person may have been added over there.

// ownerUnknown is the reason of such a field, and of the hint that asks again.
const ownerUnknown = "owner_unknown"

// strange leaves a field alone whose value is a person that the side does not know. No base is kept, so that the
// assignment travels as soon as the person is known.
func (f *FieldPlan) strange(to Side, err error) {
	f.Outcome, f.Why, f.Problem, f.Commit = Blocked, ownerUnknown+"_"+to.String(), err.Error(), false
}

// stranger says of a plan in words whom a side does not know, "" when it knows all.
func stranger(d Decision) string {
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Why == ownerUnknown+"_a" || f.Why == ownerUnknown+"_b" {
			return "The assignment was left as it is: " + f.Problem + ". Everything else was carried over."
		}
	}
	return ""
}

// askAgain is the hint by which the record is looked at once more in a day.
func (s *session) askAgain(j job, problem string) Hint {
	h := j.again(ownerUnknown, s.e.Now().Add(sweepEvery), problem)
	h.Attempts = 0
	return h
}
