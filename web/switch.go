package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// Switching a flow on publishes what a person edited, approves what its rehearsal showed, and wakes the first run. A flow
// that was on before and does the same as then is switched on without another look.

// last is what is known on the last step of a flow.
type last struct {
	prospect
	rehearsed rehearsed
	clock     templates.Clock
	// draft is the flow's, with the revision that a form must name; clash is what a colleague changed, kept says that the form's
	// settings are in the draft.
	draft store.Draft
	clash *templates.SettingsClash
	kept  bool
}

func (s *Server) last(ctx context.Context, ws, id string) (l last, err error) {
	if l.draft, err = s.o.Store.DraftState(ctx, ws, id); err != nil { // first: what comes later is no older than its revision
		return l, err
	}
	if l.prospect, err = s.prospect(ctx, ws, id); err != nil {
		return l, err
	}
	if l.clock, err = s.clock(ctx, ws); err != nil {
		return l, err
	}
	l.rehearsed, err = s.rehearsed(ctx, ws, id)
	return l, err
}

// onPage is the last step.
func (s *Server) onPage(c echo.Context) error {
	l, err := s.last(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.showOn(c, http.StatusOK, l, typedSettings(l.flow), "", nil)
}

func (s *Server) showOn(c echo.Context, status int, l last, form templates.SwitchForm, problem string, fix *templates.Link) error {
	ctx := c.Request().Context()
	v := templates.SwitchOn{Frame: frame(c, "Switch on "+l.flow.Name, "flows"), Clock: l.clock, Flow: l.shown(), Form: form, Problem: problem, Fix: fix,
		Deletes: deleteWords[cmp.Or(l.flow.Delete, flow.Detach)].long}
	v.Clash, v.Revision = l.clash, strconv.Itoa(l.draft.Revision)
	if seen := c.FormValue("revision"); seen != "" && l.clash == nil && !l.kept {
		v.Revision = seen // what was typed is about what was seen
	}
	if l.rehearsed.of(l.prospect) {
		v.Rehearsed = l.rehearsed.run.Started
		for side, n := range l.rehearsed.run.To {
			v.Will[side] = templates.WillChange{Created: n.Created, Updated: n.Updated}
		}
		counts, err := s.o.Store.PlanCounts(ctx, ws(c), l.rehearsed.run.ID)
		if err != nil {
			return err
		}
		v.Need, v.SetsOff = counts.All(store.PlanNeed), l.setsOff(l.rehearsed)
	}
	v.Permits = s.permits(ctx, ws(c), l.prospect, "on")
	v.Makes = l.makes()
	return page(c, status, templates.SwitchOnPage(v))
}

// switchOn keeps the settings of the last step, and with do=on switches on.
func (s *Server) switchOn(c echo.Context) error {
	ctx := c.Request().Context()
	l, err := s.last(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	q, err := c.FormParams()
	if err != nil {
		return &Error{Status: http.StatusBadRequest, Text: "The form could not be read. Go back, and send it again."}
	}
	set, form := settingsIn(q, l.flow)
	if len(form.Errors) > 0 {
		return s.showOn(c, http.StatusUnprocessableEntity, l, form, "Some of the settings cannot be. They are marked below.", nil)
	}
	if l.clash, err = s.settingsClash(c, l); err != nil {
		return err
	}
	if l.clash != nil {
		return s.showOn(c, http.StatusConflict, l, form, "", nil)
	}
	if l.draft, err = s.keepSettings(c, l.flow.ID, set); err != nil {
		return err
	}
	l.flow, l.kept = l.draft.Flow, true
	if c.FormValue("do") != "on" {
		return s.settingsKept(c, l)
	}
	a, before := l.approved()
	if !before {
		if !l.rehearsed.of(l.prospect) {
			return s.showOn(c, http.StatusUnprocessableEntity, l, form, "There is no rehearsal of the flow as it is now. Look at one first; the settings are kept.",
				&templates.Link{Text: "Open the preview", Href: l.path("preview")})
		}
		a = flow.Approval{By: visitorOf(c).User.Email, At: s.o.Now().UTC(), How: "preview", Counts: l.rehearsed.run.Foretold(), Rehearsal: l.rehearsed.run.ID, Revision: l.flow.Revision()}
	}
	if problem, fix, err := s.obstacle(ctx, ws(c), l.prospect); err != nil || problem != "" {
		if err != nil {
			return err
		}
		return s.showOn(c, http.StatusUnprocessableEntity, l, form, problem, fix)
	}
	_, err = s.o.Store.SwitchOn(ctx, ws(c), l.flow.ID, a)
	if errors.Is(err, store.ErrOutdated) {
		return s.showOn(c, http.StatusUnprocessableEntity, l, form, "Somebody changed the flow this very moment. Look at a rehearsal of it first.",
			&templates.Link{Text: "Open the preview", Href: l.path("preview")})
	}
	if err != nil {
		return err
	}
	return s.firstRun(c, l.flow)
}

// keepSettings puts settings into the draft, whoever else edits it at the same time.
func (s *Server) keepSettings(c echo.Context, id string, set flow.Flow) (store.Draft, error) {
	ctx := c.Request().Context()
	for try := 0; ; try++ {
		d, err := s.o.Store.DraftState(ctx, ws(c), id)
		if err != nil {
			return d, err
		}
		f := d.Flow
		f.Schedule, f.Retry, f.Brake, f.Scope, f.Watch = set.Schedule, set.Retry, set.Brake, set.Scope, set.Watch
		d, err = s.o.Store.ChangeDraft(ctx, ws(c), visitorOf(c).User.ID, f, d.Revision)
		if err == nil || !errors.Is(err, store.ErrChanged) || try == 5 {
			return d, err
		}
	}
}

// settingsKept says that settings are kept. Those of a flow that is on and does the same as before hold at once.
func (s *Server) settingsKept(c echo.Context, l last) error {
	said := "The settings are kept. They hold once the flow is switched on."
	if l.published.Enabled && l.published.Revision() == l.flow.Revision() {
		if _, _, err := s.o.Store.Publish(c.Request().Context(), ws(c), visitorOf(c).User.Email, l.flow.ID); err != nil {
			return err
		}
		said = "The settings are kept and hold from now on."
	} else if l.published.Enabled {
		said = "The settings are kept. They hold once the change of the flow is published."
	}
	return s.sayAndGo(c, said, false, l.path("on"))
}

// switchFlow switches a flow that was on before off or on again.
func (s *Server) switchFlow(c echo.Context) error {
	ctx := c.Request().Context()
	l, err := s.last(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	back := inside(c.FormValue("back"), "/flows")
	if c.FormValue("to") == "off" {
		return s.switchOff(c, l, back)
	}
	a, before := l.approved()
	switch problem, fix, err := s.obstacle(ctx, ws(c), l.prospect); {
	case err != nil:
		return err
	case !before:
		return s.sayAndGo(c, "Look at what it would change first. It was changed since it was on, or was never on.", false, l.path("preview"))
	case problem != "":
		return s.showOn(c, http.StatusUnprocessableEntity, l, typedSettings(l.flow), problem, fix)
	}
	if _, err := s.o.Store.SwitchOn(ctx, ws(c), l.flow.ID, a); err != nil {
		return err
	}
	return s.firstRun(c, l.flow)
}

// switchOff stops a flow at once, and says so on another page.
func (s *Server) switchOff(c echo.Context, l last, back string) error {
	told, err := s.stopFlow(c.Request().Context(), ws(c), l.flow.ID)
	if err != nil {
		return err
	}
	said := l.flow.Name + " is off. Nothing is read or written until it is on again, and what changes meanwhile is not lost."
	if told {
		said = l.flow.Name + " is off. The run under way ends within seconds. What it wrote stays, and the rest is done when the flow is on again."
	}
	return s.sayAndGo(c, said, false, back)
}

// stopFlow stops a flow at once: nothing new begins, and a run under way is told to end.
func (s *Server) stopFlow(ctx context.Context, ws, id string) (told bool, err error) {
	if err := s.o.Store.SetEnabled(ctx, ws, id, false); err != nil {
		return false, err
	}
	open, err := s.o.Store.Unfinished(ctx, ws, id)
	if err != nil {
		return false, err
	}
	for _, r := range open {
		if r.DryRun || r.Undo != nil { // who takes back what it did often switches it off first
			continue
		}
		if _, err := s.o.Store.CancelRun(ctx, ws, r.ID); err != nil {
			return false, err
		}
		told = true
	}
	return told, nil
}
