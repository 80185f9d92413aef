package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/connection"
	"couplet/internal/store"
	"couplet/templates"
)

// The canvas shows the draft of an automation. Every change of it is a post that names the revision of the draft which the person
// saw, so that nobody overwrites a colleague; what is open on the page travels in its address.

// canvasOf is everything that the page of one automation is made of.
type canvasOf struct {
	draft   store.Automation
	systems automation.Systems
	conns   []connection.Connection
	// typed is the form of the open step as it was sent, where it could not be saved, and wrong is why, by its fields.
	typed url.Values
	wrong map[string]string
	// sent is the form of a change that was made, stepped the button to go on with after one that went back or forth.
	sent    url.Values
	stepped string
	// unasked is why the fields that the account has of its own are not known, "" where they are.
	unasked string
}

func (x *canvasOf) a() automation.Automation { return x.draft.Draft }

// automationSystems are what automations may be made of.
func (s *Server) automationSystems() automation.Systems {
	return command.AutomationSystems(s.o.Connect.Systems)
}

// loadCanvas gathers the page of an automation.
func (s *Server) loadCanvas(c echo.Context) (*canvasOf, error) {
	ctx := c.Request().Context()
	d, err := s.o.Store.Automation(ctx, ws(c), c.Param("id"))
	if err != nil {
		return nil, err
	}
	x := &canvasOf{draft: d, systems: s.automationSystems()}
	if x.conns, err = s.o.Store.Connections(ctx, ws(c)); err == nil {
		s.ownFields(ctx, x)
	}
	return x, err
}

// account is the account of a system that the automation works with, nil for none.
func (x *canvasOf) account(system string) *connection.Connection { return x.accountOf(x.a(), system) }

// accountOf is the account of a system that some version of it works with, nil for none.
func (x *canvasOf) accountOf(a automation.Automation, system string) *connection.Connection {
	chosen := a.Connections
	i := slices.IndexFunc(x.conns, func(conn connection.Connection) bool {
		return conn.System == system && slices.Contains(chosen[:], conn.ID)
	})
	if i < 0 {
		return nil
	}
	return &x.conns[i]
}

// automationPage shows the canvas, or the list of what can be added for whoever searches it.
func (s *Server) automationPage(c echo.Context) error {
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	return s.showCanvas(c, http.StatusOK, x, canvasAt(c), func(v *templates.Canvas) {
		if v.Open != nil {
			v.Open.Focus = c.Request().Header.Get("HX-Request") == "true" && c.FormValue("values") == ""
		}
	})
}

// canvasAt reads what is open on the page, from its address or from a form.
func canvasAt(c echo.Context) templates.CanvasAt {
	return templates.CanvasAt{Step: c.FormValue("step"), Place: c.FormValue("at"), Values: c.FormValue("values"), Sample: c.FormValue("sample")}
}

// showCanvas writes the page, or the part of it that htmx asked for. change adds what was just done.
func (s *Server) showCanvas(c echo.Context, status int, x *canvasOf, at templates.CanvasAt, change func(*templates.Canvas)) error {
	view, err := s.viewCanvas(c, x, at)
	if err != nil {
		return err
	}
	if change != nil {
		change(&view)
	}
	return pageOr(c, status, templates.CanvasPage(view), "cnv", "ops")
}

// automationEdit is a change of an automation, read from a form.
type automationEdit struct {
	// want says in words what the person wanted to do, for when it could not be done.
	want string
	do   func(a automation.Automation, at *templates.CanvasAt) (automation.Automation, string, error)
}

// changesCanvas takes the posts of one kind of change.
func (s *Server) changesCanvas(read func(x *canvasOf, form url.Values) automationEdit) echo.HandlerFunc {
	return func(c echo.Context) error {
		x, err := s.loadCanvas(c)
		if err != nil {
			return err
		}
		form, err := c.FormParams()
		if err != nil {
			return &Error{Status: http.StatusBadRequest, Err: err}
		}
		return s.editCanvas(c, x, read(x, form))
	}
}

