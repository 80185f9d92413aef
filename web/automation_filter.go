package web

import (
	"net/url"
	"strconv"
	"strings"

	"couplet/internal/automation"
	"couplet/templates"
)

// A filter on a page is a list of conditions that all hold, or one of which does, or a formula. What a file may nest deeper is shown
// in words and stays as it is.

// conditions are those of a filter that a form can show, and how they are joined.
func conditions(f automation.Filter) (rows []automation.Filter, way string, flat bool) {
	switch {
	case f.Formula != "":
		return nil, "formula", true
	case len(f.Any) > 0:
		rows, way = f.Any, "any"
	case len(f.All) > 0:
		rows, way = f.All, "all"
	case !f.IsZero():
		rows, way = []automation.Filter{f}, "all"
	default:
		way = "all"
	}
	for _, r := range rows {
		if len(r.All)+len(r.Any) > 0 || r.Formula != "" {
			return nil, way, false
		}
	}
	return rows, way, true
}

// rowField is the key of a condition in a file.
func rowField(field string, f automation.Filter, i int) string {
	switch {
	case len(f.Any) > 0:
		return field + ".any." + strconv.Itoa(i)
	case len(f.All) > 0:
		return field + ".all." + strconv.Itoa(i)
	}
	return field
}

func (x *inspected) filterForm(field, title string, f automation.Filter) templates.FilterForm {
	rows, way, flat := conditions(f)
	form := templates.FilterForm{Field: field, Title: title, Error: x.fault(field)}
	if x.unasked != "" {
		form.Help, form.Said = x.systems[x.a().Trigger.System].Spec.Name+" could not be asked for fields of its own, so only the standard ones are in the list.", x.unasked
	}
	if !f.IsZero() && !x.wrongAt(x.at.Step) {
		if holds, _, err := x.scene.Judge(f, x.known); err == nil {
			form.Now = map[bool]string{true: "The sample passes.", false: "The sample does not pass."}[holds]
		}
	}
	if p := x.passes(); field == "filter" && p != nil {
		form.Would, form.Passing, form.Failing = sentence(p.words), listed(p.yes), listed(p.not)
	}
	if !flat {
		form.Nested = "It is: " + f.Words(x.known) + ". Groups inside groups are written in a file, and stay as they are here."
		for _, p := range x.problems {
			if strings.HasPrefix(p.Field, field+".") && x.opensAt(p) == x.at.Step {
				form.Error, x.used[p.Field] = sentence(templates.Capital(p.Text)), true
			}
		}
		return form
	}
	for _, o := range []templates.MapOption{{Value: "all", Text: "All hold"}, {Value: "any", Text: "One holds"}, {Value: "formula", Text: "Formula"}} {
		o.Chosen = o.Value == way
		form.Ways = append(form.Ways, o)
	}
	if way == "formula" {
		ff := x.typedField(templates.CanvasField{Name: field + ".formula", Label: "Formula", Kind: "text", Value: f.Formula, Help: `It gives yes or no, such as contact.city == "Lisbon" and "lead" in contact.tags.`})
		form.Formula = &ff
		return form
	}
	for i, r := range rows {
		form.Rows = append(form.Rows, x.filterRow(field, rowField(field, f, i), i, r))
	}
	return form
}

func (x *inspected) filterRow(field, key string, i int, f automation.Filter) templates.FilterRow {
	r := templates.FilterRow{Name: field + "." + strconv.Itoa(i), Field: key}
	kind := ""
	for _, v := range x.known {
		if v.Path == f.Value {
			kind = v.Type
		}
		from := x.from(v)
		if len(r.Values) == 0 || r.Values[len(r.Values)-1].Title != from {
			r.Values = append(r.Values, templates.CanvasGroupOf{Title: from})
		}
		g := &r.Values[len(r.Values)-1]
		g.Options = append(g.Options, templates.MapOption{Value: v.Path, Text: v.Label, Chosen: v.Path == f.Value})
	}
	if f.Value != "" && kind == "" && !knows(x.known, f.Value) {
		r.Values = append(r.Values, templates.CanvasGroupOf{Title: "Not known here", Options: []templates.MapOption{{Value: f.Value, Text: f.Value, Chosen: true}}})
	}
	for _, op := range automation.OpsFor(kind) {
		r.Ops = append(r.Ops, templates.MapOption{Value: op.ID, Text: op.Title, Chosen: op.ID == f.Op})
	}
	if op, ok := automation.OpNamed(f.Op); ok && op.Than != "" {
		example := map[string]string{"span": "24h", "list": "one, another"}[op.Than]
		r.Than = &templates.CanvasField{Value: f.Than, Example: example}
	}
	for _, part := range []string{"", ".value", ".op", ".than"} {
		if why := x.fault(key + part); why != "" && key+part != field {
			r.Error = why
		}
	}
	return r
}

func knows(values []automation.Value, path string) bool {
	for _, v := range values {
		if v.Path == path {
			return true
		}
	}
	return false
}

// readFilter is a filter as a form sends it; was is what it is, and stays where the form cannot show it. act is what is to be done
// with one of its conditions.
func readFilter(form url.Values, field string, was automation.Filter, act string, values []automation.Value) automation.Filter {
	_, before, flat := conditions(was)
	if !flat || !form.Has(field+".way") {
		return was
	}
	way := form.Get(field + ".way")
	if way == "formula" {
		text := strings.TrimSpace(form.Get(field + ".formula"))
		if before != "formula" || text == "" {
			text = "true" // which lets everything through until it is written
		}
		return automation.Filter{Formula: text}
	}
	var rows []automation.Filter
	for _, name := range form[field+".row"] {
		if act == "uncond:"+name {
			continue
		}
		rows = append(rows, readCondition(form, name, values))
	}
	if act == "cond:"+field {
		rows = append(rows, automation.Filter{})
	}
	switch {
	case len(rows) == 0:
		return automation.Filter{}
	case len(rows) == 1 && !rows[0].IsZero() && way != "any":
		return rows[0]
	case way == "any":
		return automation.Filter{Any: rows}
	}
	return automation.Filter{All: rows}
}

// readCondition reads one condition. A way to look at it that does not fit its value is replaced by the first one that does.
func readCondition(form url.Values, name string, values []automation.Value) automation.Filter {
	f := automation.Filter{Value: form.Get(name + ".value"), Op: form.Get(name + ".op"), Than: form.Get(name + ".than")}
	if f.Value == "" {
		return automation.Filter{}
	}
	kind := ""
	for _, v := range values {
		if v.Path == f.Value {
			kind = v.Type
		}
	}
	fits := automation.OpsFor(kind)
	op := fits[0]
	for _, o := range fits {
		if o.ID == f.Op {
			op = o
		}
	}
	if f.Op = op.ID; op.Than == "" {
		f.Than = ""
	}
	return f
}
