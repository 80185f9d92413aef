package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// Switching a flow on publishes what a person edited, approves what its rehearsal showed, and wakes the first run. A flow
// that was on before and does the same as then is switched on without another look.

// last is what is known on the last step of a flow.
type last struct {
	prospect
	rehearsed rehearsed
	clock     templates.Clock
}

func (s *Server) last(ctx context.Context, ws, id string) (l last, err error) {
	if l.prospect, err = s.prospect(ctx, ws, id); err != nil {
		return l, err
	}
	if l.clock, err = s.clock(ctx, ws); err != nil {
		return l, err
	}
	l.rehearsed, err = s.rehearsed(ctx, ws, id)
	return l, err
}

// onPage is the last step.
func (s *Server) onPage(c echo.Context) error {
	l, err := s.last(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.showOn(c, http.StatusOK, l, typedSettings(l.flow), "", nil)
}

func (s *Server) showOn(c echo.Context, status int, l last, form templates.SwitchForm, problem string, fix *templates.Link) error {
	ctx := c.Request().Context()
	v := templates.SwitchOn{Frame: frame(c, "Switch on "+l.flow.Name, "flows"), Clock: l.clock, Flow: l.shown(), Form: form, Problem: problem, Fix: fix}
	if l.rehearsed.of(l.flow) {
		v.Rehearsed = l.rehearsed.run.Started
		for side, n := range l.rehearsed.run.To {
			v.Will[side] = templates.WillChange{Created: n.Created, Updated: n.Updated}
		}
		counts, err := s.o.Store.PlanCounts(ctx, ws(c), l.rehearsed.run.ID)
		if err != nil {
			return err
		}
		v.Need = counts.All(store.PlanNeed)
	}
	v.Permits = s.permits(ctx, ws(c), l.prospect)
	v.Makes = l.makes()
	return page(c, status, templates.SwitchOnPage(v))
}

// permits asks what both accounts allow of what the flow needs.
func (s *Server) permits(ctx context.Context, ws string, p prospect) (out [2]templates.Permits) {
	ctx = connection.Interactive(ctx)
	for side, conn := range p.conns {
		q := templates.Permits{System: p.systems()[side], Account: accountOf(conn), Again: again(conn)}
		needs := p.flow.Needs(connector.Side(side))
		missing, err := s.o.Connect.Missing(ctx, ws, conn.ID, needs...)
		switch {
		case conn.State != connection.OK:
			q.Problem = or(conn.Problem, p.specs[side].Name+" has to be connected again.")
		case err != nil:
			q.Problem = "Couplet could not find out what " + p.specs[side].Name + " allows. "
			if e, ok := connector.AsError(err); ok {
				q.Problem += e.Message
			} else {
				q.Problem += "Try again in a moment."
				s.o.Log.Warn("permissions not known", "connection", conn.ID, "error", err)
			}
		}
		for _, x := range missing {
			q.Missing = append(q.Missing, permission(x, needs))
		}
		out[side] = q
	}
	return out
}

// makes are the custom fields that switching on makes where they are not there.
func (p prospect) makes() (out []templates.MadeField) {
	systems := p.systems()
	for _, x := range p.flow.Extras() {
		out = append(out, templates.MadeField{System: systems[x.Side], Label: x.Field.Label, Why: "holds a value that " + systems[x.Side].Name + " has no field for"})
	}
	for side, spec := range p.specs {
		if object, ok := spec.Object(p.flow.Object); ok && p.flow.Direction.To(connector.Side(side)) {
			out = append(out, templates.MadeField{System: systems[side], Label: object.Stamp.Label,
				Why: "says which " + systems[1-side].One + " of " + systems[1-side].Name + " it belongs to, so that nobody is made twice"})
		}
	}
	return out
}

// switchOn keeps the settings of the last step, and with do=on switches on.
func (s *Server) switchOn(c echo.Context) error {
	ctx := c.Request().Context()
	l, err := s.last(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	q, err := c.FormParams()
	if err != nil {
		return &Error{Status: http.StatusBadRequest, Text: "The form could not be read. Go back, and send it again."}
	}
	set, form := settingsIn(q, l.flow)
	if len(form.Errors) > 0 {
		return s.showOn(c, http.StatusUnprocessableEntity, l, form, "Some of the settings cannot be. They are marked below.", nil)
	}
	if l.flow, err = s.keepSettings(c, l.flow.ID, set); err != nil {
		return err
	}
	if c.FormValue("do") != "on" {
		return s.settingsKept(c, l)
	}
	a, before := l.approved()
	if !before {
		if !l.rehearsed.of(l.flow) {
			return s.showOn(c, http.StatusUnprocessableEntity, l, form, "There is no rehearsal of the flow as it is now. Look at one first; the settings are kept.",
				&templates.Link{Text: "Open the preview", Href: l.path("preview")})
		}
		a = flow.Approval{By: visitorOf(c).User.Email, At: s.o.Now().UTC(), How: "preview", Counts: l.rehearsed.counts(), Rehearsal: l.rehearsed.run.ID, Revision: l.flow.Revision()}
	}
	if problem, fix, err := s.obstacle(ctx, ws(c), l.prospect); err != nil || problem != "" {
		if err != nil {
			return err
		}
		return s.showOn(c, http.StatusUnprocessableEntity, l, form, problem, fix)
	}
	_, err = s.o.Store.SwitchOn(ctx, ws(c), l.flow.ID, a)
	if errors.Is(err, store.ErrOutdated) {
		return s.showOn(c, http.StatusUnprocessableEntity, l, form, "Somebody changed the flow this very moment. Look at a rehearsal of it first.",
			&templates.Link{Text: "Open the preview", Href: l.path("preview")})
	}
	if err != nil {
		return err
	}
	return s.firstRun(c, l.flow.ID)
}

// obstacle is what keeps a flow from being switched on, in words, and the page that mends it.
func (s *Server) obstacle(ctx context.Context, ws string, p prospect) (problem string, fix *templates.Link, err error) {
	for side, q := range s.permits(ctx, ws, p) {
		if len(q.Missing) == 0 && q.Problem == "" {
			continue
		}
		problem = q.Problem
		if problem == "" {
			problem = p.specs[side].Name + " does not allow everything that this flow needs. What is missing is named below. Ask for it again, then switch on."
		}
		return problem, &templates.Link{Text: "Ask " + p.specs[side].Name + " again", Href: q.Again}, nil
	}
	f := p.flow
	f.Enabled = true
	others, err := s.o.Store.Flows(ctx, ws)
	if err != nil {
		return "", nil, err
	}
	for _, bad := range append(f.Problems(), flow.WritesConflict(others, f)...) {
		return inSentence(bad.Text), &templates.Link{Text: "Open the map", Href: p.path("map")}, nil
	}
	return "", nil, nil
}

// keepSettings puts settings into the draft, whoever else edits it at the same time.
func (s *Server) keepSettings(c echo.Context, id string, set flow.Flow) (flow.Flow, error) {
	ctx := c.Request().Context()
	for try := 0; ; try++ {
		d, err := s.o.Store.DraftState(ctx, ws(c), id)
		if err != nil {
			return set, err
		}
		f := d.Flow
		f.Schedule, f.Retry, f.Brake = set.Schedule, set.Retry, set.Brake
		d, err = s.o.Store.ChangeDraft(ctx, ws(c), visitorOf(c).User.ID, f, d.Revision)
		if err == nil || !errors.Is(err, store.ErrChanged) || try == 5 {
			return d.Flow, err
		}
	}
}

// settingsKept says that settings are kept. Those of a flow that is on and does the same as before hold at once.
func (s *Server) settingsKept(c echo.Context, l last) error {
	said := "The settings are kept. They hold once the flow is switched on."
	if l.published.Enabled && l.published.Revision() == l.flow.Revision() {
		if _, _, err := s.o.Store.Publish(c.Request().Context(), ws(c), l.flow.ID); err != nil {
			return err
		}
		said = "The settings are kept and hold from now on."
	} else if l.published.Enabled {
		said = "The settings are kept. They hold once the change of the flow is published."
	}
	if err := s.say(c, said, false); err != nil {
		return err
	}
	return redirect(c, l.path("on"))
}

// firstRun wakes the first run of a flow that was just switched on, and leads to it.
func (s *Server) firstRun(c echo.Context, id string) error {
	ctx := c.Request().Context()
	before, err := s.newest(ctx, ws(c), id)
	if err != nil {
		return err
	}
	if err := s.o.Wake.Wake(ctx, ws(c), id, "manual"); err != nil {
		s.o.Log.Warn("the first run was not woken; the scheduler will find it", "flow", id, "error", err)
		if err := s.o.Store.SetNext(ctx, ws(c), id, s.o.Now()); err != nil {
			return err
		}
	}
	return redirect(c, wish{at: s.o.Now(), after: before}.in("/flows/"+id+"/run/latest"))
}

// switchFlow switches a flow that was on before off or on again.
func (s *Server) switchFlow(c echo.Context) error {
	ctx := c.Request().Context()
	l, err := s.last(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	back := inside(c.FormValue("back"), "/flows")
	if c.FormValue("to") == "off" {
		return s.switchOff(c, l, back)
	}
	a, before := l.approved()
	switch problem, fix, err := s.obstacle(ctx, ws(c), l.prospect); {
	case err != nil:
		return err
	case !before:
		if err := s.say(c, "Look at what it would change first. It was changed since it was on, or was never on.", false); err != nil {
			return err
		}
		return redirect(c, l.path("preview"))
	case problem != "":
		return s.showOn(c, http.StatusUnprocessableEntity, l, typedSettings(l.flow), problem, fix)
	}
	if _, err := s.o.Store.SwitchOn(ctx, ws(c), l.flow.ID, a); err != nil {
		return err
	}
	return s.firstRun(c, l.flow.ID)
}

// switchOff stops a flow at once: nothing new begins, and a run under way is told to end.
func (s *Server) switchOff(c echo.Context, l last, back string) error {
	ctx := c.Request().Context()
	if err := s.o.Store.SetEnabled(ctx, ws(c), l.flow.ID, false); err != nil {
		return err
	}
	said := l.flow.Name + " is off. Nothing is read or written until it is on again, and what changes meanwhile is not lost."
	if r, active, err := s.o.Store.ActiveRun(ctx, ws(c), l.flow.ID); err != nil {
		return err
	} else if active && !r.DryRun {
		if _, err := s.o.Store.CancelRun(ctx, ws(c), r.ID); err != nil {
			return err
		}
		said = l.flow.Name + " is off. The run under way ends within seconds. What it wrote stays, and the rest is done when the flow is on again."
	}
	if err := s.say(c, said, false); err != nil {
		return err
	}
	return redirect(c, back)
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
			if !r.DryRun {
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