// editCanvas makes a change in the draft, unless a colleague was faster or it cannot be.
func (s *Server) editCanvas(c echo.Context, x *canvasOf, e automationEdit) error {
	user := visitorOf(c).User.ID
	revision, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil || revision != x.draft.Revision {
		return s.clashCanvas(c, x, e.want)
	}
	at := canvasAt(c)
	a, done, err := e.do(automation.Clone(x.a()), &at)
	var wrong unread
	var no impossible
	switch {
	case errors.As(err, &wrong):
		x.typed, _ = c.FormParams()
		x.wrong = wrong
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, at, func(v *templates.Canvas) { v.Announce = "Not saved: something in this step cannot be read." })
	case errors.As(err, &no):
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, at, func(v *templates.Canvas) { v.Bad = string(no) })
	case errors.Is(err, automation.ErrNoPlace):
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) {
			v.Bad = "That step or place is not there any more. Look at the column and choose another one."
		})
	case err != nil:
		return err
	}
	d, err := s.o.Store.ChangeAutomation(c.Request().Context(), ws(c), user, automation.Remember(a, x.systems), revision)
	if errors.Is(err, store.ErrChanged) {
		x.draft = d
		return s.clashCanvas(c, x, e.want)
	}
	if errors.Is(err, store.ErrExists) {
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) {
			v.Bad = "There is another automation called “" + a.Name + "”. Give this one another name."
		})
	}
	if err != nil {
		return err
	}
	x.draft = d
	x.sent, _ = c.FormParams()
	return s.canvasChanged(c, x, at, done)
}

// unread are fields of a form that cannot be read, each with the reason.
type unread map[string]string

func (u unread) Error() string { return "some fields cannot be read" }

// canvasChanged answers a change that was made: htmx gets the page anew, others are sent to the step it was about.
func (s *Server) canvasChanged(c echo.Context, x *canvasOf, at templates.CanvasAt, done string) error {
	page := templates.Canvas{Path: "/automations/" + x.a().ID, At: at}
	if c.Request().Header.Get("HX-Request") != "true" {
		anchor := "column"
		if at.Values != "" {
			anchor = templates.FieldID(at.Values) + "-list"
		} else if at.Step != "" {
			anchor = "insp"
		}
		return redirect(c, page.Address(anchor))
	}
	c.Response().Header().Set("HX-Replace-Url", page.Address(""))
	return s.showCanvas(c, http.StatusOK, x, at, func(v *templates.Canvas) {
		v.Announce = done
		if v.Back = strings.HasPrefix(c.FormValue("act"), "drop:"); v.Back {
			v.Focus = "b-back"
		}
		if v.Focus == "" {
			v.Focus = x.stepped
		}
		if v.Open != nil {
			v.Open.Focus = at.Step != c.FormValue("step")
		}
	})
}

// clashCanvas shows the automation as a colleague left it, and offers what the person wanted again.
func (s *Server) clashCanvas(c echo.Context, x *canvasOf, wanted string) error {
	clash := templates.MapClash{Wanted: wanted, Action: c.Request().URL.Path}
	clash.Who, clash.When = s.lastBy(c, x.draft.By, x.draft.At)
	form, _ := c.FormParams()
	clash.Inputs = inputsOf(form)
	return s.showCanvas(c, http.StatusConflict, x, canvasAt(c), func(v *templates.Canvas) { v.Clash = &clash })
}

// stepsCanvas goes back or forth along the history of the draft.
func (s *Server) stepsCanvas(direction int) echo.HandlerFunc {
	want, done := "undo the last change.", "The last change is undone."
	if direction > 0 {
		want, done = "redo the change.", "The change is made again."
	}
	return func(c echo.Context) error {
		x, err := s.loadCanvas(c)
		if err != nil {
			return err
		}
		revision, err := strconv.Atoi(c.FormValue("revision"))
		if err != nil || revision != x.draft.Revision {
			return s.clashCanvas(c, x, want)
		}
		d, err := s.o.Store.StepAutomation(c.Request().Context(), ws(c), visitorOf(c).User.ID, x.a().ID, direction, revision)
		if errors.Is(err, store.ErrChanged) {
			x.draft = d
			return s.clashCanvas(c, x, want)
		}
		if err != nil {
			return err
		}
		x.draft = d
		x.stepped = map[bool]string{true: "b-undo", false: "b-redo"}[direction < 0 && d.Undo || !d.Redo]
		return s.canvasChanged(c, x, canvasAt(c), done)
	}
}
