package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/command"
	"couplet/internal/connector"
)

func (s *Server) apiAutomations(c echo.Context, d command.Desk) (any, error) {
	return d.Automations(c.Request().Context())
}

func (s *Server) apiAutomation(c echo.Context, d command.Desk) (any, error) {
	a, err := d.Automation(c.Request().Context(), word(c, "automation"))
	if err != nil {
		return nil, err
	}
	return d.AutomationJSON(c.Request().Context(), a)
}

// OnIn says whether an automation is to be on.
type OnIn struct {
	On bool `json:"on"`
}

func (s *Server) apiSwitchAutomation(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[*OnIn](c)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, notMeant("The body says neither on nor off, so nothing was done.", `Send {"on": true} or {"on": false}.`)
	}
	doc, err := d.SwitchAutomation(c.Request().Context(), word(c, "automation"), in.On)
	if err == nil && in.On {
		s.wakeAutomation(c, doc.ID)
	}
	return doc, err
}

// RecordIn names the record that an automation is started for, by its id, and where that hangs on another one the id of that.
type RecordIn struct {
	Record string `json:"record,omitempty"`
	Parent string `json:"parent,omitempty"`
}

func (s *Server) apiStartAutomation(c echo.Context, d command.Desk) (any, error) {
	ctx := c.Request().Context()
	in, err := bodyOf[RecordIn](c)
	if err != nil {
		return nil, err
	}
	f, err := d.StartAutomation(ctx, s.o.Starts, word(c, "automation"), connector.Ref{ID: in.Record, Parent: in.Parent})
	if err != nil {
		return nil, err
	}
	s.wakeAutomation(c, f.Automation)
	c.Response().Header().Set(echo.HeaderLocation, apiPath+"/firings/"+f.ID)
	return d.ShowFiring(ctx, f.ID)
}

// queryOf is which firings a request is about.
func queryOf(c echo.Context) (q command.FiringQuery, err error) {
	q = command.FiringQuery{Automation: c.QueryParam("automation"), State: c.QueryParam("state"), Text: c.QueryParam("q")}
	if text := c.QueryParam("since"); text != "" {
		if q.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return q, &Error{Status: http.StatusBadRequest, Title: "That is no time", Text: "since was not understood, so nothing was looked for.", Fix: "Write it like 2026-11-23T10:00:00Z."}
		}
	}
	return q, nil
}

func (s *Server) apiFirings(c echo.Context, d command.Desk) (any, error) {
	limit, err := limitOf(c)
	if err != nil {
		return nil, err
	}
	q, err := queryOf(c)
	if err != nil {
		return nil, err
	}
	return d.Firings(c.Request().Context(), q, c.QueryParam("cursor"), limit)
}

func (s *Server) apiShowFiring(c echo.Context, d command.Desk) (any, error) {
	return d.ShowFiring(c.Request().Context(), word(c, "firing"))
}

func (s *Server) apiAnswerFiring(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[command.VerdictIn](c)
	if err != nil {
		return nil, err
	}
	said, err := d.AnswerFiring(c.Request().Context(), word(c, "firing"), in)
	return s.saidJSON(c, said, err)
}

// AnswerAllIn is an answer for all firings that are meant: of an automation, in a state, with some words, set off since a time. Each may be
// left out.
type AnswerAllIn struct {
	command.VerdictIn
	Automation string    `json:"automation,omitempty"`
	State      string    `json:"state,omitempty"`
	Text       string    `json:"q,omitempty"`
	Since      time.Time `json:"since,omitzero"`
}

func (s *Server) apiAnswerFirings(c echo.Context, d command.Desk) (any, error) {
	in, err := bodyOf[AnswerAllIn](c)
	if err != nil {
		return nil, err
	}
	said, err := d.AnswerFirings(c.Request().Context(), command.FiringQuery{Automation: in.Automation, State: in.State, Text: in.Text, Since: in.Since}, in.VerdictIn)
	return s.saidJSON(c, said, err)
}

// saidJSON wakes what goes on, and tells what came of it.
func (s *Server) saidJSON(c echo.Context, said command.Said, err error) (any, error) {
	for _, id := range said.Automations() {
		s.wakeAutomation(c, id)
	}
	return said.JSON(), err
}
