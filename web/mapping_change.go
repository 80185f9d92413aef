package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// mapEdit is a change of the map, read from a form. do makes it in f and returns the words for it and what to look at.
// It returns a impossible when it cannot be.
type mapEdit struct {
	// want says in words what the person wanted to do, for when it could not be done.
	want string
	do   func(f *flow.Flow) (done string, what changed, err error)
}

// impossible is a change that cannot be made, in words for the person.
type impossible string

func (r impossible) Error() string { return string(r) }

// mapEditor reads a change from a form.
type mapEditor func(m *mapOf, form func(string) []string) mapEdit

// changesMap takes the posts of one kind of change.
func (s *Server) changesMap(read mapEditor) echo.HandlerFunc {
	return func(c echo.Context) error {
		m, err := s.loadMap(c)
		if err != nil {
			return err
		}
		form, err := c.FormParams()
		if err != nil {
			return &Error{Status: http.StatusBadRequest, Err: err}
		}
		return s.editMap(c, m, read(m, func(name string) []string { return form[name] }))
	}
}

// readAgain reads fields and records of both accounts anew.
func (s *Server) readAgain(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	s.looks.forget(ws(c), m.flow())
	m.see(c.Request().Context(), s, ws(c))
	return s.mapChanged(c, m, "The fields were read again.", changed{})
}

// editMap makes a change in the draft, unless a colleague was faster or it cannot be.
func (s *Server) editMap(c echo.Context, m *mapOf, e mapEdit) error {
	revision, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil || revision != m.draft.Revision {
		return s.clash(c, m, e.want)
	}
	f := m.flow()
	f.Map = slices.Clone(f.Map)
	done, what, err := e.do(&f)
	var no impossible
	if errors.As(err, &no) {
		return s.cannot(c, m, string(no))
	}
	var kept unsaved
	if errors.As(err, &kept) {
		m.typed = &kept.typedRow
		return s.cannot(c, m, kept.why)
	}
	if err != nil {
		return err
	}
	if reflect.DeepEqual(f, m.flow()) { // another sample was chosen, or the same once more
		return s.mapChanged(c, m, "", what)
	}
	d, err := s.o.Store.ChangeDraft(c.Request().Context(), ws(c), visitorOf(c).User.ID, f, revision)
	if errors.Is(err, store.ErrChanged) {
		m.draft = d
		m.compile()
		return s.clash(c, m, e.want)
	}
	if err != nil {
		return err
	}
	s.adopt(c, m, d)
	return s.mapChanged(c, m, done, what)
}

// changed says what of the page a change was about.
type changed struct {
	// key is the pair to look at; fresh says that it was just made. anchor is the place where there is no pair.
	key    string
	fresh  bool
	anchor string
}

// mapChanged answers a change that was made: htmx gets the page anew, others are sent to the line it was about.
func (s *Server) mapChanged(c echo.Context, m *mapOf, done string, what changed) error {
	at := mapState(c)
	if at.Open != "" && rowAt(m.flow(), at.Open) < 0 {
		at.Open = "" // the pair that was open is gone
	}
	page := templates.Mapping{Path: "/flows/" + m.flow().ID + "/map", At: at}
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Replace-Url", page.Address(""))
		return s.showMap(c, http.StatusOK, m, at, func(v *templates.Mapping) {
			v.Announce = done
			for i := range v.Pairs {
				v.Pairs[i].Fresh = what.fresh && v.Pairs[i].Key == what.key
			}
		})
	}
	anchor := what.anchor
	if what.key != "" {
		anchor = templates.MapAnchor(what.key)
	} else if anchor == "" {
		anchor = "board"
	}
	return redirect(c, page.Address(anchor))
}

// cannot shows the page with the reason why a change cannot be.
func (s *Server) cannot(c echo.Context, m *mapOf, why string) error {
	at := mapState(c)
	if m.typed != nil {
		at.Open = m.typed.row.Key()
	}
	return s.showMap(c, http.StatusUnprocessableEntity, m, at, func(v *templates.Mapping) { v.Bad = why })
}

// clash shows the map as a colleague left it, and offers what the person wanted again.
func (s *Server) clash(c echo.Context, m *mapOf, wanted string) error {
	who, when := s.changer(c, m)
	theirs, err := s.differs(c, m)
	if err != nil {
		return err
	}
	form, _ := c.FormParams()
	return s.showMap(c, http.StatusConflict, m, mapState(c), func(v *templates.Mapping) {
		v.Clash = &templates.MapClash{Who: who, When: when, Wanted: wanted, Theirs: theirs, Action: c.Request().URL.Path, Inputs: inputsOf(form)}
	})
}

