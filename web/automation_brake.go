package web

import (
	"github.com/labstack/echo/v4"

	"couplet/templates"
)

// looseHeld lets what the brake of an automation holds go on, or leaves it out.
func (s *Server) looseHeld(c echo.Context) error {
	id, end := c.Param("id"), c.FormValue("do") == "end"
	n, err := s.o.Store.LooseFirings(c.Request().Context(), ws(c), id, visitorOf(c).User.Email, end)
	if err != nil {
		return err
	}
	said := templates.Count(int(n), "goes on", "go on") + " now. Others are counted as before."
	switch {
	case n == 0:
		said = "Nothing is held any more: somebody may have answered before."
	case end:
		said = templates.Count(int(n), "is left out", "are left out") + ". Nothing of that was done."
	default:
		s.wakeAutomation(c, id)
	}
	return s.sayAndGo(c, said, n == 0, "/automations/"+id)
}
