package web

import (
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
func stepsOf(row mapping.Row) (out []templates.MapDone) {
	for _, st := range row.Chain() {
		k, _ := mapping.StepKindNamed(st.Do)
		d := templates.MapDone{Title: k.Title, Icon: k.Icon, Help: k.Help}
		for _, s := range k.Settings {
			v, given := st.With[s.Name]
			if !given {
				v = s.Default
			}
			set := templates.MapSetting{Name: s.Name, Label: s.Label, Help: s.Help, Kind: s.Kind, Value: v}
			for _, c := range s.Choices {
				set.Choices = append(set.Choices, templates.MapOption{Value: c.Value, Text: c.Text, Chosen: c.Value == v})
			}
			d.Settings = append(d.Settings, set)
		}
		out = append(out, d)
	}
	return out
}

// more are the steps that can be added to a row, by group.
func (b *board) more(i int) (out []templates.MapGroup) {
	for _, k := range mapping.StepsFor(b.flow().Map, i, b.fields(connector.A), b.fields(connector.B), b.options()) {
		if len(out) == 0 || out[len(out)-1].Title != k.Group {
			out = append(out, templates.MapGroup{Title: k.Group})
		}
		g := &out[len(out)-1]
		g.Kinds = append(g.Kinds, templates.MapOption{Value: k.Name, Text: k.Title, Icon: k.Icon})
	}
	return out
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

// readSteps are the steps that a form sends, and what is to be done with one of them: "up:2", "down:2", "drop:2".
func readSteps(form func(string) []string) (steps []mapping.Step) {
	for i, do := range form("step") {
		st := mapping.Step{Do: do}
		k, _ := mapping.StepKindNamed(do)
		for _, s := range k.Settings {
			if v := oneOf(form(templates.StepInput(i, s.Name))); v != "" && v != s.Default {
				if st.With == nil {
					st.With = map[string]string{}
				}
				st.With[s.Name] = strings.ReplaceAll(v, "\r\n", "\n")
			}
		}
		steps = append(steps, st)
	}
	what, at, _ := strings.Cut(oneOf(form("act")), ":")
	n, err := strconv.Atoi(at)
	if err != nil || n < 0 || n >= len(steps) {
		return steps
	}
	switch {
	case what == "drop":
		steps = slices.Delete(steps, n, n+1)
	case what == "up" && n > 0:
		steps[n-1], steps[n] = steps[n], steps[n-1]
	case what == "down" && n < len(steps)-1:
		steps[n+1], steps[n] = steps[n], steps[n+1]
	}
	return steps
}

// addStep puts one more step into the row i of rows, and says what came of it.
func (m *mapOf) addStep(rows []mapping.Row, i int, name string) (mapping.Row, string, error) {
	row, err := mapping.AddStep(rows, i, name, m.fields(connector.A), m.fields(connector.B), m.options())
	if err != nil {
		return row, "", err
	}
	k, _ := mapping.StepKindNamed(name)
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
