package web

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// needsOnPage is how much of what is decided the page shows.
const needsOnPage = 10

// needsEvery is how often the list of a watched page may change.
const needsEvery = 2 * time.Second

// needsPage shows everything that waits for a person, or of one flow or kind. live=off holds the list still.
func (s *Server) needsPage(c echo.Context) error {
	v, err := s.needsView(c)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.Needs(v))
}

// needsEvents streams the list while somebody watches. What is shown in full stays as it is: somebody may be typing there.
func (s *Server) needsEvents(c echo.Context) error {
	return s.stream(c, needsEvery, func(ctx context.Context) (templ.Component, bool, error) {
		v, err := s.needsListed(ctx, c, false)
		v.Streamed = true
		return templates.NeedsList(v), false, err
	})
}

// countEvery is how often the number beside the navigation may change, on every page that is open.
const countEvery = 3 * time.Second

// needsCount streams how much waits.
func (s *Server) needsCount(c echo.Context) error {
	return s.stream(c, countEvery, func(ctx context.Context) (templ.Component, bool, error) {
		n, err := s.o.Store.CountWaiting(ctx, ws(c), templates.MostWaiting+1)
		return templates.Waiting(templates.Frame{Waiting: n}), false, err
	})
}

// needsView is what the page shows.
func (s *Server) needsView(c echo.Context) (templates.NeedsPage, error) {
	v, err := s.needsListed(c.Request().Context(), c, true)
	v.Frame = frame(c, "Needs you", "needs")
	v.Live = c.QueryParam("live") != "off"
	return v, err
}

// needsListed gathers what the page shows: the list, and if full one of it. The address says of which flow and kind, also that which a form is sent to.
func (s *Server) needsListed(ctx context.Context, c echo.Context, full bool) (v templates.NeedsPage, err error) {
	v = templates.NeedsPage{MayEdit: may(visitorOf(c).Role, editor), Counts: map[string]int{}}
	h, err := s.house(ctx, ws(c))
	if err != nil {
		return v, err
	}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return v, err
	}
	v.NeedsFilter = h.needsFilter(c)
	if link := c.FormValue("link"); link != "" { // a form that is shown again
		v.Item = valueKey(link, c.FormValue("field"))
	}
	for _, f := range h.flows {
		v.Flows = append(v.Flows, templates.Choice{ID: f.ID, Name: f.Name})
	}
	for _, a := range h.autos {
		v.Flows = append(v.Flows, templates.Choice{ID: a.ID, Name: a.Name})
	}
	needs, err := s.o.Store.Needs(ctx, ws(c))
	if err != nil {
		return v, err
	}
	pairs, err := s.o.Store.Pairs(ctx, ws(c))
	if err != nil {
		return v, err
	}
	var lines []needLine
	if v.Kind == "" || v.Kind == "field" {
		if lines, err = s.needsFields(ctx, ws(c), h, &v, lines); err != nil {
			return v, err
		}
	}
	for _, p := range pairs {
		f, _ := h.of(p.ID)
		if chosen, _ := h.flow(v.Flow); v.Flow != "" && !h.on(chosen, p.ID) {
			continue
		}
		n := needsOf{s: s, ws: ws(c), flow: f, view: runView{house: h, pair: p, clock: v.Clock}, page: &v, lines: &lines,
			shown: map[string]int{}, waiting: map[string]int{}}
		for _, x := range needs {
			if x.Pair == p.ID {
				n.needs = append(n.needs, x)
			}
		}
		if n.view.labels, err = s.o.Store.NewestFieldNames(ctx, ws(c), f.ID); err != nil {
			return v, err
		}
		if err := n.gather(ctx); err != nil {
			return v, err
		}
	}
	if v.Kind == "" || v.Kind == "firing" {
		if lines, err = s.needsFirings(ctx, ws(c), h, &v, lines); err != nil {
			return v, err
		}
	}
	if v.Kind == "" || v.Kind == "stop" {
		if lines, err = s.halts(ctx, ws(c), h, &v, lines); err != nil {
			return v, err
		}
	}
	return v, choose(ctx, &v, lines, full)
}

