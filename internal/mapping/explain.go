package mapping

import (
	"fmt"
	"strings"
	"time"

	"couplet/internal/connector"
)

// Stop is a value on its way: what it was, and after which step.
type Stop struct {
	// Step is what happened, the zero Step where the value comes from.
	Step  Step
	Value Value
	// Problem says why the value cannot go on from here.
	Problem string
}

// Walk shows a value on its way to a side: as it comes, then after each step.
func (r *Rule) Walk(to connector.Side, v Value) []Stop {
	stops := []Stop{{Value: v}}
	for i := range r.stages {
		n, f := i, r.stages[i].get
		if to == r.from {
			n = len(r.stages) - 1 - i
			f = r.stages[n].put
		}
		if err := r.step(&v, f, n); err != nil {
			return append(stops, Stop{Step: r.steps[n], Problem: err.Error()})
		}
		if n == len(r.stages)-1 && to != r.from || n == 0 && to == r.from {
			out, err := r.Convert(to, stops[0].Value)
			if err != nil {
				return append(stops, Stop{Step: r.steps[n], Problem: err.Error()})
			}
			v = out
		}
		stops = append(stops, Stop{Step: r.steps[n], Value: v})
	}
	return stops
}

// Words is a value as a person reads it: yes and no instead of true and false, lists with commas, points in time with the
// name of the month.
func Words(v Value) string {
	if b, ok := v.(bool); ok {
		return map[bool]string{true: "Yes", false: "No"}[b]
	}
	said := text(v)
	if len(said) > len("2006-01-02T15:04:05") && said[len("2006-01-02")] == 'T' { // else it is no such thing
		if at, err := time.Parse(time.RFC3339, said); err == nil {
			return at.UTC().Format("2 January 2006, 15:04 UTC")
		}
	}
	return said
}

// Loses says in sentences what of a value may not survive the way to a side, nothing where all of it does.
func (r *Rule) Loses(to connector.Side, system string) []string {
	if !r.Direction.To(to) || r.Kind == Set {
		return nil
	}
	var lost []string
	for i, st := range r.stages {
		switch name := r.steps[i].Do; {
		case name == "lowercase" && r.Lossy:
			lost = append(lost, "Capital letters are not kept.")
		case name == "split_name" && to != connector.A: // only parting a name loses
		case st.loses != "" && (to != r.from || name == "split_name"):
			lost = append(lost, st.loses)
		}
	}
	if s, n := r.cutBy(to, system); n > 0 && n < roomy {
		lost = append(lost, s)
	}
	if len(r.Fields[connector.A]) == 1 && len(r.Fields[connector.B]) == 1 && !r.staged {
		if s := misfit(r.Fields[to.Other()][0], r.Fields[to][0], system); s != "" {
			lost = append(lost, s)
		}
	}
	return lost
}

// roomy is how many characters a field must keep for nobody to notice that it keeps no more.
const roomy = 40

// Limits says in a sentence that a side keeps no more than so many characters of a field, where that is enough for
// nearly everybody; "" where it is not so. What is too short for many counts as lost.
func (r *Rule) Limits(to connector.Side, system string) string {
	if !r.Direction.To(to) || r.Kind == Set {
		return ""
	}
	if s, n := r.cutBy(to, system); n >= roomy {
		return s
	}
	return ""
}

// cutBy says that a system keeps fewer characters than the other may send, and how many.
func (r *Rule) cutBy(to connector.Side, system string) (string, int) {
	from := r.Fields[to.Other()]
	switch from[0].Type {
	case connector.Text, connector.HTML, connector.Option, connector.Email:
	default:
		return "", 0
	}
	for i, longest := range r.longest[to] {
		if longest == 0 || len(from) == len(r.longest[to]) && from[i].MaxLen > 0 && from[i].MaxLen <= longest {
			continue
		}
		each := ""
		if len(r.longest[to]) > 1 {
			each = " for each part"
		}
		return fmt.Sprintf("%s keeps %d characters of %s%s; what is longer is cut.", system, longest, calledAll(r.Fields[to]), each), longest
	}
	return "", 0
}

// misfit says what a field does to values that were made for the other one.
func misfit(from, to connector.Field, system string) string {
	switch {
	case to.Type == connector.Linked:
		return fmt.Sprintf("Only a %s that is linked to one over there arrives; until then it waits. Who belongs to several is taken to belong to the first that is.", to.Object)
	case to.Type == connector.User && from.Type == connector.User:
		return "Only members of staff who are in both systems arrive; they are the same person when their email is."
	case to.Type == connector.User || from.Type == connector.User:
		return "Members of staff have other IDs in each system, so the value means nobody there."
	case to.Type == connector.Option && len(to.Options) > 0 && !within(from, to):
		options := to.Options
		if len(options) > 5 {
			return fmt.Sprintf("%s takes only its %d choices for %s; other values are refused.", system, len(options), called(to))
		}
		return fmt.Sprintf("%s takes only %s for %s; other values are refused.", system, sentence(options, "or"), called(to))
	case from.Type == to.Type:
		return ""
	case to.Type == connector.Number:
		return "What is no number does not arrive."
	case to.Type == connector.Bool:
		return "What is neither true nor false does not arrive."
	case from.Type == connector.HTML:
		return "Formatting is not kept; lists and links are written out."
	case from.Type == connector.Day && to.Type == connector.Instant:
		return "A date has no time of day, so it arrives as noon."
	case from.Type == connector.Instant && to.Type == connector.Day:
		return "The time of day is not kept."
	case to.Type == connector.Day || to.Type == connector.Instant:
		return "What is no date may be refused."
	case to.Type == connector.Email || to.Type == connector.Phone:
		return fmt.Sprintf("%s may refuse what is no %s.", system, map[connector.Type]string{connector.Email: "email address", connector.Phone: "phone number"}[to.Type])
	}
	return ""
}

// within reports whether every choice of one field is one of the other.
func within(from, to connector.Field) bool {
	if from.Type != connector.Option || len(from.Options) == 0 {
		return false
	}
	have := strings.Join(to.Options, "\x00") + "\x00"
	for _, o := range from.Options {
		if !strings.Contains("\x00"+have, "\x00"+o+"\x00") {
			return false
		}
	}
	return true
}
