package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// Undoing is a run that somebody asks for after a look, and the look is a run too, a dry one: both are stored as asked for, and
// carried out by whoever works on the flow next. So the page shows what the undo itself decides, from what both systems show.

// undoView is what is to be taken back: a run, or of it one record or field.
type undoView struct {
	runView
	what engine.Undoing
}

// undoView reads what an address or a form names.
func (s *Server) undoView(c echo.Context) (v undoView, err error) {
	if v.runView, err = s.runView(c.Request().Context(), ws(c), c.Param("id")); errors.Is(err, store.ErrNotFound) {
		kept, e := s.kept(c.Request().Context(), ws(c))
		if e != nil {
			return v, e
		}
		return v, &Error{Status: http.StatusNotFound, Title: "There is no such run", Err: err,
			Text: "What a run wrote can be undone for " + templates.Days(kept.Runs) + ". After that the values from before are forgotten, and the run with them."}
	}
	v.what = engine.Undoing{Run: v.run.ID, Link: c.FormValue("link"), Field: c.FormValue("field")}
	return v, err
}

// here is the address of the page, with more in it.
func (v undoView) here(page string, more url.Values) string {
	q := url.Values{}
	for name, value := range map[string]string{"link": v.what.Link, "field": v.what.Field} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name := range more {
		q.Set(name, more.Get(name))
	}
	return address("/runs/"+v.run.ID+"/undo"+page, q)
}

// undoPage shows what would go back.
func (s *Server) undoPage(c echo.Context) error {
	ctx := c.Request().Context()
	v, err := s.undoView(c)
	if err != nil {
		return err
	}
	p := templates.UndoPage{Frame: frame(c, "Undo "+v.run.FlowName, "runs"), Clock: v.clock, MayEdit: may(visitorOf(c).Role, editor), Run: v.run, Flow: v.runFlow(v.run),
		Link: v.what.Link, Field: v.what.Field, Show: c.QueryParam("show")}
	if p.Of, err = s.undoOf(ctx, ws(c), v); err != nil {
		return err
	}
	if p.Earlier, err = s.undone(ctx, ws(c), v.runView); err != nil {
		return err
	}
	look, is, err := s.lookOf(ctx, ws(c), v.what)
	if err != nil {
		return err
	}
	p.Cannot = v.cannotUndo()
	switch {
	case p.Cannot != nil:
	case is && !look.Status.Final():
		p.Live = &templates.UndoLook{Stream: v.here("/events", nil), Here: v.here("", nil), Run: look, Systems: v.systems(), Clock: v.clock}
	case is:
		if err := s.looked(ctx, ws(c), v, look, c.QueryParam("after"), &p); err != nil {
			return err
		}
	}
	return page(c, http.StatusOK, templates.Undo(p))
}

// undoOf says what of a run is to be taken back: a record's name and a field's, both "" for the whole run.
func (s *Server) undoOf(ctx context.Context, ws string, v undoView) (of [2]string, err error) {
	if v.what.Field != "" {
		of[1] = v.field(v.what.Field, engine.A)
	}
	if v.what.Link == "" {
		return of, nil
	}
	l, err := s.o.Store.LinkByID(ctx, ws, v.what.Link)
	if err != nil {
		return of, err
	}
	of[0], _, err = s.called(ctx, ws, v.runView, l.IDs)
	return of, err
}

// called is what people know two records by that are one, and whom they hang on, with what was last seen of them.
func (s *Server) called(ctx context.Context, ws string, v runView, ids [2]string) (name string, m [2]engine.Mirror, err error) {
	var seen [2]map[string]engine.Mirror
	for side, id := range ids {
		if id == "" {
			continue
		}
		found, err := s.o.Store.Mirrors(ctx, ws, v.pair.Conns[side], v.pair.Object, []string{id})
		if err != nil {
			return "", m, err
		}
		m[side], seen[side] = found[id], found
	}
	name, _ = v.title(engine.Entry{IDs: ids}, m)
	k, err := s.kin(ctx, ws, v.pair.Conns, v.both(), v.pair.Object, seen)
	return k.with(name, m), m, err
}

// looksBack is how many looks at one run are gone through for the one at the same part of it.
const looksBack = 20

// lookOf is the newest look at what is to be taken back.
func (s *Server) lookOf(ctx context.Context, ws string, u engine.Undoing) (engine.Run, bool, error) {
	looks, err := s.o.Store.UndosOf(ctx, ws, u.Run, true, looksBack)
	for _, r := range looks {
		if r.Undo.Link == u.Link && r.Undo.Field == u.Field {
			return r, true, err
		}
	}
	return engine.Run{}, false, err
}

