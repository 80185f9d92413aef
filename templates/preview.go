package templates

import (
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
	Live *Rehearsing
	// Lacks are accounts that do not allow yet what the flow needs: nothing is rehearsed before they do.
	Lacks []Permits
	// Afresh says that all linked records are compared once more; Reapply are the pairs for which that can be asked.
	Afresh  *AfreshNote
	Reapply []Choice
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
	// Outdated says that this is not what would happen, because of what came up since. Approved is when it was
	// approved, zero when it was not; what came of it is told by the runs.
	Outdated bool
	Since    string
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
	// Orphans are what waits for its contact, nil when nothing does.
	Orphans *Orphans
	// Aside is said under the list about what is no line of it.
	Aside string
	// Costs is what carrying it out takes.
	Costs Costs
	// Trial says that one record can be brought into step before the flow is switched on.
	Trial bool
	// SetsOff is what may begin by itself in the systems.
	SetsOff []SetsOff
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
	// Said says that records are found by what they say: tasks and notes have no name and no address.
	Said bool
	Keep [][2]string
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
	// Stays says that it is made where nobody can tell whether it was touched since, so that no undo deletes it.
	Stays bool
	// Href leads to the page of the two records, "" where they are no pair yet.
	Href string
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
	// Requests is about how many change something. Time is about how long all take, at the pace that both accounts allow.
	Requests int
	Time     time.Duration
	Sides    []CostSide
	// Need are records that wait for a person and hold nothing back.
	Need int
}
