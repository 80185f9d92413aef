package web

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// automationNeed is what one automation wants to do with an account, and its name.
type automationNeed struct {
	name  string
	needs []connector.Need
}

// automationNeeds are those of all automations that use a connection, as they are published and as they are edited.
func (s *Server) automationNeeds(ctx context.Context, ws, conn string) (out []automationNeed, err error) {
	all, err := s.o.Store.Automations(ctx, ws)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	c, err := s.o.Store.ConnectionByID(ctx, ws, conn)
	if err != nil {
		return nil, err
	}
	systems := s.automationSystems()
	for _, x := range all {
		n := automationNeed{name: x.Draft.Name}
		for _, a := range []automation.Automation{x.Draft, x.Published} {
			if slices.Contains(a.Connections[:], conn) {
				n.needs = append(n.needs, automation.Needs(a, c.System, systems)...)
			}
		}
		if len(n.needs) > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

// automationLacks are the accounts that are known not to allow all that an automation needs. What a pasted key may do can have been
// changed where it was made, so it is asked again where sure says so.
func (s *Server) automationLacks(c echo.Context, x *canvasOf, a automation.Automation, sure bool) (out []templates.Permits, err error) {
	ctx := connector.As(c.Request().Context(), connector.Interactive)
	for _, id := range automation.SystemsOf(a) {
		sys, known := x.systems[id]
		conn := x.accountOf(a, id)
		needs := automation.Needs(a, id, x.systems)
		if !known || conn == nil || conn.State != connection.OK || len(needs) == 0 {
			continue
		}
		permit, told, err := s.o.Connect.Permit(ctx, ws(c), conn.ID)
		if err != nil {
			return nil, err
		}
		if !told || len(permit.Scopes) == 0 {
			continue
		}
		missing := slices.DeleteFunc(sys.Spec.ScopesFor(needs...), func(x connector.Scope) bool { return slices.Contains(permit.Scopes, x.Name) })
		if len(missing) > 0 && sure {
			if now, err := s.o.Connect.Missing(ctx, ws(c), conn.ID, needs...); err == nil {
				missing = now
			}
		}
		if len(missing) == 0 {
			continue
		}
		path := "/automations/" + a.ID
		p := templates.Permits{System: systemOf(sys.Spec, ""), Account: accountOf(*conn), Again: again(*conn, path), Pasted: conn.AuthKind == connection.KindToken, Here: path, Automation: true}
		for _, scope := range missing {
			p.Missing = append(p.Missing, permission(scope, nil))
		}
		out = append(out, p)
	}
	return out, nil
}
