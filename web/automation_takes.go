package web

import (
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/templates"
)

// operationFields are what the operation takes.
func (x *inspected) operationFields(i *templates.Inspector) {
	o, ok := x.systems.Find(x.st)
	if !ok {
		i.Does = "What it should do is not in the catalog. Remove it, and add another step from the list."
		return
	}
	i.Does, i.Doubt = o.Does, o.Doubt
	own := map[string]bool{}
	for _, t := range o.Takes {
		own[t.Name] = true
		if t.Asked() {
			if slices.Contains(o.OneOf, t.Name) {
				t.Help = strings.TrimSpace(t.Help + " " + templates.Capital(o.Choice()) + " is needed.")
			}
			i.Fields = append(i.Fields, x.takeField(t))
		}
	}
	if o.More != "" {
		i.Pairs = append(i.Pairs, x.pairs("with", "More", o.More, x.st.With, own))
	}
}

// takeField is the field of a value that an operation takes.
func (x *inspected) takeField(t connector.Take) templates.CanvasField {
	f := templates.CanvasField{Name: "with." + t.Name, Label: t.Label, Help: t.Help, Type: takeWords[t.Type], Required: t.Required, Value: x.st.With[t.Name], Kind: "line", Pills: true}
	switch t.Type {
	case "text", "list", "data":
		f.Kind = "text"
	case "choice":
		f.Choices = fixedChoices(t.Choices, t.Choices)
	case "yes_no":
		f.Choices = fixedChoices([]string{"true", "false"}, []string{"Yes", "No"})
	case "date":
		f.Example = "2026-03-02"
	case "time":
		f.Example = "2026-03-02T17:00:00Z"
	}
	x.offer(&f, t)
	return x.typedField(f)
}

// offer puts the choices of the account into a field that takes one of a list of it. Without them it is typed.
func (x *inspected) offer(f *templates.CanvasField, t connector.Take) {
	if _, from := x.systems[x.st.System].Catalog.Lists[t.From]; !from || x.choices == nil {
		return
	}
	conn := x.account(x.st.System)
	if conn == nil {
		f.Note = "Choose an account in the card “When” to see what there is to choose. Until then it is typed."
		return
	}
	list, problem := x.choices(*conn, x.systems[x.st.System], t.From)
	if problem != "" {
		f.Note, f.Said = x.systems[x.st.System].Spec.Name+" could not be asked for its list, so it is typed.", problem
		return
	}
	if t.Type == "list" { // of several
		f.Listed = list
		return
	}
	f.Choices = []templates.MapOption{{Value: "", Text: "Nothing"}}
	there := f.Value == ""
	for _, c := range list {
		there = there || c.ID == f.Value
		f.Choices = append(f.Choices, templates.MapOption{Value: c.ID, Text: c.Name})
	}
	if !there {
		f.Choices = append(f.Choices, templates.MapOption{Value: f.Value, Text: f.Value + " (not in the list of the account)"})
	}
}

var takeWords = map[string]string{"email": "email", "phone": "phone", "number": "number", "yes_no": "yes or no", "date": "day", "time": "day and time", "list": "list", "data": "JSON"}

func fixedChoices(values, words []string) []templates.MapOption {
	out := []templates.MapOption{{Value: "", Text: "Nothing"}}
	for i, v := range values {
		out = append(out, templates.MapOption{Value: v, Text: words[i]})
	}
	return out
}
