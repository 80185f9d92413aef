package templates

import (
	"net/url"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// Operations is the catalog: what both systems can do, found by words, system and kind.
type Operations struct {
	Frame
	Text, System, Kind string
	Systems            []System
	// Count is how many operations have the words, by system and by kind; "" counts all.
	BySystem, ByKind map[string]int
	Shelves          []Shelf
}

// Shelf is one group of operations.
type Shelf struct {
	connector.Group
	Lines []OperationLine
}

// OperationLine is one operation in the list.
type OperationLine struct {
	System System
	*connector.Operation
	// Uses are the flows whose last runs made its request.
	Uses []OperationUse
}

// OperationUse is a flow that makes the request of an operation: N times in its last runs.
type OperationUse struct {
	Flow, Name string
	N          int
}

// OperationChoices are the values that an account has to choose from, or why they are not known.
type OperationChoices struct {
	List    []Choice
	Problem string
}

// Href is the operation's own page.
func (l OperationLine) Href() string { return "/operations/" + l.System.ID + "/" + l.ID }

// Found is how many operations are shown.
func (v Operations) Found() (n int) {
	for _, s := range v.Shelves {
		n += len(s.Lines)
	}
	return n
}

// Number is how many operations there are.
func (v Operations) Number() int { return v.BySystem[""] }

var operationKinds = []Choice{{ID: "", Name: "All kinds"}, {ID: connector.Action, Name: "Actions"}, {ID: connector.Finds, Name: "Find"}}

// OperationPage is one operation, and what came of trying it.
type OperationPage struct {
	Frame
	OperationLine
	Back string
	// Choices are connections it can be tried with; MayTry says that this person may, and that it changes nothing.
	Choices []Choice
	MayTry  bool
	Typed   url.Values
	// Looked is how many runs of each flow Uses are of.
	Looked int
	// Loaded says that the account was asked for the values to choose from, Lists are those by the name of what takes them.
	Loaded bool
	Lists  map[string]OperationChoices
	// Problem and Field say what went wrong, and with which value.
	Problem string
	Wrong   []string
	// Answer is JSON, Cut says that it was longer.
	Tried  bool
	Answer string
	Cut    bool
}

func kindWord(kind string) string {
	return map[string]string{connector.Action: "Action", connector.Finds: "Find"}[kind]
}

func kindIcon(kind string) string {
	return map[string]string{connector.Action: "pencil", connector.Finds: "search"}[kind]
}

// typeWord is a type in plain words.
func typeWord(kind string) string {
	if w, ok := map[string]string{"yes_no": "yes or no", "time": "date and time", "choice": "one of a few", "data": "JSON"}[kind]; ok {
		return w
	}
	return kind
}

// oneOf reports whether a value is one of several of which one has to be given.
func (v OperationPage) oneOf(name string) bool { return slices.Contains(v.OneOf, name) }

// asked are the values that somebody gives.
func (v OperationPage) asked() (list []connector.Take) {
	for _, t := range v.Takes {
		if t.Asked() {
			list = append(list, t)
		}
	}
	return list
}

// used is how often the flows made its request.
func (l OperationLine) used() (n int) {
	for _, u := range l.Uses {
		n += u.N
	}
	return n
}

// Given is the value that somebody gives: what was typed by hand counts before what was chosen.
func (v OperationPage) Given(name string) string {
	if typed := v.Typed.Get("hand." + name); typed != "" {
		return typed
	}
	var all []string
	for _, one := range v.Typed["in."+name] {
		if one != "" {
			all = append(all, one)
		}
	}
	return strings.Join(all, ",")
}

// chosen reports whether a value is given that the list has; by hand is one that it has not.
func (v OperationPage) chosen(t connector.Take, id string) bool {
	return slices.Contains(v.values(t), id)
}

func (v OperationPage) values(t connector.Take) []string {
	if t.Type == "list" {
		return strings.Split(v.Given(t.Name), ",")
	}
	return []string{v.Given(t.Name)}
}

// byHand is a given value that is not in the list of the account.
func (v OperationPage) byHand(t connector.Take) string {
	for _, one := range v.values(t) {
		if one != "" && !slices.ContainsFunc(v.Lists[t.Name].List, func(c Choice) bool { return c.ID == one }) {
			return v.Given(t.Name)
		}
	}
	return ""
}

// chooses reports whether the account has values to choose from for one of what is asked.
func (v OperationPage) chooses() bool {
	return slices.ContainsFunc(v.asked(), func(t connector.Take) bool { return t.From != "" })
}

// said is how a choice reads: two of one name are told apart by their ids.
func (c OperationChoices) said(x Choice) string {
	if x.Name == x.ID {
		return x.Name
	}
	return x.Name + " (" + x.ID + ")"
}

func (v OperationPage) wrong(name string) bool {
	for _, w := range v.Wrong {
		if w == name {
			return true
		}
	}
	return false
}

// repeats says what happens when it is made twice.
func (l OperationLine) repeats() string {
	switch {
	case l.Kind == connector.Finds:
		return "It changes nothing, so it may be made as often as you like."
	case l.Makes:
		return "Each time makes one more. Couplet never repeats it when it is not known what became of it."
	}
	return "With the same values a second time changes nothing more."
}
