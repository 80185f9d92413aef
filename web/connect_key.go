package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// giveKey takes a pasted key: it is tried, and the connection is saved with it or not at all.
func (s *Server) giveKey(c echo.Context) error {
	ctx := connector.As(c.Request().Context(), connector.Interactive)
	p, err := s.spotAt(ctx, ws(c), c.Request().URL.RequestURI())
	if err != nil {
		return err
	}
	if err := c.Request().ParseForm(); err != nil {
		return &Error{Status: http.StatusBadRequest, Err: err}
	}
	typed := c.Request().PostForm
	typed.Set("way", wayKey)
	g, wrong := s.readKey(ctx, c, p, typed)
	if len(wrong.fields) > 0 {
		return s.showSpot(c, http.StatusUnprocessableEntity, p, typed, wrong)
	}
	if g.For, _, err = s.needs(ctx, ws(c), p); err != nil {
		return err
	}
	conn, given, err := s.o.Connect.Give(ctx, g)
	var refused *connector.Error
	switch {
	case errors.As(err, &refused):
		return s.showSpot(c, http.StatusUnprocessableEntity, p, typed, refusalOf(refused, p.spec))
	case err != nil:
		return err
	}
	if err := s.connectedBy(c, conn); err != nil {
		return err
	}
	if err := s.sayConnected(c, conn, given.Missing); err != nil {
		return err
	}
	return redirect(c, p.onward(conn.ID))
}

// readKey reads the form and looks at it before any call is made.
func (s *Server) readKey(ctx context.Context, c echo.Context, p spot, typed url.Values) (connection.GiveKey, refusal) {
	g := connection.GiveKey{Workspace: ws(c), System: p.spec.ID, Params: map[string]string{}, BaseURL: s.baseOf(p, typed.Get("base_url")), Key: typed.Get("key")}
	if p.again != nil {
		g.Connection = p.again.ID
	}
	wrong := refusal{fields: map[string]string{}}
	for _, x := range p.spec.Params {
		g.Params[x.Name] = typed.Get(x.Name)
		if f := s.lookAt(p.spec, x.Name, g.Params[x.Name]); f.Error != "" {
			wrong.fields[x.Name] = f.Error
		}
	}
	if f := s.lookAt(p.spec, "key", g.Key); f.Error != "" {
		wrong.fields["key"] = f.Error
	}
	return g, wrong
}

// baseOf is the address of the API of a new account: what was typed, else what the installation says.
func (s *Server) baseOf(p spot, typed string) string {
	if typed == "" && p.again == nil {
		return s.o.Bases[p.spec.ID]
	}
	return typed
}

// lookKey says how a value looks while it is typed. Nothing is called and nothing is kept.
func (s *Server) lookKey(c echo.Context) error {
	known, ok := s.o.Connect.Systems[c.Param("system")]
	if !ok {
		return &Error{Status: http.StatusNotFound}
	}
	name := c.Param("field")
	if name != "key" && !slices.ContainsFunc(known.Spec.Params, func(x connector.Param) bool { return x.Name == name }) {
		return &Error{Status: http.StatusNotFound}
	}
	value := c.FormValue(name)
	f := templates.Typed{Name: name}
	if value != "" {
		f = s.lookAt(known.Spec, name, value)
	}
	return page(c, http.StatusOK, templates.FieldCheck(f))
}

// lookAt looks at the form of one value.
func (s *Server) lookAt(spec *connector.Spec, name, value string) templates.Typed {
	f := templates.Typed{Name: name}
	if name == "key" {
		if value == "" {
			f.Error = "Paste the key."
			return f
		}
		if err := spec.CheckKey(value, s.specs()...); err != nil {
			f.Error = err.Error()
			return f
		}
		f.OK = "It looks right. It is tried when you connect."
		return f
	}
	for _, x := range spec.Params {
		if x.Name != name {
			continue
		}
		if value == "" {
			f.Error = "Fill in the " + x.Label + "."
			return f
		}
		// The system's own package knows in which further forms it can be written, a whole address for instance.
		_, err := s.o.Connect.Systems[spec.ID].New(connector.Account{Params: map[string]string{name: value}, HTTP: s.o.Connect.HTTP, Now: s.o.Now,
			Token: func(context.Context) (string, error) { return "", nil }})
		if err != nil {
			f.Error = err.Error()
			return f
		}
		f.OK = "The form is right."
	}
	return f
}

// refusalOf puts a refusal beside the fields that it is about.
func refusalOf(e *connector.Error, spec *connector.Spec) refusal {
	wrong := refusal{fields: map[string]string{}}
	for _, name := range e.Fields {
		known := name == "key" || name == "base_url" || slices.ContainsFunc(spec.Params, func(x connector.Param) bool { return x.Name == name })
		if known {
			wrong.fields[name] = e.Message
		}
	}
	if len(wrong.fields) == 0 {
		wrong.whole = e.Message
	}
	return wrong
}

// connectedSetting names the setting that holds who connected an account.
func connectedSetting(conn string) string { return "connected_by/" + conn }

// connectedBy remembers who connected an account, and forgets what its former key showed.
func (s *Server) connectedBy(c echo.Context, conn connection.Connection) error {
	s.looks.connected(conn.Workspace, conn.ID)
	s.inquiries.connected(conn.Workspace, conn.ID)
	return s.o.Store.SaveSetting(c.Request().Context(), conn.Workspace, connectedSetting(conn.ID), visitorOf(c).User.ID)
}

// sayConnected has the next page say what was connected, and what of it is missing.
func (s *Server) sayConnected(c echo.Context, conn connection.Connection, missing []connector.Scope) error {
	text := accountOf(conn) + " is connected."
	switch len(missing) {
	case 0:
	case 1:
		text += " One permission is missing, and flows that need it wait: " + allowed(missing) + "."
	default:
		text += " " + templates.Number(len(missing)) + " permissions are missing, and flows that need them wait: " + allowed(missing) + "."
	}
	return s.say(c, text, len(missing) > 0)
}

// allowed lists what scopes allow.
func allowed(scopes []connector.Scope) string {
	text := ""
	for i, x := range scopes {
		if i > 0 {
			text += "; "
		}
		text += cmp.Or(x.Why, x.Name)
	}
	return text
}
