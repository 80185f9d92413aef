package mapping

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
)

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
	// Zone is the IANA time zone in which a date is a day of the accounts, "" for UTC.
	Zone string
	// Owners says who of one staff is who of the other; nil where nobody looked.
	Owners *Owners
	// Partners says by object which records are which on the other side, where rows are about what a record belongs to.
	Partners map[string]*Partners
}

// Compile checks rows against the fields that both accounts have and makes rules of them. All problems are reported
// at once; a row with a problem makes no rule.
func Compile(rows []Row, a, b []connector.Field, o Options) (*Map, []Problem) {
	m := &Map{Region: o.Region}
	var problems []Problem
	written := [2]map[string]int{{}, {}}
	for i, row := range rows {
		r, bad := compile(row, [2][]connector.Field{a, b}, o)
		if bad == nil {
			bad = once(r, i, written)
		}
		if bad != nil {
			problems = append(problems, bad.problem(i))
			continue
		}
		m.Rules = append(m.Rules, r)
	}
	return m, problems
}

func once(r Rule, row int, written [2]map[string]int) *refusal {
	for side, seen := range written {
		if !r.Direction.To(connector.Side(side)) {
			continue
		}
		for _, w := range r.writes[side] {
			if first, dup := seen[w]; dup {
				bad := refuse(calledAll(r.Fields[side])+" gets its value from another pair already. A field can have only one source.",
					"%s is already written by row %d of this map; a field can have only one source", w, first+1)
				bad.first = first
				return bad.about(connector.Side(side), w)
			}
			seen[w] = row
		}
	}
	return nil
}

func compile(row Row, have [2][]connector.Field, o Options) (Rule, *refusal) {
	r := Rule{Direction: meet(o.Direction, row.Direction), Policy: o.Policy, Blank: o.Blank, region: o.Region,
		systems: o.Systems, zone: ZoneOf(o.Zone), owners: o.Owners}
	if row.Conflict != "" {
		r.Policy = row.Conflict
	}
	if r.Policy == "" {
		r.Policy = Newest
	}
	if row.Blank != "" {
		r.Blank = row.Blank
	}
	if !slices.Contains(RowPolicies, r.Policy) {
		return r, refuse("This pair settles a change on both sides in a way that Couplet does not know. Choose another way.",
			"conflict %q is not known; use one of %v", r.Policy, RowPolicies)
	}
	if r.Direction == "" {
		return r, refuse("This pair goes the other way than the whole flow, so nothing would ever travel. Let it go the way of the flow.",
			"direction %q does not fit the flow's %q", row.Direction, o.Direction)
	}
	if bad := r.arrange(row.Chain()); bad != nil {
		return r, bad
	}
	for side, names := range [2]Names{row.A, row.B} {
		if bad := r.take(connector.Side(side), names, have[side], o); bad != nil {
			return r, bad
		}
	}
	r.Key = row.Key()
	if bad := r.kind(); bad != nil {
		return r, bad
	}
	if r.isLinked() {
		r.partners = o.Partners[r.Fields[0][0].Object]
	}
	if bad := r.unfit(); bad != nil {
		return r, bad
	}
	if bad := r.misplaced(); bad != nil {
		return r, bad
	}
	cased := r.Fields[0][0].Type != connector.Email || r.Fields[1][0].Type != connector.Email
	_, prose := r.isProse()
	days := func(side connector.Side) bool {
		return r.Fields[side][0].Type == connector.Day && r.Fields[side.Other()][0].Type == connector.Instant
	}
	small := slices.ContainsFunc(r.steps, func(s Step) bool { return s.Do == "lowercase" })
	r.Lossy = r.transform.lossy || small && cased || prose || r.isLinked() || days(connector.A) || days(connector.B)
	return r, nil
}

