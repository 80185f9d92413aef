package templates

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Canvas is the page of one automation: its steps in a column, what can be added, and the step that is open.
type Canvas struct {
	Frame
	Clock Clock
	// Path is the address of the page without what is open.
	Path, Name string
	// Revision is that of the draft which is shown. A change names it, so that nobody overwrites a colleague.
	Revision   string
	CanEdit    bool
	Saved      time.Time
	Undo, Redo bool
	At         CanvasAt
	Problems   []CanvasProblem
	// Version is the one that is published, 0 for none. Changed says that the draft differs from it.
	Version int
	Changed bool
	// On says that what is published runs, CannotLook why nothing can set it off just now, "" when it can.
	On         bool
	CannotLook string
	// Held is how many its brake holds, Most how many may begin within an hour.
	Held, Most int
	// Start says how somebody starts it by hand: one of the words below, "" for not at all. Once names the page for that.
	Start, Once string
	// Missing are the systems that it works with and that no account is chosen of.
	Missing []System
	// Lacks are the accounts that do not allow all that it needs.
	Lacks   []Permits
	Trigger CanvasCard
	Filter  CanvasCard
	Steps   []CanvasStep
	// End is the place after the last step.
	End    string
	Open   *Inspector
	Picker CanvasPicker
	// Tried is what a try came to, nil for none. Samples are the records that it can be tried on.
	Tried   *CanvasTried
	Samples []MapOption
	// Announce is what was just done, Back that it can be undone from there; Bad why a change could not be, under a title of its own
	// or the usual one. Focus is the id of what the focus goes to.
	Announce      string
	Back          bool
	Focus         string
	Bad, BadTitle string
	Clash         *MapClash
}

// CanvasAt is what is open on the page.
type CanvasAt struct {
	// Step is the id of the step that is open, or one of the two below.
	Step string
	// Place is where the next step goes, "" for the end.
	Place string
	// Values is the field that a value is looked for, Sample what it is tried on.
	Values, Sample string
}

// What may be open besides a step.
const (
	OpenTrigger = "-when"
	OpenFilter  = "-if"
)

// The ways to start an automation by hand: as it is, or for a record.
const (
	StartPlain = "plain"
	StartFor   = "for"
)

// CanvasProblem is something that is wrong, and the link to where it is.
type CanvasProblem struct {
	// Where is the step in words, "" for the whole.
	Where, Text, Href string
}

// CanvasCard is one card of the column.
type CanvasCard struct {
	// ID is what the address calls it, Number what people do.
	ID, Number, Title, Does string
	// Pill is a value that the title ends with.
	Pill string
	// System is nil for what is between systems; Icon is drawn then.
	System *System
	Icon   string
	Bad    bool
	Open   bool
	Result *CanvasResult
}

// CanvasStep is a step with the paths inside it.
type CanvasStep struct {
	CanvasCard
	Place string
	Paths []CanvasPath
}

// CanvasPath is one list of steps inside a step.
type CanvasPath struct {
	Label string
	Yes   bool
	Steps []CanvasStep
	// End is the place after its last step.
	End string
}

// CanvasResult is what a try came to at a step: Kind is "ok", "warn", "bad" or "off".
type CanvasResult struct{ Kind, Icon, Text string }

// CanvasTried is what a try came to as a whole.
type CanvasTried struct {
	// Of is what it was tried on.
	Of, Text string
	Bad      bool
}

// CanvasPicker is what can be added, narrowed by words and a system.
type CanvasPicker struct {
	Text, System string
	Systems      []System
	// All is how many operations there are, Found how many things are shown.
	All, Found int
	Between    []CanvasPick
	Shelves    []CanvasShelf
}

// CanvasShelf are the operations of one system. Groups are its shelves where nothing narrows them, else there is one without a title.
type CanvasShelf struct {
	System System
	Count  int
	Groups []CanvasGroup
}

// CanvasGroup is one shelf.
type CanvasGroup struct {
	Title string
	Picks []CanvasPick
}

// CanvasPick is something to add: Put is what the button sends.
type CanvasPick struct{ Put, Icon, Title, Does string }

// The ids of what a change leads the focus to.
const (
	BadID        = "bad"
	ToVersionsID = "to-versions"
)

func (v Canvas) badTitle() string { return cmp.Or(v.BadTitle, "Nothing was changed") }

// publishing is what stands before the buttons: which version there is.
func (v Canvas) publishing() string {
	switch {
	case v.Version == 0:
		return "Not published yet"
	case v.Changed:
		return "Changed since version " + itoa(v.Version)
	}
	return "Version " + itoa(v.Version)
}

// goesWithIt is what is deleted with the automation.
func (v Canvas) goesWithIt() string {
	switch v.Version {
	case 0:
		return "It was never published, so only this draft goes."
	case 1:
		return "Its draft, its one version and the list of what it did go with it" + v.waiting()
	}
	return "Its draft, its " + itoa(v.Version) + " versions and the list of what it did go with it" + v.waiting()
}

func (v Canvas) waiting() string {
	if v.On {
		return ", and what still waits is not done. It is on now, and nothing sets it off any more."
	}
	return ", and what still waits is not done."
}

func (v Canvas) post(act string) templ.SafeURL { return templ.SafeURL(v.Path + "/" + act) }

// here is the address of the page with something else open.
func (v Canvas) here(change func(*CanvasAt), anchor string) string {
	at := v.At
	if change != nil {
		change(&at)
	}
	to := v.Path
	if q := at.query().Encode(); q != "" {
		to += "?" + q
	}
	if anchor != "" {
		to += "#" + anchor
	}
	return to
}

// Address is the page as it is.
func (v Canvas) Address(anchor string) string { return v.here(nil, anchor) }

func (a CanvasAt) query() url.Values {
	q := url.Values{}
	for _, p := range a.inputs() {
		q.Set(p[0], p[1])
	}
	return q
}

// inputs are what a change keeps.
func (a CanvasAt) inputs() (out [][2]string) {
	for _, p := range [][2]string{{"step", a.Step}, {"at", a.Place}, {"values", a.Values}, {"sample", a.Sample}} {
		if p[1] != "" {
			out = append(out, p)
		}
	}
	return out
}

// opens opens a step. A place that was marked stays.
func opens(step string) func(*CanvasAt) {
	return func(a *CanvasAt) { a.Step, a.Values = step, "" }
}

func marks(place string) func(*CanvasAt) { return func(a *CanvasAt) { a.Place = place } }

func tries(sample string) func(*CanvasAt) { return func(a *CanvasAt) { a.Sample = sample } }

// place is where the next step goes.
func (v Canvas) place() string {
	if v.At.Place != "" {
		return v.At.Place
	}
	return v.End
}

// FieldID is the id of a control, from its key in a file.
func FieldID(name string) string { return anchor("in", name) }

// cardID is the id of a card.
func cardID(step string) string { return "card-" + step }

// names are those of systems, joined by a word.
func names(all []System, word string) string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = x.Name
	}
	return strings.Join(out, word)
}

// saving is what has the open step saved: every change of what it is given. What only looks for a value has no name, and the name of
// something new is sent by its button.
const saving = `change target:"[name]:not([name^=new])", input target:"[name]:not([name^=new])" delay:700ms, submit`

// running says in a sentence whether anything here happens by itself.
func (v Canvas) running() string {
	switch {
	case v.Version == 0:
		return "It is off. Publish it, then switch it on."
	case v.On && v.Changed:
		return "It is on, by version " + itoa(v.Version) + ". What was changed since runs once it is published."
	case v.On:
		return "It is on: what happens sets it off."
	}
	return "It is off: nothing sets it off until it is switched on."
}
