package templates

import (
	"time"

	"couplet/internal/engine"
)

// What the page of components shows: invented people and numbers, so that it needs no account and no database.

var (
	sampleHL = System{ID: "north", Name: "Northwind", Mark: "hl", One: "contact", Many: "contacts"}
	sampleUC = System{ID: "south", Name: "Southgate", Mark: "uc", One: "person", Many: "people"}
	sampleOf = [2]System{sampleHL, sampleUC}

	sampleClock = Clock{Now: time.Date(2026, 3, 2, 11, 58, 0, 0, time.UTC)}
)

// colours are those that have a name in the design.
var colours = []Choice{{"paper", "Paper"}, {"sheet", "Sheet"}, {"sunk", "Sunk"}, {"lift", "Lift"}, {"hover", "Hover"}, {"rule", "Rule"}, {"edge", "Edge"}, {"ink-3", "Ink 3"}, {"ink-2", "Ink 2"}, {"ink", "Ink"},
	{"pine", "Pine"}, {"pine-wash", "Its wash"}, {"hl", "First side"}, {"hl-wash", "Its wash"}, {"uc", "Second side"}, {"uc-wash", "Its wash"},
	{"ok", "Created"}, {"warn", "Needs you"}, {"bad", "Failed"}, {"focus", "Focus"}}

func sampleEnds(a, b string) [2]End { return [2]End{{sampleHL, a}, {sampleUC, b}} }

// sampleCouplets are all states, and all ways.
var sampleCouplets = []struct {
	Ends       [2]End
	State, Way string
}{
	{sampleEnds("Contacts", "People"), InStep, "both"},
	{sampleEnds("Tasks", "Activities"), Running, "to"},
	{sampleEnds("Custom fields", "Scores"), Attention, "from"},
	{sampleEnds("Notes", "Notes"), Failed, "both"},
	{sampleEnds("New contacts", "Events"), Off, "to"},
}

// sampleStates are the words about how something is.
var sampleStates = []struct{ Kind, Text, Icon string }{
	{"ok", "In step", "check"}, {"warn", "2 need you", "circle-alert"}, {"bad", "Failed", "circle-x"}, {"off", "Switched off", "pause"},
}

var sampleBadges = []struct{ Kind, Text, Icon string }{
	{"", "New", ""}, {"ok", "Created", "plus"}, {"warn", "Needs you", "circle-alert"}, {"bad", "Failed", "circle-x"}, {"pine", "In use", "check"}, {"hl", "Northwind", ""}, {"uc", "Southgate", ""},
}

var sampleFields = []TextField{
	{Name: "sample-name", Label: "Your name", Hint: "As colleagues know you."},
	{Name: "sample-email", Label: "Work email", Type: "email", Value: "ines@", Error: "This is no email address. It looks like ana@example.com."},
	{Name: "sample-code", Label: "Set-up code", Placeholder: "xxxx-xxxx", Mono: true},
}

var sampleTyped = []Typed{
	{Name: "sample-key", Label: "Key", Help: "It is sealed and never shown again.", Example: "pit-…"},
	{Name: "sample-right", Label: "Address", Value: "lumen", OK: "https://lumen.example answers."},
	{Name: "sample-wrong", Label: "Address", Value: "lumen dental", Error: "An address has no blanks. Copy it from the browser."},
}

var samplePermissions = []Permission{
	{Words: "Read contacts", Name: "contacts.readonly", Reason: "To know who is there.", Icon: "eye"},
	{Words: "Change contacts", Name: "contacts.write", Reason: "To carry changes over.", Icon: "pencil"},
}

var sampleLacks = []Permits{
	{System: sampleHL, Account: "Lumen Dental", Missing: samplePermissions[1:], Again: "/_gallery"},
	{System: sampleUC, Account: "Lumen people", Missing: samplePermissions[:1], Again: "/_gallery", Pasted: true, Here: "/_gallery"},
}

var sampleBars = func() (bs Bars) {
	for i := range 24 {
		b := Bar{At: sampleClock.Now.Add(time.Duration(i-23) * time.Hour), Updated: (i * i * 7) % 60, Created: i % 5}
		if i == 9 {
			b.Failed = 3
		}
		bs = append(bs, b)
	}
	return bs
}()

var sampleBox = RunBox{
	Run:  engine.Run{ID: "run_sample", Started: sampleClock.Now.Add(-time.Minute), Status: engine.Running, Progress: engine.Progress{Due: 640, Done: 412}},
	Flow: RunFlow{Name: "Task sync", Systems: sampleOf, Direction: "both"},
}

var sampleMapFields = []MapField{
	{Name: "firstName", Label: "First name", Type: "Text", Icon: "a-large-small", Value: "Ana"},
	{Name: "plan", Label: "Plan", Type: "Option", Mark: "Op", Blank: true, Custom: true},
	{Name: "score", Label: "Score", Type: "Number", Icon: "hash", Locked: "Only the system itself changes it"},
	{Name: "level", Label: "Level", Type: "Text", Icon: "a-large-small", Made: true},
}

var sampleButtons = []RunButton{{Text: "Try these again", Href: "/_gallery", Primary: true}, {Text: "Open the map", Href: "/_gallery"}}

var sampleValues = []RunValue{{Before: "Anna", After: "Ana"}, {After: "Lisbon"}, {Before: "Lisbon"}, {Before: "the same", Kept: true}, {Kept: true}}
