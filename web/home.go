package web

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/templates"
)

// home shows that the program runs. What it holds is for those who are signed in.
func (s *Server) home(c echo.Context) error { return page(c, http.StatusOK, templates.Home()) }

// page writes a page. It is rendered first, so that an error on the way is still answered as one.
func page(c echo.Context, status int, t templ.Component) error {
	var b bytes.Buffer
	if err := t.Render(c.Request().Context(), &b); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}
