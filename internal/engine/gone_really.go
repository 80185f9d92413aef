package engine

import "time"

// Where a great part of an account's records is gone at once, a run takes the account for another one and stops (afresh.go). A
// person who knows better says that they were really deleted. Then the pair is as it was before, as if the account had never
// looked strange, and what is gone is handled as any delete: all records are looked at once more, each that the last complete reading did
// not show is asked for itself, twice, and then the flow's policy for deletes decides, under the brake (gone.go, fate.go, brake.go).

// Deletes reports whether it may be that records of a strange account were deleted: so many went, and hardly any came. Of
// another account, or of one that was emptied and filled anew, the records that came say so.
func (a Afresh) Deletes() bool {
	return a.Why == Jumped && float64(a.Went) > jump*float64(a.Of) && float64(a.Came) <= jump*float64(a.Of)
}

// orElse says what else a person may answer.
func (a Afresh) orElse() string {
	if !a.Deletes() {
		return ""
	}
	return " If they were really deleted, say so instead: then they are handled as the flow handles deletes."
}

// TakenBack is the pair once a person said that the records which are gone were really deleted: what was in force before an
// account looked strange is in force again, and everything is looked at once more.
func (p Pair) TakenBack(now time.Time) Pair {
	a := p.Afresh
	p.Seeded, p.Settled, p.Afresh = a.Seeded, a.Settled, Afresh{}
	if a.Before != nil {
		p.Afresh = *a.Before
	}
	p.Again, p.Deleted = p.Again+1, now
	return p
}
