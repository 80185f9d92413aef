package templates

import "time"

// SwitchOn is the last step on the way to a flow: when it looks, how it tries, what it may do, and the button that switches
// it on. Later it is where a change is published.
type SwitchOn struct {
	Frame Frame
	Clock Clock
	Flow  Prospect
	Form  SwitchForm
	// Deletes says what becomes of the partner of a deleted record.
	Deletes string
	// Revision is what the form must name, so that no colleague's settings are overwritten; Clash is what one changed meanwhile.
	Revision string
	Clash    *SettingsClash
	// Problem says why the button did nothing, and Fix leads to what mends it.
	Problem string
	Fix     *Link
	// Rehearsed is when the rehearsal was that this approves, zero when there is none of the flow as it is.
	Rehearsed time.Time
	Will      [2]WillChange
	Need      int
	SetsOff   []SetsOff
	Permits   [2]Permits
	// Makes are the fields that switching on makes.
	Makes []MadeField
}

// SettingsClash is what a colleague changed of the settings since the page was opened. Lines are empty where that is too long ago.
type SettingsClash struct {
	Who   string
	At    time.Time
	Lines []DiffLine
}

// WillChange is what a side gets.
type WillChange struct{ Created, Updated int }

// MadeField is a custom field that is made when it is not there.
type MadeField struct {
	System System
	Label  string
	Why    string
}

// SwitchForm is what is asked on the last step, as it was typed.
type SwitchForm struct {
	// How is "every" or "cron".
	How                  string
	Every, Unit          string
	Cron, Zone           string
	Attempts             string
	First, FirstUnit     string
	Longest, LongestUnit string
	Change, Gone         string
	// Scope is "", "new" or "these", and Records are the last ones, one in each line.
	Scope, Records               string
	Watch                        bool
	Errors                       map[string]string
	FirstWrong                   string
	LeastChanges, LeastDeletions int
}

// Units are those in which spans of time are typed.
var Units = []Choice{{"s", "seconds"}, {"m", "minutes"}, {"h", "hours"}}

// bad reports whether a field is wrong.
func (f SwitchForm) bad(name string) bool { return f.Errors[name] != "" }

// advanced reports whether the part for those who know cron is open.
func (f SwitchForm) advanced() bool { return f.How == "cron" || f.bad("cron") || f.bad("zone") }

// ready reports whether the button can be pressed.
func (s SwitchOn) ready() bool {
	for _, p := range s.Permits {
		if len(p.Missing) > 0 || p.Problem != "" {
			return false
		}
	}
	return s.looked()
}

// lacking are the accounts that do not allow yet what the flow needs.
func (s SwitchOn) lacking() (out []Permits) {
	for _, p := range s.Permits {
		if len(p.Missing) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// looked reports whether what the button does was looked at by somebody.
func (s SwitchOn) looked() bool { return !s.Flow.Changed || !s.Rehearsed.IsZero() }

// pressable reports whether there is anything to press the button for: what is on and was not changed is as it should be.
func (s SwitchOn) pressable() bool { return !s.Flow.On || s.Flow.Changed }

func (s SwitchOn) changes() (n int) {
	for _, w := range s.Will {
		n += w.Created + w.Updated
	}
	return n
}

func (s SwitchOn) headline() string {
	switch {
	case !s.pressable():
		return s.Flow.Name + " is on"
	case len(s.lacking()) > 0:
		return "Before it is switched on, " + s.lacking()[0].System.Name + " has to allow more"
	case !s.looked() && s.Flow.On:
		return "Rehearse the change before you publish it"
	case !s.looked():
		return "Rehearse it before you switch it on"
	case !s.ready():
		return "A permission is missing before it can be switched on"
	case !s.Flow.Changed:
		return "Switch it on again, and it goes on from where it was"
	case s.Flow.On:
		return "When you publish this, " + Changing(s.changes())
	}
	if s.Form.Watch {
		return "When you switch on, it watches and writes nothing"
	}
	return "When you switch on, " + Changing(s.changes())
}

// lead says what the page is for.
func (s SwitchOn) lead() string {
	switch {
	case !s.pressable():
		return "Change when it looks and how often it tries, or switch it off. A change to its pairs is made on its map."
	case !s.looked():
		return "Nothing is switched on that nobody has looked at. A rehearsal reads both sides and writes nothing."
	case !s.Flow.Changed:
		return "Nothing about its pairs has changed since it was approved. What happened on either side meanwhile is brought over, as far as the brake allows."
	}
	if s.Clock.Now.Sub(s.Rehearsed) > 24*time.Hour {
		return "You approve what the rehearsal " + s.Clock.Moment(s.Rehearsed) + " showed. That is a while ago: rehearse again if much has happened on either side since."
	}
	return "You approve what the rehearsal " + s.Clock.Moment(s.Rehearsed) + " showed. From then on a run that wants to change more than the brake allows stops and asks you."
}

// refused heads why the button did nothing.
func (s SwitchOn) refused() string {
	if len(s.Form.Errors) > 0 {
		return "Nothing was changed"
	}
	if s.Flow.On {
		return "It was not published"
	}
	return "It was not switched on"
}

// press is what stands on the button.
func (s SwitchOn) press() string {
	if s.Flow.On {
		return "Publish"
	}
	return "Switch on"
}

// here is what the page is called in the breadcrumb.
func (s SwitchOn) here() string {
	if !s.pressable() {
		return "When and how"
	}
	return s.press()
}

// Starting is the moment between switching on and the first line of the first run.
type Starting struct {
	Frame Frame
	Flow  Prospect
	// Here is this page.
	Here   string
	Behind string
}
