package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"couplet/internal/connector"
	"couplet/internal/mapping"
	"couplet/templates"
)

// A table of values is edited in rows of two cells. Where a field has few choices, each of them has its row and the cells are choices.
// What is pasted from a sheet is read here, whether a script sent it or a person filled in the fold.

// choicesMost is up to how many choices a field may have for each to have a row, or to be chosen from a list.
const choicesMost = 24

// begins is the side that the steps of a row begin at.
func (m *mapOf) begins(row mapping.Row) connector.Side {
	if row.Direction == mapping.BToA || row.Direction == "" && m.flow().Direction == mapping.BToA {
		return connector.B
	}
	return connector.A
}

func (m *mapOf) ends(row mapping.Row, at int) [2]*connector.Field {
	return row.Ends(at, m.begins(row), m.fields(connector.A), m.fields(connector.B))
}

// beginTable fills the table of a step that was just added with what both fields call the same. Where they have nothing in common,
// the step is there to be filled in, and not saved.
func (m *mapOf) beginTable(row mapping.Row, at int, k mapping.StepKind) (mapping.Row, error) {
	i := slices.IndexFunc(k.Settings, func(s mapping.Setting) bool { return s.Kind == "table" })
	if i < 0 {
		return row, nil
	}
	rows, known := mapping.Likely(m.ends(row, at))
	if !known {
		return row, nil
	}
	chain := slices.Clone(row.Chain())
	chain[at].With = map[string]string{k.Settings[i].Name: mapping.TableText(rows)}
	if len(rows) == 0 {
		return row.WithChain(chain), errors.New("The two fields call none of their choices the same. Choose what each becomes; the step is saved with the first of them.")
	}
	return row.WithChain(chain), nil
}

// table is the table of the step at a place of a row.
func (b *board) table(row mapping.Row, at int) *templates.MapTable {
	st := row.Chain()[at]
	both := st.Do == "map_values"
	ends := b.ends(row, at)
	t := &templates.MapTable{Heads: [2]string{"Comes in as", "Becomes"}}
	for i, f := range ends {
		side := b.begins(row)
		if i == 1 {
			side = side.Other()
		}
		if f != nil {
			t.Heads[i] = b.end(side, mapping.Names{f.Name}).Label + " in " + b.systems[side].Name
		}
		t.Choices[i] = mapping.Choices(f)
		t.Long[i] = len(t.Choices[i]) > choicesMost
	}
	rows := mapping.TableRows(st.With["table"])
	for i, fault := range mapping.TableFaults(rows, both) {
		x := templates.MapTableRow{From: rows[i].From, To: rows[i].To, Error: fault}
		for k, v := range []string{x.From, x.To} {
			if t.Odd(k, v) {
				x.Warn = trimmed(x.Warn + fmt.Sprintf(" “%s” is no choice of %s.", v, t.Heads[k]))
			}
		}
		t.Rows = append(t.Rows, x)
	}
	if both && !t.Long[0] {
		t.Open = t.Choices[0]
		t.Rows = withChoices(t.Rows, t.Open)
	}
	if both && ends[1] != nil && !t.Long[1] {
		t.Unmet = unmet(t)
	}
	t.Rows = append(t.Rows, templates.MapTableRow{Blank: true})
	return t
}

// withChoices gives each choice a row, in the order of the choices; what is none comes after them.
func withChoices(rows []templates.MapTableRow, choices []string) (out []templates.MapTableRow) {
	rest := slices.Clone(rows)
	for _, v := range choices {
		i := slices.IndexFunc(rest, func(r templates.MapTableRow) bool { return mapping.Element(r.From) == mapping.Element(v) })
		if i < 0 {
			out = append(out, templates.MapTableRow{From: v, Fixed: true})
			continue
		}
		rest[i].Fixed = true
		out, rest = append(out, rest[i]), slices.Delete(rest, i, i+1)
	}
	return append(out, rest...)
}

// unmet are the choices of the far side that nothing becomes.
func unmet(t *templates.MapTable) (out []string) {
	for _, v := range t.Choices[1] {
		if !slices.ContainsFunc(t.Rows, func(r templates.MapTableRow) bool { return mapping.Element(r.To) == mapping.Element(v) }) {
			out = append(out, v)
		}
	}
	return out
}

// readTable is the table that a form sends for the setting of that name, in rows or as a text, with what was pasted, and what was
// done to it.
func readTable(form func(string) []string, name string, at int, what []string) (text string, act stepAct) {
	from, to := form(name+templates.TableFrom), form(name+templates.TableTo)
	sheet := oneOf(form(name + templates.TableSheet))
	if len(from) == 0 && sheet == "" {
		return oneOf(form(name)), act
	}
	here := len(what) > 1 && what[1] == strconv.Itoa(at)
	cut := -1
	if here && what[0] == "cut" && len(what) > 2 {
		cut, _ = strconv.Atoi(what[2])
		act = stepAct{how: "table", at: at, line: cut, said: "The row is taken out."}
	}
	var rows []mapping.TableRow
	for i := range min(len(from), len(to)) {
		r := mapping.TableRow{From: from[i], To: to[i]}
		if i == cut || trimmed(r.To) == "" && slices.Contains(form(name+templates.TableOpen), r.From) {
			continue
		}
		rows = append(rows, r)
	}
	rows = mapping.TableRows(mapping.TableText(rows))
	if here && what[0] == "rows" {
		act = stepAct{how: "table", at: at, line: len(from)}
	}
	if pasted, more := mapping.ReadSheet(sheet); len(pasted) > 0 {
		n := len(rows)
		rows = mapping.Join(rows, pasted)
		act = stepAct{how: "table", at: at, line: len(from) + len(pasted), said: fmt.Sprintf("%s came from the sheet.", templates.Count(len(rows)-n, "row", "rows"))}
		if len(rows) == n {
			act.said = "The sheet has no row that was not there already."
		}
		if more > 0 {
			act.said += fmt.Sprintf(" Only the first two columns were taken; %s more.", templates.Count(more, "line has", "lines have"))
		}
	}
	return mapping.TableText(rows), act
}
