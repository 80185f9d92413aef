package web

import (
	"slices"
	"strconv"
	"strings"

	"couplet/internal/automation"
	"couplet/templates"
)

// inspected makes the fields of what is open. Their names are the keys of a file, so a problem finds its field, and what a person
// types finds its place.
type inspected struct {
	*canvasView
	known []automation.Value
	scene automation.Scene
	st    automation.Step
	// used are the problems that a field shows, by key.
	used map[string]bool
}

// open is everything about what is open, nil where nothing is.
func (b *canvasView) open() *templates.Inspector {
	x := &inspected{canvasView: b, used: map[string]bool{}}
	var i *templates.Inspector
	switch id := b.at.Step; id {
	case "":
		return nil
	case templates.OpenTrigger:
		i = x.openTrigger()
	case templates.OpenFilter:
		x.knows("")
		i = &templates.Inspector{Title: "Only if", Sub: "What it lets through", Icon: "filter", Does: "Whatever does not pass is left alone, and nothing is done for it."}
		i.Filters = []templates.FilterForm{x.filterForm("filter", "Conditions", b.a().Filter)}
	default:
		place := automation.PlaceOf(b.a(), id)
		st, err := automation.StepAt(b.a(), place)
		if err != nil {
			return nil
		}
		x.st = st
		x.knows(id)
		i = x.openStep(place)
	}
	i.ID, i.Tried = b.at.Step, b.tried.told(b.at.Step)
	for _, p := range b.problems {
		if b.opensAt(p) == i.ID && !x.used[p.Field] {
			i.Problems = append(i.Problems, sentence(templates.Capital(p.Text)))
		}
	}
	return i
}

// knows sets what the open step may name.
func (x *inspected) knows(step string) {
	x.known = automation.Values(x.a(), step, x.systems)
	x.scene = x.sceneOf(x.known)
}

func (x *inspected) openStep(place string) *templates.Inspector {
	st := x.st
	number := automation.Number(x.a(), place)
	i := &templates.Inspector{Title: x.title(st), Sub: "Step " + number, Icon: stepIcon(st.Kind)}
	if sys := x.systemOf(st.System); sys != nil && st.Kind == automation.Operation {
		i.System, i.Sub = sys, "Step "+number+" · "+sys.Name
	}
	if at := slices.IndexFunc(automation.StepKinds, func(w automation.Word) bool { return w.ID == st.Kind }); at >= 0 {
		i.Does = automation.StepKinds[at].Help
	}
	switch st.Kind {
	case automation.Operation:
		x.operationFields(i)
	case automation.Condition:
		i.Filters = append(i.Filters, x.filterForm("if", "Which path is taken", st.If))
	case automation.Pause:
		x.waitFields(i)
	case automation.Each:
		i.Fields = append(i.Fields, x.overField(), x.typedField(templates.CanvasField{Name: "most", Label: "At most", Kind: "line", Type: "number",
			Value: number0(st.Most), Example: strconv.Itoa(automation.UsualEach), Help: "Members beyond that are left out."}))
	case automation.Request:
		x.requestFields(i)
	case automation.Script:
		i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "code", Label: "Script", Kind: "code", Value: st.Code, Required: true,
			Help: "Starlark, which reads like Python. run(input) is called with the values below, and what it returns is its result."}))
		i.Pairs = append(i.Pairs, x.pairs("with", "What it is given", "Each has a name and a text that may hold values.", st.With, nil))
	}
	i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "name", Label: "Name of the step", Kind: "line", Value: st.Name, Example: "What it does, if you leave it empty"}))
	x.ends(i)
	i.Places = x.places(place)
	for _, v := range automation.Values(x.a(), automation.AtEnd, x.systems) {
		if v.Step == st.ID {
			i.Gives = append(i.Gives, templates.CanvasValue{Pill: "{{" + v.Path + "}}", Label: v.Label})
		}
	}
	return i
}

