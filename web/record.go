package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// A record page shows two records that are one: what both sides were last seen to hold, what the last decision about each field
// was, and what all runs did to them. Everything is answered from what is stored; nothing is read from a system.

const (
	eventsOnPage = 20
	// whyBack is how many lines of the history are gone through for those of one field, whyMost how many are shown.
	whyBack, whyMost = 300, 10
	lossesShown      = 10
	childrenShown    = 8
)

// recordView is a pair of records with what is needed to say it.
type recordView struct {
	runView
	link    engine.Link
	flow    flow.Flow
	there   bool // the flow
	m       [2]engine.Mirror
	rules   map[string]*mapping.Rule
	asks    map[string]store.StoredConflict
	ordered map[string]bool
	runs    map[string]engine.Run
	ws      string
	s       *Server
}

func (s *Server) recordView(ctx context.Context, ws, id string) (v *recordView, err error) {
	v = &recordView{s: s, ws: ws, asks: map[string]store.StoredConflict{}, ordered: map[string]bool{}, runs: map[string]engine.Run{}}
	if v.link, err = s.o.Store.LinkByID(ctx, ws, id); err != nil {
		return v, err
	}
	if v.house, err = s.house(ctx, ws); err != nil {
		return v, err
	}
	v.pair = v.pairs[v.link.Pair]
	v.flow, v.there = v.of(v.link.Pair)
	if v.clock, err = s.clock(ctx, ws); err != nil {
		return v, err
	}
	if v.labels, err = s.o.Store.FieldNames(ctx, ws, v.newestRun()); err != nil {
		return v, err
	}
	_, v.m, err = s.called(ctx, ws, v.runView, v.link.IDs)
	if err != nil {
		return v, err
	}
	v.rules = v.compiled()
	waits, err := s.o.Store.Waits(ctx, ws, id)
	for _, c := range waits {
		v.asks[c.Field] = c
	}
	return v, err
}

// newestRun is the run that agreed on a field last: it knows what the fields are called in both accounts.
func (v *recordView) newestRun() string {
	run, at := v.link.Run, v.link.At.UnixMilli()
	for _, b := range v.link.Base {
		if b.At > at {
			run, at = b.Run, b.At
		}
	}
	return run
}

// compiled are the rules of the flow's map, by key, as far as they are known without asking the accounts.
func (v *recordView) compiled() map[string]*mapping.Rule {
	if !v.there {
		return nil
	}
	unasked := &connector.Error{Kind: connector.Temporary, Message: "not asked"}
	specs := [2]*connector.Spec{v.specs(v.conns[v.flow.Connections[0]].System), v.specs(v.conns[v.flow.Connections[1]].System)}
	g := engine.Ground{Problem: [2]error{unasked, unasked}}.Fit(v.flow, specs)
	m, _ := mapping.Compile(v.flow.Map, g.Fields[0], g.Fields[1], g.Options(v.flow))
	rules := map[string]*mapping.Rule{}
	for i := range m.Rules {
		rules[m.Rules[i].Key] = &m.Rules[i]
	}
	return rules
}

// run is a run of the history, the zero run when it is not kept any more.
func (v *recordView) runOf(ctx context.Context, id string) (engine.Run, error) {
	if r, known := v.runs[id]; known {
		return r, nil
	}
	r, err := v.s.o.Store.RunByID(ctx, v.ws, id)
	if isNotFound(err) {
		r, err = engine.Run{}, nil
	}
	v.runs[id] = r
	return r, err
}

// recordPage shows one pair of records.
func (s *Server) recordPage(c echo.Context) error {
	ctx := c.Request().Context()
	v, err := s.recordView(ctx, ws(c), c.Param("link"))
	if err != nil {
		return err
	}
	p := templates.RecordPage{Clock: v.clock, MayEdit: may(visitorOf(c).Role, editor), ID: v.link.ID, Systems: v.systems(), Only: c.QueryParam("only") == "different",
		Flow: v.flow.Name, FlowID: v.flow.ID, Asks: len(v.asks)}
	p.On = v.there && v.cannotRun(v.flow.ID) == ""
	p.Name, _ = v.title(engine.Entry{IDs: v.link.IDs}, v.m)
	p.Frame = frame(c, p.Name, "runs")
	if p.Decided, err = v.decided(ctx); err != nil {
		return err
	}
	p.Kind, p.Icon, p.Word = v.stands()
	p.Lead = v.lead()
	if err := v.family(ctx, &p); err != nil {
		return err
	}
	if err := v.fields(ctx, &p, c.QueryParam("field")); err != nil {
		return err
	}
	if p.Why != nil {
		if err := v.why(ctx, c.QueryParam("field"), p.Why); err != nil {
			return err
		}
	}
	if p.Lost, p.MoreLost, err = v.losses(ctx); err != nil {
		return err
	}
	if err := v.history(ctx, c.QueryParam("before"), &p); err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.Record(p))
}

