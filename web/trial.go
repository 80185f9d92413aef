package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// Before a flow is switched on for the first time, a person may have one real record brought into step, and look at what came of
// it on both sides. The record stands in the rehearsal; nothing but what is written there is done to it, and the flow stays off.

// tryable reports whether one record can be tried: the flow was never on, and it is to write.
func (p prospect) tryable() bool {
	return !p.published.Enabled && p.published.Approval == nil && !p.flow.Watch
}

// trialPage offers records to try, shows what would change in one of them, and what came of the one that was tried.
func (s *Server) trialPage(c echo.Context) error {
	return s.showTrial(c, http.StatusOK, "", nil)
}

func (s *Server) showTrial(c echo.Context, status int, problem string, fix *templates.Link) error {
	ctx := c.Request().Context()
	l, err := s.last(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	p, r := l.prospect, l.rehearsed
	switch {
	case !p.tryable():
		return redirect(c, p.path("on"))
	case !r.of(p):
		return redirect(c, p.path("preview"))
	}
	v := templates.Trial{Frame: frame(c, "Try one record of "+p.flow.Name, "flows"), Clock: l.clock, Flow: p.shown(), Words: c.FormValue("q"), Problem: problem, Fix: fix, Makes: p.makes(), Said: p.flow.Parent() != ""}
	run, tried, err := s.tried(ctx, ws(c), p.flow.ID)
	if err != nil {
		return err
	}
	if asked := askedIn(c); s.waits(asked, run.ID) || tried && !run.Status.Final() {
		v.Busy = "Both sides of it are read once more, then what you saw is written."
		if wait := s.o.Now().Sub(asked.at); !asked.at.IsZero() && wait > 5*time.Second && s.o.Workers != nil && s.o.Workers() != nil {
			v.Busy = "No worker takes it up yet: " + s.o.Workers().Error() + "."
		}
		c.Response().Header().Set("Refresh", "1")
		return page(c, status, templates.TrialPage(v))
	}
	h, err := s.house(ctx, ws(c))
	if err != nil {
		return err
	}
	if v.Orphans, err = s.orphans(ctx, ws(c), h, h.pairs[r.run.Pair], r.run.Waiting); err != nil {
		return err
	}
	t := &trials{s: s, ws: ws(c), p: p, named: h.named}
	var before store.Trial
	if tried {
		if before, _, err = s.o.Store.AskedTrial(ctx, ws(c), p.flow.ID); err != nil {
			return err
		}
		if v.Came, err = t.came(ctx, run); err != nil {
			return err
		}
	}
	if err := t.offer(ctx, r.run, before.Records, c.FormValue("record"), &v); err != nil {
		return err
	}
	return page(c, status, templates.TrialPage(v))
}

// startTrial has the chosen record brought into step.
func (s *Server) startTrial(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.prospect(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	r, err := s.rehearsed(ctx, ws(c), p.flow.ID)
	if err != nil {
		return err
	}
	if !p.tryable() || !r.of(p) {
		return s.sayAndGo(c, "Somebody changed the flow, so nothing was written. Look at what it would do now.", false, p.path("preview"))
	}
	t := &trials{s: s, ws: ws(c), p: p}
	lines, err := t.lines(ctx, r.run, c.FormValue("record"))
	switch {
	case err != nil:
		return err
	case len(lines) == 0:
		return s.showTrial(c, http.StatusUnprocessableEntity, "That record is not in the rehearsal any more. Choose another one.", nil)
	}
	if problem, fix, err := s.obstacle(ctx, ws(c), p); err != nil || problem != "" {
		if err != nil {
			return err
		}
		return s.showTrial(c, http.StatusUnprocessableEntity, problem, fix)
	}
	ids := slices.DeleteFunc(slices.Clone(lines[0].Entry.IDs[:]), func(id string) bool { return id == "" })
	before, _, err := s.tried(ctx, ws(c), p.flow.ID)
	if err != nil {
		return err
	}
	err = s.o.Store.AskTrial(ctx, ws(c), p.flow.ID, store.Trial{Records: ids, Rehearsal: r.run.ID, Entry: lines[0].Entry.ID, By: visitorOf(c).User.Email, At: s.o.Now().UTC()})
	if errors.Is(err, store.ErrOutdated) {
		return s.sayAndGo(c, "What you looked at does not hold any more, so nothing was written. Rehearse again.", false, p.path("preview"))
	}
	if err != nil {
		return err
	}
	s.looks.forget(ws(c), p.flow) // fields that are missing are made
	if err := s.o.Wake.Wake(ctx, ws(c), p.flow.ID, engine.Trial, asker(c)); err != nil {
		return err
	}
	return redirect(c, wish{at: s.o.Now(), after: before.ID}.in(p.path("one")))
}

// tried is the newest trial of a flow.
func (s *Server) tried(ctx context.Context, ws, flow string) (engine.Run, bool, error) {
	for before := ""; ; {
		runs, err := s.o.Store.Runs(ctx, ws, flow, 20, before)
		if err != nil || len(runs) == 0 {
			return engine.Run{}, false, err
		}
		if i := slices.IndexFunc(runs, func(r engine.Run) bool { return r.Trigger == engine.Trial }); i >= 0 {
			return runs[i], true, nil
		}
		before = runs[len(runs)-1].ID
	}
}
