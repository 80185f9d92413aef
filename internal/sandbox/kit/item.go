package kit

import "time"

// Item is what hangs on a contact as its page lists it, whichever CRM it is from.
type Item struct {
	Kind, ID    string // Kind is "task", "note" or one more of the CRM's
	Title, Text string // Text as it is held: of a note it may be HTML
	Due         time.Time
	Done        bool
	Owner       string // a name or email, "" for nobody
	Facts       string // of what is neither task nor note: the rest in words
	Fixed       bool   // it cannot be edited, only deleted
}