// undone are the undos that were made of a run, the newest first.
func (s *Server) undone(ctx context.Context, ws string, v runView) (out []templates.UndoneLine, err error) {
	runs, err := s.o.Store.UndosOf(ctx, ws, v.run.ID, false, looksBack)
	for _, r := range runs {
		x := templates.UndoneLine{ID: r.ID, At: r.Started, By: r.Undo.By, Status: r.Status, Part: r.Undo.Link != "" || r.Undo.Field != ""}
		for _, n := range r.To {
			x.N += n.Updated
			x.Deleted += n.Deleted
		}
		out = append(out, x)
	}
	return out, err
}

// wrote reports whether a run wrote anything that could be taken back.
func (v runView) wrote() bool {
	n := 0
	for _, c := range v.run.To {
		n += c.Created + c.Updated
	}
	return n > 0 && !v.run.DryRun
}

// cannotUndo says why nothing can be taken back, and what helps; nil when it can.
func (v undoView) cannotUndo() *templates.RunStop {
	stop := func(title, why, fix string, buttons ...templates.RunButton) *templates.RunStop {
		return &templates.RunStop{Title: title, Why: why, Fix: fix, Safe: "Nothing was written.", Buttons: buttons}
	}
	f, there := v.flow(v.run.Flow)
	pair := ""
	if there && v.on(f, v.run.Pair) {
		pair = v.run.Pair
	}
	toRun := templates.RunButton{Text: "To the run", Href: "/runs/" + v.run.ID, Primary: true}
	switch engine.Undoable(v.run, pair, v.clock.Now, v.clock.Kept.Runs) {
	case engine.NoUndoDry:
		return stop("A rehearsal cannot be undone", "It wrote nothing to either side.", "", toRun)
	case engine.NoUndoOpen:
		return stop("This run is still going", "What it writes can be undone when it is over.", "Wait for its end, or stop it first.", toRun)
	case engine.NoUndoOld:
		return stop("This run is too old to be undone", "The values from before a run are kept for "+templates.Days(v.clock.Kept.Runs)+".", "Change the records in one of the systems; the change goes over as ever.", toRun)
	}
	switch {
	case !there:
		return stop("The flow of this run is gone", "An undo goes over the accounts and the map of the flow that wrote.", "Make the flow again between the same accounts.", toRun)
	case pair == "":
		return stop("The flow joins other accounts by now", "An undo goes over the accounts that the run wrote to.", "", toRun)
	case !v.wrote() && v.run.To[0].Deleted+v.run.To[1].Deleted > 0:
		return stop("There is nothing to undo", "It only deleted records, and nothing brings those back.", "", toRun)
	case !v.wrote():
		return stop("There is nothing to undo", "This run changed no record on either side.", "", toRun)
	}
	for _, id := range v.pair.Conns {
		if c := v.conns[id]; c.State != connection.OK {
			return stop(v.system(id, "").Name+" does not take the key of "+c.Name, "Nothing can be read or written there.", "Connect that account again, then undo.",
				templates.RunButton{Text: "Connect " + c.Name + " again", Href: again(c, v.here("", nil)), Primary: true})
		}
	}
	return nil
}

// looked fills in what a look found.
func (s *Server) looked(ctx context.Context, ws string, v undoView, look engine.Run, after string, p *templates.UndoPage) error {
	p.Look = &look
	if look.Status != engine.Done && look.Status != engine.DoneWithProblems {
		return nil
	}
	found, err := s.o.Store.CountEntries(ctx, ws, look.ID)
	if err != nil {
		return err
	}
	kinds := []kind{{engine.ResultUpdated, ""}}
	if p.Made, err = s.pristine(ctx, ws, v, look); err != nil {
		return err
	}
	p.Back, p.Stays = found[engine.ResultUpdated], found[engine.ResultSkipped]+found[engine.ResultFailed]
	for side, n := range look.To {
		p.Changes[side] = n.Updated
	}
	if p.Kept = p.Back+p.Stays > 0 || p.Changes == [2]int{} && look.To[0].Skipped+look.To[1].Skipped == 0; !p.Kept {
		return nil
	}
	if p.Show != "stays" {
		if p.Show = "back"; p.Back == 0 && p.Stays > 0 {
			p.Show = "stays"
		}
	}
	if p.Show == "stays" {
		kinds = []kind{{engine.ResultSkipped, ""}, {engine.ResultFailed, ""}}
	}
	for _, show := range []string{"back", "stays"} {
		p.Hrefs = append(p.Hrefs, v.here("", url.Values{"show": {show}}))
	}
	entries, err := s.entriesOf(ctx, ws, look.ID, kinds, after)
	if err != nil {
		return err
	}
	if len(entries) > recordsOnPage {
		entries = entries[:recordsOnPage]
		last := entries[recordsOnPage-1]
		p.More = v.here("", url.Values{"show": {p.Show}, "after": {string(last.Result) + ":" + last.ID}})
	}
	p.Records, err = s.recordsOf(ctx, ws, v.runView, entries)
	for i := range p.Records {
		r := &p.Records[i]
		r.Kind, r.Icon, r.Word = "", "undo-2", "Goes back"
		if p.Show == "stays" {
			r.Icon, r.Word = "minus", "Stays"
		}
		if strings.HasPrefix(entries[i].Reason, "undo") && len(r.Fields) > 0 {
			r.Reason = "" // each field says it
		}
		r.Open = i == 0 && after == ""
	}
	return err
}

