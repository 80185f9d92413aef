package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/store"
	"couplet/templates"
)

// seenRevision is the revision that a change names, or the draft's where the same person made its last change: whoever types and
// presses at once has seen what they typed. It reports false for one that a colleague overtook.
func (x *canvasOf) seenRevision(c echo.Context) (revision int, seen bool) {
	d := x.draft
	return d.Revision, revisionIn(c) == d.Revision || revisionIn(c) >= 0 && d.By == visitorOf(c).User.ID
}

// publishAutomation makes the draft the next version, unless something is wrong with it. Then the first thing that is has the focus.
func (s *Server) publishAutomation(c echo.Context) error {
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	revision, seen := x.seenRevision(c)
	if !seen {
		return s.clashCanvas(c, x, "publish it.")
	}
	b := &canvasView{canvasOf: x, problems: automation.Check(x.a(), x.systems), all: automation.Values(x.a(), automation.AtEnd, x.systems)}
	if n := len(b.problems); n > 0 {
		first := b.problems[0]
		where := b.called(b.opensAt(first))
		if where != "" {
			where += ": "
		}
		said := "It cannot be published while something is wrong. " + where + sentence(templates.Capital(first.Text))
		if n > 1 {
			said += " " + templates.Capital(templates.Count(n-1, "more thing needs", "more things need")) + " you, too; they are listed above the steps."
		}
		at := canvasAt(c)
		at.Step, at.Values = b.opensAt(first), ""
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, at, func(v *templates.Canvas) {
			v.BadTitle, v.Bad, v.Focus = "Not published", said, templates.FieldID(first.Field)
			if !v.Has(v.Focus) {
				v.Focus = templates.BadID
			}
		})
	}
	d, changed, err := s.o.Store.PublishAutomation(c.Request().Context(), ws(c), visitorOf(c).User.ID, x.a().ID, revision)
	switch {
	case errors.Is(err, store.ErrChanged):
		x.draft = d
		return s.clashCanvas(c, x, "publish it.")
	case errors.Is(err, store.ErrExists):
		return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) {
			v.BadTitle, v.Bad, v.Focus = "Not published", "There is another automation called “"+x.a().Name+"”. Give this one another name.", templates.BadID
		})
	case err != nil:
		return err
	}
	x.draft = d
	said := "Version " + strconv.Itoa(d.Published.Version) + " is published."
	if !changed {
		said = "Nothing was published: it says what version " + strconv.Itoa(d.Published.Version) + " says already."
	}
	if c.Request().Header.Get("HX-Request") != "true" {
		return s.sayAndGo(c, said, false, "/automations/"+x.a().ID)
	}
	return s.showCanvas(c, http.StatusOK, x, canvasAt(c), func(v *templates.Canvas) { v.Said, v.Focus = said, templates.ToVersionsID })
}

// deleteAutomation forgets an automation with its draft and all its versions, unless somebody changed it since it was asked for.
func (s *Server) deleteAutomation(c echo.Context) error {
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	revision, seen := x.seenRevision(c)
	if !seen {
		return s.clashCanvas(c, x, "delete it.")
	}
	d, err := s.o.Store.DeleteAutomation(c.Request().Context(), ws(c), x.a().ID, revision)
	if errors.Is(err, store.ErrChanged) {
		x.draft = d
		return s.clashCanvas(c, x, "delete it.")
	}
	if err != nil {
		return err
	}
	return s.sayAndGo(c, "“"+x.a().Name+"” is deleted, with its draft and its versions. Nothing was changed in any account.", false, "/flows#automations")
}
