package mapping

import (
	"slices"

	"couplet/internal/connector"
)

// Ends are the fields that a step of a row lies between, the one its values come from first; nil where another step, or
// several fields, stand there.
func (r Row) Ends(at int, begins connector.Side, a, b []connector.Field) (ends [2]*connector.Field) {
	have := [2][]connector.Field{a, b}
	for i, side := range []connector.Side{begins, begins.Other()} {
		names := r.Side(side)
		if len(names) != 1 || i == 0 && at > 0 || i == 1 && at < len(r.Chain())-1 {
			continue
		}
		if f, ok := connector.FieldNamed(have[side], names[0]); ok {
			ends[i] = &f
		}
	}
	return ends
}

// Choices are the values that a field offers, nil where it takes any.
func Choices(f *connector.Field) []string {
	switch {
	case f == nil:
		return nil
	case f.Type == connector.Bool:
		return []string{"true", "false"}
	}
	return f.Options
}

// Likely is the table that a new step between two fields begins with: what both sides call the same. It reports false where
// neither side has choices.
func Likely(ends [2]*connector.Field) (rows []TableRow, known bool) {
	from, to := Choices(ends[0]), Choices(ends[1])
	switch {
	case len(from)+len(to) == 0:
		return nil, false
	case len(from) == 0:
		from = to
	case len(to) == 0:
		to = from
	}
	for _, v := range from {
		if i := slices.IndexFunc(to, func(x string) bool { return Element(x) == Element(v) }); i >= 0 {
			rows = append(rows, TableRow{v, to[i]})
		}
	}
	return rows, true
}
