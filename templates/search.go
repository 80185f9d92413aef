package templates

import "net/url"

// SearchPage finds records, flows and runs.
type SearchPage struct {
	Frame Frame
	// Text is what was asked for; Short says that it is too short to ask for anything.
	Text  string
	Short bool
	// Flows are there, so that something may have been read.
	Read    bool
	Records []FoundRecord
	// More says that more records fit than are shown.
	More  bool
	Flows []Choice
	// Automations are those whose name was asked for, Automated says that there are any.
	Automations []Choice
	Automated   bool
	// Run is one whose number was asked for, "" for none.
	Run string
}

// things reports whether something is found that is no record.
func (p SearchPage) things() bool { return p.Run != "" || len(p.Flows)+len(p.Automations) > 0 }

// FoundRecord is one pair of records, or a single one that no other is linked with.
type FoundRecord struct {
	Name, Address string
	// Kind is the word for what it is.
	Kind    string
	Systems []System
	// Href leads to its page, or to where somebody decides about it; "" where there is neither.
	Href string
	// Alone says where a single record stands.
	Alone string
	// Gone says that one of the two is gone.
	Gone bool
}

// runs is where runs of automations are looked for by the same words.
func (p SearchPage) runs() string { return "/runs/automations?q=" + url.QueryEscape(p.Text) }

// says is how much was found, for those who do not see it.
func (p SearchPage) says() string {
	n := len(p.Records) + len(p.Flows) + len(p.Automations)
	if p.Run != "" {
		n++
	}
	switch {
	case p.Text == "":
		return ""
	case p.Short:
		return "Type one more letter."
	case n == 0:
		return "Nothing found."
	case p.More:
		return "The first " + Number(len(p.Records)) + " records. Type more of the name to see fewer."
	case len(p.Records) == 0:
		return Count(n, "thing found", "things found") + ", no record."
	}
	return Count(len(p.Records), "record found", "records found") + "."
}
