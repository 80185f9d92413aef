package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/automation"
	"couplet/templates"
)

// openTrigger is what sets the automation off, and which accounts it works with.
func (x *inspected) openTrigger() *templates.Inspector {
	t := x.a().Trigger
	x.knows("")
	kind := t.Kind
	if x.typed != nil {
		kind = x.typed.Get("trigger.kind")
	}
	i := &templates.Inspector{Title: "When", Sub: "What sets it off", System: x.systemOf(t.System), Icon: cmp.Or(triggerIcons[kind], "zap")}
	kinds := templates.CanvasField{Name: "trigger.kind", Label: "What sets it off", Kind: "radio", Value: kind}
	for _, w := range automation.TriggerKinds {
		kinds.Choices = append(kinds.Choices, templates.MapOption{Value: w.ID, Text: w.Title})
	}
	i.Fields = append(i.Fields, x.typedField(kinds))
	switch kind {
	case automation.OnEvent:
		i.Fields = append(i.Fields, x.eventField())
		if e, ok := x.systems.Event(t); ok {
			i.Does, i.Doubt = e.Does, e.Doubt
		}
		own := ""
		if t.Own {
			own = "yes"
		}
		i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "trigger.own", Label: "Also when Couplet itself made the change", Kind: "check", Value: own,
			Help: "Without it, nothing that Couplet does sets it off, so no circle can come of it."}))
	case automation.OnSchedule:
		i.Fields = append(i.Fields,
			x.typedField(templates.CanvasField{Name: "trigger.schedule.every", Label: "Every", Kind: "line", Value: span(t.Schedule.Every), Example: "1h", Help: "Such as 15m, 1h, 24h. Leave it empty for set times."}),
			x.typedField(templates.CanvasField{Name: "trigger.schedule.cron", Label: "Or at set times", Kind: "line", Value: t.Schedule.Cron, Example: "0 9 * * 1-5", Help: "Minute, hour, day, month, weekday: 0 9 * * 1-5 is 09:00 from Monday to Friday."}),
			x.typedField(templates.CanvasField{Name: "trigger.schedule.time_zone", Label: "Time zone of the set times", Kind: "zone", Value: t.Schedule.TimeZone, Example: "UTC"}))
	case automation.OnHook:
		i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "trigger.sample", Label: "What a call looks like", Kind: "code", Value: t.Sample, Example: `{"email": "maya@example.com"}`,
			Help: "JSON. Its fields can then be used in the steps."}))
	case automation.ByHand:
		i.Fields = append(i.Fields, x.objectField())
	}
	for _, id := range automation.SystemsOf(x.a()) {
		if f, ok := x.accountField(id); ok {
			i.Fields = append(i.Fields, f)
		}
	}
	i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "per_hour", Label: "At most within an hour", Kind: "line", Value: number0(x.a().PerHour), Example: strconv.Itoa(automation.UsualPerHour),
		Help: "When more begin, a brake holds what else comes until you say, so that a mistake stays small."}))
	i.Fields = append(i.Fields, x.typedField(templates.CanvasField{Name: "time_zone", Label: "Time zone", Kind: "zone", Value: x.a().TimeZone, Example: "UTC", Help: "Where its days begin and end, such as Europe/Lisbon."}))
	return i
}

// eventField chooses an event of a system: "highlevel/contact-created".
func (x *inspected) eventField() templates.CanvasField {
	t := x.a().Trigger
	f := templates.CanvasField{Name: "trigger.event", Label: "Which", Kind: "choice", Required: true, Choices: []templates.MapOption{{Text: "Choose one"}}}
	if t.Event != "" {
		f.Value = t.System + "/" + t.Event
	}
	for _, id := range x.systemIDs() {
		for _, e := range x.systems[id].Catalog.Events {
			f.Choices = append(f.Choices, templates.MapOption{Value: id + "/" + e.ID, Text: x.systems[id].Spec.Name + ": " + e.Title})
		}
	}
	return x.typedField(f)
}

// objectField chooses the kind of record that somebody starts it for.
func (x *inspected) objectField() templates.CanvasField {
	t := x.a().Trigger
	f := templates.CanvasField{Name: "trigger.object", Label: "For", Kind: "choice", Choices: []templates.MapOption{{Text: "No record"}}}
	if t.Object != "" {
		f.Value = t.System + "/" + t.Object
	}
	for _, id := range x.systemIDs() {
		things := x.systems[id].Catalog.Things
		for name := range things {
			f.Choices = append(f.Choices, templates.MapOption{Value: id + "/" + name, Text: x.systems[id].Spec.Name + ": " + things[name].One})
		}
	}
	slices.SortStableFunc(f.Choices[1:], func(p, q templates.MapOption) int { return strings.Compare(p.Text, q.Text) })
	return x.typedField(f)
}

// accountField chooses the account of a system. It reports false where there is none to choose.
func (x *inspected) accountField(system string) (templates.CanvasField, bool) {
	f := templates.CanvasField{Name: "connection." + system, Kind: "choice", Choices: []templates.MapOption{{Text: "None yet"}}}
	sys, ok := x.systems[system]
	if !ok {
		return f, false
	}
	f.Label = "Account of " + sys.Spec.Name
	for _, conn := range x.conns {
		if conn.System == system {
			f.Choices = append(f.Choices, templates.MapOption{Value: conn.ID, Text: conn.Name})
		}
	}
	if conn := x.account(system); conn != nil {
		f.Value = conn.ID
	}
	return x.typedField(f), len(f.Choices) > 1
}

// systemIDs are all systems, by their names.
func (x *canvasOf) systemIDs() []string {
	var out []string
	for id := range x.systems {
		out = append(out, id)
	}
	slices.SortFunc(out, func(p, q string) int { return strings.Compare(x.systems[p].Spec.Name, x.systems[q].Spec.Name) })
	return out
}
