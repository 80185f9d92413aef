package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/store"
	"couplet/templates"
)

// ownAddress is what the card “When” shows of the address by which another program sets the automation off, without the secret.
func (s *Server) ownAddress(c echo.Context, d store.Automation) (*templates.CanvasAddress, error) {
	ctx, id := c.Request().Context(), d.Draft.ID
	hash, err := s.o.Store.Setting(ctx, ws(c), connection.HookSetting(id))
	if err != nil {
		return nil, err
	}
	a := &templates.CanvasAddress{Made: hash != "", Mark: hookMark(hash), Body: d.Draft.Trigger.Sample}
	if a.Body == "" || len(a.Body) > 300 {
		a.Body = `{"email": "maya@example.com"}`
	}
	if a.MadeAt, err = s.hookMade(ctx, ws(c), id); err != nil {
		return nil, err
	}
	if bad := s.badRedirect(s.public(c)); bad != "" {
		a.Warning = bad + " A program on this machine reaches it all the same."
	}
	a.Called, err = s.lastCall(ctx, ws(c), d)
	return a, err
}

// lastCall is the last call, as far as it came to the address that there is now.
func (s *Server) lastCall(ctx context.Context, ws string, d store.Automation) (v templates.Called, err error) {
	id := d.Draft.ID
	if v.Clock, err = s.clock(ctx, ws); err != nil {
		return v, err
	}
	hash, err := s.o.Store.Setting(ctx, ws, connection.HookSetting(id))
	if err != nil {
		return v, err
	}
	made, err := s.hookMade(ctx, ws, id)
	if err != nil {
		return v, err
	}
	v.Waiting, v.Stream = hash != "", "/automations/"+url.PathEscape(id)+"/address/events"
	switch p := d.Published; {
	case p.Version == 0:
		v.Off = "A call is taken when this is published and switched on."
	case p.Trigger.Kind != automation.OnHook:
		v.Off = "A call is taken when this draft is published: something else sets off the version of now."
	case !p.Enabled:
		v.Off = "It is switched off, so a call is refused until it is switched on."
	}
	list, err := s.o.Store.Firings(ctx, ws, store.FiringFilter{Automation: id, Trigger: automation.ByCall, Since: made}, "", 1)
	if err == nil && len(list) > 0 {
		v.At, v.Firing = list[0].At, "/automations/"+id+"/runs/"+list[0].ID
	}
	return v, err
}

// makeAddress makes the automation's own address, or another one in its place. It answers with the page that shows the secret, this
// once: a redirect would have to carry it.
func (s *Server) makeAddress(c echo.Context) error {
	ctx := c.Request().Context()
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	id, at := x.a().ID, canvasAt(c)
	at.Step = templates.OpenTrigger
	refuse := func(why string) error {
		return s.showCanvas(c, http.StatusConflict, x, at, func(v *templates.Canvas) { v.BadTitle, v.Bad, v.Focus = "No address was made", why, templates.BadID })
	}
	if x.a().Trigger.Kind != automation.OnHook {
		return refuse("Something else sets this automation off now. Choose “A call comes in” first.")
	}
	hash, err := s.o.Store.Setting(ctx, ws(c), connection.HookSetting(id))
	if err != nil {
		return err
	}
	if c.FormValue("mark") != hookMark(hash) {
		return refuse("One was made meanwhile, and was shown that once. Make a new secret if it was not copied.")
	}
	secret, hash := connection.NewHookSecret(s.o.HookKey)
	if err := s.o.Store.SetAutomationHook(ctx, ws(c), id, hash); err != nil {
		return err
	}
	page := templates.Canvas{Path: "/automations/" + id, At: at}
	c.Response().Header().Set("HX-Replace-Url", page.Address(""))
	return s.showCanvas(c, http.StatusOK, x, at, func(v *templates.Canvas) {
		if v.Open == nil || v.Open.Address == nil {
			return
		}
		v.Open.Address.Value = s.public(c) + connection.AutomationHookPath(id, secret)
		v.Focus = "own-made"
	})
}

// addressEvents streams the last call.
func (s *Server) addressEvents(c echo.Context) error {
	if _, err := s.o.Store.Automation(c.Request().Context(), ws(c), c.Param("id")); err != nil {
		return err
	}
	workspace, id := ws(c), c.Param("id")
	return s.stream(c, time.Second, func(ctx context.Context) (templ.Component, bool, error) {
		d, err := s.o.Store.Automation(ctx, workspace, id)
		if err != nil {
			return nil, false, err
		}
		v, err := s.lastCall(ctx, workspace, d)
		return templates.CalledState(v), false, err
	})
}
