package automation

import (
	"fmt"
	"regexp"
	"strings"

	"couplet/internal/mapping"
)

// Piece is a part of a text with pills: a text as it stands, or a pill.
type Piece struct {
	Text string
	Pill *Pill
}

// Pill is a place in a text where a value goes.
type Pill struct {
	// Of are the values to take, the first that is not empty.
	Of []Term
	// Steps are what becomes of it on the way.
	Steps []mapping.Step
}

// Term is the path of a value, or a text in quotes.
type Term struct{ Path, Text string }

// token is what pills are made of: a text in quotes, the sign between steps, a setting, a word.
var token = regexp.MustCompile(`^\s*(?:"((?:[^"\\]|\\.)*)"|(\|)|([a-z_0-9]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s|"{}]+))|([^\s|"{}=]+))\s*`)

var escaped = regexp.MustCompile(`\\(.)`)

// Pieces takes a text apart. Its error says what is wrong with a pill and how it is written.
func Pieces(text string) ([]Piece, error) {
	var out []Piece
	for text != "" {
		before, rest, opens := strings.Cut(text, "{{")
		if before != "" {
			out = append(out, Piece{Text: before})
		}
		if !opens {
			break
		}
		inside, after, closes := strings.Cut(rest, "}}")
		if !closes {
			return nil, fmt.Errorf("the pill {{%s has no end; close it with }}", short(rest))
		}
		p, err := readPill(inside)
		if err != nil {
			return nil, err
		}
		out = append(out, Piece{Pill: p})
		text = after
	}
	return out, nil
}

func readPill(inside string) (*Pill, error) {
	wrong := func(why string) (*Pill, error) {
		return nil, fmt.Errorf("the pill {{%s}} %s", short(inside), why)
	}
	p, rest, next := &Pill{}, inside, true // next: a term is expected
	for strings.TrimSpace(rest) != "" {
		m := token.FindStringSubmatch(rest)
		if m == nil {
			return wrong("cannot be read; write it like {{contact.email}} or {{contact.email | lowercase}}")
		}
		rest = rest[len(m[0]):]
		quoted := strings.HasPrefix(strings.TrimSpace(m[0]), `"`)
		steps := len(p.Steps)
		switch {
		case m[2] != "": // |
			if next {
				return wrong("lacks the value before |; write its name there")
			}
			p.Steps, next = append(p.Steps, mapping.Step{}), true
		case m[3] != "": // name=value
			if steps == 0 || p.Steps[steps-1].Do == "" {
				return wrong("has the setting " + m[3] + " before a step; write {{value | step " + m[3] + "=…}}")
			}
			s := &p.Steps[steps-1]
			if s.With == nil {
				s.With = map[string]string{}
			}
			s.With[m[3]] = escaped.ReplaceAllString(m[4], "$1") + m[5]
		case steps > 0:
			if !next || quoted {
				return wrong("has something after its step that is no setting; write name=value")
			}
			p.Steps[steps-1].Do, next = m[6], false
		case !next:
			if m[6] != "or" {
				return wrong("holds two values; write or between them, or make it two pills")
			}
			next = true
		case quoted:
			p.Of, next = append(p.Of, Term{Text: escaped.ReplaceAllString(m[1], "$1")}), false
		default:
			p.Of, next = append(p.Of, Term{Path: m[6]}), false
		}
	}
	if next {
		return wrong("ends too early; name a value, and a step after each |")
	}
	return p, nil
}

// String writes the pill as it is read.
func (p *Pill) String() string {
	quote := func(s string) string {
		return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
	}
	terms := make([]string, len(p.Of))
	for i, t := range p.Of {
		if terms[i] = t.Path; t.Path == "" {
			terms[i] = quote(t.Text)
		}
	}
	out := strings.Join(terms, " or ")
	for _, s := range p.Steps {
		out += " | " + s.Do
		for _, k := range sorted(s.With) {
			out += " " + k + "=" + quote(s.With[k])
		}
	}
	return "{{" + out + "}}"
}

// short is the beginning of a text that a person wrote, for a message.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
