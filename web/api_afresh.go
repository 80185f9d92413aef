package web

import (
	"github.com/labstack/echo/v4"

	"couplet/internal/command"
)

func (s *Server) apiAfresh(c echo.Context, d command.Desk) (any, error) {
	_, _, doc, err := d.Afresh(c.Request().Context(), word(c, "flow"))
	return doc, err
}

// ApproveIn names the dry run that somebody saw and approves.
type ApproveIn struct {
	Approve string `json:"approve"`
}

func (s *Server) apiApproveAfresh(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[ApproveIn](c)
	if err != nil {
		return nil, err
	}
	if in.Approve == "" { // the newest may be one that nobody looked at
		return nil, notMeant("Nothing says which dry run is approved, so nothing was.", `Look with GET at this address, then send {"approve": "the id of that dry run"}.`)
	}
	_, _, doc, err := d.ApproveSeen(c.Request().Context(), word(c, "flow"), in.Approve)
	return doc, err
}

func (s *Server) apiDeleted(c echo.Context, d command.Desk) (any, error) {
	_, doc, err := d.ReallyDeleted(c.Request().Context(), word(c, "flow"))
	return doc, err
}
