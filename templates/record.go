package templates

import (
	"strings"
	"time"
)

// RecordPage is one pair of records: what both sides hold, why, and what happened to it.
type RecordPage struct {
	Frame   Frame
	Clock   Clock
	MayEdit bool

	ID, Name string
	Systems  [2]System
	// Lead says how the two belong together and how they stand.
	Lead string
	// Kind, Icon and Word are the state as a badge.
	Kind, Icon, Word string
	Flow, FlowID     string
	// On says that the flow runs, so that it can be asked to look.
	On bool
	// Parent is what it hangs on, nil for what hangs on nothing; Children is what hangs on it, by kind.
	Parent   *RecordLink
	Children []RecordChildren

	// Fields are those of the map, narrowed to those that differ if Only.
	Fields         []RecordSide
	All, Different int
	Only           bool
	Why            *RecordWhy
	// Asks are fields that wait for a person, Decided what people decided and no run has come to.
	Asks    int
	Decided []NeedDecided

	Lost     []RecordLoss
	MoreLost bool
	Events   []RecordEvent
	// Older leads to what happened before; Paged says that this is not the newest part.
	Older string
	Paged bool
}

// RecordLink leads to a record.
type RecordLink struct{ Name, Href string }

// RecordChildren are the records of a kind that hang on one.
type RecordChildren struct {
	Word string
	N    int
	List []RecordLink
}

// RecordSide is a field as both sides hold it. Equal is "ok" where they agree, "warn" where somebody is needed, "" where they
// differ and may. Unread says that a side has not shown it.
type RecordSide struct {
	Key, Label  string
	Values      [2]string
	Unread      [2]bool
	Equal, Says string
	By          string
	Href        string
	Current     bool
}

// sign is the drawing between the two values.
func (f RecordSide) sign() string {
	switch {
	case f.Equal == "ok":
		return "equal"
	case f.Unread != [2]bool{}:
		return "minus"
	}
	return "equal-not"
}

// RecordWhy answers why a field holds what it holds.
type RecordWhy struct {
	Label string
	Field RecordSide
	Ends  [2]End
	// State and Direction are those of the couplet of both values.
	State, Direction string
	// Answer is the last decision in a sentence.
	Answer string
	Events []RecordEvent
	// More says that there is more in the history of the record than is shown here.
	More bool
	Lost []RecordLoss
	// Map leads to the pair on the map, "" where there is none.
	Map string
}

// RecordEvent is one thing that happened. Side is the system it happened in, -1 for Couplet.
type RecordEvent struct {
	At          time.Time
	Side        int
	Title, Text string
	Values      []RecordChange
	// Run leads to the run that did it, RunID is its id; UndoHref looks at what an undo of it would give back.
	Run, RunID string
	UndoHref   string
	Bad        bool
}

// RecordChange is a value that was replaced.
type RecordChange struct {
	System        System
	Label         string
	Before, After string
}

// RecordLoss is a value that gave way, kept for whoever wants it back. Href is the record it is of.
type RecordLoss struct {
	ID, Link, Field, Label string
	Name, Href             string
	System                 System
	Value, Kept            string
	Why                    string
	At                     time.Time
	Run                    string
	// Seen is what both sides show now, for the answer; CanPut says that it can be put back, and Ordered that somebody did.
	Seen    string
	CanPut  bool
	Ordered bool
}

// Path is the address of the record.
func (v RecordPage) Path() string { return "/records/" + v.ID }

// whyTitle asks the question that the panel answers.
func (w RecordWhy) whyTitle() string { return "Why is " + w.Label + " this value?" }

// orNothing names an empty value in a sentence.
func orNothing(s string) string {
	if strings.TrimSpace(s) == "" {
		return "an empty value"
	}
	return s
}
