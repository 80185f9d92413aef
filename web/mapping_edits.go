package web

import (
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

const goneRow = "That pair is not there any more, so it could not be changed."

// editPair joins two fields.
func editPair(m *mapOf, form func(string) []string) mapEdit {
	a, b := oneOf(form("a")), oneOf(form("b"))
	l := m.labels(mapping.Row{A: mapping.Names{a}, B: mapping.Names{b}})
	return mapEdit{want: fmt.Sprintf("pair %s with %s.", l[0], l[1]), do: func(f *flow.Flow) (string, changed, error) {
		if a == "" || b == "" {
			return "", changed{}, impossible("A pair needs a field on each side. Choose one on the left and one on the right.")
		}
		row, err := mapping.Pair(f.Map, m.mappable(connector.A), m.mappable(connector.B), a, b, m.options())
		if err != nil {
			return "", changed{}, impossible(fmt.Sprintf("%s and %s cannot be paired. %s", l[0], l[1], err))
		}
		f.Map = append(f.Map, row)
		l := m.labels(row)
		said := fmt.Sprintf("%s is now paired with %s.", l[0], l[1])
		if row.Transform == "join_list" || row.Transform == "split_list" {
			k, _ := mapping.StepKindNamed(row.Transform)
			said += fmt.Sprintf(" One is a list and the other a text, so the pair has the step %s and goes one way.", k.Title)
		}
		return said, changed{key: row.Key(), fresh: true}, nil
	}}
}

// editMatch pairs what was suggested.
func editMatch(m *mapOf, form func(string) []string) mapEdit {
	keys := form("pair")
	want := fmt.Sprintf("accept %d suggestions.", len(keys))
	if len(keys) == 1 {
		want = "accept a suggestion."
	}
	return mapEdit{want: want, do: func(f *flow.Flow) (string, changed, error) {
		if len(keys) == 0 {
			return "", changed{}, impossible("No pair was chosen, so there was nothing to do.")
		}
		last, n := "", 0
		for _, key := range keys {
			a, b, ok := strings.Cut(key, "=")
			if !ok {
				continue
			}
			row, err := mapping.Pair(f.Map, m.mappable(connector.A), m.mappable(connector.B), strings.Split(a, "+")[0], b, m.options())
			if err != nil || row.Key() != key {
				continue // somebody paired one of the two meanwhile
			}
			f.Map = append(f.Map, row)
			last, n = row.Key(), n+1
		}
		switch {
		case n == 0:
			return "", changed{}, impossible("Those fields are paired already, or are not there any more.")
		case n == 1:
			l := m.labels(f.Map[len(f.Map)-1])
			return fmt.Sprintf("%s is now paired with %s.", l[0], l[1]), changed{key: last, fresh: true}, nil
		}
		return fmt.Sprintf("%d pairs were made.", n), changed{key: last, fresh: true}, nil
	}}
}

// editUnpair takes a pair out.
func editUnpair(m *mapOf, form func(string) []string) mapEdit {
	key := oneOf(form("row"))
	i := rowAt(m.flow(), key)
	l := [2]string{"two fields", ""}
	if i >= 0 {
		l = m.labels(m.flow().Map[i])
	}
	return mapEdit{want: fmt.Sprintf("unpair %s and %s.", l[0], l[1]), do: func(f *flow.Flow) (string, changed, error) {
		if i < 0 {
			return "", changed{}, impossible(goneRow)
		}
		f.Map = slices.Delete(f.Map, i, i+1)
		return fmt.Sprintf("%s and %s are no longer paired.", l[0], l[1]), changed{anchor: "h-free"}, nil
	}}
}

// readRow is a pair as a form sends it, with what was done to one of its steps.
func (m *mapOf) readRow(form func(string) []string) (row mapping.Row, act stepAct) {
	row = mapping.Row{A: slices.Clone(form("a")), B: slices.Clone(form("b")), Direction: mapping.Direction(oneOf(form("direction"))),
		Conflict: mapping.Policy(oneOf(form("conflict"))), Blank: mapping.Blank(oneOf(form("blank")))}
	if row.Direction == mapping.Both || row.Direction == m.flow().Direction { // nothing of its own: it goes the way of the flow
		row.Direction = ""
	}
	steps, act := readSteps(form)
	return row.WithChain(steps), act
}

// editRow replaces a pair: its choices, or by one that mends it.
func editRow(m *mapOf, form func(string) []string) mapEdit {
	key := oneOf(form("row"))
	i := rowAt(m.flow(), key)
	row, act := m.readRow(form)
	l := m.labels(row)
	return mapEdit{want: fmt.Sprintf("change the pair of %s and %s.", l[0], l[1]), do: func(f *flow.Flow) (string, changed, error) {
		if i < 0 {
			return "", changed{}, impossible(goneRow)
		}
		if !slices.Contains([]mapping.Blank{"", mapping.Keep, mapping.Clear}, row.Blank) {
			return "", changed{}, impossible("What happens to an emptied value can only be one of the two choices.")
		}
		said := fmt.Sprintf("The pair of %s and %s is changed.", l[0], l[1])
		if act.said != "" {
			said = act.said
		}
		was := typedRow{row, act}
		if more := oneOf(form("add")); more != "" {
			rows := slices.Clone(f.Map)
			rows[i] = row
			made, words, err := m.addStep(rows, i, more)
			if err != nil {
				if len(made.Chain()) == 0 {
					made = row
				}
				return "", changed{}, unsaved{typedRow{made, stepAct{at: -1}}, err.Error()}
			}
			act = stepAct{how: "add", at: added(row, made)}
			row, said = made, words
		}
		if d := row.Direction; d != "" && len(row.Chain()) > 0 && len(f.Map[i].Chain()) > 0 && row.Chain()[0].Do == f.Map[i].Chain()[0].Do {
			row.Direction = f.Map[i].Direction
			row = mapping.Turn(row, d)
		}
		if old := f.Map[i].Direction; row.Direction == "" && (old == mapping.Both || old == f.Direction) { // it says the same already
			row.Direction = old
		}
		_, before := mapping.Compile(f.Map, m.fields(connector.A), m.fields(connector.B), m.options())
		f.Map[i] = row
		_, after := mapping.Compile(f.Map, m.fields(connector.A), m.fields(connector.B), m.options())
		for _, p := range after {
			if p.Row == i || len(after) > len(before) {
				if p.Row == i && row.Key() == key {
					return "", changed{}, unsaved{was, trimmed(act.said + " " + p.Plain)}
				}
				return "", changed{}, impossible(p.Plain)
			}
		}
		if act.how != "" && act.at >= 0 {
			m.typed = &typedRow{row, act}
		}
		return said, changed{key: row.Key()}, nil
	}}
}

// added is the place of the step that one row has more than another.
func added(before, after mapping.Row) int {
	x, y := before.Chain(), after.Chain()
	if len(x) > 0 && len(y) > 0 && x[0].Do == y[0].Do {
		return len(y) - 1
	}
	return 0
}

// editRules changes the rules of the whole flow.
func editRules(m *mapOf, form func(string) []string) mapEdit {
	return mapEdit{want: "change the rules of the flow.", do: func(f *flow.Flow) (string, changed, error) {
		if v := oneOf(form("direction")); v != "" {
			f.Direction = mapping.Direction(v)
		}
		if v := oneOf(form("match")); v != "" {
			f.Match = strings.Split(v, ",")
		}
		if v := oneOf(form("conflict")); v != "" {
			f.Conflict = mapping.Policy(v)
		}
		if v := oneOf(form("blank")); v != "" {
			f.Blank = mapping.Blank(v)
		}
		if v := oneOf(form("delete")); v != "" {
			f.Delete = flow.Delete(v)
		}
		if v := oneOf(form("region")); v != "" && !(v == "US" && f.Region == "") {
			f.Region = v
		}
		was := m.flow().Problems()
		for _, p := range f.Problems() {
			if !slices.ContainsFunc(was, func(q flow.Problem) bool { return q.Field == p.Field }) && !strings.HasPrefix(p.Field, "map.") {
				return "", changed{}, impossible("That rule is not one that Couplet knows: " + p.Text + ".")
			}
		}
		return "The rules are changed.", changed{anchor: "rules"}, nil
	}}
}
