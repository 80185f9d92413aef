package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/templates"
)

// canvasView makes the page of an automation.
type canvasView struct {
	*canvasOf
	at       templates.CanvasAt
	all      []automation.Value // what is known after the last step
	problems []automation.Problem
	tried    *tried
	// chosen is the sample that is shown, data what it holds besides what the catalog knows, and now the moment of all of it.
	chosen templates.MapOption
	data   automation.Data
	now    time.Time
	clock  templates.Clock
	ctx    context.Context
	// stored are the records that the store has of what sets it off, object what they are, nil for what no flow reads. passing is
	// what the filter does with them, worked out when it is asked for.
	stored  []storedRecord
	object  *connector.Object
	passing *passing
	judged  bool
	// choices are the values of a list of an account, and why there are none; nil where nobody is asked.
	choices func(conn connection.Connection, sys automation.System, from string) ([]templates.Choice, string)
}

func (s *Server) viewCanvas(c echo.Context, x *canvasOf, at templates.CanvasAt) (templates.Canvas, error) {
	clock, err := s.clock(c.Request().Context(), ws(c))
	if err != nil {
		return templates.Canvas{}, err
	}
	b := &canvasView{canvasOf: x, at: at, ctx: c.Request().Context(), all: automation.Values(x.a(), automation.AtEnd, x.systems), problems: automation.Check(x.a(), x.systems)}
	b.clock = clock
	b.choices = func(conn connection.Connection, sys automation.System, from string) ([]templates.Choice, string) {
		return s.choicesFor(b.ctx, conn, sys, from)
	}
	a := x.a()
	end := strconv.Itoa(len(a.Steps))
	if _, err := automation.Insert(a, at.Place, automation.Step{}); err != nil || at.Place == end {
		b.at.Place = ""
	}
	f := frame(c, a.Name, "flows")
	f.Rail, f.Flush = true, true
	v := templates.Canvas{Frame: f, Clock: clock, Path: "/automations/" + a.ID, Name: a.Name, Revision: strconv.Itoa(x.draft.Revision), CanEdit: may(visitorOf(c).Role, editor),
		Version: x.draft.Published.Version, On: x.draft.Published.Enabled, Changed: x.draft.Changed, Saved: x.draft.At, Undo: x.draft.Undo, Redo: x.draft.Redo, At: b.at, End: end}
	if !v.CanEdit {
		v.At.Values = ""
	}
	if v.Samples, err = s.tryOn(c, b); err != nil {
		return v, err
	}
	if at.Sample != "" {
		if b.tried, err = s.try(c, b); err != nil {
			return v, err
		}
		v.Tried = b.tried.words()
	}
	held, err := s.o.Store.HeldFirings(c.Request().Context(), ws(c))
	if err != nil {
		return v, err
	}
	v.Held, v.Most = held[a.ID], x.draft.Published.Brake()
	if v.On {
		if v.CannotLook, err = s.o.Store.WatchProblem(c.Request().Context(), ws(c), a.ID); err != nil {
			return v, err
		}
	}
	if t := b.startedBy(); t != nil {
		v.Once, v.Start = engine.NewID("hand", s.o.Now()), templates.StartPlain
		if t.Object != "" {
			v.Start = templates.StartFor
		}
	}
	v.Missing = b.missing()
	if v.Lacks, err = s.automationLacks(c, x, a, c.Request().Header.Get("HX-Request") == ""); err != nil {
		return v, err
	}
	v.Trigger, v.Filter = b.trigger(), b.filter()
	v.Steps = b.steps(a.Steps, "")
	v.Problems = b.needs()
	v.Picker = s.picker(c)
	if v.Open = b.open(); v.Open == nil {
		v.At.Step, v.At.Values = "", ""
	} else if v.Open.ID == templates.OpenTrigger && a.Trigger.Kind == automation.OnHook {
		v.Open.Address, err = s.ownAddress(c, x.draft)
	}
	return v, err
}

// startedBy is the trigger by hand: that of what is published, or of the draft until it is; nil where something else sets it off.
func (b *canvasView) startedBy() *automation.Trigger {
	for _, t := range []automation.Trigger{b.draft.Published.Trigger, b.a().Trigger} {
		if t.Kind == automation.ByHand {
			return &t
		}
	}
	return nil
}

// missing are the systems that it works with without an account.
func (b *canvasView) missing() (out []templates.System) {
	for _, id := range automation.SystemsOf(b.a()) {
		if sys, ok := b.systems[id]; ok && b.account(id) == nil {
			out = append(out, systemOf(sys.Spec, ""))
		}
	}
	return out
}

func (b *canvasView) systemOf(id string) *templates.System {
	sys, ok := b.systems[id]
	if !ok {
		return nil
	}
	x := systemOf(sys.Spec, "")
	return &x
}

// wrongAt reports whether something is wrong with a step, or with the trigger or the filter.
func (b *canvasView) wrongAt(id string) bool {
	return slices.ContainsFunc(b.problems, func(p automation.Problem) bool { return p.Field != "" && b.opensAt(p) == id })
}

