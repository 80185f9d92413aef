package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/templates"
)

// needsOnPage is how much of each kind the page shows of a pair; of what is decided, in all.
const needsOnPage = 10

// needsPage shows everything that waits for a person, or of one flow or kind.
func (s *Server) needsPage(c echo.Context) error {
	v, err := s.needsView(c)
	if err != nil {
		return err
	}
	return page(c, 200, templates.Needs(v))
}

// needsView gathers what the page shows. The address says of which flow and kind, also that which a form is sent to.
func (s *Server) needsView(c echo.Context) (v templates.NeedsPage, err error) {
	ctx := c.Request().Context()
	v = templates.NeedsPage{Frame: frame(c, "Needs you", "needs"), MayEdit: may(visitorOf(c).Role, editor)}
	h, err := s.house(ctx, ws(c))
	if err != nil {
		return v, err
	}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return v, err
	}
	v.NeedsFilter = h.needsFilter(c)
	for _, f := range h.flows {
		v.Flows = append(v.Flows, templates.Choice{ID: f.ID, Name: f.Name})
	}
	pairs, err := s.o.Store.Pairs(ctx, ws(c))
	if err != nil {
		return v, err
	}
	if v.Kind == "" || v.Kind == "field" {
		if err := s.needsFields(ctx, ws(c), h, &v); err != nil {
			return v, err
		}
	}
	for _, p := range pairs {
		f, _ := h.of(p.ID)
		if chosen, ok := h.flow(v.Flow); ok && !h.on(chosen, p.ID) {
			continue
		}
		n := needsOf{s: s, ws: ws(c), flow: f, view: runView{house: h, pair: p, clock: v.Clock}, page: &v}
		if err := n.gather(ctx); err != nil {
			return v, err
		}
	}
	return v, nil
}

// needsFields gathers the fields whose pairs are paused.
func (s *Server) needsFields(ctx context.Context, ws string, h house, v *templates.NeedsPage) error {
	known, err := s.o.Store.Drift(ctx, ws)
	for _, f := range h.flows {
		if v.Flow == "" || v.Flow == f.ID {
			v.Drift = append(v.Drift, templates.PausedFields(h.drift(f, known))...)
		}
	}
	return err
}

// needsFilter is what an address narrows the page to. What nobody knows is left out.
func (h house) needsFilter(c echo.Context) templates.NeedsFilter {
	f := templates.NeedsFilter{Kind: templates.NeedKind(c.QueryParam("kind"))}
	if _, ok := h.flow(c.QueryParam("flow")); ok {
		f.Flow = c.QueryParam("flow")
	}
	return f
}

// needsOf gathers what waits of one pair.
type needsOf struct {
	s    *Server
	ws   string
	flow flow.Flow
	view runView
	page *templates.NeedsPage
	// waiting is how many records wait in a field.
	waiting map[string]int
}

func (n *needsOf) gather(ctx context.Context) error {
	for _, k := range []struct {
		kind   string
		gather func(context.Context) error
	}{{"value", n.values}, {"value", n.rules}, {"held", n.held}, {"review", n.reviews}, {"delete", n.deletes}, {"failure", n.failures}, {"decided", n.decided}} {
		if n.page.Kind != "" && n.page.Kind != k.kind {
			continue
		}
		if err := k.gather(ctx); err != nil {
			return err
		}
	}
	return nil
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
