package automation

import (
	"slices"
	"time"
)

// The kinds of steps.
const (
	Operation = "operation"
	Condition = "condition"
	Each      = "each"
	Pause     = "wait"
	Request   = "http"
	Script    = "script"
	Stop      = "stop"
)

// Word is one of a list of things to choose from: what is stored, and what people read.
type Word struct{ ID, Title, Help string }

// StepKinds are the kinds of steps in the order of choice. Operations are chosen from the catalogs.
var StepKinds = []Word{
	{Operation, "Do something in an account", "One of the operations of the catalog."},
	{Condition, "If this, else that", "Two paths, of which one is taken."},
	{Pause, "Wait", "A time, or until a moment."},
	{Each, "For each of a list", "The same steps for every member of a list that a step before found."},
	{Request, "Call an address", "A request to a web address of your own."},
	{Script, "Run a script", "A small program of your own that makes values out of values."},
	{Stop, "End here", "Nothing after it is done for this record."},
}

// TriggerKinds are the kinds of triggers in the order of choice. Events are chosen from the catalogs.
var TriggerKinds = []Word{
	{OnEvent, "Something happens in an account", "A contact is created, a task is done, an appointment is missed."},
	{OnSchedule, "At set times", "Every so often, or at times of the week or month."},
	{OnHook, "A call comes in", "Another program calls an address of this automation."},
	{ByHand, "Somebody starts it", "With a button, for a record or for none."},
}

// The ways to go on when a step fails.
const (
	Again = "again"
	Skip  = "skip"
	End   = "stop"
)

// Fails are what may happen when a step fails.
var Fails = []Word{
	{Again, "Try again, then ask me", "Everything after it waits for this record."},
	{Skip, "Skip it and go on", "What would have used its values gets nothing."},
	{End, "Stop for this record", "Other records go on."},
}

// The moments to wait until.
const (
	WorkingDay = "working_day"
	NextDay    = "day"
	Moment     = "moment"
)

// Untils are the moments that a wait can end at.
var Untils = []Word{
	{WorkingDay, "The next working day", "Monday to Friday, at a time of day."},
	{NextDay, "The next day", "At a time of day."},
	{Moment, "A moment of a record", "The start of an appointment, a due date."},
}

// What an automation may hold at most. A step is tried again for a day where it says nothing, a loop takes a hundred.
const (
	MostSteps      = 60
	MostConditions = 30
	Deepest        = 3
	MostEach       = 500
	UsualEach      = 100
	LongestWait    = 90 * 24 * time.Hour
	UsualFail      = 24 * time.Hour
	LongestFail    = 7 * 24 * time.Hour
	// FewTries are those of a step that is left out, or ends what was set off, when it fails; MostTries is the most that a step may have.
	FewTries  = 3
	MostTries = 100
	// UsualPerHour is how often an automation begins within an hour at most, where it says nothing.
	UsualPerHour = 500
	MostPerHour  = 100_000
	longestCode  = 20_000
	longestText  = 20_000
)

// titled is the word of a list, "" for one that is not in it.
func titled(words []Word, id string) string {
	if i := slices.IndexFunc(words, func(w Word) bool { return w.ID == id }); i >= 0 {
		return words[i].Title
	}
	return ""
}

func ids(words []Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.ID
	}
	return out
}
