package web

import (
	"cmp"
	"context"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/templates"
)

// permits asks what both accounts allow of what the flow needs.
func (s *Server) permits(ctx context.Context, ws string, p prospect) (out [2]templates.Permits) {
	ctx = connector.As(ctx, connector.Interactive)
	for side, conn := range p.conns {
		q := templates.Permits{System: p.systems()[side], Account: accountOf(conn), Again: again(conn, p.path("on"))}
		needs := p.flow.Needs(connector.Side(side))
		missing, err := s.o.Connect.Missing(ctx, ws, conn.ID, needs...)
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
		if object, ok := spec.Object(p.flow.Object); ok && object.Stamp.Custom && p.flow.Direction.To(connector.Side(side)) {
			out = append(out, templates.MadeField{System: systems[side], Label: object.Stamp.Label,
				Why: "says which " + systems[1-side].One + " of " + systems[1-side].Name + " it belongs to, so that nobody is made twice"})
		}
	}
	return out
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
	if why := f.Orphaned(others); why != "" {
		return inSentence(why), &templates.Link{Text: "Make that flow", Href: "/new"}, nil
	}
	for _, bad := range append(f.Problems(), flow.WritesConflict(others, f)...) {
		return inSentence(bad.Text), &templates.Link{Text: "Open the map", Href: p.path("map")}, nil
	}
	return "", nil, nil
}
