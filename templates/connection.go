package templates

import "time"

// Connections is the page of all connected accounts.
type Connections struct {
	// Back leads to the copy for which somebody came to connect an account, nil for none.
	Back  *CopyBack
	Frame Frame
	Clock Clock
	// Headline is the finding, Line what follows from it.
	Headline, Line string
	Cards          []ConnectionCard
	Editor         bool
}

// ConnectionCard is one connected account with everything that is known about how it is.
type ConnectionCard struct {
	System System
	Clock  Clock
	ID     string
	Name   string
	// Account is whose it is; Connected says by whom and when.
	Account, Connected string
	// Kind, Says and Drawing are the state: "ok", "warn", "bad" or "off", in words, with its icon.
	Kind, Says, Drawing string
	// Trouble is what needs a person.
	Trouble *Trouble
	// KeyLine says what key it has and until when.
	KeyLine string
	// Told says whether the system tells of changes; ToldAt, the last call, ends the sentence, zero for none.
	Told   string
	ToldAt time.Time
	// Country and Zone are those of the account, "" where the system does not say.
	Country, Zone string
	// Checked is when the key was last tried.
	Checked time.Time
	// Used of Daily requests were made today, where the system says so; Daily is 0 where there is no such allowance, Used -1
	// where it has not said.
	Used, Daily int
	// Pace is the published allowance in words, PausedFor says why no calls are made, "" when they are.
	Pace, PausedFor string
	// Missing are permissions that a flow needs and that are not there, May those that are there. Unknown says that nobody
	// says what the key may do.
	Missing, May []Permission
	Unknown      bool
	// Flows are the names of the flows that use it.
	Flows  []Choice
	Editor bool
	// Checkable is false where there is no key to try.
	Checkable bool
	// Answer is what the check that was just made said.
	Answer, AnswerKind string
}

// Trouble is one thing that a person has to mend, and the button that mends it.
type Trouble struct{ Kind, Title, Text, Href, Button string }

// ConnectionLesson is what a system was seen to make of a field: of which object, which one, what it is called, and what was seen.
type ConnectionLesson struct{ Object, Field, Name, Of, Text string }

// ConnectionPage is one connection.
type ConnectionPage struct {
	// Lessons are the fields that the system was seen not to take.
	Lessons []ConnectionLesson
	Frame   Frame
	Card    ConnectionCard
	// Name is what was typed as its name, NameError what is wrong with it.
	Name, NameError string
	// Settings are the choices about the account that its system leaves open.
	Settings []SettingField
	// Seen names the name and the settings that the forms were made of. Clash is what a colleague saved meanwhile.
	Seen  [2]string
	Clash string
}

// SettingField is one choice about an account: one of Options, or a free value where there are none.
type SettingField struct {
	Typed
	Options []MapOption
}

// Disconnecting asks before a connection's key is forgotten.
type Disconnecting struct {
	Frame Frame
	Card  ConnectionCard
}

// usedShare is the part of the day's allowance that is used, of 100.
func (c ConnectionCard) usedShare() int {
	if c.Daily == 0 || c.Used < 0 {
		return 0
	}
	return min(100, c.Used*100/c.Daily)
}

// waits names the flows that wait when there is no key.
func (c ConnectionCard) waits() string {
	switch len(c.Flows) {
	case 0:
		return "No flow uses it."
	case 1:
		return "The flow “" + c.Flows[0].Name + "” waits from then on, and goes on when the account is connected again."
	}
	return "The flows " + listed(c.Flows) + " wait from then on, and go on when the account is connected again."
}

// accountLine is whose account it is, and in which system.
func (c ConnectionCard) accountLine() string {
	if c.Account == "" {
		return c.System.Name
	}
	return c.System.Name + ", " + c.Account
}

// listed names things in a sentence: “a”, “a” and “b”, “a”, “b” and “c”.
func listed(all []Choice) string {
	out := ""
	for i, x := range all {
		switch {
		case i == 0:
		case i == len(all)-1:
			out += " and "
		default:
			out += ", "
		}
		out += "“" + x.Name + "”"
	}
	return out
}

// toldLine says whether the system tells of changes, and when it last did.
func (c ConnectionCard) toldLine() string {
	if c.ToldAt.IsZero() {
		return c.Told
	}
	return c.Told + " " + c.Clock.Ago(c.ToldAt) + "."
}
