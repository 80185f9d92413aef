package templates

import (
	"strings"
	"time"

	"couplet/internal/engine"
)

// UndoPage is what of a run would go back, and what would stay and why.
type UndoPage struct {
	Frame   Frame
	Clock   Clock
	MayEdit bool
	Run     engine.Run // that is to be undone
	Flow    RunFlow
	// Link and Field narrow it to one record or field, and Of says which; all are "" for the whole run.
	Link, Field string
	Of          [2]string
	// Cannot says why nothing can be undone, nil when it can.
	Cannot *RunStop
	// Live is a look that is under way, Look one that is over. Without both nobody has looked yet.
	Live *UndoLook
	Look *engine.Run
	// Back and Stays count the lines of what goes back and what stays, Changes the records that are written, by side. Kept says
	// that the list of the look is still there.
	Back, Stays int
	Changes     [2]int
	Kept        bool
	// Made counts the records that the run made and that nobody touched since: they can be deleted with it.
	Made int
	// Show is which of the two is listed, Hrefs lead to each.
	Show    string
	Hrefs   []string
	Records []RunRecord
	More    string
	// Earlier are the undos that were made of the run already.
	Earlier []UndoneLine
}

// UndoLook is a look at what would go back, under way.
type UndoLook struct {
	Stream, Here string
	Run          engine.Run
	Systems      [2]System
	Clock        Clock
	// Behind says what it waits for, "" when it does not.
	Behind string
}

// UndoneLine is an undo of a run: whose, when, how it stands, and how many records got something back. Part says that it was of
// one record or field only.
type UndoneLine struct {
	ID, By     string
	At         time.Time
	N, Deleted int
	Status     engine.Status
	Part       bool
}

// says is the line in words.
func (x UndoneLine) says(c Clock) string {
	text, end := "Undone", ""
	if x.Part {
		text = "Partly undone"
	}
	if !x.Status.Final() {
		text = "Being undone"
	}
	if early := map[engine.Status]string{engine.Failed: " failed", engine.Cancelled: " was cancelled", engine.Paused: " stopped early"}[x.Status]; early != "" {
		if text, end = "The undo", early; x.Part {
			text = "The undo of a part"
		}
	}
	if x.By != "" {
		text += " by " + x.By
	}
	text += end + ", " + c.Moment(x.At) + ": " + Count(x.N, "record got its values back", "records got their values back")
	if x.Deleted > 0 {
		text += ", and " + Count(x.Deleted, "was", "were") + " deleted"
	}
	return text + "."
}

// n is how many changes go back.
func (v UndoPage) n() int { return v.Changes[0] + v.Changes[1] }

// failed reports whether the look came to no end.
func (v UndoPage) failed() bool {
	return v.Look != nil && v.Look.Status != engine.Done && v.Look.Status != engine.DoneWithProblems
}

// what is what is to be undone, in words.
func (v UndoPage) what() string {
	text := "this run"
	if v.Of[0] != "" {
		text = "what it wrote to " + v.Of[0]
	}
	if v.Of[1] != "" {
		text = "the " + v.Of[1] + " that it wrote"
		if v.Of[0] != "" {
			text += " to " + v.Of[0]
		}
	}
	return text
}

// headline is the finding.
func (v UndoPage) headline() string {
	switch {
	case v.Cannot != nil:
		return v.Cannot.Title
	case v.Live != nil:
		return "Looking at what would go back"
	case v.failed():
		return "The look came to no end"
	case v.Look != nil && v.n() == 0:
		return "Nothing goes back"
	case v.Look != nil:
		return Count(v.n(), "change goes back", "changes go back")
	}
	return "Undo " + v.what() + "?"
}

// lead says what the page is about.
func (v UndoPage) lead() string {
	run := v.Flow.Name + ", " + v.Clock.Moment(v.Run.Started)
	switch {
	case v.Cannot != nil || v.Live != nil || v.failed():
		return "Undo of " + v.what() + ": " + run + "."
	case v.Look == nil:
		return "Of " + run + ". A look reads both sides and writes nothing. You see every value before it goes back."
	}
	var said []string
	for side, n := range v.Changes {
		if n > 0 {
			x := v.Flow.Systems[side]
			said = append(said, Count(n, x.One, x.Many)+" in "+x.Name)
		}
	}
	text := "Looked " + v.Clock.Ago(v.Look.Started) + " at " + v.what() + ": " + run + "."
	if len(said) > 0 {
		text += " " + Capital(strings.Join(said, " and ")) + plural(v.n(), " gets", " get") + " back what was there before. Each record is read again right before it is written, and what somebody changed since stays."
	}
	return text
}

// after says what becomes of an undo. What it deletes nothing brings back.
func (v UndoPage) after() string {
	text := "An undo is a run of its own: it shows among the runs"
	switch {
	case v.Made == 0:
		text += ", and it can be undone as well"
	case v.n() > 0:
		text += ", and the values that it gives back can be undone as well"
	}
	return text + "."
}

// doing says what a look is at.
func (l UndoLook) doing() string { return Doing(l.Run, l.Systems, l.Clock) + "." }
