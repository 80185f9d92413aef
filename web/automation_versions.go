package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/store"
	"couplet/templates"
)

// automationHistory is what the page of versions of an automation is made of.
func (s *Server) automationHistory(c echo.Context) (x *canvasOf, h history[automation.Automation], err error) {
	ctx := c.Request().Context()
	if x, err = s.loadCanvas(c); err != nil {
		return x, h, err
	}
	d, id := x.draft, x.a().ID
	h = history[automation.Automation]{one: "automation", path: "/automations/" + id + "/versions", draft: d.Draft, version: d.Published.Version, revision: d.Revision,
		changed: d.Changed, canUndo: d.Undo, by: d.By, at: d.At}
	if h.clock, err = s.clock(ctx, ws(c)); err != nil {
		return x, h, err
	}
	if h.people, err = s.people(ctx, ws(c)); err != nil {
		return x, h, err
	}
	list, err := s.o.Store.AutomationVersions(ctx, ws(c), id, before(c), versionsOnPage+1)
	for _, v := range list {
		h.list = append(h.list, published[automation.Automation]{v.Automation.Version, v.Automation, v.Saved, v.Author})
	}
	h.find = func(ctx context.Context, n int) (automation.Automation, error) {
		v, err := s.o.Store.AutomationVersionOf(ctx, ws(c), id, n)
		return v.Automation, err
	}
	words := automationWords{x.systems, x.conns}
	h.sentence, h.groups = words.sentence, words.groups
	h.first = func(a automation.Automation) string {
		return "The first one, with " + templates.Count(countSteps(a), "step", "steps") + "."
	}
	return x, h, err
}

// automationVersions lists the versions of an automation and shows how two of them differ.
func (s *Server) automationVersions(c echo.Context) error {
	x, h, err := s.automationHistory(c)
	if err != nil {
		return err
	}
	return s.showAutomationVersions(c, http.StatusOK, x, h, "")
}

func (s *Server) showAutomationVersions(c echo.Context, status int, x *canvasOf, h history[automation.Automation], clash string) error {
	a := x.a()
	p := templates.Versions{Frame: frame(c, "Versions of "+a.Name, "flows"), Name: a.Name, Home: "/automations/" + a.ID, On: x.draft.Published.Enabled, Clash: clash,
		Lead: "What is published is a version for good. Any of them can be made the draft again, and published like every change.",
		Next: "Nothing runs by it until it is published.", Go: "Go to the draft", Test: "to-draft", GoTo: "/automations/" + a.ID}
	if err := h.fill(c, &p); err != nil {
		return err
	}
	return page(c, status, templates.VersionsPage(p))
}

// takeAutomation makes a version the draft.
func (s *Server) takeAutomation(c echo.Context) error {
	ctx := c.Request().Context()
	x, h, err := s.automationHistory(c)
	if err != nil {
		return err
	}
	old, err := h.state(ctx, c.FormValue("version"))
	if err != nil {
		return err
	}
	name := "version " + strconv.Itoa(old.Version)
	if len(automation.Compare(x.a(), old)) == 0 {
		return s.sayAndGo(c, nothingTaken(name), false, h.path)
	}
	d, err := s.o.Store.ChangeAutomation(ctx, ws(c), visitorOf(c).User.ID, old, revisionIn(c))
	if errors.Is(err, store.ErrChanged) {
		return s.showAutomationVersions(c, http.StatusConflict, x, h, h.clash(c, "take back "+name))
	}
	if err != nil {
		return err
	}
	return h.taken(c, strconv.Itoa(old.Version), d.Revision)
}

// untakeAutomation puts the draft back to what it was.
func (s *Server) untakeAutomation(c echo.Context) error {
	x, h, err := s.automationHistory(c)
	if err != nil {
		return err
	}
	_, err = s.o.Store.StepAutomation(c.Request().Context(), ws(c), visitorOf(c).User.ID, x.a().ID, -1, revisionIn(c))
	if errors.Is(err, store.ErrChanged) {
		return s.showAutomationVersions(c, http.StatusConflict, x, h, h.clash(c, "undo that"))
	}
	if err != nil {
		return err
	}
	return s.sayAndGo(c, untaken, false, h.path)
}
