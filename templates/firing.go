package templates

import (
	"net/url"
	"time"
)

// Firings is the page of what an automation did, or of what all did.
type Firings struct {
	Frame
	Clock   Clock
	Name    string // of the one automation
	MayEdit bool
	Filter  FiringsFilter
	// Automations are those to choose from, where it is not about one.
	Automations []Choice
	Kinds       []FiringKind
	Lines       []FiringLine
	// N is how many the filter leaves, Newest the newest of them, and Answers what can be said about all of them.
	N       int
	Newest  string
	Answers []Choice
	Older   string
}

// FiringsFilter is what is shown, as the address says it. Only is the automation that the page is about, "" for all; then Automation may
// be one that was chosen.
type FiringsFilter struct{ Only, Automation, Kind, When, Text string }

// firingWhens are the times that can be chosen.
var firingWhens = []Choice{{"", "All that is kept"}, {"today", "Today"}, {"7d", "Last 7 days"}, {"30d", "Last 30 days"}}

// path is the address without what is shown.
func (f FiringsFilter) path() string {
	if f.Only != "" {
		return "/automations/" + f.Only + "/runs"
	}
	return "/runs/automations"
}

// Href is the address of the list with this filter.
func (f FiringsFilter) Href() string { return f.With("", "") }

// With is the address with one word more.
func (f FiringsFilter) With(name, value string) string {
	q := url.Values{}
	for name, value := range map[string]string{"automation": f.Automation, "show": f.Kind, "when": f.When, "q": f.Text, name: value} {
		if value != "" && !(name == "show" && value == "all") {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return f.path()
	}
	return f.path() + "?" + q.Encode()
}

// of is the filter with another kind.
func (f FiringsFilter) of(kind string) string {
	f.Kind = kind
	return f.Href()
}

// narrow reports whether it leaves anything out.
func (f FiringsFilter) narrow() bool {
	return f.Automation != "" || f.Kind != "all" || f.When != "" || f.Text != ""
}

// FiringKind is a way to look at the list.
type FiringKind struct {
	ID, Name string
	N        int
}

// FiringLine is one time that it was set off.
type FiringLine struct {
	ID    string
	About string
	// Automation is whose it is, Of what that is called.
	Automation, Of string
	At             time.Time
	State          FiringState
	// Text is where it stands, and why.
	Text string
	Due  time.Time
}

// FiringState is a state as a badge.
type FiringState struct{ Kind, Word, Icon string }

// FiringPage is the page of one time that an automation was set off.
type FiringPage struct {
	Frame
	Clock            Clock
	Automation, Name string
	ID               string
	MayEdit          bool
	Line             FiringLine
	// Facts are what is known of it besides.
	Facts   []Fact
	Steps   []FiringStep
	Given   string // what the trigger gave, as JSON
	Answers []FiringAnswer
	// MayUndo: it is over, did something, and this person may take it back.
	MayUndo bool
}

// Fact is a word and what it is.
type Fact struct{ Name, Value string }

// FiringStep is what became of one step.
type FiringStep struct {
	Number, Title string
	// Member is which member of a list it was done for, "" outside.
	Member string
	State  FiringState
	Text   string
	Tries  string
	Took   string
	// Input and Output are JSON, "" for none.
	Input, Output string
}

// FiringAnswer is a button by which it goes on.
type FiringAnswer struct {
	Value, Text, Help string
	Primary           bool
}

func (v FiringPage) at() string { return "/automations/" + v.Automation + "/runs/" + v.ID }

// firingTone is the colour of a note beside a badge.
func firingTone(kind string) string {
	if kind == "bad" || kind == "warn" {
		return kind
	}
	return ""
}
