package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/engine"
	"couplet/templates"
)

// The preview of a flow is its newest rehearsal: a dry run of the draft, begun by a person and carried out by a worker like
// any run. The page shows it while it is under way, when it came to nothing, and what it found.

// preview shows the newest rehearsal. The query names what of it is looked at, and which rehearsal was the newest when
// another one was asked for, so that the page waits for that one.
func (s *Server) preview(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.prospect(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	clock, err := s.clock(ctx, ws(c))
	if err != nil {
		return err
	}
	r, err := s.rehearsed(ctx, ws(c), p.flow.ID)
	if err != nil {
		return err
	}
	v := templates.Preview{Frame: frame(c, "Preview of "+p.flow.Name, "flows"), Clock: clock, Flow: p.shown(), CanEdit: may(visitorOf(c).Role, editor)}
	if v.Lacks, err = s.lacking(c, p, "preview"); err != nil {
		return err
	}
	v.Afresh, v.Reapply = p.afresh(), p.reapplies()
	switch asked := askedIn(c); {
	case s.underway(r, asked):
		live, err := s.live(ctx, ws(c), p, r, asked)
		if err != nil {
			return err
		}
		v.Live = &live
	case r.is && !r.whole():
		if v.Stopped, err = s.stopped(ctx, ws(c), p, r.run); err != nil {
			return err
		}
	case r.is:
		if v.Result, err = s.foreseen(ctx, ws(c), p, r, lookIn(c.QueryParams())); err != nil {
			return err
		}
	}
	return pageOr(c, http.StatusOK, templates.PreviewPage(v), "preview")
}

// rehearse has the draft rehearsed. The page says so until a worker has begun.
func (s *Server) rehearse(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.prospect(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	f := p.flow
	lacks, err := s.lacking(c, p, "preview")
	if err != nil {
		return err
	}
	if len(lacks) > 0 {
		return redirect(c, p.path("preview")) // which says so
	}
	r, err := s.rehearsed(ctx, ws(c), f.ID)
	if err != nil {
		return err
	}
	if err := s.o.Wake.Wake(ctx, ws(c), f.ID, engine.Rehearse, asker(c)); err != nil {
		return err
	}
	return redirect(c, wish{at: s.o.Now(), after: r.run.ID}.in("/flows/"+f.ID+"/preview"))
}

// patient is how long a page believes that a rehearsal that was asked for will still begin.
const patient = 10 * time.Minute

// wish is that a worker begins something: when it was made, and which run was the newest then. It travels in the address,
// and is the zero wish where nobody waits for anything.
type wish struct {
	at    time.Time
	after string
}

// askedIn is the wish that an address holds.
func askedIn(c echo.Context) (x wish) {
	ms, err := strconv.ParseInt(c.QueryParam("asked"), 10, 64)
	if err != nil || ms <= 0 {
		return x
	}
	return wish{at: time.UnixMilli(ms), after: c.QueryParam("after")}
}

// in is an address with the wish in it.
func (x wish) in(path string) string {
	q := url.Values{}
	if !x.at.IsZero() {
		q.Set("asked", strconv.FormatInt(x.at.UnixMilli(), 10))
		q.Set("after", x.after)
	}
	return address(path, q)
}

// waits reports whether the wish has yet to come true.
func (s *Server) waits(x wish, newest string) bool {
	return !x.at.IsZero() && x.after == newest && s.o.Now().Sub(x.at) < patient
}

// underway reports whether a rehearsal runs, or one that was asked for has yet to begin.
func (s *Server) underway(r rehearsed, asked wish) bool {
	return r.is && !r.run.Status.Final() || s.waits(asked, r.run.ID)
}

// live is a rehearsal that is under way.
func (s *Server) live(ctx context.Context, ws string, p prospect, r rehearsed, asked wish) (templates.Rehearsing, error) {
	l := templates.Rehearsing{Stream: asked.in(p.path("preview/events")), Here: asked.in(p.path("preview")), Systems: p.systems()}
	var err error
	if l.Clock, err = s.clock(ctx, ws); err != nil {
		return l, err
	}
	if r.is && !s.waits(asked, r.run.ID) {
		l.Run = r.run
		return l, nil
	}
	active, busy, err := s.o.Store.ActiveRun(ctx, ws, p.flow.ID)
	switch {
	case err != nil:
		return l, err
	case busy && !active.DryRun:
		l.Behind = "A run of this flow is under way. The rehearsal begins when it is over."
	case s.o.Now().Sub(asked.at) > 5*time.Second && s.o.Workers != nil && s.o.Workers() != nil:
		l.Behind = "No worker takes it up: " + s.o.Workers().Error() + "."
	case s.o.Now().Sub(asked.at) > 5*time.Second:
		l.Behind = "Another flow of the same two accounts may be at work, or all workers are busy."
	}
	return l, nil
}

// pace is how often a page that is watched looks again.
const pace = 500 * time.Millisecond

// previewEvents tells how a rehearsal goes on, until it is over.
func (s *Server) previewEvents(c echo.Context) error {
	workspace, id, asked := ws(c), c.Param("id"), askedIn(c)
	p, err := s.prospect(c.Request().Context(), workspace, id)
	if err != nil {
		return err
	}
	return s.stream(c, pace, func(ctx context.Context) (templ.Component, bool, error) {
		r, err := s.rehearsed(ctx, workspace, id)
		if err != nil {
			return nil, false, err
		}
		l, err := s.live(ctx, workspace, p, r, asked)
		return templates.RehearsingNow(l), !s.underway(r, asked), err
	})
}
