package templates

import (
	"fmt"
	"time"

	"couplet/internal/engine"
)

// Prospect is a flow as somebody would switch it on: what stands around its preview and its last step.
type Prospect struct {
	ID, Name string
	Ends     [2]End
	// Direction is "to", "from" or "both".
	Direction string
	// On: it runs already. Changed: what is edited would do something else than what was approved. Was: it ran before, so
	// that this is no step of the way to a flow any more.
	On, Changed, Was bool
}

// Path is the address of one of the flow's pages.
func (p Prospect) Path(page string) string { return "/flows/" + p.ID + "/" + page }

func (p Prospect) systems() [2]System { return [2]System{p.Ends[0].System, p.Ends[1].System} }

// state is that of the couplet: what is not on is dotted and grey.
func (p Prospect) state() string {
	if p.On {
		return InStep
	}
	return Off
}

// Preview is the page on which a person looks at what a flow would change, before it changes anything.
type Preview struct {
	Frame Frame
	Clock Clock
	Flow  Prospect
	// CanEdit lets the person rehearse and go on.
	CanEdit bool
	// Live is set while a rehearsal is under way, Stopped when the last one came to nothing, and Result when it came to its
	// end. None is set before the first.
	Live    *Rehearsing
	Stopped *Stopped
	Result  *Foreseen
}

// Rehearsing is a rehearsal that is under way.
type Rehearsing struct {
	// Stream is where it is told how it goes on; Here is the page itself.
	Stream  string
	Here    string
	Clock   Clock
	Systems [2]System
	// Run is the zero run as long as nobody has begun.
	Run engine.Run
	// Behind says what it waits for before it begins, "" when that is nothing but its turn.
	Behind string
}

// Stopped is a rehearsal that came to nothing: what happened, why, and the pages that mend it.
type Stopped struct {
	At          time.Time
	Title, Text string
	Fixes       []Link
}

// Link leads somewhere.
type Link struct{ Text, Href string }

// Foreseen is what a rehearsal found.
type Foreseen struct {
	At time.Time
	// Changes is how many records change.
	Changes int
	// Outdated says that the flow was changed since, so that this is not what would happen. Approved is when it was
	// approved, zero when it was not; what came of it is told by the runs.
	Outdated bool
	Approved time.Time
	Tally    []Count5
	Ribbon   []Stripe
	// Title heads the list, Sides, Fields and Find filter it.
	Title  string
	Sides  []Filter
	Fields []Filter
	Find   Finder
	Rows   []Foretold
	// Shown of Total are on the page; More leads to further ones.
	Shown, Total int
	More         string
	// Aside is said under the list about what is no line of it.
	Aside string
	// Costs is what carrying it out takes.
	Costs Costs
}

// Count5 is one of the five counts.
type Count5 struct {
	N           int
	Word, Small string
	// Kind is "ok", "", "q" (quiet) or "warn".
	Kind, Href string
	Current    bool
}

// Stripe is a part of the ribbon: a class, and where it lies.
type Stripe struct {
	Kind     string
	X, Width int
}

// Filter narrows the list.
type Filter struct {
	Text    string
	System  *System
	N       int
	Href    string
	Current bool
}

// Finder looks for a record by name or address. Keep are the values of the other filters.
type Finder struct {
	Action, Words string
	Keep          [][2]string
}

// Foretold is a record with what would be done about it.
type Foretold struct {
	ID            string
	Name, Address string
	System        System
	Kind          Badge
	// Many says how much would change: "5 values".
	Many string
	Head [3]string
	// Lines are its fields. Why says what a person should know beside them, Fix what to do.
	Lines    []ForetoldField
	Why, Fix string
	Open     bool
}

// Badge is a small label with its drawing.
type Badge struct{ Kind, Text, Icon string }

// ForetoldField is a field that changes, or that does not and why.
type ForetoldField struct {
	Label         string
	Before, After string
	// Kept says that both stay as they are: Before and After are then what either side holds.
	Kept bool
	Why  string
}

// Costs is what carrying out a rehearsal takes.
type Costs struct {
	// Requests is about how many, Share a sentence about the part of the day's allowance that they are, "" when nobody
	// counts days. Time is about how long, at the pace that both accounts allow.
	Requests int
	Share    string
	Time     time.Duration
	// Need are records that wait for a person and hold nothing back.
	Need int
}

// Headline says what the page found.
func (p Preview) Headline() string {
	switch {
	case p.Live != nil && p.Live.Run.ID == "":
		return "The rehearsal is about to begin"
	case p.Live != nil:
		return "Rehearsing: nothing is written"
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

func (c Costs) requests() string {
	if c.Requests == 0 {
		return "None but looking"
	}
	return "About " + About(c.Requests) + c.Share
}

func waits(n int) string {
	if n == 1 {
		return "waits"
	}
	return "wait"
}
