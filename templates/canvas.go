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
	// Missing are the systems that it works with and that no account is chosen of.
	Missing []System
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

// Inspector is everything about what is open.
type Inspector struct {
	ID, Title, Sub string
	System         *System
	Icon           string
	// Does is what it does, in a sentence; Doubt what is not certain about that.
	Does, Doubt string
	// Problems are those that no field is to blame for.
	Problems []string
	Fields   []CanvasField
	Filters  []FilterForm
	Pairs    []PairsForm
	// Fails, FailFor and Once are what happens when it fails, and never twice.
	Fails   []MapOption
	FailFor *CanvasField
	Once    *CanvasField
	// Places are where it can be moved, nil for what stays where it is.
	Places []MapOption
	// Tried is what a try came to at this step, nil for none.
	Tried *InspectorTried
	// Gives are the values that steps after it may use.
	Gives []CanvasValue
	Focus bool
}

// InspectorTried is what would become of the step that is open. Request is what would be sent, "" for nothing.
type InspectorTried struct {
	CanvasResult
	Title, Request string
}

// CanvasField is one thing that a person gives. Its name is the key in a file.
type CanvasField struct {
	Name, Label, Help string
	// Kind is "line", "text", "code", "choice", "check" or "radio".
	Kind     string
	Value    string
	Type     string
	Required bool
	Choices  []MapOption
	Error    string
	// Pills says that it may hold values; Becomes is what it is with those of the sample.
	Pills        bool
	Becomes      string
	ShowBecomes  bool
	BecomesWrong string
	// Later says that it names a value that only a step before it gives.
	Later bool
	// Values is the list to choose from, where it is open.
	Values []CanvasValue
	// Example stands in an empty one.
	Example string
}

// CanvasValue is a value that a text may hold.
type CanvasValue struct{ Pill, Label, From, Sample string }

// FilterForm are the conditions of a filter.
type FilterForm struct {
	// Field is the key in a file, Title the heading.
	Field, Title, Help string
	Ways               []MapOption
	Rows               []FilterRow
	Formula            *CanvasField
	// Nested says what a form cannot show, "" for nothing.
	Nested string
	Error  string
	// Folded says that it starts closed.
	Folded bool
	// Now says whether it lets the sample through.
	Now string
}

// FilterRow is one condition.
type FilterRow struct {
	// Name begins the names of its inputs, Field is its key in a file.
	Name, Field string
	Values      []CanvasGroupOf
	Ops         []MapOption
	// Than is what it is compared with, nil for nothing.
	Than  *CanvasField
	Error string
}

// CanvasGroupOf are options under a heading.
type CanvasGroupOf struct {
	Title   string
	Options []MapOption
}

// PairsForm are names with a text each, for what has no fixed fields.
type PairsForm struct {
	// Field begins the names of its inputs.
	Field, Title, Help, Add string
	Rows                    []CanvasField
	// Name is the name that is being given to a new one.
	Name CanvasField
}

// The ids of what a change leads the focus to.
const (
	BadID        = "bad"
	ToVersionsID = "to-versions"
)

// What is said of automations as long as nothing runs them. Both go as soon as something does.
const (
	cannotRunYet     = "It cannot be switched on yet in this version: nothing here runs by itself."
	theyCannotRunYet = "In this version they can be built, tried and published, and not switched on yet."
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
		return "Its draft and its one version go with it."
	}
	return "Its draft and its " + itoa(v.Version) + " versions go with it."
}

// Has reports whether what is open has a control of that id.
func (v Canvas) Has(id string) bool {
	if v.Open == nil {
		return false
	}
	fields := append([]CanvasField{}, v.Open.Fields...)
	for _, f := range []*CanvasField{v.Open.FailFor, v.Open.Once} {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	for _, p := range v.Open.Pairs {
		fields = append(fields, p.Rows...)
	}
	for _, f := range v.Open.Filters {
		if f.Formula != nil {
			fields = append(fields, *f.Formula)
		}
		if f.Error != "" && FieldID(f.Field) == id {
			return true
		}
		for _, r := range f.Rows {
			if r.Error != "" && r.Field != f.Field && FieldID(r.Field) == id || FieldID(r.Field+".value") == id || FieldID(r.Field+".op") == id || r.Than != nil && FieldID(r.Field+".than") == id {
				return true
			}
		}
	}
	for _, f := range fields {
		if FieldID(f.Name) == id {
			return true
		}
	}
	return false
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

// about ties a control to what is said about it.
func (f CanvasField) about() templ.Attributes {
	id, a, by := FieldID(f.Name), templ.Attributes{}, ""
	if f.Error != "" {
		a["aria-invalid"] = "true"
		by += " " + id + "-err"
	}
	if f.Help != "" {
		by += " " + id + "-hint"
	}
	if f.ShowBecomes {
		by += " " + id + "-now"
	}
	if by != "" {
		a["aria-describedby"] = by[1:]
	}
	return a
}

// failing is what happens when the step fails.
func (i Inspector) failing() string {
	for _, f := range i.Fails {
		if f.Chosen {
			return f.Text
		}
	}
	return ""
}

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
