package kit

import (
	"strings"
	"time"
)

// Card is a contact as the page with both CRMs side by side lists it, whichever
// CRM it is from.
type Card struct {
	ID           string
	First, Last  string
	Email, Phone string
	Company      string
	Tags         []string
	Updated      time.Time
}

// Name is first and last name joined.
func (c Card) Name() string { return strings.TrimSpace(c.First + " " + c.Last) }

// Field is one input of the form in which a person edits a contact. Name is the
// field's name in the vendor's API.
type Field struct {
	Name, Label, Value, Help string
	Type                     string   // of the input: text, email, tel, textarea
	Options                  []string // choices, for a select; the empty one is added
}

// SplitTags reads tags as a person types them: with commas between.
func SplitTags(typed string) []any {
	tags := []any{}
	for one := range strings.SplitSeq(typed, ",") {
		if one = strings.TrimSpace(one); one != "" {
			tags = append(tags, one)
		}
	}
	return tags
}
