package templates

import (
	"slices"
	"time"

	"github.com/a-h/templ"
)

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
	// Fails, Retries and Once are what happens when it fails, how it is tried again, and never twice.
	Fails   []MapOption
	Retries []CanvasField
	Once    *CanvasField
	// Places are where it can be moved, nil for what stays where it is.
	Places []MapOption
	// Tried is what a try came to at this step, nil for none.
	Tried *InspectorTried
	// Gives are the values that steps after it may use.
	Gives []CanvasValue
	Focus bool
	// Address is that by which another program sets it off, nil where none does.
	Address *CanvasAddress
}

// CanvasAddress is the address by which another program sets an automation off.
type CanvasAddress struct {
	// Value is shown once, when it is made. Made says that there is one, MadeAt when it was made, zero where nobody knows.
	Value  string
	Made   bool
	MadeAt time.Time
	// Mark tells this address from the next, so that a page that is sent twice makes one address and not two.
	Mark string
	// Warning says why a program elsewhere could not reach it, "" when it could.
	Warning string
	// Body is what a call may say.
	Body   string
	Called Called
}

// Called is the last call that came to such an address.
type Called struct {
	Clock Clock
	Now   time.Time
	// At is zero while nothing has come to it. Waiting says that a call can come: there is an address.
	At      time.Time
	Waiting bool
	// Off says why a call would not be taken now, "" when it would.
	Off string
	// Firing leads to what the last call set off.
	Firing string
	// Stream is the address of the live state.
	Stream string
}

// ago says how long ago the last call came.
func (c Called) ago() string { return "Received " + c.Clock.Ago(c.At) }

// example is a call as it is typed.
func (a CanvasAddress) example() string {
	address := a.Value
	if address == "" {
		address = "ADDRESS"
	}
	return "curl -X POST '" + address + "' \\\n  -H 'Content-Type: application/json' \\\n  -d '" + a.Body + "'"
}

// InspectorTried is what would become of the step that is open. Request is what would be sent, Gave what a script made and Printed
// what it printed on its way; "" for nothing.
type InspectorTried struct {
	CanvasResult
	Title, Request, Gave, Printed string
}

// CanvasField is one thing that a person gives. Its name is the key in a file.
type CanvasField struct {
	Name, Label, Help string
	// Kind is "line", "text", "code", "choice", "check", "radio" or "zone".
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
	// Listed are the members that the account has for a list, Note that there is nothing to choose from, and Said what the system
	// said to that.
	Listed     []Choice
	Note, Said string
	// Example stands in an empty one.
	Example string
}

// CanvasValue is a value that a text may hold. Member says that it is one of a list, and no pill.
type CanvasValue struct {
	Pill, Label, From, Sample string
	Member                    bool
}

// FilterForm are the conditions of a filter.
type FilterForm struct {
	// Field is the key in a file, Title the heading.
	Field, Title string
	// Help is what is to be known of it, Said what a system said to that.
	Help, Said string
	Ways       []MapOption
	Rows       []FilterRow
	Formula    *CanvasField
	// Nested says what a form cannot show, "" for nothing.
	Nested string
	Error  string
	// Folded says that it starts closed.
	Folded bool
	// Now says whether it lets the sample through; Would how many stored records it would, of which some are named.
	Now, Would, Passing, Failing string
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

// Has reports whether what is open has a control of that id.
func (v Canvas) Has(id string) bool {
	if v.Open == nil {
		return false
	}
	fields := append([]CanvasField{}, v.Open.Fields...)
	fields = append(fields, v.Open.Retries...)
	if v.Open.Once != nil {
		fields = append(fields, *v.Open.Once)
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

// refused reports whether something is wrong with how it is tried again.
func (i Inspector) refused() bool {
	return slices.ContainsFunc(i.Retries, func(f CanvasField) bool { return f.Error != "" })
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
