package mapping

import (
	"fmt"
	"strings"

	"couplet/internal/connector"
)

// Problem is a row that cannot work, with the reason and the fix in words.
type Problem struct {
	Row int
	// Text is for whoever wrote the row as text: it calls fields by their names. Plain is for whoever sees labels.
	Text, Plain string
	// Field is the name of the field that is in the way on Side, "" when it is not about one field.
	Side  connector.Side
	Field string
	// First is the row that writes the field already, -1 when that is not the reason.
	First int
	// Step counts the step that is in the way from 0, -1 when none is. Setting names what was chosen about it that cannot be, and At
	// is where in its text; both are empty where they say nothing.
	Step    int
	Setting string
	At      Place
}

// Place is a place in a text that a person wrote, both counted from 1; zero for none.
type Place struct{ Line, Column int }

// refusal is why a row makes no rule, before it is known which row that is.
type refusal struct {
	text, plain string
	side        connector.Side
	field       string
	first       int
	step        int
	setting     string
	at          Place
}

func (r *refusal) Error() string { return r.text }

func (r *refusal) problem(row int) Problem {
	return Problem{Row: row, Text: r.text, Plain: r.plain, Side: r.side, Field: r.field, First: r.first, Step: r.step, Setting: r.setting, At: r.at}
}

// refuse makes a refusal that is not about one field.
func refuse(plain, format string, args ...any) *refusal {
	return &refusal{text: fmt.Sprintf(format, args...), plain: plain, first: -1, step: -1}
}

// about says which field the refusal is about.
func (r *refusal) about(side connector.Side, field string) *refusal {
	r.side, r.field = side, field
	return r
}

// called is what a field is called on pages.
func called(f connector.Field) string {
	if f.Label == "" {
		return f.Name
	}
	return f.Label
}

// calledAll joins the labels of the fields of a row's side: "First name and Last name".
func calledAll(fields []connector.Field) string {
	labels := make([]string, len(fields))
	for i, f := range fields {
		labels[i] = called(f)
	}
	return sentence(labels, "and")
}

// sentence lists words as a person would say them: "a, b and c".
func sentence(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
