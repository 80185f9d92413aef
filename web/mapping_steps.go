package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/mapping"
	"couplet/templates"
)

// stepsOf are the steps of a row with what a person chose, or may choose, about each.
func (b *board) stepsOf(row mapping.Row) (out []templates.MapDone) {
	chain := row.Chain()
	for i, st := range chain {
		k, _ := mapping.StepKindNamed(st.Do)
		d := templates.MapDone{Do: st.Do, Title: k.Title, Icon: k.Icon, Help: k.Help, First: i == 0, Last: i == len(chain)-1}
		for _, s := range k.Settings {
			v, given := st.With[s.Name]
			if !given {
				v = s.Default
			}
			set := templates.MapSetting{Name: s.Name, Label: s.Label, Help: s.Help, Kind: s.Kind, Value: v}
			for _, c := range s.Choices {
				set.Choices = append(set.Choices, templates.MapOption{Value: c.Value, Text: c.Text, Chosen: c.Value == v})
			}
			switch s.Kind {
			case "formula":
				set.Terms = b.terms(row)
			case "table":
				set.Table = b.table(row, i)
			}
			d.Settings = append(d.Settings, set)
		}
		out = append(out, d)
	}
	return out
}

// terms are the words that a formula of a row may be made of: its fields first.
func (b *board) terms(row mapping.Row) []templates.MapTerm {
	side := b.begins(row)
	names := row.Side(side)
	all := b.end(side, names)
	out := []templates.MapTerm{{Put: "value", Means: all.Label}}
	if len(names) > 1 {
		for i, n := range names {
			out = append(out, templates.MapTerm{Put: "f" + strconv.Itoa(i+1), Means: b.end(side, mapping.Names{n}).Label})
		}
	}
	for _, f := range mapping.Functions {
		out = append(out, templates.MapTerm{Put: f.Put, Means: f.Means})
	}
	return out
}

// likely are the steps that most people look for, in this order.
var likely = []string{"trim", "title_case", "e164", "map_values", "formula", "if_empty"}

// more are the steps that can be added to a row, by group, and those that are likely.
func (b *board) more(i int) (out []templates.MapGroup, first []templates.MapOption) {
	for _, k := range mapping.StepsFor(b.flow().Map, i, b.fields(connector.A), b.fields(connector.B), b.options()) {
		if len(out) == 0 || out[len(out)-1].Title != k.Group {
			out = append(out, templates.MapGroup{Title: k.Group})
		}
		g := &out[len(out)-1]
		o := templates.MapOption{Value: k.Name, Text: k.Title, Icon: k.Icon, Why: k.Help}
		g.Kinds = append(g.Kinds, o)
		if slices.Contains(likely, k.Name) {
			first = append(first, o)
		}
	}
	slices.SortFunc(first, func(x, y templates.MapOption) int {
		return cmp.Compare(slices.Index(likely, x.Value), slices.Index(likely, y.Value))
	})
	return out, first
}

// formSteps are the steps of a row as a form sends them.
func formSteps(r mapping.Row) (out []templates.MapRowStep) {
	for _, st := range r.Chain() {
		fs := templates.MapRowStep{Do: st.Do}
		for _, name := range slices.Sorted(maps.Keys(st.With)) {
			fs.With = append(fs.With, [2]string{name, st.With[name]})
		}
		out = append(out, fs)
	}
	return out
}

// stepAct is what was done to a step: how, and the place of the step now, -1 where nothing was or it is gone. line is the row of its
// table to look at, said says it in words.
type stepAct struct {
	how      string
	at, line int
	said     string
}

// readSteps are the steps that a form sends, and what is to be done with one of them: "up:2", "down:2", "drop:2", a move from one
// place to another, "2:0", or something in its table, "cut:2:4" or "rows:2".
func readSteps(form func(string) []string) (steps []mapping.Step, act stepAct) {
	what := strings.Split(oneOf(form("act")), ":")
	act.at = -1
	for i, do := range form("step") {
		st := mapping.Step{Do: do}
		k, _ := mapping.StepKindNamed(do)
		for _, s := range k.Settings {
			v := oneOf(form(templates.StepInput(i, s.Name)))
			if s.Kind == "table" {
				if text, said := readTable(form, templates.StepInput(i, s.Name), i, what); text != v || said != (stepAct{}) {
					v = text
					if said != (stepAct{}) {
						act = said
					}
				}
			}
			if v != "" && v != s.Default {
				if st.With == nil {
					st.With = map[string]string{}
				}
				st.With[s.Name] = strings.ReplaceAll(v, "\r\n", "\n")
			}
		}
		steps = append(steps, st)
	}
	if what[0] == "cut" || what[0] == "rows" {
		return steps, act
	}
	n, err := strconv.Atoi(what[len(what)-1])
	how, to := what[0], n
	switch how {
	case "up":
		to = n - 1
	case "down":
		to = n + 1
	}
	if from, there, dragged := strings.Cut(oneOf(form("move")), ":"); dragged {
		how = "drag"
		var bad error
		n, err = strconv.Atoi(from)
		if to, bad = strconv.Atoi(there); bad != nil {
			err = bad
		}
	}
	if err != nil || n < 0 || n >= len(steps) || to < 0 || to >= len(steps) {
		return steps, act
	}
	st := steps[n]
	steps = slices.Delete(steps, n, n+1)
	if how == "drop" {
		return steps, stepAct{at: -1}
	}
	return slices.Insert(steps, to, st), stepAct{how: how, at: to, said: fmt.Sprintf("The step is number %d of %d now.", to+1, len(steps)+1)}
}

// addStep puts one more step into the row i of rows, and says what came of it.
func (m *mapOf) addStep(rows []mapping.Row, i int, name string) (mapping.Row, string, error) {
	row, err := mapping.AddStep(rows, i, name, m.fields(connector.A), m.fields(connector.B), m.options())
	if err != nil {
		return row, "", err
	}
	k, _ := mapping.StepKindNamed(name)
	if row, err = m.beginTable(row, added(rows[i], row), k); err != nil {
		return row, "", err
	}
	said := fmt.Sprintf("The step %s is added.", k.Title)
	if row.Direction != rows[i].Direction {
		from := connector.A
		if row.Direction == mapping.BToA {
			from = connector.B
		}
		s := m.options().Systems
		said += fmt.Sprintf(" It works one way only, so this pair goes from %s to %s now.", s[from], s[from.Other()])
	}
	return row, said, nil
}
