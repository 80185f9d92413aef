package mapping

import (
	"fmt"
	"slices"

	"couplet/internal/connector"
)

// Way is a direction of a row, and why the row cannot go that way, "" when it can.
type Way struct {
	Direction Direction
	Why       string
}

// Ways tells of every row which directions it could take, both ways first, by the rules of Compile. What the other rows
// write counts: a field that has a source can have no second one.
func Ways(rows []Row, a, b []connector.Field, o Options) [][]Way {
	have := [2][]connector.Field{a, b}
	sources := writers(rows, have, o)
	out := make([][]Way, len(rows))
	for i, row := range rows {
		for _, d := range []Direction{Both, AToB, BToA} {
			out[i] = append(out[i], Way{d, wayShut(row, i, d, have, o, sources)})
		}
	}
	return out
}

// Steps are the transforms that fit a row as it stands, "" (none) among them where it can go without.
func Steps(rows []Row, i int, a, b []connector.Field, o Options) []string {
	have := [2][]connector.Field{a, b}
	sources := writers(rows, have, o)
	var fit []string
	for _, name := range append([]string{""}, TransformNames()...) {
		row := rows[i]
		row.Transform = name
		if r, bad := compile(row, have, o); bad == nil && taken(r, i, sources) == "" {
			fit = append(fit, name)
		}
	}
	return fit
}

// sources are the rows that write each field, by side.
type sources [2]map[string][]int

func writers(rows []Row, have [2][]connector.Field, o Options) sources {
	s := sources{{}, {}}
	for i, row := range rows {
		r, bad := compile(row, have, o)
		if bad != nil {
			continue
		}
		for side := range s {
			if r.Direction.To(connector.Side(side)) {
				for _, w := range r.writes[side] {
					s[side][w] = append(s[side][w], i)
				}
			}
		}
	}
	return s
}

func wayShut(row Row, i int, d Direction, have [2][]connector.Field, o Options, s sources) string {
	if o.Direction != "" && o.Direction != Both && o.Direction != d {
		from := connector.A
		if o.Direction == BToA {
			from = connector.B
		}
		return fmt.Sprintf("The whole flow goes from %s to %s only.", o.Systems[from], o.Systems[from.Other()])
	}
	row.Direction = d
	r, bad := compile(row, have, o)
	if bad != nil {
		return bad.plain
	}
	return taken(r, i, s)
}

// taken says that another row writes a field of the rule already, "" when none does.
func taken(r Rule, i int, s sources) string {
	for side := range s {
		if !r.Direction.To(connector.Side(side)) {
			continue
		}
		for _, w := range r.writes[side] {
			if slices.ContainsFunc(s[side][w], func(other int) bool { return other != i }) {
				return calledAll(r.Fields[side]) + " gets its value from another pair already. A field can have only one source."
			}
		}
	}
	return ""
}
