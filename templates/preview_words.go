package templates

import (
	"fmt"
	"time"
)

// Headline says what the page found.
func (p Preview) Headline() string {
	switch {
	case p.Live != nil && p.Live.Run.ID == "":
		return "The rehearsal is about to begin"
	case p.Live != nil:
		return "Rehearsing: nothing is written"
	case p.blocked():
		return "Before the preview, " + p.Lacks[0].System.Name + " has to allow more"
	case p.Stopped != nil:
		return p.Stopped.Title
	case p.Result == nil:
		return "See what would change, before it does"
	case p.Result.Outdated:
		return "The flow was changed since this rehearsal"
	case !p.Result.Approved.IsZero():
		return "This was approved " + p.Clock.Moment(p.Result.Approved)
	}
	return p.If() + ", " + Changing(p.Result.Changes)
}

// blocked reports whether there is nothing to see before an account allows more.
func (p Preview) blocked() bool { return len(p.Lacks) > 0 && p.Result == nil }

// hint is what stands in the empty field.
func (f Finder) hint() string {
	if f.Said {
		return "What it says"
	}
	return "Name or email"
}

func (f Finder) label() string {
	if f.Said {
		return "Find a record by what it says"
	}
	return "Find a record by name or email"
}

// settled reports whether there is nothing to approve here.
func (p Preview) settled() bool {
	return !p.Result.Outdated && (!p.Result.Approved.IsZero() || p.Flow.On && !p.Flow.Changed)
}

// next heads what the person can do now.
func (p Preview) next() string {
	switch {
	case p.Flow.On && p.Flow.Changed:
		return "Publish it"
	case p.settled() && p.Flow.On:
		return "It is on"
	case p.settled():
		return "Approved"
	}
	return "Switch it on"
}

// If is what the person would do next.
func (p Preview) If() string {
	switch {
	case p.Flow.On && p.Flow.Changed:
		return "If you publish this now"
	case p.Flow.On:
		return "If it runs now"
	}
	return "If you switch on now"
}

// Changing says how many records change: "nothing changes", "1 record changes", "450 records change".
func Changing(n int) string {
	switch n {
	case 0:
		return "nothing changes"
	case 1:
		return "1 record changes"
	}
	return Number(n) + " records change"
}

// About is a number that nobody can know exactly: two digits of it.
func About(n int) string {
	if n < 20 {
		return Number(n)
	}
	step := 1
	for n/step >= 100 {
		step *= 10
	}
	return Number((n + step/2) / step * step)
}

// AboutTime is how long something takes that nobody can know exactly.
func AboutTime(d time.Duration) string {
	if d < 50*time.Second {
		return "Less than a minute"
	}
	if d < time.Hour {
		return "About " + Count(int((d+30*time.Second)/time.Minute), "minute", "minutes")
	}
	return "About " + Took(d)
}

func (r Foreseen) lead(c Clock) string {
	if !r.Approved.IsZero() {
		return "Below is what the rehearsal " + c.Moment(r.At) + " showed. What came of it is told by the runs."
	}
	return fmt.Sprintf("This is a rehearsal. We read both sides %s and wrote nothing.", c.Moment(r.At))
}

// nobody says why the list is empty.
func (r Foreseen) nobody() string {
	if r.Find.Words != "" {
		return "No record here has “" + r.Find.Words + "” in its name or email."
	}
	for _, f := range append(r.Fields, r.Sides...) {
		if f.Current && f.N == 0 && f.Text != "Both sides" {
			return "Nothing here with these filters."
		}
	}
	return "There is nothing here."
}

func waits(n int) string {
	if n == 1 {
		return "waits"
	}
	return "wait"
}
