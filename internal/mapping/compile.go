package mapping

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// Problem is a row that cannot work, with the reason and the fix in words.
type Problem struct {
	Row  int
	Text string
}

// Options are what the rows of one map share.
type Options struct {
	// Region is the country of phone numbers without prefix.
	Region string
	// Names of the two systems, for the texts of problems.
	Systems [2]string
	// Direction, Policy and Blank hold where a row says nothing.
	Direction Direction
	Policy    Policy
	Blank     Blank
}

// Compile checks rows against the fields that both accounts have and makes rules of them. All problems are reported
// at once; a row with a problem makes no rule.
func Compile(rows []Row, a, b []connector.Field, o Options) (*Map, []Problem) {
	m := &Map{Region: o.Region}
	var problems []Problem
	written := [2]map[string]int{{}, {}}
	for i, row := range rows {
		r, err := compile(row, [2][]connector.Field{a, b}, o)
		if err == nil {
			err = once(r, i, written)
		}
		if err != nil {
			problems = append(problems, Problem{Row: i, Text: err.Error()})
			continue
		}
		m.Rules = append(m.Rules, r)
	}
	return m, problems
}

func once(r Rule, row int, written [2]map[string]int) error {
	for side, seen := range written {
		if !r.Direction.To(connector.Side(side)) {
			continue
		}
		for _, w := range r.writes[side] {
			if first, dup := seen[w]; dup {
				return fmt.Errorf("%s is already written by row %d of this map; a field can have only one source", w, first+1)
			}
			seen[w] = row
		}
	}
	return nil
}

func compile(row Row, have [2][]connector.Field, o Options) (Rule, error) {
	r := Rule{Direction: meet(o.Direction, row.Direction), Policy: o.Policy, Blank: o.Blank, region: o.Region}
	if row.Conflict != "" {
		r.Policy = row.Conflict
	}
	if r.Policy == "" {
		r.Policy = Newest
	}
	if row.Blank != "" {
		r.Blank = row.Blank
	}
	if !slices.Contains(Policies, r.Policy) {
		return r, fmt.Errorf("conflict %q is not known; use one of %v", r.Policy, Policies)
	}
	if r.Direction == "" {
		return r, fmt.Errorf("direction %q does not fit the flow's %q", row.Direction, o.Direction)
	}
	t, ok := transforms[row.Transform]
	if !ok {
		return r, fmt.Errorf("transform %q is not known; use one of %s", row.Transform, strings.Join(TransformNames(), ", "))
	}
	r.transform = t
	for side, names := range [2]Names{row.A, row.B} {
		if err := r.take(connector.Side(side), names, have[side], o); err != nil {
			return r, err
		}
	}
	r.Key = strings.Join(row.A, "+") + "=" + strings.Join(row.B, "+")
	if err := r.kind(); err != nil {
		return r, err
	}
	if r.Kind == Set && row.Transform != "" {
		return r, fmt.Errorf("transform %q works on single values, not on a list of names; take it out of this row", row.Transform)
	}
	cased := r.Fields[0][0].Type != connector.Email || r.Fields[1][0].Type != connector.Email
	r.Lossy = t.lossy || row.Transform == "lowercase" && cased
	return r, nil
}

func (r *Rule) take(side connector.Side, names Names, have []connector.Field, o Options) error {
	want := max(r.transform.shape[side], 1)
	if len(names) != want {
		return fmt.Errorf("this row needs %d field(s) of %s and has %d", want, o.Systems[side], len(names))
	}
	for _, name := range names {
		f, ok := connector.FieldNamed(have, name)
		if !ok {
			return fmt.Errorf("%s has no field %q%s", o.Systems[side], name, near(name, have))
		}
		if !f.Read {
			return fmt.Errorf("%s can be written but not read in %s; map %s instead", f.Name, o.Systems[side], whole(f.Name, have))
		}
		w := []string{f.Name}
		if len(f.Parts) > 0 {
			w = f.Parts
		}
		if r.Direction.To(side) && f.OnCreate == connector.No && f.OnUpdate == connector.No && len(f.Parts) == 0 {
			return fmt.Errorf("%s cannot be written in %s; set direction to %s for this row", f.Name, o.Systems[side], [2]Direction{AToB, BToA}[side])
		}
		r.Fields[side] = append(r.Fields[side], f)
		r.writes[side] = append(r.writes[side], w...)
		for _, name := range w {
			written, _ := connector.FieldNamed(have, name)
			r.longest[side] = append(r.longest[side], written.MaxLen)
		}
	}
	return nil
}

func (r *Rule) kind() error {
	is := func(side int, t connector.Type) bool {
		return len(r.Fields[side]) == 1 && r.Fields[side][0].Type == t
	}
	r.Kind = Single
	switch {
	case is(0, connector.Set) != is(1, connector.Set):
		return fmt.Errorf("a list of names cannot be paired with a single value")
	case is(0, connector.Set):
		r.Kind = Set
	case r.Fields[0][0].Consent || r.Fields[1][0].Consent:
		if !is(0, connector.Bool) || !is(1, connector.Bool) {
			return fmt.Errorf("a consent field can only be paired with a yes-or-no field")
		}
		r.Kind, r.Policy = Consent, Restrictive
	}
	for side := range r.Fields {
		if len(r.writes[side]) > 1 && len(r.Fields[side]) == 1 && r.transform.shape != [2]int{2, 1} && r.Direction.To(connector.Side(side)) {
			return fmt.Errorf("%s is written as %s; use transform split_name and two fields on the other side", r.Fields[side][0].Name, strings.Join(r.writes[side], " and "))
		}
	}
	return nil
}

// meet is the direction that both allow, "" when there is none.
func meet(flow, row Direction) Direction {
	switch {
	case row == "" || row == Both:
		if flow == "" {
			return Both
		}
		return flow
	case flow == "" || flow == Both || flow == row:
		return row
	}
	return ""
}

func whole(part string, have []connector.Field) string {
	for _, f := range have {
		if slices.Contains(f.Parts, part) {
			return f.Name
		}
	}
	return "another field"
}
