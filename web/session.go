package web

import (
	"errors"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"couplet/internal/store"
)

// touchEvery is how exactly the last use of a session is known: a page costs no write.
const touchEvery = time.Minute

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func (s *Server) session(c echo.Context) (*sessions.Session, error) {
	return s.sessions.Get(c.Request(), s.sessions.name())
}

// visit finds who is signed in, nil when nobody is. A session of somebody whose role was changed meanwhile gets a new id.
func (s *Server) visit(c echo.Context) (*visitor, error) {
	x, err := s.session(c)
	if err != nil {
		return nil, err
	}
	v, ok := x.Values[visitValue{}].(store.Visit)
	if !ok {
		return nil, nil
	}
	switch {
	case v.User.Role != v.Session.Role:
		if err := s.renew(c, x, v.Session.Workspace); err != nil {
			return nil, err
		}
		if v, ok = x.Values[visitValue{}].(store.Visit); !ok {
			return nil, nil
		}
	case s.o.Now().Sub(v.Session.Seen) >= touchEvery && !listens(c): // a page that lies open is no use
		if err := s.o.Store.TouchSession(c.Request().Context(), v.Session.Workspace, v.Session.Hash); err != nil {
			return nil, err
		}
	}
	all, err := s.o.Store.WorkspacesOf(c.Request().Context(), v.Session.Workspace, v.User.ID)
	if err != nil {
		return nil, err
	}
	out := &visitor{User: v.User, Workspace: v.Workspace, Role: v.User.Role, Session: v.Session.Hash, Theme: v.Session.Theme,
		said: v.Session.Said, bad: v.Session.Bad}
	for _, w := range all {
		if w.ID != v.Workspace.ID {
			out.Others = append(out.Others, w)
		}
	}
	return out, nil
}

// begin signs a member in: a new session with a new id, whatever session the browser had before. kept says that the
// browser keeps the id when it is closed.
func (s *Server) begin(c echo.Context, u store.User, kept bool) error {
	x, err := s.session(c)
	if err != nil {
		return err
	}
	if v, ok := x.Values[visitValue{}].(store.Visit); ok {
		if err := s.o.Store.EndSession(c.Request().Context(), v.Session.Workspace, v.Session.User, v.Session.Hash); err != nil && !isNotFound(err) {
			return err
		}
	}
	x.ID = ""
	x.Values[visitValue{}] = store.Visit{Session: store.Session{Workspace: u.Workspace, User: u.ID, Kept: kept, Device: device(c.Request().UserAgent())}}
	return x.Save(c.Request(), c.Response())
}

// renew gives the session of a request a new id and opens a workspace in it.
func (s *Server) renew(c echo.Context, x *sessions.Session, workspace string) error {
	x.ID = ""
	x.Values[openingValue{}] = workspace
	err := x.Save(c.Request(), c.Response())
	if isNotFound(err) { // it ended meanwhile, or another request of this browser was quicker
		delete(x.Values, visitValue{})
		return nil
	}
	return err
}

// end signs out: the session is gone from the table, and its id from the browser.
func (s *Server) end(c echo.Context) error {
	x, err := s.session(c)
	if err != nil {
		return err
	}
	x.Options.MaxAge = -1
	err = x.Save(c.Request(), c.Response())
	delete(x.Values, visitValue{})
	return err
}

// say keeps a sentence about what was just done, which the next page shows once. bad says that it is no good news.
func (s *Server) say(c echo.Context, text string, bad bool) error {
	return s.o.Store.Say(c.Request().Context(), ws(c), visitorOf(c).Session, text, bad)
}

// sayAndGo leads to a page that says it.
func (s *Server) sayAndGo(c echo.Context, text string, bad bool, to string) error {
	if err := s.say(c, text, bad); err != nil {
		return err
	}
	return redirect(c, to)
}
