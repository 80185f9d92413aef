package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
)

func (s *Server) apiVersions(c echo.Context, d command.Desk) (any, error) {
	limit, err := limitOf(c)
	if err != nil {
		return nil, err
	}
	before := 0
	if text := c.QueryParam("before"); text != "" {
		if before, err = strconv.Atoi(text); err != nil || before < 1 {
			return nil, &Error{Status: http.StatusBadRequest, Title: "That is no version", Text: "before is the number of a version, so nothing was listed.", Fix: "Leave before out, or give a number from 1 up."}
		}
	}
	return d.Versions(c.Request().Context(), word(c, "flow"), before, limit)
}

func (s *Server) apiDifference(c echo.Context, d command.Desk) (any, error) {
	return d.Difference(c.Request().Context(), word(c, "flow"), c.QueryParam("from"), c.QueryParam("to"))
}

// RestoreIn names the version that is to be the draft.
type RestoreIn struct {
	Version int `json:"version"`
}

func (s *Server) apiRestore(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[RestoreIn](c)
	if err != nil {
		return nil, err
	}
	f, changed, err := d.Restore(c.Request().Context(), word(c, "flow"), in.Version)
	return command.RestoredDoc{Flow: f.Name, Version: in.Version, Changed: changed}, err
}

func (s *Server) apiOperations(c echo.Context, _ command.Desk) (any, error) {
	system, kind := c.QueryParam("system"), c.QueryParam("kind")
	if systems := slices.Sorted(maps.Keys(s.o.Connect.Systems)); system != "" && !slices.Contains(systems, system) {
		return nil, notMeant("There is no such system, so nothing was looked for.", "Use one of "+strings.Join(systems, ", ")+".")
	}
	if kinds := apiQuery["kind"].words; kind != "" && !slices.Contains(kinds, kind) {
		return nil, notMeant("There is no such kind of operation, so nothing was looked for.", "Use one of "+strings.Join(kinds, ", ")+".")
	}
	return command.Operations(s.o.Connect.Systems, system, kind, strings.Fields(c.QueryParam("q"))), nil
}
