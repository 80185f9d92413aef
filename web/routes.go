package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"couplet/static"
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
		{http.MethodGet, "/healthz", anyone, s.healthz},
		{http.MethodGet, "/readyz", anyone, s.readyz},
		{http.MethodGet, static.Prefix + "*", anyone, echo.WrapHandler(static.Handler())},

		// people: first run, sign-in, accounts, team
		{http.MethodGet, "/sign-in", anyone, s.signInPage},
		{http.MethodPost, "/sign-in", anyone, s.signIn},
		{http.MethodPost, "/sign-out", anyone, s.signOut},

		// overview
		{http.MethodGet, "/", anyone, s.home},

		// the way to a flow: accounts, template

		// connections: consent, keys, apps, hook addresses

		// a flow: its map

		// a flow: preview and switch

		// runs

		// calls of the systems
		{http.MethodPost, "/hooks/:system", system, s.accountHook},
		{http.MethodPost, "/hooks/:system/:connection/:secret/:event", system, s.addressHook},
	}
}

// register puts the routes into the router. Whoever may GET may ask for the head alone.
func (s *Server) register() {
	for _, r := range s.routes() {
		handle := s.admit(r)
		s.echo.Add(r.method, r.path, handle)
		if r.method == http.MethodGet {
			s.echo.Add(http.MethodHead, r.path, handle)
		}
	}
}
