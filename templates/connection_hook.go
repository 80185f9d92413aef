package templates

import "time"

// Hook is the page on which a system is told whom to call when something changes.
type Hook struct {
	Frame  Frame
	System System
	ID     string
	Name   string
	// Help and Steps are the system's own; ByHand says that a person pastes an address there.
	Help   string
	Steps  []string
	ByHand bool
	// Addresses can be copied: for a system that is told by hand they are shown once, when they are made.
	Addresses []HookAddress
	// Made says that there is an address; MadeAt when it was made, zero where that is not known.
	Made   bool
	MadeAt time.Time
	// Mark tells this address from the next, so that a page that is sent twice makes one address and not two.
	Mark string
	// Warning says why a system could not reach the address, "" when it could. Nearby says why it can all the same.
	Warning, Nearby string
	// Note says what else must be known, "" for nothing.
	Note  string
	Heard Heard
	// Editor may make addresses. Ask shows the question before an address is replaced.
	Editor, Ask bool
}

// HookAddress is one address with what it is for.
type HookAddress struct{ ID, Label, Value string }

// Heard is the last call that came.
type Heard struct {
	Clock Clock
	ID    string
	// At is zero while nothing has come. Type is the event's name, Records how many records it was about.
	At      time.Time
	Type    string
	Records int
	// Waiting says that a call is to be expected: there is an address.
	Waiting bool
	// Stream is the address of the live state.
	Stream string
}

// when says when the last call came.
func (h Heard) when() string {
	if h.Clock.Day(h.At) == "Today" {
		return "Received at " + h.Clock.Hour(h.At)
	}
	return "Received " + h.Clock.Moment(h.At)
}

// words say what a call was about.
func (h Heard) words() string {
	if h.Records == 0 {
		return h.Type + ", about no record that is kept in step"
	}
	return h.Type + ", about " + Count(h.Records, "record", "records")
}
