package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/templates"
)

// firstRun wakes the first run of a flow that was just switched on, and leads to it.
func (s *Server) firstRun(c echo.Context, f flow.Flow) error {
	ctx, id := c.Request().Context(), f.ID
	before, err := s.newest(ctx, ws(c), id)
	if err != nil {
		return err
	}
	if err := s.wakeFirst(ctx, ws(c), f, asker(c)); err != nil {
		return err
	}
	return redirect(c, wish{at: s.o.Now(), after: before}.in("/flows/"+id+"/run/latest"))
}

// wakeFirst wakes the first run of a flow that was just switched on. It makes the fields that are missing, so what was read of
// them before says nothing any more.
func (s *Server) wakeFirst(ctx context.Context, ws string, f flow.Flow, by string) error {
	s.looks.forget(ws, f)
	id := f.ID
	err := s.o.Wake.Wake(ctx, ws, id, engine.SwitchedOn, by)
	if err == nil {
		return nil
	}
	s.o.Log.Warn("the first run was not woken; the scheduler will find it", "flow", id, "error", err)
	return s.o.Store.SetNext(ctx, ws, id, s.o.Now())
}

// soon is how long a page waits for a run that was just woken, before it shows that it does.
const soon = 3 * time.Second

// newest is the newest run of a flow that is no rehearsal, "" when it never ran.
func (s *Server) newest(ctx context.Context, ws, flow string) (string, error) {
	for before := ""; ; {
		runs, err := s.o.Store.Runs(ctx, ws, flow, 20, before)
		if err != nil || len(runs) == 0 {
			return "", err
		}
		for _, r := range runs {
			if !r.DryRun || r.Watch {
				return r.ID, nil
			}
		}
		before = runs[len(runs)-1].ID
	}
}

// latestRun leads to the newest run of a flow, or to one that was just asked for, as soon as it has begun.
func (s *Server) latestRun(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	p, err := s.prospect(ctx, ws(c), id)
	if err != nil {
		return err
	}
	asked := askedIn(c)
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for end := time.After(s.soon); ; {
		run, err := s.newest(ctx, ws(c), id)
		switch {
		case err != nil:
			return err
		case s.waits(asked, run):
		case run == "":
			return redirect(c, "/runs")
		default:
			return redirect(c, "/runs/"+run)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			v := templates.Starting{Frame: frame(c, "Starting "+p.flow.Name, "flows"), Flow: p.shown(), Here: c.Request().URL.RequestURI(), Behind: "Every change it makes is listed there."}
			if s.o.Workers != nil && s.o.Workers() != nil {
				v.Behind = "No worker takes it up yet: " + s.o.Workers().Error() + "."
			}
			c.Response().Header().Set("Refresh", "2")
			return page(c, http.StatusOK, templates.StartingPage(v))
		case <-look.C:
		}
	}
}
