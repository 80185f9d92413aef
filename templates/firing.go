package templates

import (
	"time"
)

// Firings is the page of what an automation did.
type Firings struct {
	Frame
	Clock   Clock
	ID      string // of the automation
	Name    string
	MayEdit bool
	// Kind is which of Kinds is shown.
	Kind  string
	Kinds []FiringKind
	Lines []FiringLine
	// Parked is how many wait for a person.
	Parked int
	Older  string
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
	At    time.Time
	State FiringState
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

func (v Firings) at(kind string) string {
	if kind == "all" {
		return "/automations/" + v.ID + "/runs"
	}
	return "/automations/" + v.ID + "/runs?show=" + kind
}

func (v FiringPage) at() string { return "/automations/" + v.Automation + "/runs/" + v.ID }

// firingTone is the colour of a note beside a badge.
func firingTone(kind string) string {
	if kind == "bad" || kind == "warn" {
		return kind
	}
	return ""
}