func number0(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// typedField puts into a field what was typed, what is wrong with it, and what it becomes.
func (x *inspected) typedField(f templates.CanvasField) templates.CanvasField {
	if x.typed != nil {
		if v, sent := x.typed[f.Name]; sent || f.Kind == "check" {
			f.Value = oneOf(v)
		}
	}
	f.Error = x.fault(f.Name)
	if len(f.Choices) > 0 && f.Kind != "radio" {
		if f.Kind = "choice"; strings.Contains(f.Value, "{{") {
			f.Kind, f.Choices = "line", nil // a value instead of one that is fixed
		}
	}
	for i := range f.Choices {
		f.Choices[i].Chosen = f.Choices[i].Value == f.Value
	}
	if f.Pills && strings.Contains(f.Value, "{{") {
		f.ShowBecomes = true
		if v, err := x.scene.Fill(f.Value); err != nil {
			f.BecomesWrong = sentence(templates.Capital(err.Error()))
		} else {
			f.Becomes, f.Later = shown(v), x.later(f.Value)
		}
	}
	if f.Pills && x.at.Values == f.Name {
		for _, c := range f.Listed {
			f.Values = append(f.Values, templates.CanvasValue{Pill: c.ID, Label: c.Name, From: "In the account", Member: true})
		}
		f.Values = append(f.Values, x.values()...)
	}
	return f
}

// later reports whether a text names a value of a step before.
func (x *inspected) later(text string) bool {
	pieces, _ := automation.Pieces(text) // it was filled already
	for _, p := range pieces {
		if p.Pill == nil {
			continue
		}
		for _, t := range p.Pill.Of {
			word, _, _ := strings.Cut(t.Path, ".")
			if automation.PlaceOf(x.a(), word) != "" {
				return true
			}
		}
	}
	return false
}

// fault is what is wrong with a field, "" for nothing.
func (x *inspected) fault(field string) string {
	if why := x.wrong[field]; why != "" {
		return sentence(templates.Capital(why))
	}
	for _, p := range x.problems {
		if p.Field == field && x.opensAt(p) == x.at.Step {
			x.used[field] = true
			return sentence(templates.Capital(p.Text))
		}
	}
	return ""
}

// values are what a text may hold here, with where each comes from.
func (x *inspected) values() (out []templates.CanvasValue) {
	for _, v := range x.known {
		out = append(out, templates.CanvasValue{Pill: "{{" + v.Path + "}}", Label: v.Label, From: x.from(v), Sample: shown(x.sampleOf(v))})
	}
	return out
}

// sampleOf is what a value is in the sample: the one that is tried, else the one that its catalog knows.
func (x *inspected) sampleOf(v automation.Value) any {
	if is := x.scene.Data.At(v.Path); is != nil && v.Path != "now" {
		return is
	}
	return v.Sample
}

// from says where a value comes from.
func (x *inspected) from(v automation.Value) string {
	if v.Step != "" {
		return "Step " + automation.Number(x.a(), automation.PlaceOf(x.a(), v.Step))
	}
	word, _, _ := strings.Cut(v.Path, ".")
	switch word {
	case "now":
		return "The clock"
	case "settings":
		return "Settings of the account"
	case "call":
		return "The call"
	}
	if sys, ok := x.systems[x.a().Trigger.System]; ok {
		if t, ok := sys.Catalog.Things[word]; ok {
			return templates.Capital(t.One)
		}
	}
	return "What set it off"
}

func (x *inspected) waitFields(i *templates.Inspector) {
	w := x.st.Wait
	until := w.Until
	if x.typed != nil {
		until = x.typed.Get("wait.until")
	}
	kind := templates.CanvasField{Name: "wait.until", Label: "Wait", Kind: "radio", Value: until, Choices: []templates.MapOption{{Value: "", Text: "For a time"}}}
	for _, u := range automation.Untils {
		kind.Choices = append(kind.Choices, templates.MapOption{Value: u.ID, Text: "Until " + strings.ToLower(u.Title[:1]) + u.Title[1:]})
	}
	i.Fields = append(i.Fields, x.typedField(kind))
	switch until {
	case automation.WorkingDay, automation.NextDay:
		i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "wait.at", Label: "At", Kind: "line", Value: w.At, Example: "09:00", Required: true}),
			x.typedField(templates.CanvasField{Name: "wait.time_zone", Label: "Time zone", Kind: "zone", Value: w.TimeZone, Example: "The automation's, if you leave it empty"}))
	case automation.Moment:
		i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "wait.moment", Label: "Moment", Kind: "line", Value: w.Moment, Required: true, Pills: true}),
			x.typedField(templates.CanvasField{Name: "wait.before", Label: "Before it", Kind: "line", Value: span(w.Before), Example: "24h", Help: "How long before: 30m, 2h, 24h."}))
	default:
		i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "wait.for", Label: "How long", Kind: "line", Value: span(w.For), Example: "2h", Help: "Such as 30m, 2h, 72h.", Required: true}))
	}
}

// overField chooses the list that is gone through.
func (x *inspected) overField() templates.CanvasField {
	return x.typedField(templates.CanvasField{Name: "over", Label: "List", Kind: "line", Value: x.st.Over, Required: true, Pills: true, Example: "{{contact.tags}}", Help: "One value that is a list."})
}

func (x *inspected) requestFields(i *templates.Inspector) {
	h := x.st.HTTP
	method := templates.CanvasField{Name: "http.method", Label: "Method", Value: h.Method, Kind: "choice"}
	for _, m := range []string{"POST", "GET", "PUT", "PATCH", "DELETE"} {
		method.Choices = append(method.Choices, templates.MapOption{Value: m, Text: m})
	}
	i.Fields = append(i.Fields, x.typedField(method),
		x.typedField(templates.CanvasField{Name: "http.url", Label: "Address", Kind: "text", Value: h.URL, Required: true, Pills: true, Example: "https://example.com/hook"}),
		x.typedField(templates.CanvasField{Name: "http.body", Label: "Body", Kind: "text", Value: h.Body, Pills: true, Help: "Leave it empty to send the fields below as JSON."}))
	i.Pairs = append(i.Pairs, x.pairs("with", "Fields", "Sent as JSON.", x.st.With, nil), x.pairs("http.headers", "Headers", "Such as Authorization.", h.Headers, nil))
}

