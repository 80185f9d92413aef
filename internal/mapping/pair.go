package mapping

import (
	"errors"
	"slices"

	"couplet/internal/connector"
)

// Pair makes the row that joins two fields as a person would most likely want it: with the usual step for their type, in
// every direction that is possible, and a first or last name together with the other one where the other side has both
// in one. The error says in words why there is no such row.
func Pair(rows []Row, a, b []connector.Field, x, y string, o Options) (Row, error) {
	have := [2][]connector.Field{a, b}
	if slices.ContainsFunc(rows, func(r Row) bool { return slices.Contains(r.A, x) && slices.Contains(r.B, y) }) {
		return Row{}, errors.New("These two are paired already.")
	}
	return pairUp(rows, have, writers(rows, have, o), x, y, o)
}

// pairUp is Pair for two fields that are not paired yet, where it is known who writes what.
func pairUp(rows []Row, have [2][]connector.Field, s sources, x, y string, o Options) (Row, error) {
	row := Row{A: Names{x}, B: Names{y}}
	var candidates []Row
	if whole, ok := wholeName(append(slices.Clone(rows), row), len(rows), have); ok {
		candidates = append(candidates, whole)
	}
	usual := row
	usual.Transform = usualStep(have, x, y)
	candidates = append(candidates, usual, row)
	candidates = append(candidates, listedRows(have, row)...)
	var why string
	for _, c := range candidates {
		for _, d := range []Direction{Both, AToB, BToA} {
			if c.Direction != "" && d != c.Direction {
				continue
			}
			shut := wayShut(c, len(rows), d, have, o, s)
			if shut == "" {
				if d != Both && d != o.Direction {
					c.Direction = d
				}
				return c, nil
			}
			if why == "" || c.Direction == "" && c.Transform == "" && d == meet(o.Direction, "") {
				why = shut
			}
		}
	}
	return Row{}, errors.New(why)
}

// listedRows are the ways to pair a list with a text: what a has fills b, else the other way. Each goes one way only, because a
// list does not come back from its text.
func listedRows(have [2][]connector.Field, row Row) []Row {
	f, okF := connector.FieldNamed(have[connector.A], row.A[0])
	g, okG := connector.FieldNamed(have[connector.B], row.B[0])
	text := func(t connector.Type) bool { return t == connector.Text || t == connector.HTML }
	there := row
	switch {
	case okF && okG && f.Type == connector.Set && text(g.Type):
		there.Transform = "join_list"
	case okF && okG && text(f.Type) && g.Type == connector.Set:
		there.Transform = "split_list"
	default:
		return nil
	}
	there.Direction = AToB
	return []Row{there, Turn(there, BToA)}
}

// Turn is the row in another direction. A step between a list and a text becomes the one that does the opposite.
func Turn(row Row, d Direction) Row {
	turned := (row.Direction == AToB && d == BToA) || (row.Direction == BToA && d == AToB)
	row.Direction = d
	chain := slices.Clone(row.Chain())
	if !turned || len(chain) == 0 {
		return row
	}
	if other, ok := map[string]string{"join_list": "split_list", "split_list": "join_list"}[chain[0].Do]; ok {
		chain[0].Do = other
	}
	return row.WithChain(chain)
}

// usualStep is the transform that values of two fields nearly always want.
func usualStep(have [2][]connector.Field, x, y string) string {
	f, okF := connector.FieldNamed(have[connector.A], x)
	g, okG := connector.FieldNamed(have[connector.B], y)
	switch {
	case !okF || !okG || f.Type != g.Type:
		return ""
	case f.Type == connector.Email:
		return "lowercase"
	case f.Type == connector.Phone:
		return "e164"
	}
	return ""
}

// wholeName is the row i with both a first and a last name where one of them is paired with a name that is written in
// two parts. It reports false where that does not fit.
func wholeName(rows []Row, i int, have [2][]connector.Field) (Row, bool) {
	row := rows[i]
	if len(row.B) != 1 {
		return Row{}, false
	}
	g, ok := connector.FieldNamed(have[connector.B], row.B[0])
	if !ok || len(g.Parts) != 2 {
		return Row{}, false
	}
	first, last := namePart(have[connector.A], "firstname"), namePart(have[connector.A], "lastname")
	if first == "" || last == "" || !slices.ContainsFunc(row.A, func(n string) bool { return n == first || n == last }) {
		return Row{}, false
	}
	for j, other := range rows {
		if j != i && (slices.Contains(other.A, first) || slices.Contains(other.A, last)) {
			return Row{}, false
		}
	}
	row.A, row.Transform = Names{first, last}, "split_name"
	return row, true
}

// namePart finds the system's own field of that meaning.
func namePart(fields []connector.Field, meaning string) string {
	for _, f := range fields {
		if !f.Custom && f.Type == connector.Text && (meant(f.Name) == meaning || meant(f.Label) == meaning) {
			return f.Name
		}
	}
	return ""
}
