package automation

import (
	"context"
	"errors"
	"time"
)

// Firing is one time that an automation was set off: what by, what it is about, and how far it has come.
type Firing struct {
	ID         string `json:"id"`
	Workspace  string `json:"-"`
	Automation string `json:"automation"`
	// Version is the published one that it goes by, to its end.
	Version int `json:"version"`
	// Key names what happened. The same key sets an automation off once, however often it is told or seen.
	Key string `json:"key"`
	// Trigger is how it was noticed: a word of Noticed.
	Trigger string `json:"trigger"`
	// Thing and Record are what it is about, in the trigger's system; both "" for nothing. Title is what people call that.
	Thing  string `json:"thing,omitempty"`
	Record string `json:"record,omitempty"`
	Title  string `json:"title,omitempty"`
	// Data are what the trigger gives, by the first word of their paths.
	Data Data `json:"data"`
	// Cause is the firing whose step made this one happen, "" for none, and Hop how many stand before it.
	Cause string `json:"cause,omitempty"`
	Hop   int    `json:"hop,omitempty"`
	// By is the person who started it, "" for nobody.
	By    string `json:"by,omitempty"`
	State State  `json:"state"`
	// Reason says in words why it stands where it does, Step is the position of the step that it stands at; both may be "".
	Reason string `json:"reason,omitempty"`
	Step   string `json:"step,omitempty"`
	// Attempts counts the failures in a row of that step, since Since.
	Attempts int       `json:"attempts,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	At       time.Time `json:"at"`
	// Begun is when the brake of the automation let it begin, zero before that. Held says that the brake holds it.
	Begun time.Time `json:"-"`
	Held  bool      `json:"-"`
	// Due is when it is worked on next, while it is open. Over is when it ended.
	Due  time.Time `json:"due,omitzero"`
	Over time.Time `json:"over,omitzero"`
	// Fence tells whoever works on it from all who did before.
	Fence int64 `json:"-"`
}

// State is where a firing stands.
type State string

// The states of a firing. Open and Waiting are worked on when they are due, Parked waits for a person, the others are over.
const (
	Open     State = "open"
	Waiting  State = "waiting" // a wait of its own, or a system that cannot be reached
	Parked   State = "parked"
	Done     State = "done"
	Filtered State = "filtered" // the filter did not let it through
	Ended    State = "stopped"  // a step ended it, or a person did
)

// Over reports whether nothing is done any more.
func (s State) Over() bool { return s == Done || s == Filtered || s == Ended }

// The ways to notice what sets an automation off.
const (
	ByWebhook  = "webhook"
	ByPoll     = "poll"
	BySchedule = "schedule"
	ByCall     = "hook"
	ByPerson   = "manual"
)

// MostHops is how many automations may set each other off in a row.
const MostHops = 3

// Entry is what became of one step of a firing, at one position: the step's id, or "each[2].step" for the second member of a loop.
type Entry struct {
	At   string `json:"at"`
	Step string `json:"step"`
	// Seq is its place in the order in which steps were begun.
	Seq   int       `json:"seq"`
	State StepState `json:"state"`
	// Attempts counts how often it was begun.
	Attempts int `json:"attempts"`
	// Text says in words what became of it.
	Text string `json:"text,omitempty"`
	// Input is what it was given, Output what it gives to those after it.
	Input  map[string]any `json:"input,omitempty"`
	Output map[string]any `json:"output,omitempty"`
	// Was is what the record held of what the step changed, so that it can be put back; nil where nothing is.
	Was map[string]any `json:"was,omitempty"`
	// Path is the branch that a condition took. Until is when a wait is over.
	Path  string    `json:"path,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Made is the record that it made or changed, as "system thing id", "" for none.
	Made  string    `json:"made,omitempty"`
	Began time.Time `json:"began"`
	Over  time.Time `json:"over,omitzero"`
}

// StepState is where a step of a firing stands.
type StepState string

// The states of a step. What is Sending was begun and nobody has heard its end.
const (
	Sending    StepState = "sending"
	StepDone   StepState = "done"
	StepFailed StepState = "failed"
	StepLeft   StepState = "left_out" // its own condition did not hold, or it was done for this record before
	StepWaits  StepState = "waits"
	InDoubt    StepState = "in_doubt" // it may have happened, and doing it again could do it twice
)

// ErrLost says that somebody else works on the firing now, or that it was ended: what is under way here counts no more.
var ErrLost = errors.New("somebody else works on it now")

// Firings is what a [Runner] remembers. It is the store.
type Firings interface {
	// TakeFirings hands out firings of an automation that are due, to nobody else before until.
	TakeFirings(ctx context.Context, ws, automation, owner string, now, until time.Time, most int) ([]Firing, error)
	// KeepFiring has a firing stay with whoever took it, until a later time.
	KeepFiring(ctx context.Context, ws string, f Firing, until time.Time) error
	// FiringEntries are what became of the steps of a firing so far, in order.
	FiringEntries(ctx context.Context, ws, firing string) ([]Entry, error)
	// Note stores what becomes of a step, and Settle where the firing stands; both fail with ErrLost when it was taken away.
	Note(ctx context.Context, ws string, f Firing, e Entry) error
	Settle(ctx context.Context, ws string, f Firing) error
	// Claim has a step be done for a record by this firing alone. It reports false when another one did it, or is about to.
	Claim(ctx context.Context, ws string, f Firing, step string) (bool, error)
	// Unclaim gives that back: it was not done.
	Unclaim(ctx context.Context, ws string, f Firing, step string) error
	// BeginFiring lets a firing begin, unless the brake of the automation holds it: then begun is zero, and most how many may begin
	// within an hour.
	BeginFiring(ctx context.Context, ws string, f Firing, now time.Time) (begun time.Time, most int, err error)
	// AutomationAt is an automation as it was published in a version.
	AutomationAt(ctx context.Context, ws, id string, version int) (Automation, error)
}
