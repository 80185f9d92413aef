package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// cannotStart says why nobody can start what is published by hand, "" when somebody can.
func (x *canvasOf) cannotStart() string {
	switch p := x.draft.Published; {
	case p.Version == 0:
		return "It was never published. Publish it and switch it on; then it can be started."
	case p.Trigger.Kind != automation.ByHand:
		return "Something else sets off the version that is published. Publish the draft; then it can be started."
	case !p.Enabled:
		return "It is switched off, so nothing would be done. Switch it on; then it can be started."
	default:
		return x.cannotRun(p)
	}
}

// startPage looks for the record that an automation is started for.
func (s *Server) startPage(c echo.Context) error {
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	return s.showStart(c, http.StatusOK, x, "")
}

// showStart writes the page on which somebody starts what is published. problem says why it was not started.
func (s *Server) showStart(c echo.Context, status int, x *canvasOf, problem string) error {
	text := strings.Join(strings.Fields(c.FormValue("q")), " ")
	if r := []rune(text); len(r) > askLong {
		text = string(r[:askLong])
	}
	a := x.draft.Published
	p := templates.Start{Frame: frame(c, "Start · "+x.a().Name, "flows"), ID: x.a().ID, Name: x.a().Name, Text: text, Why: x.cannotStart(), Problem: problem,
		Once: cmp.Or(c.FormValue("once"), engine.NewID("hand", s.o.Now()))}
	if a.Trigger.Kind != automation.ByHand || a.Trigger.Object == "" {
		return page(c, status, templates.StartPage(p))
	}
	sys := x.systems[a.Trigger.System]
	thing := sys.Catalog.Things[a.Trigger.Object]
	mark := systemOf(sys.Spec, "")
	p.System, p.One, p.Whole = &mark, thing.One, sys.Catalog.Things[thing.Parent].One
	if conn := x.accountOf(a, a.Trigger.System); conn != nil {
		var err error
		if p.Records, p.More, err = s.startable(c.Request().Context(), ws(c), x, conn.ID, text); err != nil {
			return err
		}
	}
	return pageOr(c, status, templates.StartPage(p), "found")
}

// startable are stored records that it can be started for: those that somebody looks for, or the newest.
func (s *Server) startable(ctx context.Context, ws string, x *canvasOf, conn, text string) (out []templates.StartRecord, more bool, err error) {
	t := x.draft.Published.Trigger
	o, known := x.systems[t.System].Spec.Object(t.Object)
	if !known {
		return nil, false, nil // no flow reads such records
	}
	var found []engine.Mirror
	if text == "" {
		found, err = s.o.Store.LastMirrors(ctx, ws, conn, t.Object, false, foundShown)
	} else {
		found, more, err = s.mirrorsLike(ctx, ws, conn, t.Object, text)
	}
	for _, m := range found {
		r := templates.StartRecord{ID: m.ID, Parent: m.Parent}
		if r.Name, r.Address = titleOf(o, m.Fields); r.Name == "" {
			r.Name, r.Address = cmp.Or(r.Address, templates.Capital(o.One)+" "+m.ID), ""
		}
		out = append(out, r)
	}
	return out, more, err
}

// mirrorsLike are stored records of an account that are found by a text, by their names.
func (s *Server) mirrorsLike(ctx context.Context, ws, conn, object, text string) (out []engine.Mirror, more bool, err error) {
	h, err := s.house(ctx, ws)
	if err != nil {
		return nil, false, err
	}
	hits, more, err := s.hits(ctx, ws, h, text)
	if err != nil {
		return nil, false, err
	}
	hits[store.Found{Conn: conn, Object: object, ID: text}] = true
	var ids []string
	for f := range hits {
		if f.Conn == conn && f.Object == object {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	found, err := s.o.Store.Mirrors(ctx, ws, conn, object, ids)
	for _, id := range ids {
		if m, there := found[id]; there && m.Gone.IsZero() {
			out = append(out, m)
		}
	}
	if len(out) > foundShown {
		out, more = out[:foundShown], true
	}
	return out, more, err
}

// startAutomation starts what is published, for a record or for none, and leads to what comes of it.
func (s *Server) startAutomation(c echo.Context) error {
	ctx := c.Request().Context()
	x, err := s.loadCanvas(c)
	if err != nil {
		return err
	}
	a := x.draft.Published
	refuse := func(why string) error {
		if c.FormValue("from") == "canvas" {
			return s.showCanvas(c, http.StatusUnprocessableEntity, x, canvasAt(c), func(v *templates.Canvas) { v.BadTitle, v.Bad, v.Focus = "Not started", why, templates.BadID })
		}
		return s.showStart(c, http.StatusUnprocessableEntity, x, why)
	}
	if why := x.cannotStart(); why != "" {
		return refuse(why)
	}
	ref := connector.Ref{ID: strings.TrimSpace(c.FormValue("record")), Parent: strings.TrimSpace(c.FormValue("parent"))}
	if a.Trigger.Object != "" && ref.ID == "" {
		return refuse("It is started for " + templates.A(x.systems[a.Trigger.System].Catalog.Things[a.Trigger.Object].One) + ". Choose one.")
	}
	f, err := s.o.Starts.Start(ctx, ws(c), a, ref, visitorOf(c).User.Email, c.FormValue("once"))
	var told *connector.Error
	switch {
	case connector.KindOf(err) == connector.NotFound:
		return refuse("The system knows none of the ID “" + ref.ID + "”. It may be gone, or the ID is of something else.")
	case errors.As(err, &told):
		return refuse(sentence(told.Error()))
	case err != nil:
		return err
	}
	s.wakeAutomation(c, a.ID)
	if f.ID == "" {
		return s.sayAndGo(c, "It was started already: the page was sent twice.", false, "/automations/"+a.ID+"/runs")
	}
	said := "It is started."
	if f.Title != "" {
		said = "It is started for " + f.Title + "."
	}
	return s.sayAndGo(c, said+" Below is what it does.", false, "/automations/"+a.ID+"/runs/"+f.ID)
}
