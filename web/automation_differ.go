package web

import (
	"cmp"
	"slices"
	"strings"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/store"
	"couplet/templates"
)

// automationWords say in what two states of an automation differ. What a field is called, and its choices, are those of the field
// that stands for it on the page.
type automationWords struct {
	systems automation.Systems
	conns   []connection.Connection
}

// view is the page of one state, with a step open on it.
func (w automationWords) view(a automation.Automation, open string) *canvasView {
	return &canvasView{canvasOf: &canvasOf{draft: store.Automation{Draft: a}, systems: w.systems, conns: w.conns}, at: templates.CanvasAt{Step: open},
		all: automation.Values(a, automation.AtEnd, w.systems)}
}

// parts are what differences are grouped by, besides the steps: what has to be open to make such a change, "" for the rest.
func (w automationWords) part(d automation.Difference) string {
	if d.Step == "" && (d.Field == "time_zone" || d.Field == "per_hour") {
		return templates.OpenTrigger
	}
	return (&canvasView{}).opensAt(automation.Problem{Step: d.Step, Field: d.Field})
}

// stepDone are the things that can happen to a step.
var stepDone = []struct{ word, past string }{{"Added", "added"}, {"Removed", "removed"}, {"Moved", "moved"}, {"Changed", "changed"}}

// stepKind is what happened to the step of a difference.
func stepKind(d automation.Difference) int {
	switch {
	case d.Field != automation.PlaceField:
		return 3
	case d.Was == "":
		return 0
	case d.Now == "":
		return 1
	}
	return 2
}

// name is what a step is called, as it is now, or as it was where it is gone.
func (w automationWords) name(id string, was, now automation.Automation) string {
	return cmp.Or(w.view(now, "").called(id), w.view(was, "").called(id))
}

// sentence says in what two states differ.
func (w automationWords) sentence(was, now automation.Automation) string {
	var steps [4][]string
	var others []string
	for _, d := range automation.Compare(was, now) {
		if d.Step == "" {
			word := map[string]string{templates.OpenTrigger: "what sets it off", templates.OpenFilter: "the filter"}[w.part(d)]
			if word = cmp.Or(word, "the name"); !slices.Contains(others, word) {
				others = append(others, word)
			}
		} else if kind := stepKind(d); !slices.Contains(steps[kind], d.Step) {
			steps[kind] = append(steps[kind], d.Step)
		}
	}
	var said []string
	for kind, ids := range steps {
		switch n := len(ids); {
		case n == 0:
		case n <= namedInSentence:
			for _, id := range ids {
				said = append(said, w.name(id, was, now)+" was "+stepDone[kind].past+".")
			}
		default:
			said = append(said, templates.Number(n)+" steps were "+stepDone[kind].past+".")
		}
	}
	if len(others) > 0 {
		said = append(said, "Changed: "+listed(others)+".")
	}
	return cmp.Or(strings.Join(said, " "), "Nothing differs.")
}

// groups are how two states differ: what sets it off, the filter, the steps in their order, and the rest.
func (w automationWords) groups(was, now automation.Automation) (out []templates.DiffGroup) {
	lines := map[string][]templates.DiffLine{}
	var order []string
	for _, d := range automation.Compare(was, now) {
		part := w.part(d)
		if !slices.Contains(order, part) {
			order = append(order, part)
		}
		line := w.line(d, was, now)
		if slices.ContainsFunc(lines[part], func(l templates.DiffLine) bool { return l.Label == line.Label }) {
			continue // several keys of one thing
		}
		lines[part] = append(lines[part], line)
	}
	slices.SortStableFunc(order, func(x, y string) int { return rank(x) - rank(y) })
	for _, part := range order {
		out = append(out, templates.DiffGroup{Title: cmp.Or(w.name(part, was, now), "The automation"), Lines: lines[part]})
	}
	return out
}

func rank(part string) int {
	if at := slices.Index([]string{templates.OpenTrigger, templates.OpenFilter, ""}, part); at >= 0 {
		return at
	}
	return 3
}

