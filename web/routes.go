package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/static"
)

// who may come to a route.
type who string

const (
	// anyone may come, signed in or not, and is shown nothing that is kept.
	anyone who = "anyone"
	// system is a call that proves itself, by a signature or by the secret in its address; the handler checks it.
	system who = "system"
)

// route is one line of the list of everything that is answered.
type route struct {
	method, path string
	who          who
	handle       echo.HandlerFunc
}

// routes is everything that is answered. What is not in it does not exist.
func (s *Server) routes() []route {
	return []route{
		{http.MethodGet, "/", anyone, s.home},
		{http.MethodGet, "/healthz", anyone, s.healthz},
		{http.MethodGet, "/readyz", anyone, s.readyz},
		{http.MethodGet, static.Prefix + "*", anyone, echo.WrapHandler(static.Handler())},

		{http.MethodPost, "/hooks/:system", system, s.accountHook},
		{http.MethodPost, "/hooks/:system/:connection/:secret/:event", system, s.addressHook},
	}
}

// register puts the routes into the router. Whoever may GET may ask for the head alone.
func (s *Server) register() {
	for _, r := range s.routes() {
		s.echo.Add(r.method, r.path, r.handle)
		if r.method == http.MethodGet {
			s.echo.Add(http.MethodHead, r.path, r.handle)
		}
	}
}
