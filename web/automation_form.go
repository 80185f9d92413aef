package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/templates"
)

// formOf reads the form of what is open. Names are keys of a file; what is not in the form stays as it is.
type formOf struct {
	url.Values
	act   string
	wrong unread
}

// text is a text of the form, or what it was.
func (f *formOf) text(name, was string) string {
	if v, sent := f.Values[name]; sent {
		return strings.ReplaceAll(oneOf(v), "\r\n", "\n")
	}
	return was
}

func (f *formOf) line(name, was string) string { return strings.TrimSpace(f.text(name, was)) }

// span is a time span of the form.
func (f *formOf) span(name string, was flow.Duration) flow.Duration {
	text := f.line(name, span(was))
	if text == "" {
		return 0
	}
	d, err := flow.ParseDuration(text)
	if err != nil {
		f.wrong[name] = err.Error()
	}
	return d
}

// texts are texts by name, in fields that begin with a word. A new one is added, one that is taken out left out.
func (f *formOf) texts(field string, was map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range was {
		out[name] = text
	}
	for key := range f.Values {
		name, ours := strings.CutPrefix(key, field+".")
		if !ours {
			continue
		}
		out[name] = f.text(key, "")
	}
	if gone, is := strings.CutPrefix(f.act, "unpair:"+field+"."); is {
		delete(out, gone)
	}
	if fresh := f.line("new."+field, ""); fresh != "" && f.act == "pair:"+field {
		if _, there := out[fresh]; there {
			f.wrong["new."+field] = "there is " + fresh + " already; give this one another name"
		} else {
			out[fresh] = ""
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// editOpen reads the form of what is open: a step, the trigger or the filter.
func editOpen(x *canvasOf, form url.Values) automationEdit {
	id := form.Get("step")
	e := automationEdit{want: "change what is open."}
	e.do = func(a automation.Automation, at *templates.CanvasAt) (automation.Automation, string, error) {
		f := &formOf{Values: form, act: form.Get("act"), wrong: unread{}}
		f.put(at)
		var err error
		said := ""
		switch id {
		case templates.OpenTrigger:
			f.trigger(&a, x.systems)
		case templates.OpenFilter:
			a.Filter = readFilter(f.Values, "filter", a.Filter, f.act, automation.Values(a, "", x.systems))
			said = conditionSaid(f.act)
		default:
			place := automation.PlaceOf(a, id)
			var st automation.Step
			if st, err = automation.StepAt(a, place); err == nil {
				st = f.step(st, x.systems, automation.Values(a, id, x.systems))
				a, err = automation.Change(a, place, st)
				said = conditionSaid(f.act)
			}
		}
		switch what, of, _ := strings.Cut(f.act, ":"); what {
		case "values":
			at.Values = of
		case "put":
			said, at.Values = "The value is in the text.", ""
		}
		if len(f.wrong) > 0 {
			return a, "", f.wrong
		}
		return a, said, err
	}
	return e
}

func conditionSaid(act string) string {
	switch {
	case strings.HasPrefix(act, "cond:"):
		return "A condition is added."
	case strings.HasPrefix(act, "uncond:"):
		return "The condition is taken out."
	}
	return ""
}

// put puts a value that was chosen behind the text of its field. With the script it goes where the caret is, and no form is sent.
func (f *formOf) put(at *templates.CanvasAt) {
	pill, is := strings.CutPrefix(f.act, "put:")
	if !is || at.Values == "" {
		return
	}
	was := f.Get(at.Values)
	if !strings.Contains(pill, "{{") && strings.TrimSpace(was) != "" { // one more of a list
		was = strings.TrimRight(was, ", ") + ", "
	} else if was != "" && !strings.HasSuffix(was, " ") {
		was += " "
	}
	if f.Has("fixed." + at.Values) { // a choice: the value takes its place
		was = ""
	}
	f.Set(at.Values, was+pill)
}

// step is the step as the form has it.
func (f *formOf) step(st automation.Step, s automation.Systems, known []automation.Value) automation.Step {
	st.Name = f.line("name", st.Name)
	st.If = readFilter(f.Values, "if", st.If, f.act, known)
	switch st.Kind {
	case automation.Operation:
		st.With = f.takes(st, s)
	case automation.Pause:
		st.Wait = f.wait(st.Wait)
	case automation.Each:
		st.Over = f.line("over", st.Over)
		st.Most = f.number("most", st.Most)
	case automation.Request:
		st.HTTP.Method = f.line("http.method", st.HTTP.Method)
		st.HTTP.URL, st.HTTP.Body = f.line("http.url", st.HTTP.URL), f.text("http.body", st.HTTP.Body)
		st.HTTP.Headers, st.With = f.texts("http.headers", st.HTTP.Headers), f.texts("with", st.With)
	case automation.Script:
		st.Code, st.With = f.text("code", st.Code), f.texts("with", st.With)
	}
	if f.Has("fail") {
		if st.Fail = f.Get("fail"); st.Fail == automation.Again {
			st.Fail = ""
		}
		st.Once = f.Has("once")
		st.FailFor = f.span("fail_for", st.FailFor)
		st.Retry = automation.Retry{Tries: f.number("retry.tries", st.Retry.Tries), First: f.span("retry.first", st.Retry.First), Longest: f.span("retry.longest", st.Retry.Longest)}
		if st.Fail != "" {
			st.FailFor = 0
		}
	}
	return st
}

// takes are the texts of an operation; those that are empty are left out.
func (f *formOf) takes(st automation.Step, s automation.Systems) map[string]string {
	out := f.texts("with", st.With)
	o, ok := s.Find(st)
	if !ok {
		return st.With
	}
	for name, text := range out {
		own := slices.ContainsFunc(o.Takes, func(t connector.Take) bool { return t.Name == name })
		if own && strings.TrimSpace(text) == "" {
			delete(out, name)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (f *formOf) number(name string, was int) int {
	text := f.line(name, number0(was))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.wrong[name] = strconv.Quote(text) + " is no whole number; write one such as 100"
	}
	return n
}

func (f *formOf) wait(was automation.Wait) (w automation.Wait) {
	switch w.Until = f.text("wait.until", was.Until); w.Until {
	case automation.WorkingDay, automation.NextDay:
		if w.At = f.line("wait.at", was.At); !f.Has("wait.at") && w.At == "" {
			w.At = "09:00"
		}
		w.TimeZone = f.line("wait.time_zone", was.TimeZone)
	case automation.Moment:
		w.Moment, w.Before = f.line("wait.moment", was.Moment), f.span("wait.before", was.Before)
	default:
		if w.For = f.span("wait.for", was.For); was.Until != "" && w.For == 0 {
			w.For, _ = flow.ParseDuration("1h")
		}
	}
	return w
}

// trigger is what sets it off as the form has it, with the accounts.
func (f *formOf) trigger(a *automation.Automation, s automation.Systems) {
	was := a.Trigger
	t := automation.Trigger{Kind: f.text("trigger.kind", was.Kind)}
	switch t.Kind {
	case automation.OnEvent:
		t.System, t.Event = was.System, was.Event
		if v, sent := f.Values["trigger.event"]; sent {
			t.System, t.Event, _ = strings.Cut(oneOf(v), "/")
		}
		t.Own = f.Has("trigger.own")
	case automation.OnSchedule:
		t.Schedule = flow.Schedule{Every: f.span("trigger.schedule.every", was.Schedule.Every), Cron: f.line("trigger.schedule.cron", was.Schedule.Cron), TimeZone: f.line("trigger.schedule.time_zone", was.Schedule.TimeZone)}
	case automation.OnHook:
		t.Sample = f.text("trigger.sample", was.Sample)
	case automation.ByHand:
		t.System, t.Object = was.System, was.Object
		if v, sent := f.Values["trigger.object"]; sent {
			t.System, t.Object, _ = strings.Cut(oneOf(v), "/")
		}
		if t.Object == "" {
			t.System = ""
		}
	}
	a.Trigger = t
	a.TimeZone, a.PerHour = f.line("time_zone", a.TimeZone), f.number("per_hour", a.PerHour)
	f.accounts(a, s)
}

// accounts are the accounts that it works with: one of each system that it names, as far as two go.
func (f *formOf) accounts(a *automation.Automation, s automation.Systems) {
	var chosen []string
	asked := false
	for _, id := range automation.SystemsOf(*a) {
		if v, sent := f.Values["connection."+id]; sent {
			asked = true
			if oneOf(v) != "" {
				chosen = append(chosen, oneOf(v))
			}
		}
	}
	if !asked {
		return
	}
	a.Connections = [2]string{}
	copy(a.Connections[:], chosen)
}
