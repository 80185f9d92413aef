package web

import (
	"net/url"
	"slices"
	"strings"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/templates"
)

// editName gives the automation another name.
func editName(_ *canvasOf, form url.Values) automationEdit {
	name := strings.TrimSpace(form.Get("name"))
	return automationEdit{want: "give it another name.", do: func(a automation.Automation, _ *templates.CanvasAt) (automation.Automation, string, error) {
		if why := flow.BadName(name); why != "" {
			return a, "", impossible("The name “" + name + "” " + why + ".")
		}
		a.Name = name
		return a, "It is called " + name + " now.", nil
	}}
}

// editAdd puts a new step where the next one goes, and opens it.
func editAdd(x *canvasOf, form url.Values) automationEdit {
	return automationEdit{want: "add a step.", do: func(a automation.Automation, at *templates.CanvasAt) (automation.Automation, string, error) {
		st, ok := newStep(a, form.Get("put"), x.systems)
		if !ok {
			return a, "", impossible("That step is not in the list any more. Choose another one.")
		}
		place := form.Get("place")
		st.ID = automation.NewID(a)
		a, err := automation.Insert(a, place, st)
		if err != nil {
			return a, "", err
		}
		at.Step, at.Values, at.Place = st.ID, "", next(place)
		b := &canvasView{canvasOf: x}
		return a, "Step " + automation.Number(a, place) + " is added: " + b.title(st) + ".", nil
	}}
}

// newStep is a new step of what was chosen: a kind, or an operation as "system/id".
func newStep(a automation.Automation, put string, s automation.Systems) (st automation.Step, ok bool) {
	system, operation, is := strings.Cut(put, "/")
	if is {
		st = automation.Step{Kind: automation.Operation, System: system, Operation: operation}
		o, known := s.Find(st)
		if known {
			st.With = obvious(a, o, system, s)
		}
		return st, known
	}
	st.Kind = put
	switch put {
	case automation.Pause:
		st.Wait.For, _ = flow.ParseDuration("1h")
	case automation.Request:
		st.HTTP.Method = "POST"
	case automation.Script:
		st.Code = "def run(input):\n    return {}\n"
	}
	return st, put != automation.Operation && slices.ContainsFunc(automation.StepKinds, func(w automation.Word) bool { return w.ID == put })
}

// obvious is what a new operation is given from the start: the id of the record that set it off, where it asks for that of such a
// record in the same system.
func obvious(a automation.Automation, o *connector.Operation, system string, s automation.Systems) map[string]string {
	if a.Trigger.System != system {
		return nil
	}
	for _, t := range o.Takes {
		for thing := range s[system].Catalog.Things {
			path := thing + ".id"
			if t.Asked() && t.Required && t.Name == thing+"Id" && knows(automation.Values(a, "", s), path) {
				return map[string]string{t.Name: "{{" + path + "}}"}
			}
		}
	}
	return nil
}

// editDo moves, copies or removes a step: "up:s1", "down:s1", "copy:s1", "drop:s1", "move:s1" with a place, or what was dragged
// from one place to another, "1>3".
func editDo(x *canvasOf, form url.Values) automationEdit {
	what, id, _ := strings.Cut(form.Get("act"), ":")
	from, to, dragged := strings.Cut(form.Get("lift"), ">")
	return automationEdit{want: "move, copy or remove a step.", do: func(a automation.Automation, at *templates.CanvasAt) (automation.Automation, string, error) {
		place := automation.PlaceOf(a, id)
		if dragged {
			what, place = "move", from
		} else {
			to = form.Get("to")
		}
		st, err := automation.StepAt(a, place)
		if err != nil {
			return a, "", err
		}
		b := &canvasView{canvasOf: x}
		title, was := b.title(st), place
		switch what {
		case "up", "down":
			a, place, err = automation.Shift(a, place, map[string]int{"up": -1, "down": 1}[what])
		case "move":
			a, place, err = automation.Move(a, place, to)
		case "copy":
			st.ID = ""
			if a, err = automation.Insert(a, next(place), st); err == nil {
				copied, _ := automation.StepAt(a, next(place))
				at.Step, at.Values, at.Place = copied.ID, "", ""
				return a, "“" + title + "” is there twice now. The copy is step " + automation.Number(a, next(place)) + ".", nil
			}
		case "drop":
			if a, err = automation.Remove(a, place); err == nil {
				at.Place = ""
				if at.Step == st.ID {
					at.Step, at.Values = "", ""
				}
				return a, "“" + title + "” is removed.", nil
			}
		default:
			return a, "", impossible("That button is not known here. Load the page again.")
		}
		if err != nil {
			if err != automation.ErrNoPlace {
				err = impossible(sentence(templates.Capital(err.Error())))
			}
			return a, "", err
		}
		at.Place = ""
		if place == was {
			return a, "“" + title + "” cannot go further that way.", nil
		}
		return a, "“" + title + "” is step " + automation.Number(a, place) + " now.", nil
	}}
}
