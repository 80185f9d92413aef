package automation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/flow"
)

// Judged is one condition of a filter and whether it holds.
type Judged struct {
	// Field is where it stands in the filter: "all.0", "" for a filter that is one condition.
	Field string `json:"field"`
	// Text is the condition in words, Found what the value is.
	Text  string `json:"text"`
	Found string `json:"found"`
	Holds bool   `json:"holds"`
	// Later says that nobody knows before the step it looks at was really done. It is taken to hold.
	Later bool `json:"later,omitempty"`
}

// Judge decides a filter, and says of each of its conditions whether it holds. values are those of its place.
func (s Scene) Judge(f Filter, values []Value) (holds bool, each []Judged, err error) {
	return s.judge("", f, values)
}

func (s Scene) judge(field string, f Filter, values []Value) (bool, []Judged, error) {
	var each []Judged
	under := func(name string, group []Filter) (held int, err error) {
		for i, one := range group {
			holds, more, err := s.judge(strings.TrimPrefix(fmt.Sprintf("%s.%s.%d", field, name, i), "."), one, values)
			if err != nil {
				return 0, err
			}
			if each = append(each, more...); holds {
				held++
			}
		}
		return held, nil
	}
	switch {
	case f.IsZero():
		return true, nil, nil
	case len(f.All) > 0:
		held, err := under("all", f.All)
		return held == len(f.All), each, err
	case len(f.Any) > 0:
		held, err := under("any", f.Any)
		return held > 0, each, err
	case f.Formula != "":
		d := Data{}
		for k, v := range s.Data {
			d[k] = v
		}
		d["now"] = s.at("now")
		holds, err := decide(f.Formula, values, d)
		return holds, []Judged{{Field: field, Text: f.Words(values), Holds: holds}}, err
	}
	v := s.at(f.Value)
	than, err := s.Fill(f.Than)
	if err != nil {
		return false, nil, err
	}
	j := Judged{Field: field, Text: f.Words(values), Found: said(v), Later: isLater(v) || isLater(than)}
	j.Holds = j.Later || s.compare(f.Op, v, than)
	return j.Holds, []Judged{j}, nil
}

// compare looks at a value in one way. Texts are the same whatever their capitals; what cannot be compared does not hold.
func (s Scene) compare(op string, v, than any) bool {
	x, y := folded(said(v)), folded(said(than))
	switch op {
	case "empty":
		return blank(v)
	case "not_empty":
		return !blank(v)
	case "is":
		return s.same(v, than)
	case "is_not":
		return !s.same(v, than)
	case "one_of":
		return slices.ContainsFunc(members(than), func(m string) bool { return folded(m) == x })
	case "contains":
		return strings.Contains(x, y)
	case "contains_not":
		return !strings.Contains(x, y)
	case "begins":
		return strings.HasPrefix(x, y)
	case "ends":
		return strings.HasSuffix(x, y)
	case "has":
		return slices.ContainsFunc(members(v), func(m string) bool { return folded(m) == y })
	case "has_not":
		return !slices.ContainsFunc(members(v), func(m string) bool { return folded(m) == y })
	case "more", "less", "at_least", "at_most":
		n, err := strconv.ParseFloat(x, 64)
		m, bad := strconv.ParseFloat(y, 64)
		return err == nil && bad == nil && map[string]bool{"more": n > m, "less": n < m, "at_least": n >= m, "at_most": n <= m}[op]
	}
	at, ok := instant(v, s.Zone)
	if !ok {
		return false
	}
	if op == "within" || op == "ahead" {
		span, err := flow.ParseDuration(said(than))
		from, to := s.Now.Add(-span.D()), s.Now
		if op == "ahead" {
			from, to = s.Now, s.Now.Add(span.D())
		}
		return err == nil && !at.Before(from) && !at.After(to)
	}
	other, ok := instant(than, s.Zone)
	return ok && (op == "before" && at.Before(other) || op == "after" && at.After(other))
}

// same reports whether two values mean the same: as yes or no, as numbers, as moments, as texts.
func (s Scene) same(v, than any) bool {
	x, y := folded(said(v)), folded(said(than))
	if yes, is := v.(bool); is {
		other, known := yesNo[y]
		return known && yes == other
	}
	if n, is := v.(float64); is {
		m, err := strconv.ParseFloat(y, 64)
		return err == nil && n == m
	}
	at, is := instant(v, s.Zone)
	other, also := instant(than, s.Zone)
	return is && also && at.Equal(other) || x == y
}

func folded(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Words are the filter in a sentence: "Tags has lead and Phone is not empty". Without any condition it is "".
func (f Filter) Words(values []Value) string { return f.words(values, false) }

func (f Filter) words(values []Value, inner bool) string {
	join := func(group []Filter, word string) string {
		parts := make([]string, len(group))
		for i, one := range group {
			parts[i] = one.words(values, true)
		}
		if out := strings.Join(parts, word); !inner || len(parts) == 1 {
			return out
		} else {
			return "(" + out + ")"
		}
	}
	switch {
	case len(f.All) > 0:
		return join(f.All, " and ")
	case len(f.Any) > 0:
		return join(f.Any, " or ")
	case f.Formula != "":
		return f.Formula
	case f.Value == "":
		return ""
	}
	op, _ := OpNamed(f.Op)
	return strings.TrimSpace(Label(values, f.Value) + " " + op.Title + " " + Told(values, f.Than))
}

// Label is what the value of a path is called, the path itself where there is none.
func Label(values []Value, path string) string {
	if v, ok := lookUp(values, path); ok {
		return v.Label
	}
	return path
}

// Told is a text with the names of its values instead of the pills: "Call [First name]".
func Told(values []Value, text string) string {
	pieces, err := Pieces(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	for _, p := range pieces {
		if b.WriteString(p.Text); p.Pill != nil {
			b.WriteString("[" + p.Pill.Label(values) + "]")
		}
	}
	return b.String()
}

// Label is what stands on the pill: the name of its first value.
func (p *Pill) Label(values []Value) string {
	if len(p.Of) > 0 && p.Of[0].Path != "" {
		return Label(values, p.Of[0].Path)
	}
	return p.String()
}
