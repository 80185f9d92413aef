package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
	"couplet/templates"
)

// who may come to a route.
type who string

const (
	// anyone may come, signed in or not, and is shown nothing that is kept.
	anyone who = "anyone"
	// system is a call that proves itself, by a signature or by the secret in its address; the handler checks it.
	system who = "system"
	// viewer, editor and owner are roles of members of a workspace; each may do what those before it may. A viewer looks,
	// an editor changes connections and flows, an owner also decides who else may come.
	viewer who = "viewer"
	editor who = "editor"
	owner  who = "owner"
)

// Roles are the roles a member can have, the least first.
var Roles = []string{string(viewer), string(editor), string(owner)}

// may reports whether a member of a role may come where the other is asked for.
func may(role string, asked who) bool {
	has := slices.Index(Roles, role)
	return has >= 0 && has >= slices.Index(Roles, string(asked))
}

// visitor is who is signed in, and in which workspace. Every look-up that a handler makes takes its workspace from here.
type visitor struct {
	User      store.User
	Workspace store.Workspace
	Role      string
	// Session is the hash under which the session is kept: enough to name it, not enough to use it.
	Session string
	// Theme is "light", "dark", or "" for what the person's system says.
	Theme string
	// Others are the further workspaces of this person.
	Others []store.Workspace

	// waiting is how much waits for a person, as far as the navigation counts.
	waiting int

	// token is what a program came by, the zero one for a person.
	token store.Token

	// said waits to be shown once; shown says that a page did.
	said       string
	bad, shown bool
}

const visitorKey = "couplet.visitor"

// visitorOf is who is signed in. Routes for a role have one, others may not.
func visitorOf(c echo.Context) *visitor {
	v, _ := c.Get(visitorKey).(*visitor)
	return v
}

// ws is the id of the workspace of the visitor.
func ws(c echo.Context) string { return visitorOf(c).Workspace.ID }

// admit lets a route's handler run for whoever may come, and tells others what to do.
func (s *Server) admit(r route) echo.HandlerFunc {
	if r.who == anyone || r.who == system {
		return r.handle
	}
	return func(c echo.Context) error {
		v, err := s.visit(c)
		if err != nil {
			return err
		}
		if v == nil {
			return s.signInFirst(c)
		}
		c.Set(visitorKey, v)
		if !may(v.Role, r.who) {
			return &Error{Status: http.StatusForbidden, Title: "Your role does not allow this", Text: "Your role here is " + v.Role + ", and this takes the role " + string(r.who) +
				". Ask an owner of the workspace to do it, or to change your role under Settings."}
		}
		if r.method == http.MethodGet && !listens(c) {
			if v.waiting, err = s.o.Store.CountWaiting(c.Request().Context(), v.Workspace.ID, templates.MostWaiting+1); err != nil {
				return err
			}
		}
		if err := r.handle(c); err != nil || !v.shown {
			return err
		}
		return s.say(c, "", false)
	}
}

// signInFirst sends a person to the sign-in page and back here afterwards, or to the first steps when nobody has an
// account yet. What was posted is not lost by this: nobody who is signed out gets a form.
func (s *Server) signInFirst(c echo.Context) error {
	req := c.Request()
	if begun, err := s.o.Store.HasOwner(req.Context()); err != nil {
		return err
	} else if !begun {
		return redirect(c, "/setup")
	}
	to := "/sign-in"
	asks := req.Method == http.MethodGet || req.Method == http.MethodHead
	if asks && req.URL.Path != "/" && !listens(c) {
		to += "?next=" + url.QueryEscape(req.URL.RequestURI())
	}
	return redirect(c, to)
}

// listens reports whether a page asks for its stream of events, which it does by itself for as long as it lies open.
func listens(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/event-stream")
}

// redirect sends a browser elsewhere after a request was dealt with; pages that asked through htmx load the new one whole.
func redirect(c echo.Context, to string) error {
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusOK)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// inside is a path of this web app that a person may be sent to, or otherwise: never another site.
func inside(path, otherwise string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return otherwise
	}
	return path
}

// frame is what stands around a page for this visitor.
func frame(c echo.Context, title, active string) templates.Frame {
	v := visitorOf(c)
	f := templates.Frame{Title: title, Active: active, Person: v.User.Called(), Role: v.Role, Workspace: v.Workspace.Name, Theme: v.Theme, LettersOff: v.User.LettersOff, Waiting: v.waiting, Still: c.QueryParam("live") == "off"}
	if v.said != "" && c.Request().Header.Get("HX-Request") != "true" { // a part of a page would swallow it
		f.Said, f.Bad, v.shown = v.said, v.bad, true
	}
	f.WorkspaceID = v.Workspace.ID
	for _, w := range v.workspaces() {
		f.Clients = append(f.Clients, templates.ClientChoice{ID: w.ID, Name: w.Name})
	}
	return f
}