// stands is how the two stand, as a badge.
func (v *recordView) stands() (kind, icon, word string) {
	switch {
	case v.link.State == engine.Detached:
		return "off", "minus", "Parted"
	case v.link.State == engine.OneGone:
		return "warn", "circle-alert", "One is gone"
	case len(v.asks) > 0:
		return "warn", "circle-alert", "Needs you"
	case !v.there || !v.flow.Enabled:
		return "off", "pause", "The flow is off"
	}
	for _, id := range v.pair.Conns {
		if v.conns[id].State != connection.OK {
			return "bad", "wifi-off", "An account is lost"
		}
	}
	return "ok", "check", "In step"
}

// lead says how the two came together and when each was seen last.
func (v *recordView) lead() string {
	x := v.systems()
	how := map[string]string{"match": "Matched", "order": "Linked by a person", "adopt": "Made by Couplet and found again", "restore": "Made again"}
	text := cmp.Or(how[v.link.Made], "One was made from the other")
	text += " " + v.clock.Ago(v.link.At) + "."
	switch v.link.State {
	case engine.Detached:
		text += " The two belong together no more."
	case engine.OneGone:
		text += " One of the two is gone."
	}
	var seen []string
	for side, m := range v.m {
		switch {
		case !m.Gone.IsZero():
			seen = append(seen, "gone from "+x[side].Name+" since "+v.clock.Ago(m.Gone))
		case m.ID != "":
			seen = append(seen, x[side].Name+" as it was seen "+v.clock.Ago(m.Seen))
		}
	}
	if len(seen) > 0 {
		text += " " + templates.Capital(strings.Join(seen, ", ")) + "."
	}
	return text
}

// family adds what the record hangs on, and what hangs on it.
func (v *recordView) family(ctx context.Context, p *templates.RecordPage) error {
	if v.link.Parent != "" {
		parent, err := v.s.o.Store.LinkByID(ctx, v.ws, v.link.Parent)
		if err == nil {
			var name string
			name, err = v.nameOf(ctx, parent)
			p.Parent = &templates.RecordLink{Name: name, Href: "/records/" + parent.ID}
		}
		if err != nil && !isNotFound(err) {
			return err
		}
	}
	counts, err := v.s.o.Store.CountChildren(ctx, v.ws, v.link.ID)
	if err != nil {
		return err
	}
	for pair, n := range counts {
		kin := v.pairs[pair]
		word := v.house.systems(kin.Conns, kin.Object)[0].Many
		children := templates.RecordChildren{Word: templates.Capital(word), N: n}
		links, err := v.s.o.Store.ChildLinks(ctx, v.ws, v.link.ID, pair, "", childrenShown)
		if err != nil {
			return err
		}
		for _, l := range links {
			name, err := v.nameOf(ctx, l)
			if err != nil {
				return err
			}
			children.List = append(children.List, templates.RecordLink{Name: name, Href: "/records/" + l.ID})
		}
		p.Children = append(p.Children, children)
	}
	slices.SortFunc(p.Children, func(a, b templates.RecordChildren) int { return cmp.Compare(a.Word, b.Word) })
	return nil
}

// nameOf is what people know the records of another link by.
func (v *recordView) nameOf(ctx context.Context, l engine.Link) (string, error) {
	name, _, err := v.s.called(ctx, v.ws, runView{house: v.house, pair: v.pairs[l.Pair], clock: v.clock}, l.IDs)
	return name, err
}

// momentOf is the place in the history that an address names: "time.run.line".
func momentOf(text string) (m store.Moment) {
	at, rest, _ := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return m
	}
	m.At = msTime(ms)
	m.Run, m.ID, _ = strings.Cut(rest, ".")
	return m
}

// history lists what happened to the two, newest first.
func (v *recordView) history(ctx context.Context, before string, p *templates.RecordPage) error {
	from := momentOf(before)
	p.Paged = !from.At.IsZero()
	entries, err := v.s.o.Store.History(ctx, v.ws, v.link.ID, from, eventsOnPage+1)
	if err != nil {
		return err
	}
	until := int64(0)
	if len(entries) > eventsOnPage {
		entries = entries[:eventsOnPage]
		last := entries[eventsOnPage-1]
		until = last.At.UnixMilli()
		p.Older = address(p.Path(), url.Values{"before": {strconv.FormatInt(until, 10) + "." + last.Run + "." + last.ID}}) + "#history"
	}
	for _, e := range entries {
		x, err := v.event(ctx, e)
		if err != nil {
			return err
		}
		p.Events = append(p.Events, x)
	}
	taken, err := v.takenBack(ctx)
	if err != nil {
		return err
	}
	for _, x := range taken {
		if x.At.UnixMilli() >= until && (from.At.IsZero() || x.At.Before(from.At)) {
			p.Events = append(p.Events, x)
		}
	}
	if p.Older == "" {
		p.Events = append(p.Events, v.firsts()...)
	}
	slices.SortStableFunc(p.Events, func(a, b templates.RecordEvent) int { return b.At.Compare(a.At) })
	return nil
}
