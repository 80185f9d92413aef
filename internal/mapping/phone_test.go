package mapping_test

import (
	"testing"

	"couplet/internal/mapping"
)

// What is no number is compared by its digits, and without any by its words: "unknown" and "ask Ann" are not the same.
func TestPhonesAreComparedByWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"(202) 555-0147", "+1 202 555 0147", true}, {"12 34", "1234", true}, {"12 34", "12 35", false},
		{"unknown", " Unknown ", true}, {"unknown", "ask Ann", false},
	} {
		if got := mapping.PhoneKey(c.a, "US") == mapping.PhoneKey(c.b, "US"); got != c.same {
			t.Errorf("%q and %q the same: %v", c.a, c.b, got)
		}
	}
}