// line is one difference in words.
func (w automationWords) line(d automation.Difference, was, now automation.Automation) templates.DiffLine {
	line := templates.DiffLine{Label: d.Field, Was: d.Was, Now: d.Now, None: "Nothing"}
	both := func(label string, say func(a automation.Automation, st automation.Step) string) templates.DiffLine {
		line.Label, line.Was, line.Now = label, say(was, stepOf(was, d.Step)), say(now, stepOf(now, d.Step))
		return line
	}
	word, _, _ := strings.Cut(d.Field, ".")
	switch {
	case d.Field == automation.PlaceField:
		kind := stepKind(d)
		line.Label, line.Word, line.None = "The step", stepDone[kind].word, "No step"
		if kind < 2 {
			return both(line.Label, func(a automation.Automation, st automation.Step) string {
				if st.ID == "" {
					return ""
				}
				return w.view(a, "").does(st)
			})
		}
		line.Was, line.Now = "Step "+d.Was, "Step "+d.Now
		return line
	case slices.Contains([]string{"trigger.kind", "trigger.system", "trigger.event", "trigger.object"}, d.Field):
		return both("What sets it off", func(a automation.Automation, _ automation.Step) string {
			c := w.view(a, "").trigger()
			return c.Title + ". " + c.Does
		})
	case d.Field == "connections":
		return both("Accounts", func(a automation.Automation, _ automation.Step) string { return w.accounts(a) })
	case d.Field == "filter":
		return both("Conditions", func(a automation.Automation, _ automation.Step) string {
			return a.Filter.Words(automation.Values(a, "", w.systems))
		})
	case d.Field == "if":
		return both("Only if", func(a automation.Automation, st automation.Step) string {
			return st.If.Words(automation.Values(a, st.ID, w.systems))
		})
	case word == "wait":
		return both("Wait", func(a automation.Automation, st automation.Step) string {
			said := waitWords(st.Wait, automation.Values(a, st.ID, w.systems))
			if st.Wait.TimeZone != "" {
				said += ", time zone " + st.Wait.TimeZone
			}
			return said
		})
	case d.Field == "operation", d.Field == "system", d.Field == "kind":
		return both("What it does", func(_ automation.Automation, st automation.Step) string { return w.systems.Title(st) })
	case d.Step == "" && d.Field == "name":
		line.Label = "Name"
		return line
	}
	known := automation.Values(now, d.Step, w.systems)
	for _, a := range []automation.Automation{was, now} {
		if f, ok := w.field(a, d); ok {
			line.Label, line.Was, line.Now = f.Label, choiceText(f, line.Was), choiceText(f, line.Now)
		}
	}
	line.Was, line.Now = automation.Told(known, line.Was), automation.Told(known, line.Now)
	return line
}

// stepOf is a step by its id, an empty one where it is not there.
func stepOf(a automation.Automation, id string) automation.Step {
	st, err := automation.StepAt(a, automation.PlaceOf(a, id))
	if err != nil {
		return automation.Step{}
	}
	return st
}

// accounts are the names of the accounts that it works with.
func (w automationWords) accounts(a automation.Automation) string {
	var names []string
	for _, id := range a.Connections {
		for _, conn := range w.conns {
			if conn.ID == id {
				names = append(names, conn.Name)
			}
		}
	}
	return strings.Join(names, " and ")
}

// field is the one that stands for a difference on the page.
func (w automationWords) field(a automation.Automation, d automation.Difference) (templates.CanvasField, bool) {
	i := w.view(a, w.part(d)).open()
	if i == nil {
		return templates.CanvasField{}, false
	}
	all := append(slices.Clone(i.Fields), templates.CanvasField{Name: "fail", Label: "If this step fails", Choices: i.Fails})
	all = append(all, i.Retries...)
	if i.Once != nil {
		all = append(all, *i.Once)
	}
	for _, p := range i.Pairs {
		all = append(all, p.Rows...)
	}
	at := slices.IndexFunc(all, func(f templates.CanvasField) bool { return f.Name == d.Field })
	if at < 0 {
		return templates.CanvasField{}, false
	}
	return all[at], true
}

// choiceText is what people read for a value that was chosen or ticked.
func choiceText(f templates.CanvasField, v string) string {
	if f.Kind == "check" && v == "true" {
		return "Yes"
	}
	for _, o := range f.Choices {
		if o.Value == v && v != "" {
			return o.Text
		}
	}
	return v
}
