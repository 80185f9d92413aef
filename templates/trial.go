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
	// Said says that records are known by what they say: tasks and notes. Orphans are those that wait for the records that they hang on,
	// and cannot be tried before.
	Said    bool
	Orphans *Orphans
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
	case t.Came != nil:
		return "Nothing was written"
	}
	if t.Said {
		return "Try one real " + t.Flow.Ends[0].One + " first"
	}
	return "Try one real record first"
}

// finder is what stands in the empty field of the search, and before it for those who do not see that.
func (t Trial) finder() string {
	if t.Said {
		return "What it says"
	}
	return "Name, email or phone"
}

// none says why there is nothing to choose from.
func (t Trial) none() string {
	switch {
	case t.Words != "" && t.Said:
		return "No " + t.Flow.Ends[0].One + " in the rehearsal says so and would change."
	case t.Words != "":
		return "Nobody in the rehearsal is called so and would change."
	case t.Orphans != nil && t.Came == nil:
		return "None of the others would change. What waits cannot be tried yet: do what stands above, rehearse again, and come back."
	}
	return "There is no other record that would change."
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
	if t.Said {
		return "You see exactly what changes in it. Nothing else is touched, and the flow stays off."
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

// stays says what no undo takes back of what was written, or would be, "" where it takes all of it back.
func stays(rows []Foretold) string {
	for _, r := range rows {
		if r.Stays {
			return r.System.Name + " does not say whether somebody touched a " + r.System.One + " since it was made, so an undo leaves this one where it is. Delete it there, by hand, if you do not want it."
		}
	}
	return ""
}

// undoable reports whether something of it can be taken back.
func (c TrialCame) undoable() bool {
	for _, r := range c.Wrote {
		if !r.Stays {
			return true
		}
	}
	return false
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