// pristine counts the records that the run made and that nobody touched since, as a look found.
func (s *Server) pristine(ctx context.Context, ws string, v undoView, look engine.Run) (n int, err error) {
	if v.what.Field != "" {
		return 0, nil
	}
	causes, err := s.o.Store.Causes(ctx, ws, look.ID, engine.ResultSkipped)
	for _, c := range causes {
		if strings.HasPrefix(c.Reason, "undo_pristine_") {
			n += c.N
		}
	}
	return n, err
}

// lookUndo has somebody look at what would go back.
func (s *Server) lookUndo(c echo.Context) error {
	v, err := s.undoView(c)
	if err != nil {
		return err
	}
	if v.cannotUndo() == nil {
		look, is, err := s.lookOf(c.Request().Context(), ws(c), v.what)
		if err != nil {
			return err
		}
		if !is || look.Status.Final() {
			if _, err := s.askUndo(c, v, true); err != nil {
				return err
			}
		}
	}
	return redirect(c, v.here("", nil))
}

// askUndo stores that a run is asked for, and wakes a worker.
func (s *Server) askUndo(c echo.Context, v undoView, dry bool) (engine.Run, error) {
	f, _ := v.flow(v.run.Flow)
	u := v.what
	u.By = visitorOf(c).User.Email
	r := engine.AskUndo(f, v.run, u, dry, s.o.Now())
	if err := s.o.Store.StartRun(c.Request().Context(), r); err != nil {
		return r, err
	}
	return r, s.o.Wake.Wake(c.Request().Context(), ws(c), f.ID, engine.Undo, "")
}

// undo takes back what somebody looked at.
func (s *Server) undo(c echo.Context) error {
	ctx := c.Request().Context()
	v, err := s.undoView(c)
	if err != nil {
		return err
	}
	here := v.here("", nil)
	if v.cannotUndo() != nil {
		return redirect(c, here)
	}
	look, is, err := s.lookOf(ctx, ws(c), v.what)
	switch {
	case err != nil:
		return err
	case !is || look.ID != c.FormValue("look"):
		return s.sayAndGo(c, "Somebody looked again since, so nothing was undone. This is what would go back now.", true, here)
	}
	if c.FormValue("made") == "yes" {
		n, err := s.pristine(ctx, ws(c), v, look)
		if err != nil {
			return err
		}
		if n == 0 { // a look at another part of the run took the place of this one's list
			return s.sayAndGo(c, "The list of what this run created is no longer kept, so nothing was undone and nothing was deleted. Look again, then choose.", true, here)
		}
		v.what.Made = true
	}
	if look.To[0].Updated+look.To[1].Updated == 0 && !v.what.Made {
		return s.sayAndGo(c, "Nothing was chosen that could go back.", true, here)
	}
	open, err := s.o.Store.UndosOf(ctx, ws(c), v.run.ID, false, looksBack)
	if err != nil {
		return err
	}
	for _, r := range open {
		if !r.Status.Final() && r.Undo.Includes(v.what) {
			return s.sayAndGo(c, "It is being undone already; this is that run.", false, "/runs/"+r.ID)
		}
	}
	r, err := s.askUndo(c, v, false)
	if err != nil {
		return err
	}
	return redirect(c, "/runs/"+r.ID)
}

// undoEvents tells how a look goes on, until it is over.
func (s *Server) undoEvents(c echo.Context) error {
	v, err := s.undoView(c)
	if err != nil {
		return err
	}
	workspace := ws(c)
	return s.stream(c, pace, func(ctx context.Context) (templ.Component, bool, error) {
		look, is, err := s.lookOf(ctx, workspace, v.what)
		if err != nil {
			return nil, false, err
		}
		l := templates.UndoLook{Run: look, Systems: v.systems(), Clock: v.clock}
		l.Clock.Now = s.o.Now()
		if is && look.Status == engine.Queued && s.o.Now().Sub(look.Started) > 5*time.Second {
			l.Behind = "Another run of the same two accounts may be at work, or all workers are busy."
			if s.o.Workers != nil && s.o.Workers() != nil {
				l.Behind = "No worker takes it up: " + s.o.Workers().Error() + "."
			}
		}
		return templates.UndoLooking(l), !is || look.Status.Final(), nil
	})
}
