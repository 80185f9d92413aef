package automation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"couplet/internal/mapping"
)

// Scene is what is known when a step's turn comes.
type Scene struct {
	Data Data
	// Now is the moment, which is the value now.
	Now time.Time
	// Zone is the automation's time zone, Region the country of phone numbers without prefix; both may be empty.
	Zone, Region string
	// Owner finds a member of staff of the one account in the other, "" where nobody there has the same email. Without it, who
	// that is is known only later.
	Owner func(id string) string
}

// later is a value that only the real call gives; it stands for it where nothing is really done.
type later string

// isLater reports whether a value is one that nobody knows before.
func isLater(v any) bool { _, is := v.(later); return is }

// at is the value of a path.
func (s Scene) at(path string) any {
	if path == "now" {
		return s.Now.UTC().Format(time.RFC3339)
	}
	return s.Data.At(path)
}

// Fill puts values into the pills of a text. A text that is one pill gives the value as it is, nil where there is none.
func (s Scene) Fill(text string) (any, error) {
	return s.fill(text, func(said string) string { return said })
}

// fill is Fill with a way to write what a value says into the text around it.
func (s Scene) fill(text string, write func(string) string) (any, error) {
	pieces, err := Pieces(text)
	if err != nil {
		return nil, err
	}
	if len(pieces) == 1 && pieces[0].Pill != nil {
		return s.pill(pieces[0].Pill)
	}
	var b strings.Builder
	unknown := false
	for _, p := range pieces {
		if p.Pill == nil {
			b.WriteString(p.Text)
			continue
		}
		v, err := s.pill(p.Pill)
		if err != nil {
			return nil, err
		}
		unknown = unknown || isLater(v)
		b.WriteString(write(said(v)))
	}
	if unknown {
		return later(b.String()), nil
	}
	return b.String(), nil
}

func (s Scene) pill(p *Pill) (v any, err error) {
	for _, t := range p.Of {
		if v = any(t.Text); t.Path != "" {
			v = s.at(t.Path)
		}
		if !blank(v) {
			break
		}
	}
	if isLater(v) {
		return v, nil
	}
	for i, st := range p.Steps {
		if st.Do == owner {
			switch {
			case blank(v):
				return nil, nil
			case s.Owner == nil:
				return later("(whoever there has the same email)"), nil
			}
			v = s.Owner(said(v))
			continue
		}
		m, own := moments[st.Do]
		if own && blank(v) {
			return nil, nil
		}
		if own {
			at, ok := instant(v, s.Zone)
			if !ok {
				return nil, fmt.Errorf("%s: “%s” is no moment, such as 2026-03-01T09:30:00Z", p, short(said(v)))
			}
			v = m.make(at, st.With, mapping.ZoneOf(s.Zone)).Format(time.RFC3339)
			continue
		}
		if v, err = mapping.Along(p.Steps[i:i+1], v, s.Region, s.Zone); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	return v, nil
}

// instant is the point in time that a value means; a day is its beginning.
func instant(v any, zone string) (time.Time, bool) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	text = strings.TrimSpace(text)
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, true
	}
	at, err := time.ParseInLocation(time.DateOnly, text, mapping.ZoneOf(zone))
	return at, err == nil
}

// said is a value as it stands in a text.
func said(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case later:
		return string(v)
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, ", ")
	case []any:
		if plain := named(v); plain != nil {
			return strings.Join(plain, ", ")
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(out)
}

// named are the members of a list as texts: those that are texts or numbers, and the names of those that have one. nil where one
// is neither.
func named(list []any) []string {
	out := make([]string, len(list))
	for i, x := range list {
		switch x := x.(type) {
		case string:
			out[i] = x
		case float64:
			out[i] = said(x)
		case map[string]any:
			name, ok := x["name"].(string)
			if !ok {
				return nil
			}
			out[i] = name
		default:
			return nil
		}
	}
	return out
}

// members are the members of a list as texts, one for a single value.
func members(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case []any:
		return named(v)
	case string:
		return slices.DeleteFunc(strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '\n' }), func(s string) bool { return strings.TrimSpace(s) == "" })
	}
	return nil
}

// blank reports whether a value is empty: nothing, a text of spaces, a list or a group without members.
func blank(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return mapping.Empty(v)
}
