package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/store"
	"couplet/templates"
)

// newAutomationPage says what a template does, and asks for the accounts.
func (s *Server) newAutomationPage(c echo.Context) error {
	p, _, err := s.newAutomation(c, c.QueryParam("template"))
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.NewAutomationPage(p))
}

// newAutomation is the page for a template; "" is an empty automation.
func (s *Server) newAutomation(c echo.Context, id string) (p templates.NewAutomation, a automation.Automation, err error) {
	p = templates.NewAutomation{Frame: frame(c, "New automation", "flows"), Template: id, Name: "New automation", Typed: map[string]string{}}
	systems := s.automationSystems()
	x := &canvasOf{systems: systems}
	asked := x.systemIDs()
	if id != "" {
		t, err := s.automationTemplate(c.Request().Context(), ws(c), id)
		if err != nil {
			return p, a, &Error{Status: http.StatusNotFound, Title: "This template is not there", Text: "It may have been renamed in a newer version. Choose one under Flows."}
		}
		p.Title, p.Name, p.Description, a, asked = t.Title, t.Title, t.Description, t.Automation, t.Systems()
	}
	x.draft.Draft = a
	b := &canvasView{canvasOf: x, all: automation.Values(a, automation.AtEnd, systems)}
	if id != "" {
		p.Trigger, p.Filter = b.trigger(), b.filter()
		p.Steps = b.steps(a.Steps, "")
	}
	all, err := s.o.Store.Connections(c.Request().Context(), ws(c))
	if err != nil {
		return p, a, err
	}
	for _, id := range asked {
		need := templates.NeededAccount{System: systemOf(systems[id].Spec, "")}
		for _, conn := range all {
			if conn.System == id {
				need.Choices = append(need.Choices, templates.Choice{ID: conn.ID, Name: conn.Name})
			}
		}
		p.Accounts = append(p.Accounts, need)
	}
	return p, a, nil
}

// makeAutomation makes an automation of a template and the accounts. It is off, and nothing is read or written by making it.
func (s *Server) makeAutomation(c echo.Context) error {
	ctx := c.Request().Context()
	p, a, err := s.newAutomation(c, c.FormValue("template"))
	if err != nil {
		return err
	}
	name := strings.TrimSpace(c.FormValue("name"))
	if name == "" {
		name = p.Name
	}
	n := 0
	for _, need := range p.Accounts {
		id := c.FormValue("account." + need.System.ID)
		if slices.ContainsFunc(need.Choices, func(x templates.Choice) bool { return x.ID == id }) && n < len(a.Connections) {
			a.Connections[n] = id
			n++
		}
	}
	clock, err := s.clock(ctx, ws(c))
	if err != nil {
		return err
	}
	if zone := clock.Zone.String(); a.TimeZone == "" && zone != "UTC" { // days begin where the workspace lives
		a.TimeZone = zone
	}
	taken := name
	for i := 1; i < 100; i++ {
		a.Name = numbered(name, i)
		made, err := s.o.Store.AddAutomation(ctx, ws(c), visitorOf(c).User.ID, a)
		if errors.Is(err, store.ErrExists) {
			continue
		}
		if err != nil {
			return err
		}
		return redirect(c, "/automations/"+made.Draft.ID)
	}
	p.Typed["name"], p.Problem = taken, "There are very many of this name. Give it another one."
	return page(c, http.StatusUnprocessableEntity, templates.NewAutomationPage(p))
}
