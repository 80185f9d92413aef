package templates

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Overview is the first page: how all flows are, what they did in the last day, and what waits for a person.
type Overview struct {
	Frame Frame
	Clock Clock
	// Live says that the page changes by itself; otherwise it is as it was when it was asked for.
	Live bool
	// MayEdit says that the person may make flows.
	MayEdit bool

	Flows       []OverviewFlow
	Automations []OverviewAutomation
	Day         Bars // of all flows
	Needs       []OverviewNeed
	Conns       []OverviewConnection
}

// OverviewFlow is a flow as a line of the overview.
type OverviewFlow struct {
	ID, Name  string
	When      string // by its schedule, in words
	Ends      [2]End
	Direction string // of the couplet
	State     string // of the couplet
	On        bool
	// WasOn says that it was switched on before, so that the switch is enough.
	WasOn bool
	// Kind, Icon and Word say how it is going; Run is what it is about, "" for nothing.
	Kind, Icon, Word string
	Run              string
	// Held says that nothing goes on before a person has seen to it.
	Held bool
	// Last is when it last ran, and Did what came of it.
	Last time.Time
	Did  string
	Day  Bars
}

// other is what the switch of a flow does next.
func (f OverviewFlow) other() string {
	if f.On {
		return "off"
	}
	return "on"
}

// needing are the states of flows that want a person.
func (f OverviewFlow) needing() bool { return f.State == Attention || f.State == Failed }

// OverviewAutomation is an automation as a line of the overview, with what became in the last day of what set it off: runs that are
// done, that the filter held, and that wait by themselves. Needs are those that wait for a person, of whichever day.
type OverviewAutomation struct {
	ID, Name                 string
	On, Made                 bool
	Done, Held, Waits, Needs int
}

// did is what it did, in a few words.
func (a OverviewAutomation) did() string {
	var words []string
	for _, x := range []struct {
		n    int
		text string
	}{{a.Done, "done"}, {a.Waits, "under way"}, {a.Held, "held by the filter"}} {
		if x.n > 0 {
			words = append(words, Number(x.n)+" "+x.text)
		}
	}
	if len(words) == 0 {
		return "Nothing set it off in 24 hours"
	}
	return strings.Join(words, ", ") + " in 24 hours"
}

// OverviewNeed is how many records of a flow wait for a person for one reason.
type OverviewNeed struct {
	Kind, Icon  string // "warn" or "bad"
	Title, Text string
	N           int
	Href        string
}

// OverviewConnection is an account and how much of its allowance was used.
type OverviewConnection struct {
	ID, Name         string
	System           System
	Kind, Icon, Word string
	// Used requests were made in the last 24 hours, of Most in all; Most is 0 where the system publishes no daily allowance.
	Used, Most int
	// Told says that Used is what the system itself says, about its own day.
	Told bool
	// Waits says why no requests are made now, "" when they are.
	Waits string
}

// headline says in a sentence how everything is.
func (v Overview) headline() string {
	on, needing, running := 0, 0, 0
	for _, f := range v.Flows {
		if f.On {
			on++
		}
		if f.needing() {
			needing++
		}
		if f.State == Running {
			running++
		}
	}
	if len(v.Flows) == 0 {
		return v.automated()
	}
	text := "No flow is on."
	if on > 0 {
		text = Capital(countWord(on)) + plural(on, " flow is on.", " flows are on.")
	}
	switch {
	case needing == 1 && on == 1 && len(v.Flows) == 1:
		return text + " It needs you."
	case needing > 0:
		return text + " " + Capital(countWord(needing)) + plural(needing, " needs you.", " need you.")
	case on == 0:
		return text
	case running == 1 && on == 1:
		return text + " It is running."
	case running > 0:
		return text + " " + Capital(countWord(running)) + plural(running, " is running.", " are running.")
	case on == 1:
		return text + " It is in step."
	}
	return text + " All are in step."
}

// automated is the sentence where there are automations and no flow.
func (v Overview) automated() string {
	on := 0
	for _, a := range v.Automations {
		if a.On {
			on++
		}
	}
	if on == 0 {
		return "No automation is on."
	}
	return Capital(countWord(on)) + plural(on, " automation is on.", " automations are on.")
}

// bare reports whether there is nothing yet that an overview could tell of.
func (v Overview) bare() bool { return len(v.Flows)+len(v.Automations) == 0 }

// sub is what follows the headline: what was done, and what waits.
func (v Overview) sub() string {
	sum := v.Day.Sum()
	text := "Nothing had to be changed since this time yesterday."
	if n := sum.Records(); n > 0 {
		text = Count(n, "record was", "records were") + " brought into step since this time yesterday."
	}
	waiting := 0
	for _, n := range v.Needs {
		waiting += n.N
	}
	if held := v.held(); held != "" {
		if waiting > 0 {
			text += " " + Capital(countWord(waiting)) + plural(waiting, " waits for you.", " wait for you.")
		}
		return text + " " + held
	}
	if waiting > 0 {
		text += " " + Capital(countWord(waiting)) + plural(waiting, " waits for you; nothing else is held up.", " wait for you; nothing else is held up.")
	}
	return text
}

// held says what keeps flows that are on from working, "" when nothing does.
func (v Overview) held() string {
	n := 0
	for _, f := range v.Flows {
		if f.On && f.Held {
			n++
		}
	}
	switch {
	case n == 0:
		return ""
	case n == 1 && len(v.Flows) == 1:
		return "The flow is held up until you have seen to it, and nothing is lost."
	}
	return Capital(countWord(n)) + plural(n, " flow is held up until you have seen to it, and nothing is lost.", " flows are held up until you have seen to them, and nothing is lost.")
}

func (v Overview) waiting() (n int) {
	for _, x := range v.Needs {
		n += x.N
	}
	return n
}

// said is what the numbers of a connection mean.
func (c OverviewConnection) said() string {
	switch {
	case c.Most > 0 && c.Told:
		return Number(c.Used) + " of " + Number(c.Most) + " requests today"
	case c.Most > 0:
		return Number(c.Used) + " of " + Number(c.Most) + " requests in 24 hours"
	}
	return Count(c.Used, "request", "requests") + " in 24 hours. " + c.System.Name + " publishes no allowance for a day"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

var smallNumbers = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// countWord writes a small number as a word.
func countWord(n int) string {
	if n >= 0 && n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return Number(n)
}

// Capital begins a text with a capital letter, unless it begins with somebody's email.
func Capital(s string) string {
	if first, _, _ := strings.Cut(s, " "); s == "" || strings.Contains(first, "@") {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// plainNumber is a number for an attribute.
func plainNumber(n int) string { return strconv.Itoa(n) }

func firstText(v Overview) string {
	text := "A flow keeps the records of two accounts in step. Connect both, pick what is kept in step, see what would change, and switch it on."
	switch {
	case !v.MayEdit:
		return text + " Your role here is to look; an editor or an owner can make the first flow."
	case len(v.Conns) == 1:
		return "The first account is connected. One more, and you can see what would change before anything does."
	case len(v.Conns) > 1:
		return "The accounts are connected. Pick what is kept in step, and see what would change before anything does."
	}
	return text
}

func firstButton(v Overview) string {
	switch len(v.Conns) {
	case 0:
		return "Connect the first account"
	case 1:
		return "Connect the second account"
	}
	return "Make the first flow"
}
