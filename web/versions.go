package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// versions is what the page of one flow is made of.
type versions struct {
	prospect
	history[flow.Flow]
}

func (s *Server) versions(c echo.Context) (v versions, err error) {
	ctx, id := c.Request().Context(), c.Param("id")
	if v.prospect, err = s.prospect(ctx, ws(c), id); err != nil {
		return v, err
	}
	d, err := s.o.Store.DraftState(ctx, ws(c), id)
	if err != nil {
		return v, err
	}
	v.history = history[flow.Flow]{one: "flow", path: v.prospect.path("versions"), draft: v.flow, version: v.published.Version, revision: d.Revision, changed: d.Changed,
		canUndo: d.Undo, by: d.By, at: d.At}
	if v.clock, err = s.clock(ctx, ws(c)); err != nil {
		return v, err
	}
	if v.people, err = s.people(ctx, ws(c)); err != nil {
		return v, err
	}
	list, err := s.o.Store.FlowVersions(ctx, ws(c), id, before(c), versionsOnPage+1)
	if err != nil {
		return v, err
	}
	for _, x := range list {
		v.list = append(v.list, published[flow.Flow]{x.Flow.Version, x.Flow, x.Saved, x.Author})
	}
	v.find = func(ctx context.Context, n int) (flow.Flow, error) {
		x, err := s.o.Store.FlowVersionOf(ctx, v.published.Workspace, v.flow.ID, n)
		return x.Flow, err
	}
	words, err := s.flowWords(ctx, ws(c), v.prospect)
	v.sentence = func(was, now flow.Flow) string { return words.sentence(flow.Compare(was, now)) }
	v.groups = func(was, now flow.Flow) []templates.DiffGroup { return words.groups(flow.Compare(was, now), was, now) }
	v.first = func(f flow.Flow) string {
		return "The first one, with " + templates.Count(len(f.Map), "pair", "pairs") + "."
	}
	return v, err
}

// versionsPage lists the versions and shows how two of them differ.
func (s *Server) versionsPage(c echo.Context) error {
	v, err := s.versions(c)
	if err != nil {
		return err
	}
	return s.showVersions(c, http.StatusOK, v, "")
}

func (s *Server) showVersions(c echo.Context, status int, v versions, clash string) error {
	p := templates.Versions{Frame: frame(c, "Versions of "+v.flow.Name, "flows"), Name: v.flow.Name, Home: v.prospect.path("map"), On: v.published.Enabled, Clash: clash,
		Lead: "What is published is a version for good. Any of them can be made the draft again; it then goes through the preview like every change.",
		Next: "Nothing runs by it until it was previewed and published.", Go: "Preview the draft", Test: "to-preview", GoTo: v.prospect.path("preview")}
	if err := v.fill(c, &p); err != nil {
		return err
	}
	return page(c, status, templates.VersionsPage(p))
}

// takeVersion makes a version the draft.
func (s *Server) takeVersion(c echo.Context) error {
	ctx := c.Request().Context()
	v, err := s.versions(c)
	if err != nil {
		return err
	}
	old, err := v.state(ctx, c.FormValue("version"))
	if err != nil {
		return err
	}
	name := "version " + strconv.Itoa(old.Version)
	next := v.flow.As(old)
	if len(flow.Compare(v.flow, next)) == 0 {
		return s.sayAndGo(c, nothingTaken(name), false, v.history.path)
	}
	d, err := s.o.Store.ChangeDraft(ctx, ws(c), visitorOf(c).User.ID, next, revisionIn(c))
	if errors.Is(err, store.ErrChanged) {
		return s.showVersions(c, http.StatusConflict, v, v.clash(c, "take back "+name))
	}
	if err != nil {
		return err
	}
	return v.taken(c, strconv.Itoa(old.Version), d.Revision)
}

func nothingTaken(name string) string {
	return "Nothing was changed: the draft says what " + name + " says already."
}

// untakeVersion puts the draft back to what it was.
func (s *Server) untakeVersion(c echo.Context) error {
	v, err := s.versions(c)
	if err != nil {
		return err
	}
	_, err = s.o.Store.StepDraft(c.Request().Context(), ws(c), visitorOf(c).User.ID, v.flow.ID, -1, revisionIn(c))
	if errors.Is(err, store.ErrChanged) {
		return s.showVersions(c, http.StatusConflict, v, v.clash(c, "undo that"))
	}
	if err != nil {
		return err
	}
	return s.sayAndGo(c, untaken, false, v.history.path)
}

const untaken = "That is undone: the draft is what it was."
