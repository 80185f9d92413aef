package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// msTime is a time as the engine keeps it in documents.
func msTime(ms int64) time.Time { return time.UnixMilli(ms) }

// changesOf are the values that a decision about a field replaced.
func (v *recordView) changesOf(f engine.FieldChange) (out []templates.RecordChange) {
	for side, x := range v.systems() {
		before, after := v.says(f, f.Before, side), v.says(f, f.After, side)
		if value(f, f.Before, side) != value(f, f.After, side) {
			out = append(out, templates.RecordChange{System: x, Label: v.field(f.Field, engine.Side(side)), Before: before, After: after})
		}
	}
	return out
}

// written names the systems that a line of the log wrote to.
func (v *recordView) written(sides [2]bool) string {
	var names []string
	for side, name := range v.names() {
		if sides[side] {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// event is a line of the log in words.
func (v *recordView) event(ctx context.Context, e engine.Entry) (x templates.RecordEvent, err error) {
	r, err := v.runOf(ctx, e.Run)
	if err != nil {
		return x, err
	}
	x = templates.RecordEvent{At: e.At, Side: -1}
	if r.ID != "" {
		x.Run, x.RunID = "/runs/"+r.ID, r.ID
	}
	var why []string
	for _, f := range e.Fields {
		x.Values = append(x.Values, v.changesOf(f)...)
		if text := inSentence(engine.ExplainOf(v.pair.Object, f.Rule, v.names(), f.By)); f.Outcome != engine.InSync && !slices.Contains(why, text) && len(why) < 2 {
			why = append(why, text)
		}
	}
	if e.Reason != "" && e.Reason != "undo" {
		why = []string{inSentence(engine.ExplainOf(v.pair.Object, e.Reason, v.names(), e.By))}
	}
	x.Title, x.Bad = v.happened(e, r)
	x.Text = strings.Join(why, " ")
	if e.Sides != [2]bool{} && e.Result != engine.ResultCreated && len(x.Values) > 0 {
		x.UndoHref = v.undoHref(r, "")
	}
	return x, nil
}

// undoHref leads to the undo of what a run wrote to the two, or to one field of them, "" where there is none any more.
func (v *recordView) undoHref(r engine.Run, field string) string {
	if r.ID == "" || v.link.State != engine.On || engine.Undoable(r, v.link.Pair, v.clock.Now, v.clock.Kept.Runs) != "" {
		return ""
	}
	q := url.Values{"link": {v.link.ID}}
	if field != "" {
		q.Set("field", field)
	}
	return address("/runs/"+r.ID+"/undo", q)
}

// happened says in a few words what a line of the log is about.
func (v *recordView) happened(e engine.Entry, r engine.Run) (title string, bad bool) {
	flow, there := v.flowName(r), v.written(e.Sides)
	undo := r.Undo != nil
	switch e.Result {
	case engine.ResultCreated:
		for side, x := range v.systems() {
			if e.To == side {
				return flow + " made the " + x.One + " in " + x.Name, false
			}
		}
		return flow + " made one of the two", false
	case engine.ResultUpdated:
		if undo {
			return "An undo gave back what was in " + there, false
		}
		return flow + " wrote to " + there, false
	case engine.ResultLinked:
		if there != "" {
			return flow + " joined the two and wrote to " + there, false
		}
		return flow + " joined the two", false
	case engine.ResultConflict:
		if e.Reason == "ask" {
			return "Two values wait for you", false
		}
		return flow + " settled what both sides had changed", false
	case engine.ResultReview:
		return "It waits for a person", false
	case engine.ResultFailed:
		return "It was not accepted", true
	case engine.ResultGone:
		return "One of the two was deleted", false
	case engine.ResultDeleted:
		return flow + " deleted it in " + there, false
	}
	if undo {
		return "An undo left it as it is", false
	}
	return flow + " left a difference as it is", false
}

// fieldEvent is what a line of the log says of one field; told is false where it says nothing.
func (v *recordView) fieldEvent(ctx context.Context, e engine.Entry, f engine.FieldChange) (x templates.RecordEvent, told bool, err error) {
	r, err := v.runOf(ctx, e.Run)
	if err != nil {
		return x, false, err
	}
	x = templates.RecordEvent{At: e.At, Side: -1, Values: v.changesOf(f), Text: inSentence(engine.ExplainOf(v.pair.Object, f.Rule, v.names(), f.By))}
	if r.ID != "" {
		x.Run, x.RunID = "/runs/"+r.ID, r.ID
	}
	switch {
	case len(x.Values) == 0 && f.Outcome == engine.InSync:
		return x, false, nil
	case len(x.Values) == 0:
		x.Title = v.flowName(r) + " left it as it was"
		if f.Outcome == engine.OpenClash {
			x.Title = "Two values wait for you"
		} else if f.Outcome == engine.Broken {
			x.Title, x.Bad = "It was not accepted", true
		}
		return x, true, nil
	}
	var names []string
	for _, c := range x.Values {
		names = append(names, c.System.Name)
	}
	x.Title = v.flowName(r) + " wrote it to " + strings.Join(names, " and ")
	if r.Undo != nil {
		x.Title = "An undo gave it back in " + strings.Join(names, " and ")
	}
	if e.Result != engine.ResultCreated {
		x.UndoHref = v.undoHref(r, f.Field)
	}
	return x, true, nil
}

// ordersShown is how many decisions of people about a record are gone through.
const ordersShown = 20

// decided are the decisions that no run has come to yet.
func (v *recordView) decided(ctx context.Context) (out []templates.NeedDecided, err error) {
	orders, err := v.s.o.Store.OrdersOf(ctx, v.ws, v.link.ID, ordersShown)
	if err != nil {
		return nil, err
	}
	n := needsOf{s: v.s, ws: v.ws, flow: v.flow, view: v.runView}
	for _, o := range orders {
		if o.State != engine.OrderOpen {
			continue
		}
		v.ordered[o.Field] = true
		d, err := n.decidedLine(ctx, o)
		if err != nil {
			return nil, err
		}
		d.Href = "" // the page is that
		out = append(out, d)
	}
	return out, nil
}

// takenBack are the decisions that came to nothing.
func (v *recordView) takenBack(ctx context.Context) (out []templates.RecordEvent, err error) {
	orders, err := v.s.o.Store.OrdersOf(ctx, v.ws, v.link.ID, ordersShown)
	for _, o := range orders {
		if o.State == engine.OrderWithdrawn {
			out = append(out, templates.RecordEvent{At: o.Over, Side: -1, Title: "A decision about " + v.field(o.Field, engine.A) + " came to nothing",
				Text: inSentence(engine.ExplainOf(v.pair.Object, o.Reason, v.names(), o.By))})
		}
	}
	return out, err
}

// firsts tell when each side was seen first.
func (v *recordView) firsts() (out []templates.RecordEvent) {
	for side, x := range v.systems() {
		m := v.m[side]
		if m.First.IsZero() {
			continue
		}
		e := templates.RecordEvent{At: m.First, Side: side, Title: "First seen in " + x.Name}
		if !m.Created.IsZero() {
			e.Text = x.Name + " says that it was made " + v.clock.Moment(m.Created) + "."
		}
		out = append(out, e)
	}
	return out
}

// losses are the newest values that gave way.
func (v *recordView) losses(ctx context.Context) (out []templates.RecordLoss, more bool, err error) {
	list, err := v.s.o.Store.Losses(ctx, v.ws, v.link.ID, "", lossesShown+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > lossesShown; more {
		list = list[:lossesShown]
	}
	for _, c := range list {
		out = append(out, v.loss(c))
	}
	return out, more, nil
}

// loss is a value that gave way, in words.
func (v *recordView) loss(c store.StoredConflict) templates.RecordLoss {
	f := engine.FieldChange{Field: c.Field}
	x := templates.RecordLoss{ID: c.ID, Link: c.Link, Field: c.Field, Label: v.field(c.Field, c.Lost), System: v.systems()[c.Lost], Value: v.says(f, c.V, int(c.Lost)),
		Why: inSentence(engine.Explain(c.Rule, v.names())), At: c.At, Run: c.Run, Ordered: v.ordered[c.Field]}
	base, agreed := v.link.Base[c.Field]
	if agreed {
		x.Kept, x.Seen = v.says(f, base.V, int(c.Lost)), seenText(base.V)
	}
	_, asks := v.asks[c.Field]
	x.CanPut = agreed && v.putsBoth(c.Field) && !asks && !x.Ordered && v.link.State == engine.On && value(f, base.V, int(c.Lost)) != value(f, c.V, int(c.Lost))
	return x
}

// runLosses lists the values that gave way in a run, with whom they are of.
func (s *Server) runLosses(ctx context.Context, ws string, rv runView, after string, p *templates.RunPage) error {
	list, err := s.o.Store.LossesOfRun(ctx, ws, rv.run.ID, after, recordsOnPage+1)
	if err != nil {
		return err
	}
	at := func(after string) string {
		return address("/runs/"+rv.run.ID, url.Values{"tab": {"lost"}, "after": {after}})
	}
	if p.Here = at(after); len(list) > recordsOnPage {
		list = list[:recordsOnPage]
		p.More = at(list[len(list)-1].ID)
	}
	v := &recordView{runView: rv, s: s, ws: ws, runs: map[string]engine.Run{}}
	v.flow, v.there = v.of(rv.run.Pair)
	v.rules = v.compiled()
	for _, c := range list {
		if v.link, err = s.o.Store.LinkByID(ctx, ws, c.Link); err != nil {
			return err
		}
		v.asks, v.ordered = map[string]store.StoredConflict{}, map[string]bool{}
		waits, err := s.o.Store.Waits(ctx, ws, c.Link)
		if err != nil {
			return err
		}
		for _, x := range waits {
			v.asks[x.Field] = x
		}
		orders, err := s.o.Store.Orders(ctx, ws, rv.run.Pair, engine.A, []string{v.link.IDs[engine.A]})
		if err != nil {
			return err
		}
		for _, o := range orders {
			v.ordered[o.Field] = true
		}
		x := v.loss(c)
		if x.Name, err = v.nameOf(ctx, v.link); err != nil {
			return err
		}
		x.Href = recordHref(c.Link)
		p.Lost = append(p.Lost, x)
	}
	return nil
}