// pairs are names with a text each, but for those that have fields of their own.
func (x *inspected) pairs(field, title, help string, all map[string]string, but map[string]bool) templates.PairsForm {
	p := templates.PairsForm{Field: field, Title: title, Help: help, Add: "Name of a new one: " + title}
	var names []string
	for name := range all {
		if !but[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		p.Rows = append(p.Rows, x.typedField(templates.CanvasField{Name: field + "." + name, Label: name, Kind: "text", Value: all[name], Pills: true}))
	}
	p.Name = templates.CanvasField{Name: "new." + field, Kind: "line"}
	if x.sent.Get("act") != "pair:"+field { // one that is being typed stays while something else is saved
		p.Name.Value = x.sent.Get(p.Name.Name)
	}
	p.Name = x.typedField(p.Name)
	return p
}

// ends are what stands at the end of every step: its own condition, what happens when it fails, and never twice.
func (x *inspected) ends(i *templates.Inspector) {
	st := x.st
	if st.Kind != automation.Condition {
		f := x.filterForm("if", "Only if", st.If)
		f.Folded = st.If.IsZero() && f.Error == ""
		i.Filters = append(i.Filters, f)
	}
	switch st.Kind {
	case automation.Operation, automation.Request, automation.Script:
	default:
		return
	}
	fail := x.typedField(templates.CanvasField{Name: "fail", Kind: "radio", Value: st.Fail})
	for _, w := range automation.Fails {
		i.Fails = append(i.Fails, templates.MapOption{Value: w.ID, Text: w.Title, Chosen: w.ID == fail.Value || w.ID == automation.Again && fail.Value == ""})
	}
	if fail.Value == "" || fail.Value == automation.Again {
		i.Retries = append(i.Retries, x.typedField(templates.CanvasField{Name: "fail_for", Label: "For how long", Kind: "line", Value: span(st.FailFor), Example: span24, Help: "Such as 2h or 72h."}))
	}
	usual := "As often as fits into that time"
	if len(i.Retries) == 0 {
		usual = strconv.Itoa(automation.FewTries)
	}
	i.Retries = append(i.Retries,
		x.typedField(templates.CanvasField{Name: "retry.tries", Label: "How often at most", Kind: "line", Value: number0(st.Retry.Tries), Example: usual, Help: "The first time counts, too. What the system refuses outright is not tried again."}),
		x.typedField(templates.CanvasField{Name: "retry.first", Label: "How long before the next try", Kind: "line", Value: span(st.Retry.First), Example: "A few seconds", Help: "Such as 30s or 5m. It doubles with each try."}),
		x.typedField(templates.CanvasField{Name: "retry.longest", Label: "And at the longest", Kind: "line", Value: span(st.Retry.Longest), Example: span15, Help: "No two tries are further apart than that."}))
	once := ""
	if st.Once {
		once = "yes"
	}
	f := x.typedField(templates.CanvasField{Name: "once", Label: "At most once for each record", Kind: "check", Value: once, Help: "However often the automation is set off for it."})
	i.Once = &f
}

const (
	span24 = "24h"
	span15 = "15m"
)

// places are where a step can be moved, those inside itself left out.
func (x *inspected) places(from string) (out []templates.MapOption) {
	var walk func(list []automation.Step, under, where string)
	walk = func(list []automation.Step, under, where string) {
		for i, st := range list {
			place := under + strconv.Itoa(i)
			if place == from {
				continue
			}
			if at := automation.Number(x.a(), place); place != next(from) {
				out = append(out, templates.MapOption{Value: place, Text: "Before " + at + ", " + cutTo(x.title(st), 30)})
			}
			for _, name := range automation.Lists(st.Kind) {
				in := map[string][]automation.Step{automation.InThen: st.Then, automation.InElse: st.Else, automation.InDo: st.Do}[name]
				walk(in, place+"/"+name+"/", map[string]string{automation.InThen: "To the end of Yes in ", automation.InElse: "To the end of No in ", automation.InDo: "To the end of each in "}[name]+automation.Number(x.a(), place))
			}
		}
		if end := under + strconv.Itoa(len(list)); end != next(from) {
			out = append(out, templates.MapOption{Value: end, Text: where})
		}
	}
	walk(x.a().Steps, "", "To the end")
	if len(out) == 0 {
		out = []templates.MapOption{{Value: from, Text: "It is the only step"}}
	}
	return out
}

// next is the place behind a place.
func next(place string) string {
	cut := strings.LastIndexByte(place, '/') + 1
	n, _ := strconv.Atoi(place[cut:])
	return place[:cut] + strconv.Itoa(n+1)
}
