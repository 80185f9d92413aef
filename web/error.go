package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// Error is an answer that is no success. Text is for people and may be shown; Err is for the log and never is.
type Error struct {
	Status int
	// Title heads the answer; "" for the usual one of the status.
	Title string
	// Text says what happened, what it means and what to do; "" for the usual words of the status.
	Text string
	Err  error
	// After, when set, is the Retry-After of the answer in seconds.
	After int
	// Fix, for programs, says apart from Text what to do. Lines are what is wrong with a flow file.
	Fix   string
	Lines flow.Errors
}

// Error is what the log says.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%d %s", e.Status, e.Text)
	}
	return fmt.Sprintf("%d %s: %v", e.Status, e.Text, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// words are the titles and texts of statuses that have no better text.
var words = map[int][2]string{
	http.StatusForbidden: {"This was not sent from here",
		"The request came from a page of another site, so nothing was done. Open Couplet itself and try again."},
	http.StatusNotFound: {"There is nothing here",
		"The address may be mistyped, or what was here is gone. Go on from the start page."},
	http.StatusConflict: {"That cannot be done as things are now",
		"Something changed since the page was loaded. Load it again and look before you repeat it."},
	http.StatusMethodNotAllowed: {"That cannot be done here",
		"This address exists, but not for this kind of request."},
	http.StatusRequestEntityTooLarge: {"That was too much",
		"The request is larger than 1 MB, so it was not read. Send less at once."},
	http.StatusServiceUnavailable: {"Not ready",
		"Couplet is starting, stopping or waiting for its database. Try again in a moment."},
	http.StatusInternalServerError: {"Something went wrong in Couplet",
		"The cause is in the log under the number of this request. Try again; if it stays so, give that number to whoever runs this installation."},
}

// explain finds the answer for any error.
func explain(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var he *echo.HTTPError
	switch {
	case errors.As(err, &he):
		return &Error{Status: he.Code, Err: he.Internal}
	case isRefused(err, &e):
		return e
	case errors.Is(err, store.ErrNotFound):
		return &Error{Status: http.StatusNotFound, Err: err}
	}
	return &Error{Status: http.StatusInternalServerError, Err: err}
}

// answerError is the one place where errors become answers.
func (s *Server) answerError(err error, c echo.Context) {
	e := explain(err)
	gone := errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil
	if e.Status >= http.StatusInternalServerError && !gone {
		s.o.Log.Error("request failed", "route", pattern(c), "status", e.Status, "error", err, "request", numberOf(c))
	}
	if c.Response().Committed {
		return
	}
	if e.After > 0 {
		c.Response().Header().Set("Retry-After", fmt.Sprint(e.After))
	}
	p := problem(e, numberOf(c))
	answer := func() error { return show(c, p) }
	if forPrograms(c) {
		answer = func() error { return showProblem(c, e, p) }
	}
	if err := answer(); err != nil && !gone {
		s.o.Log.Warn("error not shown", "route", pattern(c), "error", err, "request", numberOf(c))
	}
}

func problem(e *Error, number string) templates.Problem {
	w, ok := words[e.Status]
	if !ok {
		w = [2]string{http.StatusText(e.Status), "The request could not be answered as it was sent."}
	}
	p := templates.Problem{Status: e.Status, Title: w[0], Text: w[1], Request: number}
	if e.Title != "" {
		p.Title = e.Title
	}
	if e.Text != "" {
		p.Text = e.Text
	}
	return p
}

// show writes a page for whoever reads pages, and problem JSON (RFC 9457) for everybody else.
func show(c echo.Context, p templates.Problem) error {
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), echo.MIMETextHTML) {
		return page(c, p.Status, templates.ProblemPage(p))
	}
	body, err := json.Marshal(map[string]any{"title": p.Title, "status": p.Status, "detail": p.Text, "request": p.Request})
	if err != nil {
		return err
	}
	return c.Blob(p.Status, "application/problem+json", body)
}
