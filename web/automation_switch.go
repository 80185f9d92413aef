package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/templates"
)

// switchAutomation switches what is published on or off. What nothing would set off, or what would fail at once, is not switched on.
func (s *Server) switchAutomation(c echo.Context) error {
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	on, a := c.FormValue("on") == "yes", x.draft.Published
	if on {
		if why := x.cannotRun(a); why != "" {
			return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) {
				v.BadTitle, v.Bad, v.Focus = "Not switched on", why, templates.BadID
			})
		}
		lacks, err := s.automationLacks(c, x, a, true)
		if err != nil {
			return err
		}
		if len(lacks) > 0 {
			p := lacks[0]
			return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) {
				v.Lacks = lacks
				v.BadTitle, v.Bad, v.Focus = "Not switched on", p.System.Name+" does not allow everything that it needs. What is missing is named below. Ask for it, then switch on.", templates.BadID
			})
		}
	}
	if err := s.o.Store.SwitchAutomation(c.Request().Context(), ws(c), a.ID, on); err != nil {
		return err
	}
	said := "It is off. Nothing sets it off any more, and what waits goes on when it is switched on again."
	if on {
		said = "It is on. What happens from now on sets it off; what was there before does not."
		s.wakeAutomation(c, a.ID)
	}
	return s.sayAndGo(c, said, false, "/automations/"+a.ID)
}

// cannotRun says why what is published cannot be switched on, "" when it can.
func (x *canvasOf) cannotRun(a automation.Automation) string {
	return command.CannotRun(a, x.systems, x.conns)
}
