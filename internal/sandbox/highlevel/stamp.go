package highlevel

import (
	"fmt"
	"strconv"
	"time"
)

// Stamp is an instant in unix milliseconds, written as ISO 8601 UTC with
// milliseconds and Z (section 4.1).
type Stamp int64

const stampLayout = "2006-01-02T15:04:05.000Z"

func stampOf(t time.Time) Stamp { return Stamp(t.UnixMilli()) }

func (s Stamp) String() string { return time.UnixMilli(int64(s)).UTC().Format(stampLayout) }

// MarshalJSON writes the ISO form.
func (s Stamp) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(stampLayout)+2)
	b = append(b, '"')
	b = time.UnixMilli(int64(s)).UTC().AppendFormat(b, stampLayout)
	return append(b, '"'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	text, err := strconv.Unquote(string(b))
	if err != nil {
		return err
	}
	t, ok := parseInstant(text)
	if !ok {
		return fmt.Errorf("%q is not an instant", text)
	}
	*s = stampOf(t)
	return nil
}

// parseInstant reads an ISO 8601 instant; an offset is accepted and turned into
// UTC, a date alone is its midnight (section 5) [U].
func parseInstant(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
