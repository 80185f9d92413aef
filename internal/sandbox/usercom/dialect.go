package usercom

import "strings"

// dialect is the version of the field names a caller asked for, section 2.
type dialect int

const (
	d1 dialect = 1 // no version in Accept
	d2 dialect = 2 // Accept: */*; version=2
)

// dialectOf reads the version parameter of an Accept header. Any version but 2
// is refused (section 13, point 3).
func dialectOf(accept string) (dialect, bool) {
	for rang := range strings.SplitSeq(accept, ",") {
		for param := range strings.SplitSeq(rang, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
			if strings.EqualFold(strings.TrimSpace(name), "version") {
				return d2, strings.Trim(strings.TrimSpace(value), `"`) == "2"
			}
		}
	}
	return d1, true
}

// pick returns the dialect's own spelling of a field.
func (d dialect) pick(one, two string) string {
	if d == d1 {
		return one
	}
	return two
}

// The words that go with the numbers of enumerated fields; index 0 is no value
// (section 3: written as integers, read as strings).
var (
	statusWords = []string{"", "visitor", "user"}
	genderWords = []string{"", "unknown", "male", "female"}
)

// valueTypeNumbers are the value types as dialect 1 numbers them inside a
// contact's attribute rows (section 7). json's number is UNVERIFIED.
var valueTypeNumbers = map[string]int64{
	"boolean": 1, "integer": 2, "date": 3, "string": 4, "datetime": 5, "fixed": 6, "float": 7, "json": 8,
}
