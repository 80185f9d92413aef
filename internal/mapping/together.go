package mapping

import (
	"strings"

	"couplet/internal/connector"
)

// MostAdvanced and KeepBoth are policies of single rows: done wins over open, and two versions of a text are kept one under
// the other (sync-semantics 5.5).
const (
	MostAdvanced Policy = "most_advanced"
	KeepBoth     Policy = "keep_both"
)

// RowPolicies are those that a row may have; which of them fit is up to its fields (see [Rule.Policies]).
var RowPolicies = append(append([]Policy{}, Policies...), MostAdvanced, KeepBoth)

// Policies are those that fit the rule's fields.
func (r *Rule) Policies() []Policy {
	out := append([]Policy{}, Policies...)
	if r.bothOf(connector.Bool) {
		out = append(out, MostAdvanced)
	}
	if r.bothOf(connector.Text, connector.HTML) {
		out = append(out, KeepBoth)
	}
	return out
}

func (r *Rule) bothOf(types ...connector.Type) bool {
	for _, fields := range r.Fields {
		fits := false
		for _, t := range types {
			fits = fits || len(fields) == 1 && fields[0].Type == t
		}
		if !fits {
			return false
		}
	}
	return r.Kind == Single && !r.staged
}

// unfit says why the rule cannot have its policy, nil when it can.
func (r *Rule) unfit() *refusal {
	switch {
	case r.Policy == MostAdvanced && !r.bothOf(connector.Bool):
		return refuse("“Done wins” settles a yes-or-no field, and this pair is none. Choose another way.",
			"conflict most_advanced works on yes-or-no fields only; choose another one for this row")
	case r.Policy == KeepBoth && !r.bothOf(connector.Text, connector.HTML):
		return refuse("Only texts can be kept one under the other, and this pair is none. Choose another way.",
			"conflict keep_both works on texts only; choose another one for this row")
	}
	return nil
}

// between stands between two versions of a text that are kept one under the other.
const between = "— — —"

// holds reports whether a text holds another one as a whole part of it. That its words stand in it by chance is not enough.
func holds(whole, part string) bool {
	cut := func(s string) string {
		return " " + between + " " + strings.Join(strings.Fields(s), " ") + " " + between + " "
	}
	return strings.Contains(cut(whole), cut(part))
}

// Together is what both sides hold when two versions of a text are kept one under the other, a's first. It reports false
// when there is no room for both. Where one version holds the other already, as after a merge of which only one half
// arrived, it is that one alone.
func (r *Rule) Together(a, b Value) (both [2]Value, ok bool) {
	inB, err := r.Convert(connector.B, a)
	if err != nil {
		return both, false
	}
	inA, err := r.Convert(connector.A, b)
	if err != nil {
		return both, false
	}
	x, y := r.normal(connector.B, inB), r.normal(connector.B, b)
	switch {
	case holds(x, y):
		return [2]Value{a, inB}, true
	case holds(y, x):
		return [2]Value{inA, b}, true
	}
	// The side that keeps formatting is put together first, and the other one is made of it.
	first := connector.A
	if r.Fields[connector.B][0].Type == connector.HTML && r.Fields[connector.A][0].Type != connector.HTML {
		first = connector.B
	}
	parts := [2][2]Value{{a, inA}, {inB, b}}[first]
	seam := "\n\n" + between + "\n\n"
	if r.Fields[first][0].Type == connector.HTML {
		seam = "<p>" + between + "</p>"
	}
	both[first] = strings.TrimRight(text(parts[0]), "\r\n ") + seam + strings.TrimLeft(text(parts[1]), "\r\n ")
	if both[first.Other()], err = r.Convert(first.Other(), both[first]); err != nil {
		return both, false
	}
	for side, v := range both {
		if longest := r.longest[side]; len(longest) == 1 && longest[0] > 0 && len([]rune(text(v))) > longest[0] {
			return both, false
		}
	}
	return both, true
}
