package templates

import (
	"net/url"

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

// asked are the values that somebody gives.
func (v OperationPage) asked() (list []connector.Take) {
	for _, t := range v.Takes {
		if t.Asked() {
			list = append(list, t)
		}
	}
	return list
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
