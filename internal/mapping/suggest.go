package mapping

import (
	"cmp"
	"fmt"
	"slices"

	"couplet/internal/connector"
)

// Suggestion is a row that a person most likely wants.
type Suggestion struct {
	Row Row
	// Score is how likely, from 0 to 1. Below Worth nothing is suggested.
	Score float64
	// Why is the reason in a few words: "Same name", "Same values in 4 of 5".
	Why string
}

// Worth is the least score of a suggestion. From Sure on it may be accepted together with others.
const (
	Worth = 0.5
	Sure  = 0.8
)

// Sample is what two records of the same person show, by side.
type Sample [2]connector.Fields

// Suggest finds partners for fields that no row names yet, by their names, types and the values of sample records. A
// field is suggested once at most. Rows whose key is among dismissed are not suggested again.
func Suggest(a, b []connector.Field, rows []Row, samples []Sample, o Options, dismissed []string) []Suggestion {
	have := [2][]connector.Field{a, b}
	taken := writers(rows, have, o)
	free := [2][]clue{}
	for side := range free {
		for _, f := range unpaired(have[side], rows, connector.Side(side)) {
			free[side] = append(free[side], clueOf(f, samples, connector.Side(side), o.Region))
		}
	}
	var all []Suggestion
	for _, x := range free[connector.A] {
		for _, y := range free[connector.B] {
			score, why := likeness(x, y)
			if score == 0 && !(Fits(x.field.Type, y.field.Type) && sameValues(x.values, y.values)) {
				continue
			}
			row, err := pairUp(rows, have, taken, x.field.Name, y.field.Name, o)
			if err != nil || slices.Contains(dismissed, row.Key()) || slices.Contains(dismissed, Row{A: Names{x.field.Name}, B: Names{y.field.Name}}.Key()) {
				continue
			}
			if len(row.A) > 1 {
				score, why = 0.95, "First and last name"
			}
			score, why = weigh(score, why, row, a, b, samples, o)
			if score >= Worth {
				all = append(all, Suggestion{row, score, why})
			}
		}
	}
	slices.SortStableFunc(all, func(p, q Suggestion) int { return cmp.Compare(q.Score, p.Score) })
	return bestOfEach(all)
}

// clue is what speaks for a field: its names, reduced, and its values in the samples, normal.
type clue struct {
	field  connector.Field
	names  []reduced
	values []string
}

func clueOf(f connector.Field, samples []Sample, side connector.Side, region string) clue {
	c := clue{field: f, names: []reduced{reduce(f.Label), reduce(f.Name)}}
	for _, s := range samples {
		v := ""
		if !Empty(s[side][f.Name]) {
			v = Normal(f.Type, s[side][f.Name], region)
		}
		c.values = append(c.values, v)
	}
	return c
}

// sameValues reports whether two fields hold the same wherever both hold something, often and differently enough for it
// to be no chance.
func sameValues(x, y []string) bool {
	both, seen := 0, map[string]bool{}
	for i := range x {
		if x[i] == "" || y[i] == "" {
			continue
		}
		if x[i] != y[i] {
			return false
		}
		both++
		seen[x[i]] = true
	}
	return both >= 3 && len(seen) >= 3
}

// bestOfEach keeps the best suggestion of each field.
func bestOfEach(all []Suggestion) []Suggestion {
	used := [2]map[string]bool{{}, {}}
	var out []Suggestion
	for _, s := range all {
		names := [2]Names{s.Row.A, s.Row.B}
		taken := false
		for side := range names {
			taken = taken || slices.ContainsFunc(names[side], func(n string) bool { return used[side][n] })
		}
		if taken {
			continue
		}
		for side := range names {
			for _, n := range names[side] {
				used[side][n] = true
			}
		}
		out = append(out, s)
	}
	return out
}

// unpaired are the fields that no row names and that can be looked at. Members of staff have other ids in every account,
// so their fields are left to a person.
func unpaired(fields []connector.Field, rows []Row, side connector.Side) []connector.Field {
	var out []connector.Field
	for _, f := range fields {
		named := slices.ContainsFunc(rows, func(r Row) bool { return slices.Contains(r.Side(side), f.Name) })
		if f.Read && f.Type != connector.User && !named {
			out = append(out, f)
		}
	}
	return out
}

// likeness is how much two fields look the same by name and type, before any value is looked at.
func likeness(x, y clue) (float64, string) {
	if !Fits(x.field.Type, y.field.Type) {
		return 0, ""
	}
	score, why := 0.0, ""
	for _, n := range x.names {
		for _, m := range y.names {
			if s, w := nameLikeness(n, m); s > score {
				score, why = s, w
			}
		}
	}
	switch {
	case score == 0:
		return 0, ""
	case x.field.Type == y.field.Type:
		score += 0.05
	case x.field.Type == connector.Option || y.field.Type == connector.Option:
		score -= 0.05
	default:
		score -= 0.1
	}
	if x.field.Consent || y.field.Consent {
		score = min(score, Sure-0.1) // what somebody agreed to is never paired by the dozen
	}
	return score, why
}

func nameLikeness(n, m reduced) (float64, string) {
	switch {
	case n.bare == "" || m.bare == "":
		return 0, ""
	case n.bare == m.bare:
		return 0.9, "Same name"
	case n.meant == m.meant:
		return 0.85, "Same meaning"
	}
	if s := alike(n.words, m.words); s >= 0.5 {
		return 0.25 + 0.6*s, "Similar name"
	}
	return 0, ""
}

// weigh lets the values of records speak for or against a row.
func weigh(score float64, why string, row Row, a, b []connector.Field, samples []Sample, o Options) (float64, string) {
	m, problems := Compile([]Row{row}, a, b, o)
	if len(problems) > 0 {
		return 0, ""
	}
	r := &m.Rules[0]
	both, agree := 0, 0
	values := map[string]bool{}
	for _, s := range samples {
		x, shownX := r.Read(connector.A, s[connector.A])
		y, shownY := r.Read(connector.B, s[connector.B])
		if !shownX || !shownY || Empty(x) || Empty(y) {
			continue
		}
		both++
		values[r.normal(connector.A, x)] = true
		if r.Agree(x, y) {
			agree++
		}
	}
	telling := r.Kind == Single && r.Fields[0][0].Type != connector.Bool
	switch {
	case both >= 2 && agree*5 >= both*4 && len(values) >= 2 && telling && score > 0:
		return min(score+0.1, 0.99), fmt.Sprintf("Same values in %d of %d", agree, both)
	case both >= 3 && agree == both && len(values) >= 3 && telling:
		return 0.75, fmt.Sprintf("Same values in %d of %d", agree, both)
	case both >= 2 && agree == 0 && score > 0:
		return score - 0.2, fmt.Sprintf("%s, but other values in %d of %d", why, both, both)
	}
	return score, why
}

// Fits reports whether values of one type can usually live in a field of the other.
func Fits(x, y connector.Type) bool {
	if x == y {
		return true
	}
	if x == connector.Linked || y == connector.Linked {
		return false
	}
	single := func(t connector.Type) bool {
		return t == connector.Text || t == connector.Option || t == connector.HTML
	}
	return x != connector.Set && y != connector.Set && x != connector.User && y != connector.User && (single(x) || single(y)) ||
		x == connector.Day && y == connector.Instant || x == connector.Instant && y == connector.Day
}
