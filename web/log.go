package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"
)

// unmatched stands in log and metrics for addresses that are no route: what strangers try is not worth a line of its own.
const unmatched = "none"

// logged writes one line per request: the pattern of its route, never its address, query or body.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := s.o.Now()
		if err := next(c); err != nil {
			c.Error(err) // answers; see answerError
		}
		took := s.o.Now().Sub(began)
		route := pattern(c)
		level := slog.LevelInfo
		if route == "/healthz" || route == "/readyz" {
			level = slog.LevelDebug
		}
		status := c.Response().Status
		s.metrics.request(route, method(c), status, took)
		s.o.Log.Log(c.Request().Context(), level, "request", "method", method(c), "route", route, "status", status,
			"took_ms", float64(took.Microseconds())/1000, "bytes", c.Response().Size, "ip", c.RealIP(), "request", numberOf(c))
		return nil
	}
}

// pattern is the route that a request came to.
func pattern(c echo.Context) string {
	if c.Path() == "" || c.Response().Status == http.StatusMethodNotAllowed {
		return unmatched
	}
	return c.Path()
}

// method is the method of a request, if it is one that we answer.
func method(c echo.Context) string {
	switch m := c.Request().Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return m
	}
	return "other"
}

// survive turns a panic of a handler into an error with its stack.
func (s *Server) survive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}()
		return next(c)
	}
}
