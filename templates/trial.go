package templates

import (
	"net/url"
	"time"
)

// Trial is the page on which one real record is brought into step before a flow is switched on.
type Trial struct {
	Frame Frame
	Clock Clock
	Flow  Prospect
	// Busy says what happens while one is written, "" where none is.
	Busy string
	// Problem is why one could not be tried, Fix what mends it.
	Problem string
	Fix     *Link
	// Words are those that were searched for. Choices are the records to choose from, the mildest first; More says that there are others.
	Words   string
	Choices []TrialChoice
	More    bool
	// Entry is the chosen one, Name what people know it by, and Will what would be written to it.
	Entry, Name string
	Will        []Foretold
	// Makes are the fields that are made for it.
	Makes []MadeField
	// Came is what came of the one that was tried, nil where none was.
	Came *TrialCame
}

// TrialChoice is a record that can be tried. Mild marks the one that is suggested.
type TrialChoice struct {
	Entry, Name, Address string
	Rows                 []Foretold
	Chosen, Mild         bool
}

// says is what would happen to it, in a few words.
func (c TrialChoice) says() string {
	said := ""
	for i, r := range c.Rows {
		if i > 0 {
			said += ", "
		}
		if r.Kind.Text == "Create" {
			said += "a new one in " + r.System.Name
		} else {
			said += r.Many + " in " + r.System.Name
		}
	}
	return said
}

// TrialCame is what came of a trial: what was written, and what waits for a person. Record is the page of the two records, Undo
// where it is taken back.
type TrialCame struct {
	At           time.Time
	Name         string
	Record       string
	Run, Undo    string
	Note         string
	Wrote, Waits []Foretold
	// Both is what the two records hold now.
	Both []ForetoldField
}

func (t Trial) headline() string {
	switch {
	case t.Busy != "":
		return "One record is brought into step"
	case t.Came != nil && len(t.Came.Wrote) > 0:
		return t.Came.Name + " is in step"
	case t.Came != nil:
		return "Nothing was written"
	}
	return "Try one real record first"
}

func (t Trial) lead() string {
	switch {
	case t.Busy != "":
		return "The flow itself stays off."
	case t.Came != nil && len(t.Came.Wrote) > 0:
		return "Look at it in both systems. Everything else is as it was, and the flow is off."
	case t.Came != nil:
		return "The record is not what it was when it was rehearsed, or is in step already. The flow is off."
	}
	return "You see exactly what changes in it, and it can be taken back. Nothing else is touched, and the flow stays off."
}

func (t Trial) address(entry string) string {
	q := "?record=" + entry
	if t.Words != "" {
		q += "&q=" + url.QueryEscape(t.Words)
	}
	return t.Flow.Path("one") + q + "#will"
}

// makes says which fields are made on the way.
func (t Trial) makes() string {
	said := ""
	for i, f := range t.Makes {
		if i > 0 {
			said += ", "
		}
		said += f.Label + " in " + f.System.Name
	}
	return "Where they are not there yet, these fields are made first, as they are when the flow is switched on: " + said + "."
}
