package web

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// oneWayText is said where a value cannot be put back.
const oneWayText = "This field is not written on both sides by the map as it is now, so the value was not put back. Type it in the system that the field is taken from."

// checkRecord has both records read and compared now.
func (s *Server) checkRecord(c echo.Context) error {
	ctx, w := c.Request().Context(), ws(c)
	v, err := s.recordView(ctx, w, c.Param("link"))
	if err != nil {
		return err
	}
	here := "/records/" + v.link.ID
	if v.link.State == engine.Detached {
		return s.sayAndGo(c, "The two belong together no more, so there is nothing to compare.", true, here)
	}
	if refused := v.cannotRun(v.flow.ID); refused != "" {
		return s.sayAndGo(c, refused, true, here)
	}
	now := s.o.Now()
	var hints []engine.Hint
	for side, id := range v.link.IDs {
		hints = append(hints, engine.Hint{Side: engine.Side(side), ID: id, Parent: v.m[side].Parent, Reason: "webhook", At: now, Due: now})
	}
	if err := s.o.Store.AddHints(ctx, w, v.pair.ID, hints); err != nil {
		return err
	}
	return s.lookedAt(c, v.house, v.flow, here, "Both records are read and compared now. What comes of it shows here.",
		"Both records are looked at now, and a new run tells what comes of it.")
}

// putsBoth reports whether a field is one value that is written on both sides, as one that is put back has to be.
func (v *recordView) putsBoth(key string) bool {
	r, ruled := v.rules[key]
	return ruled && r.Kind == mapping.Single && r.Direction == mapping.Both
}

// putBack has a value that gave way written again: it is an order like any other.
func (s *Server) putBack(c echo.Context) error {
	ctx, w := c.Request().Context(), ws(c)
	v, err := s.recordView(ctx, w, c.Param("link"))
	if err != nil {
		return err
	}
	back := inside(c.FormValue("back"), "/records/"+v.link.ID)
	lost, err := s.o.Store.Loss(ctx, w, c.FormValue("id"))
	if err != nil || lost.Link != v.link.ID {
		return s.sayAndGo(c, "That value is not kept any more: it is forgotten after "+templates.Days(v.clock.Kept.Losses)+".", true, back)
	}
	if !v.putsBoth(lost.Field) {
		return s.sayAndGo(c, oneWayText, true, back)
	}
	o := engine.Order{Pair: v.pair.ID, Kind: engine.OrderPut, Link: v.link.ID, Field: lost.Field, From: lost.Lost, Value: lost.V[lost.Lost], By: visitorOf(c).User.Email}
	if err := json.Unmarshal([]byte(c.FormValue("seen")), &o.Seen); err != nil {
		return s.sayAndGo(c, movedText, true, back)
	}
	switch _, err = s.o.Store.AddOrder(ctx, w, o); {
	case errors.Is(err, store.ErrSettled):
		return s.sayAndGo(c, settledText, true, back)
	case errors.Is(err, store.ErrMoved):
		return s.sayAndGo(c, movedText, true, back)
	case err != nil:
		return err
	}
	return s.woken(c, v.house, v.pair.ID, back, "Decided. The next run puts it back on both sides, and its log names you.")
}

// takeRecordBack withdraws a decision about the record before a run has come to it.
func (s *Server) takeRecordBack(c echo.Context) error {
	v, err := s.recordView(c.Request().Context(), ws(c), c.Param("link"))
	if err != nil {
		return err
	}
	return s.takeBack(c, v.pair.ID, visitorOf(c).User.Email, func(text string, bad bool) error { return s.sayAndGo(c, text, bad, "/records/"+v.link.ID) })
}

// recordPages lead to the pages of those records of a side that are linked.
func (s *Server) recordPages(ctx context.Context, ws, pair string, side engine.Side, ids []string) (map[string]string, error) {
	links, err := s.o.Store.LinksOf(ctx, ws, pair, side, ids)
	pages := map[string]string{}
	for id, l := range links {
		pages[id] = recordHref(l.ID)
	}
	return pages, err
}

// recordHref leads to the page of a pair of records, "" where there is none.
func recordHref(link string) string {
	if link == "" {
		return ""
	}
	return templates.RecordPage{ID: link}.Path()
}
