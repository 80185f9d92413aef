package templates

import (
	"slices"
	"strings"
)

// Frame is what stands around a page of somebody who is signed in: who that is, where, and which part of the house the
// page belongs to.
type Frame struct {
	// Title is that of the browser's tab.
	Title string
	// Active is the entry of the navigation that the page belongs to: overview, flows, runs, needs, search, connections,
	// operations, settings or help.
	Active string
	// Rail makes the navigation narrow, for pages that need the width. Flush leaves the page's edges to the page.
	Rail, Flush bool

	Person    string // name, or the address where no name is known
	Role      string
	Workspace string
	// Waiting is how much waits for a person.
	Waiting int
	// Still says that somebody holds the page still, so the number stays as it is, too.
	Still bool
	// WorkspaceID is the open workspace, Clients are all that the person belongs to.
	WorkspaceID string
	Clients     []ClientChoice
	// Theme is "light", "dark", or "" for what the person's system says.
	Theme string
	// LettersOff says that single letters do nothing on the page.
	LettersOff bool
	// Said is shown once on top of the page: what was just done. Bad says that it is no good news.
	Said string
	Bad  bool
}

// Choice is one of several things to choose from.
type Choice struct{ ID, Name string }

// System is how a system is shown: its name, its mark ("hl" or "uc"), its words for one record and for many, and what tells
// one from all others, with its article.
type System struct{ ID, Name, Mark, One, Many, Key string }

// asks begins the question after one record.
func (x System) asks() string {
	if x.One == "company" {
		return "Which company is"
	}
	return "Who is"
}

// End is one line of a couplet: what is kept in step, in which system.
type End struct {
	System
	Label string
}

// The states of a couplet.
const (
	InStep    = "instep"
	Running   = "running"
	Attention = "attention"
	Failed    = "failed"
	Off       = "paused"
)

// initials stand for a person in a circle.
func initials(name string) string {
	name, _, _ = strings.Cut(name, "@")
	out := ""
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == ' ' || r == '.' || r == '-' || r == '_' }) {
		for _, r := range word {
			out += string(r)
			break
		}
		if len([]rune(out)) == 2 {
			break
		}
	}
	return strings.ToUpper(out)
}

// entry is a line of the navigation.
type entry struct{ key, text, icon, href string }

var navigation = [2][]entry{
	{
		{"overview", "Overview", "activity", "/"},
		{"flows", "Flows", "git-compare-arrows", "/flows"},
		{"runs", "Runs", "history", "/runs"},
		{"needs", "Needs you", "inbox", "/needs-you"},
		{"search", "Find a record", "search", "/search"},
	},
	{
		{"connections", "Connections", "plug-2", "/connections"},
		{"operations", "Operations", "library", "/operations"},
		{"settings", "Settings", "settings-2", "/settings"},
	},
}

// MostWaiting is how far the navigation counts.
const MostWaiting = 99

// waits is what stands beside the entry of what waits, "" for nothing.
func (f Frame) waits() string {
	switch {
	case f.Waiting == 0:
		return ""
	case f.Waiting > MostWaiting:
		return Number(MostWaiting) + "+"
	}
	return Number(f.Waiting)
}

// thumb are the entries of the bar at the thumb, on a phone, which has no room for all.
func thumb() (bar []entry) {
	for _, e := range slices.Concat(navigation[0], navigation[1]) {
		if e.key != "operations" && e.key != "search" { // Connections leads to the one, the top of the page to the other
			bar = append(bar, e)
		}
	}
	return bar
}

// way says in words which way a couplet goes, from a to b ("to"), back ("from"), or "both".
func way(ends [2]End, direction string) string {
	switch direction {
	case "to":
		return ends[0].Name + " to " + ends[1].Name
	case "from":
		return ends[1].Name + " to " + ends[0].Name
	}
	return "both ways"
}
