package web

import (
	"cmp"
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/templates"
)

// permits asks what both accounts allow of what the flow needs, for one of the flow's pages.
func (s *Server) permits(ctx context.Context, ws string, p prospect, page string) (out [2]templates.Permits) {
	for side, conn := range p.conns {
		missing, err := s.missing(ctx, ws, p, side)
		q := p.permits(side, missing, page)
		switch {
		case conn.State != connection.OK:
			q.Problem = cmp.Or(conn.Problem, p.specs[side].Name+" has to be connected again.")
		case err != nil:
			q.Problem = "Couplet could not find out what " + p.specs[side].Name + " allows. "
			if e, ok := connector.AsError(err); ok {
				q.Problem += e.Message
			} else {
				q.Problem += "Try again in a moment."
				s.o.Log.Warn("permissions not known", "connection", conn.ID, "error", err)
			}
		}
		out[side] = q
	}
	return out
}

// missing asks what an account does not allow of what the flow needs.
func (s *Server) missing(ctx context.Context, ws string, p prospect, side int) ([]connector.Scope, error) {
	return s.o.Connect.Missing(connector.As(ctx, connector.Interactive), ws, p.conns[side].ID, p.flow.Needs(connector.Side(side))...)
}

// permits says what an account has to allow, for one of the flow's pages.
func (p prospect) permits(side int, missing []connector.Scope, page string) templates.Permits {
	conn := p.conns[side]
	q := templates.Permits{System: p.systems()[side], Account: accountOf(conn), Again: again(conn, p.path(page)),
		Pasted: conn.AuthKind == connection.KindToken, Here: p.path(page)}
	for _, x := range missing {
		q.Missing = append(q.Missing, permission(x, p.flow.Needs(connector.Side(side))))
	}
	return q
}

// lacking are the accounts that are known not to allow all that the flow needs, so that it is said before anything is
// tried. What a pasted key may do can have been changed where it was made, so where a whole page is loaded it is asked again.
func (s *Server) lacking(c echo.Context, p prospect, page string) (out []templates.Permits, err error) {
	ctx := c.Request().Context()
	for side, conn := range p.conns {
		permit, known, err := s.o.Connect.Permit(ctx, ws(c), conn.ID)
		if err != nil {
			return nil, err
		}
		missing := slices.DeleteFunc(p.specs[side].ScopesFor(p.flow.Needs(connector.Side(side))...), func(x connector.Scope) bool { return slices.Contains(permit.Scopes, x.Name) })
		if !known || len(missing) == 0 || conn.State != connection.OK {
			continue
		}
		if c.Request().Header.Get("HX-Request") == "" {
			if now, err := s.missing(ctx, ws(c), p, side); err == nil {
				missing = now
			}
		}
		if len(missing) > 0 {
			out = append(out, p.permits(side, missing, page))
		}
	}
	return out, nil
}

// makes are the custom fields that switching on makes where they are not there.
func (p prospect) makes() (out []templates.MadeField) {
	systems := p.systems()
	for _, x := range p.flow.Extras() {
		out = append(out, templates.MadeField{System: systems[x.Side], Label: x.Field.Label, Why: "holds a value that " + systems[x.Side].Name + " has no field for"})
	}
	for side, spec := range p.specs {
		if object, ok := spec.Object(p.flow.Object); ok && object.Stamp.Custom && p.flow.Direction.To(connector.Side(side)) {
			out = append(out, templates.MadeField{System: systems[side], Label: object.Stamp.Label,
				Why: "says which " + systems[1-side].One + " of " + systems[1-side].Name + " it belongs to, so that nobody is made twice"})
		}
	}
	return out
}

// obstacle is what keeps a flow from being switched on, in words, and the page that mends it.
func (s *Server) obstacle(ctx context.Context, ws string, p prospect) (problem string, fix *templates.Link, err error) {
	for side, q := range s.permits(ctx, ws, p, "on") {
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
	if why := f.Orphaned(others); why != "" {
		return inSentence(why), &templates.Link{Text: "Make that flow", Href: "/new"}, nil
	}
	if rival, found := f.Rival(others); found {
		return inSentence(f.Beside(rival)), &templates.Link{Text: "Open the map of " + rival.Name, Href: "/flows/" + rival.ID + "/map"}, nil
	}
	for _, bad := range append(f.Problems(), flow.WritesConflict(others, f)...) {
		return inSentence(bad.Text), &templates.Link{Text: "Open the map", Href: p.path("map")}, nil
	}
	return "", nil, nil
}