func (r *Rule) take(side connector.Side, names Names, have []connector.Field, o Options) *refusal {
	want := max(r.transform.shape[side], 1)
	if many := r.transform.shape[side] < 0; len(names) != want && !(many && len(names) > 0 && len(names) <= mostFields) {
		return refuse(fmt.Sprintf("The step of this pair needs %s of %s, and there %s. Choose another step, or pair again.",
			counted(want, "field"), o.Systems[side], is(len(names))),
			"this row needs %d field(s) of %s and has %d", want, o.Systems[side], len(names))
	}
	for _, name := range names {
		f, ok := connector.FieldNamed(have, name)
		if !ok {
			return refuse(fmt.Sprintf("%s has no field “%s”. It was removed or renamed there, or never existed.", o.Systems[side], name),
				"%s has no field %q%s", o.Systems[side], name, near(name, have)).about(side, name)
		}
		if !f.Read {
			return refuse(fmt.Sprintf("%s can be written in %s but never read back, so nobody could tell whether it changed. Pair %s instead.", called(f), o.Systems[side], wholeCalled(f.Name, have)),
				"%s can be written but not read in %s; map %s instead", f.Name, o.Systems[side], whole(f.Name, have)).about(side, name)
		}
		w := []string{f.Name}
		if len(f.Parts) > 0 {
			w = f.Parts
		}
		if r.Direction.To(side) && f.OnCreate == connector.No && f.OnUpdate == connector.No && len(f.Parts) == 0 {
			return refuse(fmt.Sprintf("%s cannot be written in %s from outside. It can still fill the field of the other side.", called(f), o.Systems[side]),
				"%s cannot be written in %s; set direction to %s for this row", f.Name, o.Systems[side], [2]Direction{AToB, BToA}[side]).about(side, name)
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

func (r *Rule) kind() *refusal {
	is := func(side int, t connector.Type) bool {
		if connector.Side(side) == r.from && len(r.stages) > 0 && r.stages[0].reads { // what it is read as
			return t == connector.Set && r.steps[0].Do == "split_list"
		}
		return len(r.Fields[side]) == 1 && r.Fields[side][0].Type == t
	}
	r.Kind = Single
	switch {
	case is(0, connector.Linked) != is(1, connector.Linked) || is(0, connector.Linked) && r.Fields[0][0].Object != r.Fields[1][0].Object:
		link, other := r.Fields[0], r.Fields[1]
		if !is(0, connector.Linked) {
			link, other = other, link
		}
		return refuse(fmt.Sprintf("%s says which %s a record belongs to, and %s does not. It goes only with a field that says the same.", calledAll(link), link[0].Object, calledAll(other)),
			"a field that says which %s a record belongs to goes only with one that says the same", link[0].Object)
	case is(0, connector.Set) != is(1, connector.Set):
		set, single := calledAll(r.Fields[0]), calledAll(r.Fields[1])
		if is(1, connector.Set) {
			set, single = single, set
		}
		return refuse(fmt.Sprintf("%s is a list and %s holds one value. A list goes only with a list.", set, single),
			"a list of names cannot be paired with a single value")
	case is(0, connector.Set):
		r.Kind = Set
	case r.Fields[0][0].Consent || r.Fields[1][0].Consent:
		if !is(0, connector.Bool) || !is(1, connector.Bool) {
			return refuse("A field that says “do not contact” goes only with a yes-or-no field.",
				"a consent field can only be paired with a yes-or-no field")
		}
		r.Kind, r.Policy = Consent, Restrictive
	}
	for side := range r.Fields {
		if len(r.writes[side]) > 1 && len(r.Fields[side]) == 1 && r.transform.shape != [2]int{2, 1} && r.Direction.To(connector.Side(side)) {
			f := r.Fields[side][0]
			return refuse(fmt.Sprintf("%s is one name that is written in two parts. It goes with a first and a last name, by the step Split name.", called(f)),
				"%s is written as %s; use transform split_name and two fields on the other side", f.Name, strings.Join(r.writes[side], " and ")).about(connector.Side(side), f.Name)
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

// wholeCalled is whole by its label.
func wholeCalled(part string, have []connector.Field) string {
	f, ok := connector.FieldNamed(have, whole(part, have))
	if !ok {
		return "another field"
	}
	return called(f)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// is continues "and there ...".
func is(n int) string {
	if n == 1 {
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}
