package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/templates"
)

// home shows that the program runs. What it holds is for those who are signed in.
func (s *Server) home(c echo.Context) error { return page(c, http.StatusOK, templates.Home()) }
