package mapping

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"couplet/internal/connector"
)

// normal is the form in which two values of one side are compared (sync-semantics 5.4). It is for comparing only; what
// travels is the value itself.
func (r *Rule) normal(side connector.Side, v Value) string {
	if Empty(v) {
		if r.Kind == Consent {
			return "false" // never said "do not contact"
		}
		return ""
	}
	if r.Kind == Set {
		if set, ok := v.([]string); ok {
			return strings.Join(elements(set), "\x00")
		}
	}
	if markup, ok := r.isProse(); ok && side != markup {
		return lines(norm.NFC.String(text(v)))
	}
	t := connector.Text
	if f := r.Fields[side]; len(f) == 1 {
		t = f[0].Type
	}
	if o := r.Fields[side.Other()]; !r.staged && t == connector.Text && len(o) == 1 && o[0].Type != connector.Text {
		t = o[0].Type // a plain text field that holds the other side's phone is compared as a phone
	}
	return Normal(t, v, r.region)
}

// Normal is the form in which values of a type are compared.
func Normal(t connector.Type, v Value, region string) string {
	s := norm.NFC.String(text(v))
	switch t {
	case connector.Email:
		return lowered(strings.TrimSpace(s))
	case connector.Phone:
		return PhoneKey(s, region)
	case connector.Number:
		if n, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
	case connector.Bool:
		if b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(s))); err == nil {
			return strconv.FormatBool(b)
		}
	case connector.HTML:
		return lines(escaper.Replace(Plain(s)))
	case connector.User:
		return strings.TrimSpace(s)
	case connector.Linked:
		return strings.Join(slices.Sorted(slices.Values(ids(s))), ",")
	case connector.Day:
		if d := day(s); d != "" {
			return d
		}
	case connector.Instant:
		if at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(s)); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	return collapse(s)
}

// collapse unifies line ends, trims, and collapses runs of spaces within a line; case is kept.
func collapse(s string) string {
	if tidy(s) {
		return s
	}
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if !strings.Contains(s, "\n") {
		return strings.Join(strings.Fields(s), " ")
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRightFunc(l, unicode.IsSpace)
	}
	return strings.Join(lines, "\n")
}

// tidy reports whether collapse would leave a text as it is, which is nearly always so and found out much faster.
func tidy(s string) bool {
	space := true // one at the beginning is one too many
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// day reads a calendar date in any of the orders that both systems show, "" when it is none.
func day(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 10 {
		if _, err := time.Parse(time.DateOnly, s[:10]); err == nil {
			return s[:10]
		}
	}
	return ""
}

// Element is the form in which two names of a set are compared: trimmed, in lower case (highlevel.md 7.1).
func Element(s string) string { return lowered(collapse(norm.NFC.String(s))) }

// lowered is a text in lower case. Small letters may go together where their capitals did not.
func lowered(s string) string { return norm.NFC.String(strings.ToLower(s)) }

func elements(set []string) []string {
	out := make([]string, 0, len(set))
	for _, s := range set {
		if e := Element(s); e != "" {
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