// needsFields gathers the fields whose pairs are paused.
func (s *Server) needsFields(ctx context.Context, ws string, h house, v *templates.NeedsPage, lines []needLine) ([]needLine, error) {
	known, err := s.o.Store.Drift(ctx, ws)
	for _, f := range h.flows {
		if v.Flow != "" && v.Flow != f.ID {
			continue
		}
		for _, d := range templates.PausedFields(h.drift(f, known)) {
			v.Counts["field"]++
			lines = append(lines, needLine{kind: "field", NeedLine: templates.NeedLine{Key: "d-" + f.ID + "-" + d.Side + "-" + d.Name, Name: d.Title, Sub: d.Flow}, open: func(context.Context) error {
				v.Drift = []templates.FieldDrift{d}
				return nil
			}})
		}
	}
	return lines, err
}

// needsFilter is what an address narrows the page to. What nobody knows is left out.
func (h house) needsFilter(c echo.Context) templates.NeedsFilter {
	f := templates.NeedsFilter{Kind: templates.NeedKind(c.QueryParam("kind"))}
	_, isFlow := h.flow(c.QueryParam("flow"))
	if _, ok := h.automation(c.QueryParam("flow")); ok || isFlow {
		f.Flow = c.QueryParam("flow")
	}
	f.Item, f.Next = c.QueryParam("item"), c.QueryParam("next")
	return f
}

// needsOf gathers what waits of one pair.
type needsOf struct {
	s    *Server
	ws   string
	flow flow.Flow
	view runView
	page *templates.NeedsPage
	// lines are those of all pairs, needs what waits of this one. waiting is how many records wait in a field, shown how many
	// lines of a kind there are.
	lines          *[]needLine
	needs          []store.Need
	waiting, shown map[string]int
	// unapproved is how many records wait for an approval.
	unapproved int
}

func (n *needsOf) gather(ctx context.Context) error {
	from := len(*n.lines)
	for _, x := range n.needs {
		if kind := needKind(x); n.wants(kind) {
			n.page.Counts[kind] += x.N
		}
		if needKind(x) == "held" {
			n.unapproved += x.N
		}
		if x.Kind == store.NeedConflict {
			n.waiting[x.Reason] += x.N
		}
	}
	for _, k := range []struct {
		kind   string
		gather func(context.Context) error
	}{{"value", n.values}, {"value", n.rules}, {"held", n.held}, {"review", n.reviews}, {"delete", n.deletes}, {"failure", n.failures}, {"decided", n.decided}} {
		if !n.wants(k.kind) {
			continue
		}
		if err := k.gather(ctx); err != nil {
			return err
		}
	}
	if err := n.asked(ctx); err != nil {
		return err
	}
	return n.name(ctx, from)
}

// answered tells of which records of a side, and of which of their fields ("" for the record itself), somebody decided
// already.
func (s *Server) answered(ctx context.Context, ws, pair string, side engine.Side, records []string) (func(record, field string) bool, error) {
	orders, err := s.o.Store.Orders(ctx, ws, pair, side, records)
	known := map[[2]string]bool{}
	for _, o := range orders {
		known[[2]string{o.Record, o.Field}] = true
	}
	return func(record, field string) bool { return known[[2]string{record, field}] }, err
}

// called is what people know two records by that are one, or one alone, with what was last seen of them.
func (n *needsOf) called(ctx context.Context, ids [2]string) (name string, m [2]engine.Mirror, err error) {
	return n.s.called(ctx, n.ws, n.view, ids)
}

// again says why the last answer about something was withdrawn, "" when it was not.
func (n *needsOf) again(ctx context.Context, side engine.Side, record, field string) (string, error) {
	o, ok, err := n.s.o.Store.LastOrder(ctx, n.ws, n.view.pair.ID, side, record, field)
	if err != nil || !ok || o.State != engine.OrderWithdrawn || o.Reason == "taken_back" {
		return "", err
	}
	return sentenceOf(engine.ExplainOf(n.view.pair.Object, o.Reason, n.view.names(), o.By)), nil
}
