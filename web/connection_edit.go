package web

import (
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/store"
	"couplet/templates"
)

// renameConnection gives a connection another name.
func (s *Server) renameConnection(c echo.Context) error {
	ctx := c.Request().Context()
	conn, err := s.o.Store.ConnectionByID(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	name := strings.TrimSpace(c.FormValue("name"))
	clash := func() error {
		return s.showConnection(c, http.StatusConflict, conn, func(p *templates.ConnectionPage) { p.Clash, p.Name = clashText+conn.Name+".", name })
	}
	if outdated(c, seenOf(conn.Name)) {
		return clash()
	}
	if wrong := badName(name); wrong != "" {
		return s.badlyNamed(c, conn, name, wrong)
	}
	err = s.o.Store.RenameConnection(ctx, ws(c), conn.ID, conn.Name, name)
	switch {
	case errors.Is(err, store.ErrExists):
		return s.badlyNamed(c, conn, name, "Another connection is called that. Choose a name that tells them apart.")
	case errors.Is(err, store.ErrOutdated): // while this was read
		if conn, err = s.o.Store.ConnectionByID(ctx, ws(c), conn.ID); err != nil {
			return err
		}
		return clash()
	case err != nil:
		return err
	}
	return s.sayAndGo(c, "It is called "+name+" now.", false, "/connections/"+conn.ID)
}

func (s *Server) badlyNamed(c echo.Context, conn connection.Connection, name, why string) error {
	return s.showConnection(c, http.StatusUnprocessableEntity, conn, func(p *templates.ConnectionPage) { p.Name, p.NameError = name, why })
}

// badName says why a connection cannot be called so; the names of flow files have the same rule.
func badName(name string) string {
	switch {
	case name == "":
		return "Give it a name."
	case len([]rune(name)) > 100:
		return "This name is longer than 100 characters. Shorten it."
	case strings.Contains(name, "${") || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "This name holds something that cannot be written in a flow file. Use letters, digits, spaces and dashes."
	}
	return ""
}

// askDisconnect asks before a key is forgotten, on a page of its own.
func (s *Server) askDisconnect(c echo.Context) error {
	conn, err := s.o.Store.ConnectionByID(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	card, err := s.cardOf(c, conn)
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.DisconnectPage(templates.Disconnecting{Frame: frame(c, "Disconnect "+conn.Name, "connections"), Card: card}))
}

// disconnect forgets the key of a connection. Its flows wait; what was agreed about records stays.
func (s *Server) disconnect(c echo.Context) error {
	conn, err := s.o.Connect.Disconnect(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.sayAndGo(c, conn.Name+" is disconnected and its key forgotten. Flows that use it wait until it is connected again.", false, "/connections")
}
