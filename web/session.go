package web

import "github.com/labstack/echo/v4"

// visit finds who is signed in, nil when nobody is.
func (s *Server) visit(echo.Context) (*visitor, error) { return nil, nil }
