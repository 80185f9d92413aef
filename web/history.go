package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/store"
	"couplet/templates"
)

// The versions of a flow or of an automation are what was published, one after the other, and the draft is what somebody makes of
// the newest. Any two of them are compared; taking one back makes it the draft, which goes the way of any change.

// versionsOnPage is how many versions are listed at once.
const versionsOnPage = 30

// draftID is what the draft is called where a version has its number.
const draftID = "draft"

// published is one version.
type published[T any] struct {
	number int
	is     T
	saved  time.Time
	store.Author
}

// history is what the page of versions is made of.
type history[T any] struct {
	// one is what it is about in words, path the address of the page.
	one, path string
	// draft is what is edited, with the version that is published, its revision and who changed it last.
	draft            T
	version          int
	revision         int
	changed, canUndo bool
	by               string
	at               time.Time
	// list are the versions on the page, the newest first, with the one before the last of them. find finds any of them.
	list []published[T]
	find func(ctx context.Context, number int) (T, error)
	// sentence and groups say how two states differ, first what the first one has.
	sentence func(was, now T) string
	groups   func(was, now T) []templates.DiffGroup
	first    func(T) string
	clock    templates.Clock
	people   people
}

// people are the members of a workspace by their address and number.
type people map[string]store.User

func (s *Server) people(ctx context.Context, ws string) (people, error) {
	users, err := s.o.Store.Users(ctx, ws)
	all := people{}
	for _, u := range users {
		all[u.Email], all[u.ID] = u, u
	}
	return all, err
}

// called is a person by their address or number, as they are called; somebody at a command line by the name there.
func (p people) called(by string) string {
	if u, ok := p[by]; ok {
		return u.Called()
	}
	return by
}

// before is the version that the list begins below, 0 for the newest.
func before(c echo.Context) int {
	n, _ := strconv.Atoi(c.QueryParam("before"))
	return max(n, 0)
}

// revisionIn is the revision that a form names, one that never was where it names none.
func revisionIn(c echo.Context) int {
	n, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil {
		return -1
	}
	return n
}

// fill fills in the page, but for what is around it.
func (h history[T]) fill(c echo.Context, p *templates.Versions) error {
	p.Clock, p.Path, p.Published, p.Revision = h.clock, h.path, h.version, strconv.Itoa(h.revision)
	p.CanEdit = may(visitorOf(c).Role, editor)
	if h.changed {
		p.Draft = &templates.VersionLine{ID: draftID, Name: "Draft", By: h.people.called(h.by), At: h.at}
		if h.version > 0 {
			newest, err := h.state(c.Request().Context(), strconv.Itoa(h.version))
			if err != nil {
				return err
			}
			p.Draft.Says = h.sentence(newest, h.draft)
		} else {
			p.Draft.Says = h.first(h.draft)
		}
	}
	p.Lines = h.lines()
	if n := len(h.list); n > versionsOnPage {
		p.Older = address(h.path, url.Values{"before": {strconv.Itoa(h.list[versionsOnPage-1].number)}})
	}
	if n, err := strconv.Atoi(c.QueryParam("taken")); err == nil && h.canUndo && c.QueryParam("at") == p.Revision {
		p.Taken = n
	}
	return h.compare(c, p)
}

// lines are the versions on the page, each with what it changed.
func (h history[T]) lines() (out []templates.VersionLine) {
	for i, x := range h.list[:min(len(h.list), versionsOnPage)] {
		line := templates.VersionLine{ID: strconv.Itoa(x.number), Name: "Version " + strconv.Itoa(x.number), By: h.people.called(x.By), How: howWords[x.How], At: x.saved,
			Newest: x.number == h.version}
		if i+1 < len(h.list) {
			line.Says = h.sentence(h.list[i+1].is, x.is)
			line.Compare = address(h.path, url.Values{"from": {strconv.Itoa(h.list[i+1].number)}, "to": {line.ID}})
		} else {
			line.Says = h.first(x.is)
		}
		out = append(out, line)
	}
	return out
}

// howWords say how a version came about, where that is worth a word.
var howWords = map[string]string{store.ByFile: "by a flow file", store.ByRule: "as a rule of what is always answered"}

// chosen are the two that are compared: as the address says, else the draft with what is published, else the two newest.
func (h history[T]) chosen(c echo.Context) (from, to string) {
	from, to = c.QueryParam("from"), c.QueryParam("to")
	switch newest := strconv.Itoa(h.version); {
	case from != "" && to != "":
	case h.version == 0:
		from, to = "", ""
	case h.changed:
		from, to = newest, draftID
	case h.version > 1:
		from, to = strconv.Itoa(h.version-1), newest
	}
	return from, to
}

// compare fills in how two states differ.
func (h history[T]) compare(c echo.Context, p *templates.Versions) error {
	if h.changed {
		p.Choices = append(p.Choices, templates.Choice{ID: draftID, Name: "The draft"})
	}
	for n := h.version; n > 0; n-- {
		name := "Version " + strconv.Itoa(n)
		if i := slices.IndexFunc(h.list, func(x published[T]) bool { return x.number == n }); i >= 0 {
			name += ", " + h.clock.Moment(h.list[i].saved)
		}
		p.Choices = append(p.Choices, templates.Choice{ID: strconv.Itoa(n), Name: name})
	}
	from, to := h.chosen(c)
	if from == "" || to == "" {
		return nil
	}
	was, err := h.state(c.Request().Context(), from)
	if err != nil {
		return err
	}
	now, err := h.state(c.Request().Context(), to)
	if err != nil {
		return err
	}
	p.From, p.To, p.Differs = from, to, h.groups(was, now)
	return nil
}

// state is a version by its number, or the draft.
func (h history[T]) state(ctx context.Context, id string) (out T, err error) {
	if id == draftID {
		return h.draft, nil
	}
	n, err := strconv.Atoi(id)
	if err != nil {
		n = -1
	}
	out, err = h.find(ctx, n)
	if errors.Is(err, store.ErrNotFound) {
		there := "Nothing of this " + h.one + " was published yet."
		if h.version > 0 {
			there = "This " + h.one + " has the versions 1 to " + strconv.Itoa(h.version) + "."
		}
		return out, &Error{Status: http.StatusNotFound, Title: "There is no such version", Err: err, Text: there + " Go back to the list and choose two of them."}
	}
	return out, err
}

// taken leads to the page after a version was made the draft.
func (h history[T]) taken(c echo.Context, version string, revision int) error {
	return redirect(c, address(h.path, url.Values{"taken": {version}, "at": {strconv.Itoa(revision)}}))
}

// clash says what was not done, because a colleague was faster.
func (h history[T]) clash(c echo.Context, wanted string) string {
	who := cmp.Or(h.people.called(h.by), "Somebody")
	if h.by == visitorOf(c).User.ID {
		who = "In another window you"
	}
	return strings.TrimSpace(who + " changed the draft since you opened this page. You wanted to " + wanted + "; press the button again if you still do.")
}
