package web

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// settledText is said to somebody whose answer came too late.
const settledText = "This was settled already, by somebody else or by itself. Nothing was changed by your answer."

// decideNeed takes what a person decided: it is stored as an order, and the flow is woken to carry it out.
func (s *Server) decideNeed(c echo.Context) error {
	ctx, w := c.Request().Context(), ws(c)
	h, err := s.house(ctx, w)
	if err != nil {
		return err
	}
	do, pair := c.FormValue("do"), c.FormValue("pair")
	by := visitorOf(c).User.Email
	back := func(text string, bad bool) error { return s.sayAndGo(c, text, bad, "/needs-you") }
	if do == "back" {
		took, err := s.o.Store.TakeBack(ctx, w, c.FormValue("id"), by)
		if err != nil {
			return err
		}
		if !took {
			return back("A run has carried it out already, or somebody took it back before.", true)
		}
		return back("Taken back. It waits for an answer again.", false)
	}
	if _, known := h.pairs[pair]; !known {
		return back(settledText, true)
	}
	var orders []engine.Order
	switch do {
	case "retry":
		n, err := s.o.Store.TryAgain(ctx, w, pair, c.FormValue("problem"), s.o.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return back(settledText, true)
		}
		return s.woken(c, h, pair, templates.Count(int(n), "record is", "records are")+" tried again.")
	case "all-a", "all-b":
		if c.FormValue("sure") != "yes" {
			return back("Nothing was decided: say first that you mean all of them.", true)
		}
		if orders, err = s.chooseAll(c, pair, c.FormValue("field"), sideOf(strings.TrimPrefix(do, "all-")), by); err != nil {
			return err
		}
		if n, _ := strconv.Atoi(c.FormValue("n")); len(orders) != n || n == 0 {
			return back("It is "+templates.Count(len(orders), "record", "records")+" by now, and you saw another number. Nothing was decided; look again.", true)
		}
	default:
		o, ok := orderOf(c, do)
		if !ok {
			return back("This answer is not known. Nothing was decided; choose one of the buttons.", true)
		}
		o.Pair, o.By = pair, by
		orders = []engine.Order{o}
	}
	err = s.o.Store.AddOrders(ctx, w, orders)
	switch {
	case errors.Is(err, store.ErrSettled):
		return back(settledText, true)
	case errors.Is(err, store.ErrMoved):
		return back("The values changed since you looked, so your answer was not taken. They stand here as they are now.", true)
	case errors.Is(err, store.ErrTaken):
		return back("The other record is gone or has a partner by now, so the two were not linked.", true)
	case err != nil:
		return err
	}
	return s.woken(c, h, pair, "Decided. The next run carries it out, and its log names you.")
}

// woken wakes the flow of a pair, and says where it stands.
func (s *Server) woken(c echo.Context, h house, pair, text string) error {
	f, ok := h.of(pair)
	if !ok || h.cannotRun(f.ID) != "" {
		return s.sayAndGo(c, text+" The flow does not run at the moment, so it waits until it does.", false, "/needs-you")
	}
	if err := s.o.Wake.Wake(c.Request().Context(), ws(c), f.ID, byHand); err != nil {
		return err
	}
	return s.sayAndGo(c, text, false, "/needs-you")
}

func sideOf(name string) connector.Side {
	if name == connector.B.String() {
		return connector.B
	}
	return connector.A
}

// orderOf is the order that a form asks for.
func orderOf(c echo.Context, do string) (o engine.Order, ok bool) {
	o = engine.Order{Link: c.FormValue("link"), Field: c.FormValue("field"), Side: sideOf(c.FormValue("side")), Record: c.FormValue("record")}
	if do == "link" || do == "create" || do == "alone" {
		o.Kind, o.Partner, o.Link, o.Field = engine.OrderKind(do), c.FormValue("partner"), "", ""
		return o, o.Record != ""
	}
	if err := json.Unmarshal([]byte(c.FormValue("seen")), &o.Seen); err != nil || o.Link == "" {
		return o, false
	}
	switch do {
	case "a", "b":
		o.Kind, o.From = engine.OrderChoose, sideOf(do)
	case "different":
		o.Kind = engine.OrderAlone
	case "put":
		o.Kind, o.Value = engine.OrderPut, strings.TrimSpace(c.FormValue("value"))
		if _, text := o.Seen[connector.A].(string); !text {
			o.From = connector.B
		}
		return o, o.Value != ""
	default:
		return o, false
	}
	return o, true
}

// chooseAll chooses a side's value wherever the field waits for an answer.
func (s *Server) chooseAll(c echo.Context, pair, field string, from connector.Side, by string) (orders []engine.Order, err error) {
	ctx, w := c.Request().Context(), ws(c)
	open, err := s.o.Store.OpenOrders(ctx, w, pair, "", 10000)
	if err != nil {
		return nil, err
	}
	answered := map[string]bool{}
	for _, o := range open {
		answered[o.Link+" "+o.Field] = true
	}
	for after := ""; ; {
		list, err := s.o.Store.Conflicts(ctx, w, pair, true, after, 500)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			after = x.ID
			l, err := s.o.Store.LinkByID(ctx, w, x.Link)
			if err != nil {
				return nil, err
			}
			if x.Field == field && !answered[x.Link+" "+x.Field] && l.State == engine.On {
				orders = append(orders, engine.Order{Pair: pair, Kind: engine.OrderChoose, Link: x.Link, Field: field, From: from, Seen: x.V, By: by})
			}
		}
		if len(list) < 500 {
			return orders, nil
		}
	}
}
