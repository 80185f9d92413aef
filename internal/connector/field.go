package connector

import "slices"

// Type is what a field's value means; it decides normal forms, match keys and which transforms fit.
type Type string

// The types of fields. Set is an unordered collection of names.
const (
	Text    Type = "text"
	Email   Type = "email"
	Phone   Type = "phone"
	Number  Type = "number"
	Bool    Type = "bool"
	Day     Type = "date"    // a calendar date, never an instant
	Instant Type = "instant" // a point in time, RFC 3339
	Set     Type = "set"
	Option  Type = "option"
	HTML    Type = "html"
	User    Type = "user" // a member of the account's staff
	// Linked are records of another object that the record belongs to: their ids, with commas between, the one it has belonged
	// to longest in front.
	Linked Type = "linked"
)

// Write says whether a field can be given in a call.
type Write string

// Yes, No, and Try: the vendor's documents disagree, so it is tried once and the answer is remembered.
const (
	Yes Write = "yes"
	No  Write = "no"
	Try Write = "try"
)

// Field describes one field of an object.
type Field struct {
	// ID is what the account itself knows a custom field by, where its name or label may change; "" when it has none.
	ID string `json:"id,omitempty"`
	// Name is the key in Fields. Label is what people see. Help says what is odd about it, in plain words.
	Name  string `json:"name"`
	Label string `json:"label"`
	Type  Type   `json:"type"`
	// Read is false for what can be written but never read back.
	Read     bool  `json:"read"`
	OnCreate Write `json:"on_create"`
	OnUpdate Write `json:"on_update"`
	// MaxLen is the longest text the system keeps, in characters; 0 = unknown.
	MaxLen int `json:"max_len,omitempty"`
	// Parts are the fields that are written to change this one, when it is read as a whole and written in pieces.
	Parts []string `json:"parts,omitempty"`
	// Match is the kind of key that the field's values are, where its type does not say so: name or domain.
	Match string `json:"match,omitempty"`
	// Object is the object whose records a field of type Linked names.
	Object string `json:"object,omitempty"`
	// Consent marks a field that says "do not contact": it is only ever tightened.
	Consent bool `json:"consent,omitempty"`
	// Custom marks a field that belongs to the account, not to the system.
	Custom  bool     `json:"custom,omitempty"`
	Options []string `json:"options,omitempty"`
	Help    string   `json:"help,omitempty"`
}

// The kinds of keys that no type stands for: what something is called, and the bare domain of a website.
const (
	NameKey   = "name"
	DomainKey = "domain"
)

// KeyKind is the kind of key by which values of the field identify a record, "" when they identify nothing. Fields of an
// account's own do so only where somebody says so.
func (f Field) KeyKind() string {
	switch {
	case f.Match != "":
		return f.Match
	case f.Custom:
		return ""
	case f.Type == Email || f.Type == Phone:
		return string(f.Type)
	}
	return ""
}

// FieldNamed returns the field of that name.
func FieldNamed(fields []Field, name string) (Field, bool) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}
