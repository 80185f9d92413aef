package automation

import (
	"errors"
	"slices"
	"time"
)

// The answers that a person can give about a firing that stands.
const (
	DoAgain  = "again"       // do the step that it stands at, once more
	ItWas    = "was"         // the step was done; go on behind it
	LeaveOut = "leave"       // go on without the step
	EndIt    = "end"         // do nothing more for this record
	Newest   = "newest"      // do the step once more, and go by what is published now
	OnceMore = "restart"     // begin from the start, as a firing of its own, by what is published now
	OnceOwn  = "restart_own" // the same by the version that it began with
)

// ErrStands says that an answer does not fit how a firing stands: somebody else may have answered.
var ErrStands = errors.New("it does not stand there any more; somebody may have answered before")

// InDoubt reports whether nobody knows if what its step asked for happened.
func (f Firing) InDoubt(entries []Entry) bool {
	return f.State == Parked && slices.ContainsFunc(entries, func(e Entry) bool { return e.At == f.Step && e.State == InDoubt })
}

// Answers are those that fit how a firing stands, in the order of choice.
func (f Firing) Answers(entries []Entry) []string {
	at := slices.IndexFunc(entries, func(e Entry) bool { return e.At == f.Step })
	switch {
	case f.State == Parked && at >= 0 && entries[at].State == InDoubt:
		return []string{ItWas, DoAgain, EndIt, OnceMore, OnceOwn}
	case f.State == Parked && at >= 0:
		return []string{DoAgain, Newest, LeaveOut, EndIt, OnceMore, OnceOwn}
	case f.State == Parked:
		return []string{DoAgain, Newest, EndIt, OnceMore, OnceOwn}
	case f.State == Waiting && at >= 0 && entries[at].Until.IsZero() && !entries[at].over():
		return []string{DoAgain, LeaveOut, EndIt}
	case f.State == Open || f.State == Waiting:
		return []string{EndIt}
	}
	return []string{OnceMore, OnceOwn}
}

// Answer has a firing go on as a person says, and returns the entries that change. version is what is published now. OnceMore and
// OnceOwn are no answers of the firing itself; see [Firing.Again].
func (f *Firing) Answer(answer, by string, entries []Entry, version int, now time.Time) ([]Entry, error) {
	if answer == OnceMore || answer == OnceOwn || !slices.Contains(f.Answers(entries), answer) {
		return nil, ErrStands
	}
	if f.Held {
		f.Held, f.Begun = false, Loosed
	}
	if answer == EndIt {
		f.State, f.Reason, f.Due, f.Over = Ended, "Ended by "+by+".", time.Time{}, now
		return nil, nil
	}
	if answer == Newest {
		f.Version = version
	}
	f.State, f.Reason, f.Attempts, f.Since, f.Due = Waiting, "", 0, time.Time{}, now
	at := slices.IndexFunc(entries, func(e Entry) bool { return e.At == f.Step })
	if at < 0 {
		return nil, nil
	}
	e := entries[at]
	switch answer {
	case ItWas:
		e.State, e.Over, e.Text = StepDone, now, by+" says that it was done. What it gave is not known."
	case LeaveOut:
		e.State, e.Over, e.Text = StepLeft, now, by+" had it left out. Before: "+e.Text
	default:
		e.State = StepWaits
	}
	return []Entry{e}, nil
}

// Again is a firing of the same happening, which begins from the start by a version. id makes its key another one.
func (f Firing) Again(by, id string, version int) Firing {
	return Firing{Automation: f.Automation, Version: version, Key: f.Key + "#" + id, Trigger: ByPerson, Thing: f.Thing, Record: f.Record, Title: f.Title, Data: f.Data, By: by}
}
