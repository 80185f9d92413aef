package web

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// byHand is the trigger of a run that a person asked for.
const byHand = "manual"

// stopRun asks for a run to be stopped. Its worker hears of it within seconds; what it has written stays.
func (s *Server) stopRun(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	if _, err := s.o.Store.RunByID(ctx, ws(c), id); err != nil {
		return err
	}
	stopped, err := s.o.Store.CancelRun(ctx, ws(c), id)
	if err != nil {
		return err
	}
	text := "The run is being stopped. What it has written stays; the next run does the rest."
	if !stopped {
		text = "The run was over already."
	}
	return s.sayAndGo(c, text, false, "/runs/"+id)
}

// retryRun has the records that failed like an entry of a run tried again now. Without an entry it is all that failed.
func (s *Server) retryRun(c echo.Context) error {
	ctx, w, id := c.Request().Context(), ws(c), c.Param("id")
	v, err := s.runView(ctx, w, id)
	if err != nil {
		return err
	}
	problem := ""
	if cause := c.FormValue("cause"); cause != "" {
		causes, err := s.o.Store.Causes(ctx, w, id, engine.ResultFailed)
		if err != nil {
			return err
		}
		for _, x := range causes {
			if x.First == cause {
				problem = x.Reason
			}
		}
		if problem == "" {
			return fmt.Errorf("cause %q: %w", cause, store.ErrNotFound)
		}
	}
	f, ok := v.flow(v.run.Flow)
	if refused := v.cannotRun(v.run.Flow); refused != "" || !ok {
		return s.sayAndGo(c, refused, true, "/runs/"+id)
	}
	n, err := s.o.Store.TryAgain(ctx, w, v.pair.ID, problem, s.o.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return s.sayAndGo(c, "None of them waits any more: they went through, or were changed since.", false, "/runs/"+id)
	}
	many := templates.Count(int(n), "record is", "records are")
	return s.lookedAt(c, v.house, f, "/runs/"+id, many+" tried again now. What comes of it shows in a new run.", many+" looked at again, and a new run tells what comes of it.")
}

// runFlow runs a flow now.
func (s *Server) runFlow(c echo.Context) error {
	ctx, w, id := c.Request().Context(), ws(c), c.Param("id")
	if _, err := s.o.Store.FlowByID(ctx, w, id); err != nil {
		return err
	}
	h, err := s.house(ctx, w)
	if err != nil {
		return err
	}
	if refused := h.cannotRun(id); refused != "" {
		return s.sayAndGo(c, refused, true, "/runs?flow="+id)
	}
	open, err := s.o.Store.Unfinished(ctx, w, id)
	if err != nil {
		return err
	}
	for _, r := range open {
		if !r.DryRun && r.Undo == nil && c.FormValue("allow") == "" {
			return s.sayAndGo(c, "It is running already; this is that run.", false, "/runs/"+r.ID)
		}
	}
	trigger := byHand
	if c.FormValue("allow") == "once" {
		trigger = engine.Once
	}
	if err := s.o.Wake.Wake(ctx, w, id, trigger, asker(c)); err != nil {
		return err
	}
	return s.sayAndGo(c, "The flow is asked to run. It shows here as soon as it begins.", false, "/runs")
}

// asker is what the person is called who asks for a run, or who made the key by which a program asks.
func asker(c echo.Context) string {
	v := visitorOf(c)
	if v.token.ID != "" {
		return v.User.Called() + ", by the key " + v.token.Name
	}
	return v.User.Called()
}

// cannotRun says why a flow cannot be run now, and what to do; "" when it can.
func (h house) cannotRun(id string) string {
	f, ok := h.flow(id)
	if !ok {
		return "The flow of this run is gone, so nothing can be run."
	}
	if !f.Enabled {
		return "The flow " + f.Name + " is off, so it does not run. Switch it on first; nothing was lost meanwhile."
	}
	for _, conn := range f.Connections {
		if c := h.conns[conn]; c.State != connection.OK {
			return h.system(conn, "").Name + " does not take the key of " + c.Name + ", so the flow cannot run. Connect that account again; nothing was lost meanwhile."
		}
	}
	return ""
}
