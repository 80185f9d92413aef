package templates

import (
	"net/url"
	"strings"
)

// Start is the page on which somebody starts an automation by hand.
type Start struct {
	Frame
	ID, Name string
	// Why says why it cannot be started now, "" when it can. Problem is why it was not, just now.
	Why, Problem string
	// System and One are what it is started for, "" for no record. Whole is what such a record hangs on, "" for nothing.
	System     *System
	One, Whole string
	// Text is what was looked for, Records what was found.
	Text    string
	Records []StartRecord
	More    bool
	// Once names this page, so that one that is sent twice starts once.
	Once string
}

// StartRecord is a record that it can be started for.
type StartRecord struct{ ID, Parent, Name, Address string }

func (p Start) path() string { return "/automations/" + url.PathEscape(p.ID) }

func (p Start) says() string {
	switch {
	case p.Text != "" && len(p.Records) == 0:
		return "Nothing is known by that. If you know its ID, give that below."
	case p.Text != "":
		return Count(len(p.Records), "is found", "are found") + "."
	case len(p.Records) > 0:
		return "The newest that were read:"
	}
	return "No flow has read any yet, so none can be found by name. Give its ID below."
}

// A is a noun with its article.
func A(noun string) string {
	if noun != "" && strings.ContainsRune("aeiouAEIOU", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
