package kit

import "time"

// Item is a task or note as the page of its contact lists it, whichever CRM it is from.
type Item struct {
	Kind, ID    string // Kind is "task" or "note"
	Title, Text string // Text as it is held: of a note it may be HTML
	Due         time.Time
	Done        bool
	Owner       string // a name or email, "" for nobody
}
