package mapping

import (
	"errors"
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

// AddStep is a row with one more step, set up so that it works: at the end, or at the beginning where it works on the field
// itself. A step that works one way only makes the row go that way. The error says in words why it does not fit.
func AddStep(rows []Row, i int, name string, a, b []connector.Field, o Options) (Row, error) {
	have := [2][]connector.Field{a, b}
	return addStep(rows, i, name, have, o, writers(rows, have, o))
}

func addStep(rows []Row, i int, name string, have [2][]connector.Field, o Options, s sources) (Row, error) {
	k, known := StepKindNamed(name)
	if !known {
		return Row{}, errors.New("That step is none that Couplet knows.")
	}
	chain := append(slices.Clone(rows[i].Chain()), k.example())
	if set, bad := k.settle(k.example().With); bad == nil {
		if st, err := k.make(set); err == nil && (st.reads || st.many || st.pair) {
			chain = append([]Step{k.example()}, rows[i].Chain()...)
		}
	}
	why := ""
	for _, d := range []Direction{rows[i].Direction, AToB, BToA} {
		row := rows[i].WithChain(chain)
		row.Direction = d
		shut := ""
		if r, bad := compile(row, have, o); bad != nil {
			shut = bad.plain
		} else {
			shut = taken(r, i, s)
		}
		if shut == "" {
			return row, nil
		}
		if why == "" {
			why = shut
		}
	}
	return Row{}, errors.New(why)
}

// StepsFor are the kinds of steps that can be added to a row, in the order of choice.
func StepsFor(rows []Row, i int, a, b []connector.Field, o Options) []StepKind {
	have := [2][]connector.Field{a, b}
	s := writers(rows, have, o)
	var fit []StepKind
	for _, k := range kinds {
		if _, err := addStep(rows, i, k.Name, have, o, s); err == nil {
			fit = append(fit, k)
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
	r, bad := compile(Turn(row, d), have, o)
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
