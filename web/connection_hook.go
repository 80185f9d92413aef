package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/store"
	"couplet/templates"
)

// hookPage is the recipe by which a system tells of changes.
func (s *Server) hookPage(c echo.Context) error {
	h, err := s.hookOf(c)
	if err != nil {
		return err
	}
	h.Ask = c.QueryParam("ask") == "rotate"
	return page(c, http.StatusOK, templates.HookPage(h))
}

// hookOf gathers what the recipe shows, without the secret, which is not known.
func (s *Server) hookOf(c echo.Context) (templates.Hook, error) {
	ctx := c.Request().Context()
	conn, spec, err := s.hooked(ctx, ws(c), c.Param("id"))
	if err != nil {
		return templates.Hook{}, err
	}
	hash, err := s.o.Store.Setting(ctx, ws(c), connection.HookSetting(conn.ID))
	if err != nil {
		return templates.Hook{}, err
	}
	heard, err := s.heard(ctx, conn, spec)
	if err != nil {
		return templates.Hook{}, err
	}
	h := templates.Hook{Frame: frame(c, "Changes from "+conn.Name, "connections"), System: systemOf(spec, ""), ID: conn.ID, Name: conn.Name, Help: spec.Hooks.Help,
		Steps: spec.Hooks.Steps, ByHand: spec.Hooks.Kind == "manual", Made: hash != "", Mark: hookMark(hash), Editor: may(visitorOf(c).Role, editor), Heard: heard}
	if h.MadeAt, err = s.hookMade(ctx, conn.Workspace, conn.ID); err != nil {
		return h, err
	}
	switch bad := s.badRedirect(s.public(c)); {
	case bad == "":
	case onThisMachine(conn.BaseURL):
		h.Nearby = spec.Name + " runs on this machine too, so it reaches this address. An account elsewhere would not."
	default:
		h.Warning = bad + " Until then, changes are found by asking every few minutes."
	}
	if spec.Hooks.Kind == "app" {
		h.Addresses = []templates.HookAddress{{ID: "hook-address", Label: "Address for changes", Value: s.public(c) + "/hooks/" + spec.ID}}
		if conn.AuthKind == connection.KindToken {
			h.Note = "This account is connected by a pasted key. Calls come from an app that is installed in the account; the key alone brings none. Changes are found by asking every few minutes."
		}
	}
	return h, nil
}

// hooked finds a connection whose system can tell of changes.
func (s *Server) hooked(ctx context.Context, ws, id string) (connection.Connection, *connector.Spec, error) {
	conn, err := s.o.Store.ConnectionByID(ctx, ws, id)
	if err != nil {
		return conn, nil, err
	}
	known, ok := s.o.Connect.Systems[conn.System]
	if !ok || known.Spec.Hooks.Kind == "none" {
		return conn, nil, &Error{Status: http.StatusNotFound}
	}
	return conn, known.Spec, nil
}

// hookMark tells one address from the next without saying anything about it.
func hookMark(hash string) string {
	sum := sha256.Sum256([]byte("mark\n" + hash))
	return hex.EncodeToString(sum[:8])
}

// hookMade is when the address of a connection or an automation was made, zero where nobody knows.
func (s *Server) hookMade(ctx context.Context, ws, id string) (time.Time, error) {
	text, err := s.o.Store.Setting(ctx, ws, connection.HookMadeSetting(id))
	if ms, e := strconv.ParseInt(text, 10, 64); err == nil && e == nil {
		return time.UnixMilli(ms), nil
	}
	return time.Time{}, err
}

// makeHook makes the address of a connection's hooks, or another one in its place. It answers with the page that shows the
// secret, this once: a redirect would have to carry it.
func (s *Server) makeHook(c echo.Context) error {
	ctx := c.Request().Context()
	conn, spec, err := s.hooked(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	if spec.Hooks.Kind != "manual" {
		return &Error{Status: http.StatusNotFound}
	}
	hash, err := s.o.Store.Setting(ctx, ws(c), connection.HookSetting(conn.ID))
	if err != nil {
		return err
	}
	if c.FormValue("mark") != hookMark(hash) {
		return s.sayAndGo(c, "The address was made already, and was shown that once. Make another one if it was not copied.", true, "/connections/"+conn.ID+"/hook")
	}
	secret, hash := connection.NewHookSecret(s.o.HookKey)
	if err := s.o.Store.SaveSetting(ctx, ws(c), connection.HookMadeSetting(conn.ID), strconv.FormatInt(s.o.Now().UnixMilli(), 10)); err != nil {
		return err
	}
	if err := s.o.Store.SaveSetting(ctx, ws(c), connection.HookSetting(conn.ID), hash); err != nil {
		return err
	}
	h, err := s.hookOf(c)
	if err != nil {
		return err
	}
	for _, event := range []string{"created", "changed"} {
		h.Addresses = append(h.Addresses, templates.HookAddress{ID: "address-" + event, Label: "When a " + h.System.One + " is " + event,
			Value: s.public(c) + connection.HookPath(spec.ID, conn.ID, secret, event)})
	}
	return page(c, http.StatusOK, templates.HookPage(h))
}

// heard is the last call of a connection, as far as it came to the address that there is now.
func (s *Server) heard(ctx context.Context, conn connection.Connection, spec *connector.Spec) (templates.Heard, error) {
	clock, err := s.clock(ctx, conn.Workspace)
	if err != nil {
		return templates.Heard{}, err
	}
	h := templates.Heard{Clock: clock, ID: conn.ID, Stream: "/connections/" + url.PathEscape(conn.ID) + "/hook/events", Waiting: spec.Hooks.Kind == "app"}
	last, err := s.o.Store.LastHeard(ctx, conn.Workspace, conn.ID)
	if err != nil {
		return h, err
	}
	if spec.Hooks.Kind == "manual" {
		hash, err := s.o.Store.Setting(ctx, conn.Workspace, connection.HookSetting(conn.ID))
		if err != nil {
			return h, err
		}
		made, err := s.hookMade(ctx, conn.Workspace, conn.ID)
		if err != nil {
			return h, err
		}
		h.Waiting = hash != ""
		if !last.At.After(made) {
			last = store.Heard{} // that came to an address that is no more
		}
	}
	h.At, h.Type, h.Records = last.At, last.Type, last.Records
	return h, nil
}

// hookEvents streams the last call of a connection.
func (s *Server) hookEvents(c echo.Context) error {
	ctx := c.Request().Context()
	conn, spec, err := s.hooked(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.stream(c, time.Second, func(ctx context.Context) (templ.Component, bool, error) {
		h, err := s.heard(ctx, conn, spec)
		return templates.HeardState(h), false, err
	})
}
