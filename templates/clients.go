package templates

import "time"

// ClientChoice is a workspace in the switcher. Kind ("ok", "warn", "bad" or "off") and Word say how it stands, "" where that was
// not looked up: every page has the switcher, and most of them are left before it is opened.
type ClientChoice struct{ ID, Name, Kind, Word string }

// Clients is the page of all workspaces that somebody belongs to.
type Clients struct {
	Frame Frame
	Clock Clock
	// Systems are those of the columns.
	Systems []System
	Lines   []ClientLine
	// Find is what clients are looked for by; All is how many there are without it.
	Find string
	All  int
	// May says that the visitor makes new ones.
	May bool
}

// ClientLine is one workspace of the page.
type ClientLine struct {
	ID, Name, Role string
	// Here says that it is open.
	Here bool
	// Kind, Icon and Word say how it stands; Text what else there is to say.
	Kind, Icon, Word, Text string
	// Waiting is how much waits for a person.
	Waiting int
	// Conns are the states of its accounts, by the columns.
	Conns []ClientConn
	// Last is when a run ended last.
	Last time.Time
	// Next is where the button leads, and Button what it says.
	Next, Button string
}

// ClientConn is how the account of a system stands in a workspace.
type ClientConn struct{ Kind, Icon, Word string }

// manyClients is from how many on one looks for a client by name.
const manyClients = 4

// switches says whether there is anything to switch to, or to make.
func (f Frame) switches() bool { return len(f.Clients) > 1 || f.Role == "owner" }

// clientsSaid is the line under the name of the open client.
func (f Frame) clientsSaid() string {
	if len(f.Clients) < 2 {
		return ""
	}
	return "1 of " + Number(len(f.Clients)) + " clients"
}

// headline says in a sentence how all of them are.
func (p Clients) headline() string {
	needing := 0
	for _, l := range p.Lines {
		if l.needing() {
			needing++
		}
	}
	n := len(p.Lines)
	switch {
	case n == 0:
		return "No client is called that"
	case needing > 0 && n == 1:
		return p.Lines[0].Name + " needs you"
	case needing > 0:
		return Capital(countWord(needing)) + " of " + Count(n, "client", "clients") + plural(needing, " needs you", " need you")
	case n == 1:
		return "Nothing waits at " + p.Lines[0].Name
	}
	return "Nothing waits at any of " + Number(n) + " clients"
}

func (l ClientLine) needing() bool { return l.Kind == "warn" || l.Kind == "bad" }

// open is the address that opens a workspace.
func open(id string) string { return "/workspaces/" + id + "/open" }

// NewClient is the page that takes the name of a new workspace.
type NewClient struct {
	Frame Frame
	Name  TextField
}

// WaitingWord says how much waits for a person, as far as it is counted.
func WaitingWord(n int) string {
	if n > MostWaiting {
		return Number(MostWaiting) + "+ need you"
	}
	return Number(n) + plural(n, " needs you", " need you")
}