// opensAt is what has to be open to mend a problem, "" for nothing.
func (b *canvasView) opensAt(p automation.Problem) string {
	switch {
	case p.Step != "":
		return p.Step
	case strings.HasPrefix(p.Field, "trigger"), p.Field == "connections", p.Field == "time_zone", p.Field == "per_hour":
		return templates.OpenTrigger
	case strings.HasPrefix(p.Field, "filter"):
		return templates.OpenFilter
	}
	return ""
}

// needs are all problems in words, each with the link to its field.
func (b *canvasView) needs() (out []templates.CanvasProblem) {
	for _, p := range b.problems {
		n := templates.CanvasProblem{Text: sentence(templates.Capital(p.Text))}
		if id := b.opensAt(p); id != "" {
			at := b.at
			at.Step, at.Values = id, ""
			page := templates.Canvas{Path: "/automations/" + b.a().ID, At: at}
			n.Href = page.Address(templates.FieldID(p.Field))
			n.Where = b.called(id)
		}
		out = append(out, n)
	}
	return out
}

// called is what people call a step, the trigger or the filter.
func (b *canvasView) called(id string) string {
	switch id {
	case templates.OpenTrigger:
		return "When"
	case templates.OpenFilter:
		return "Only if"
	}
	place := automation.PlaceOf(b.a(), id)
	st, err := automation.StepAt(b.a(), place)
	if err != nil {
		return ""
	}
	return "Step " + automation.Number(b.a(), place) + " (" + b.title(st) + ")"
}

func (b *canvasView) card(id string) templates.CanvasCard {
	return templates.CanvasCard{ID: id, Open: b.at.Step == id, Bad: b.wrongAt(id), Result: b.tried.result(id)}
}

func (b *canvasView) trigger() templates.CanvasCard {
	c, t := b.card(templates.OpenTrigger), b.a().Trigger
	c.Number, c.Title, c.System, c.Icon = "When", b.systems.TriggerTitle(t), b.systemOf(t.System), triggerIcons[t.Kind]
	if c.Title == "" {
		c.Title, c.Icon = "Nothing sets it off yet", "zap"
	}
	switch {
	case t.Kind == automation.OnSchedule:
		c.Does = templates.ScheduleWords(t.Schedule)
	case b.account(t.System) != nil:
		c.Does = "In " + b.account(t.System).Name
	case t.Kind == automation.OnHook:
		c.Does = "Another program calls an address"
	case t.Kind == automation.ByHand:
		c.Does = "With a button"
	case c.System != nil:
		c.Does = "In " + c.System.Name
	default:
		c.Does = "Choose a trigger"
	}
	return c
}

var triggerIcons = map[string]string{automation.OnEvent: "zap", automation.OnSchedule: "calendar-clock", automation.OnHook: "link-2", automation.ByHand: "users"}

func (b *canvasView) filter() templates.CanvasCard {
	c, f := b.card(templates.OpenFilter), b.a().Filter
	c.Number, c.Icon, c.Title = "Only if", "filter", templates.Capital(f.Words(automation.Values(b.a(), "", b.systems)))
	c.Does = "Others are left alone"
	if p := b.passes(); p != nil && p.counted {
		c.Does = p.words
	}
	if f.Formula != "" {
		c.Title = "Formula: " + cutTo(f.Formula, 60)
	}
	if f.IsZero() {
		c.Title, c.Does = "Nothing is left out", "Add a condition to let only some through"
	}
	return c
}

// steps are the cards of a list of steps. under begins the places in it.
func (b *canvasView) steps(list []automation.Step, under string) (out []templates.CanvasStep) {
	for i, st := range list {
		place := under + strconv.Itoa(i)
		s := templates.CanvasStep{CanvasCard: b.card(st.ID), Place: place}
		s.Number = automation.Number(b.a(), place)
		s.Title, s.Does, s.Icon = b.title(st), b.does(st), stepIcon(st.Kind)
		if st.Kind == automation.Operation {
			s.System = b.systemOf(st.System)
		}
		for _, name := range automation.Lists(st.Kind) {
			in := map[string][]automation.Step{automation.InThen: st.Then, automation.InElse: st.Else, automation.InDo: st.Do}[name]
			p := templates.CanvasPath{Label: map[string]string{automation.InThen: "Yes", automation.InElse: "No", automation.InDo: "With each"}[name], Yes: name == automation.InThen}
			p.Steps = b.steps(in, place+"/"+name+"/")
			p.End = place + "/" + name + "/" + strconv.Itoa(len(in))
			s.Paths = append(s.Paths, p)
		}
		out = append(out, s)
	}
	return out
}

func stepIcon(kind string) string {
	if i, ok := map[string]string{automation.Condition: "split", automation.Pause: "timer", automation.Each: "list", automation.Request: "send", automation.Script: "code-xml",
		automation.Stop: "flag", automation.Operation: "puzzle"}[kind]; ok {
		return i
	}
	return "circle-alert"
}
