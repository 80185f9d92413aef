package kit

import "time"

// Person is one invented human to be put into a CRM. Each CRM's Add translates
// it into its own fields.
type Person struct {
	N             int // the number of the human: the same on both sides, whatever the spelling; 0 when nobody counts
	First, Last   string
	Email, Phone  string // may be empty; spelled as this side holds them
	Company       string
	Tags          []string
	City, Country string // Country is an ISO alpha-2 code
	Created       time.Time
}