// inputsOf are the inputs of a form that is sent once more, but for the revision that it named.
func inputsOf(form url.Values) (inputs [][2]string) {
	for name, values := range form {
		for _, value := range values {
			if name != "revision" {
				inputs = append(inputs, [2]string{name, value})
			}
		}
	}
	slices.SortStableFunc(inputs, func(p, q [2]string) int { return strings.Compare(p[0], q[0]) })
	return inputs
}

// changer is who changed the draft last. Without a draft it was published or thrown away meanwhile.
func (s *Server) changer(c echo.Context, m *mapOf) (string, time.Time) {
	return s.lastBy(c, m.draft.By, m.draft.At)
}

// lastBy says in words who made the last change of something, which is a user's id, and when.
func (s *Server) lastBy(c echo.Context, by string, at time.Time) (string, time.Time) {
	if by == "" {
		return "Somebody", s.o.Now()
	}
	if by == visitorOf(c).User.ID {
		return "In another window you", at
	}
	u, err := s.o.Store.UserByID(c.Request().Context(), ws(c), by)
	if err != nil {
		return "Somebody", at
	}
	return u.Called(), at
}

// stepsMap goes back or forth along the history of the draft.
func (s *Server) stepsMap(direction int) echo.HandlerFunc {
	want, done := "undo the last change.", "The last change is undone."
	if direction > 0 {
		want, done = "redo the change.", "The change is made again."
	}
	return func(c echo.Context) error {
		return s.moveMap(c, want, done, func(ctx context.Context, id string, revision int) (store.Draft, error) {
			return s.o.Store.StepDraft(ctx, ws(c), visitorOf(c).User.ID, id, direction, revision)
		})
	}
}

// dropMap forgets the draft: the page then shows what runs.
func (s *Server) dropMap(c echo.Context) error {
	return s.moveMap(c, "start from what runs now.", "The map is what runs now.", func(ctx context.Context, id string, _ int) (store.Draft, error) {
		if err := s.o.Store.DropDraft(ctx, ws(c), id); err != nil {
			return store.Draft{}, err
		}
		return s.o.Store.DraftState(ctx, ws(c), id)
	})
}

// moveMap puts another state of the draft in place of the one that the person saw.
func (s *Server) moveMap(c echo.Context, want, done string, move func(ctx context.Context, id string, revision int) (store.Draft, error)) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	revision, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil || revision != m.draft.Revision {
		return s.clash(c, m, want)
	}
	before := m.flow()
	d, err := move(c.Request().Context(), before.ID, revision)
	if errors.Is(err, store.ErrChanged) {
		m.draft = d
		m.compile()
		return s.clash(c, m, want)
	}
	if err != nil {
		return err
	}
	s.adopt(c, m, d)
	return s.mapChanged(c, m, done, changed{})
}

// adopt shows another draft. Other keys join other records, so those are read anew then.
func (s *Server) adopt(c echo.Context, m *mapOf, d store.Draft) {
	again := lookKey(ws(c), d.Flow) != lookKey(ws(c), m.draft.Flow)
	m.draft = d
	if again {
		m.see(c.Request().Context(), s, ws(c))
		return
	}
	m.compile()
}

// dismiss does not suggest a pair again.
func (s *Server) dismiss(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	key := c.FormValue("pair")
	if key == "" || len(key) > 500 {
		return s.cannot(c, m, "That suggestion is not known any more. Load the page again.")
	}
	if !slices.Contains(m.dismissed, key) {
		m.dismissed = append(m.dismissed, key)
		if over := len(m.dismissed) - 500; over > 0 {
			m.dismissed = m.dismissed[over:]
		}
	}
	if err := s.saveDismissed(c.Request().Context(), ws(c), m.flow().ID, m.dismissed); err != nil {
		return err
	}
	return s.mapChanged(c, m, "It is not suggested again. You can still pair the two by hand.", changed{anchor: "sugg"})
}

func (s *Server) saveDismissed(ctx context.Context, ws, flow string, keys []string) error {
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	return s.o.Store.SaveSetting(ctx, ws, dismissedSetting(flow), string(text))
}

func oneOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// labels are what the fields of a row are called.
func (m *mapOf) labels(r mapping.Row) (out [2]string) {
	for side := range out {
		var names []string
		for _, n := range r.Side(connector.Side(side)) {
			if f, ok := connector.FieldNamed(m.fields(connector.Side(side)), n); ok && f.Label != "" {
				n = f.Label
			}
			names = append(names, n)
		}
		out[side] = strings.Join(names, " + ")
	}
	return out
}
