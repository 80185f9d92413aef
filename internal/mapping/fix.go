package mapping

import (
	"fmt"
	"reflect"
	"slices"

	"couplet/internal/connector"
)

// Fix is a way to mend a row: the words for a button, and the row that takes its place.
type Fix struct {
	Text string
	Row  Row
}

// Fixes are the ways to mend a row that cannot work. Each was tried: the mended row works, and no other row breaks by it.
// Taking the row out always helps and is not among them.
func Fixes(rows []Row, p Problem, a, b []connector.Field, o Options) []Fix {
	have := [2][]connector.Field{a, b}
	_, before := Compile(rows, a, b, o)
	var out []Fix
	try := func(text string, row Row) {
		mended := slices.Clone(rows)
		mended[p.Row] = row
		_, after := Compile(mended, a, b, o)
		mends := len(after) < len(before) && !slices.ContainsFunc(after, func(q Problem) bool { return q.Row == p.Row })
		known := slices.ContainsFunc(out, func(f Fix) bool { return reflect.DeepEqual(f.Row, row) })
		if mends && !known {
			out = append(out, Fix{text, row})
		}
	}
	row := rows[p.Row]
	if p.Field != "" {
		for _, f := range alternatives(p, have[p.Side]) {
			try("Use "+called(f)+" instead", row.With(p.Side, p.Field, f.Name))
		}
	}
	for _, d := range []Direction{Both, AToB, BToA} {
		turned := row
		turned.Direction = d
		try(fills(d, o.Systems), turned)
	}
	if n := len(row.Chain()); n > 0 {
		try(map[bool]string{true: "Take the step out", false: "Take the steps out"}[n == 1], row.WithChain(nil))
	}
	if whole, ok := wholeName(rows, p.Row, have); ok {
		try("Join first and last name", whole)
	}
	return out
}

// alternatives are fields that may have been meant where a row names one that cannot be used.
func alternatives(p Problem, have []connector.Field) []connector.Field {
	var out []connector.Field
	if f, ok := nearest(p.Field, have); ok {
		out = append(out, f)
	}
	if f, ok := connector.FieldNamed(have, whole(p.Field, have)); ok {
		out = append(out, f)
	}
	return out
}

// With is the row with another field in the place of one on a side.
func (r Row) With(side connector.Side, old, name string) Row {
	names := [2]Names{slices.Clone(r.A), slices.Clone(r.B)}
	for i := range names[side] {
		if names[side][i] == old {
			names[side][i] = name
		}
	}
	r.A, r.B = names[connector.A], names[connector.B]
	return r
}

// fills says a direction in words.
func fills(d Direction, systems [2]string) string {
	switch d {
	case AToB:
		return fmt.Sprintf("Only %s fills %s", systems[connector.A], systems[connector.B])
	case BToA:
		return fmt.Sprintf("Only %s fills %s", systems[connector.B], systems[connector.A])
	}
	return "Both ways"
}
