package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// The versions of a flow are what was published, one after the other, and the draft is what somebody makes of the newest. Any
// two of them are compared; taking one back makes it the draft, which is previewed and published as any change.

// versionsOnPage is how many versions are listed at once.
const versionsOnPage = 30

// draftID is what the draft is called where a version has its number.
const draftID = "draft"

// versions is what the page of one flow is made of.
type versions struct {
	prospect
	draft store.Draft
	words flowWords
	// list are the versions on the page, the newest first, with the one before the last of them.
	list  []store.FlowVersion
	clock templates.Clock
	// people are the members by their address.
	people map[string]store.User
}

func (s *Server) versions(c echo.Context) (v versions, err error) {
	ctx, id := c.Request().Context(), c.Param("id")
	if v.prospect, err = s.prospect(ctx, ws(c), id); err != nil {
		return v, err
	}
	if v.draft, err = s.o.Store.DraftState(ctx, ws(c), id); err != nil {
		return v, err
	}
	if v.clock, err = s.clock(ctx, ws(c)); err != nil {
		return v, err
	}
	before, _ := strconv.Atoi(c.QueryParam("before"))
	if v.list, err = s.o.Store.FlowVersions(ctx, ws(c), id, max(before, 0), versionsOnPage+1); err != nil {
		return v, err
	}
	users, err := s.o.Store.Users(ctx, ws(c))
	v.people = map[string]store.User{}
	for _, u := range users {
		v.people[u.Email], v.people[u.ID] = u, u
	}
	if err != nil {
		return v, err
	}
	v.words, err = s.flowWords(ctx, ws(c), v.prospect)
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
	p := templates.Versions{Frame: frame(c, "Versions of "+v.flow.Name, "flows"), Clock: v.clock, Flow: v.shown(), CanEdit: may(visitorOf(c).Role, editor),
		Revision: strconv.Itoa(v.draft.Revision), Published: v.published.Version, Clash: clash}
	if v.draft.Changed {
		p.Draft = &templates.VersionLine{ID: draftID, Name: "Draft", By: v.called(v.draft.By), At: v.draft.At, Says: v.words.sentence(flow.Compare(v.published, v.flow))}
	}
	p.Lines = v.lines()
	if n := len(v.list); n > versionsOnPage {
		p.Older = address(v.path("versions"), url.Values{"before": {strconv.Itoa(v.list[versionsOnPage-1].Flow.Version)}})
	}
	if n, err := strconv.Atoi(c.QueryParam("taken")); err == nil && v.draft.Undo && c.QueryParam("at") == p.Revision {
		p.Taken = n
	}
	from, to := v.chosen(c)
	if err := s.compareVersions(c.Request().Context(), v, from, to, &p); err != nil {
		return err
	}
	return page(c, status, templates.VersionsPage(p))
}

// lines are the versions on the page, each with what it changed.
func (v versions) lines() (out []templates.VersionLine) {
	for i, x := range v.list[:min(len(v.list), versionsOnPage)] {
		line := templates.VersionLine{ID: strconv.Itoa(x.Flow.Version), Name: "Version " + strconv.Itoa(x.Flow.Version), By: v.called(x.By), How: howWords[x.How], At: x.Saved,
			Newest: x.Flow.Version == v.published.Version}
		if i+1 < len(v.list) {
			line.Says = v.words.sentence(flow.Compare(v.list[i+1].Flow, x.Flow))
			line.Compare = address(v.path("versions"), url.Values{"from": {strconv.Itoa(v.list[i+1].Flow.Version)}, "to": {line.ID}})
		} else {
			line.Says = "The first one, with " + templates.Count(len(x.Flow.Map), "pair", "pairs") + "."
		}
		out = append(out, line)
	}
	return out
}

// howWords say how a version came about, where that is worth a word.
var howWords = map[string]string{store.ByFile: "by a flow file", store.ByRule: "as a rule of what is always answered"}

// called is a person by their address or number, as they are called; somebody at a command line by the name there.
func (v versions) called(by string) string {
	if u, ok := v.people[by]; ok {
		return u.Called()
	}
	return by
}

// chosen are the two that are compared: as the address says, else the draft with what is published, else the two newest.
func (v versions) chosen(c echo.Context) (from, to string) {
	from, to = c.QueryParam("from"), c.QueryParam("to")
	switch newest := strconv.Itoa(v.published.Version); {
	case from != "" && to != "":
	case v.draft.Changed:
		from, to = newest, draftID
	case v.published.Version > 1:
		from, to = strconv.Itoa(v.published.Version-1), newest
	}
	return from, to
}

// compareVersions fills in how two states differ.
func (s *Server) compareVersions(ctx context.Context, v versions, from, to string, p *templates.Versions) error {
	if v.draft.Changed {
		p.Choices = append(p.Choices, templates.Choice{ID: draftID, Name: "The draft"})
	}
	for n := v.published.Version; n > 0; n-- {
		name := "Version " + strconv.Itoa(n)
		if i := slices.IndexFunc(v.list, func(x store.FlowVersion) bool { return x.Flow.Version == n }); i >= 0 {
			name += ", " + v.clock.Moment(v.list[i].Saved)
		}
		p.Choices = append(p.Choices, templates.Choice{ID: strconv.Itoa(n), Name: name})
	}
	if from == "" || to == "" {
		return nil
	}
	was, err := s.stateOf(ctx, v, from)
	if err != nil {
		return err
	}
	now, err := s.stateOf(ctx, v, to)
	if err != nil {
		return err
	}
	p.From, p.To = from, to
	p.Differs = v.words.groups(flow.Compare(was, now), was, now)
	return nil
}

// stateOf is a version by its number, or the draft.
func (s *Server) stateOf(ctx context.Context, v versions, id string) (flow.Flow, error) {
	if id == draftID {
		return v.flow, nil
	}
	n, err := strconv.Atoi(id)
	if err != nil {
		n = -1
	}
	x, err := s.o.Store.FlowVersionOf(ctx, v.published.Workspace, v.flow.ID, n)
	if errors.Is(err, store.ErrNotFound) {
		return flow.Flow{}, &Error{Status: http.StatusNotFound, Title: "There is no such version", Err: err,
			Text: "This flow has the versions 1 to " + strconv.Itoa(v.published.Version) + ". Go back to the list and choose two of them."}
	}
	return x.Flow, err
}

// takeVersion makes a version the draft.
func (s *Server) takeVersion(c echo.Context) error {
	ctx := c.Request().Context()
	v, err := s.versions(c)
	if err != nil {
		return err
	}
	old, err := s.stateOf(ctx, v, c.FormValue("version"))
	if err != nil {
		return err
	}
	name := "version " + strconv.Itoa(old.Version)
	next := v.flow.As(old)
	if len(flow.Compare(v.flow, next)) == 0 {
		return s.sayAndGo(c, "Nothing was changed: the draft says what "+name+" says already.", false, v.path("versions"))
	}
	revision, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil {
		revision = -1
	}
	d, err := s.o.Store.ChangeDraft(ctx, ws(c), visitorOf(c).User.ID, next, revision)
	if errors.Is(err, store.ErrChanged) {
		return s.versionsClash(c, v, "take back "+name)
	}
	if err != nil {
		return err
	}
	return redirect(c, address(v.path("versions"), url.Values{"taken": {strconv.Itoa(old.Version)}, "at": {strconv.Itoa(d.Revision)}}))
}

// untakeVersion puts the draft back to what it was.
func (s *Server) untakeVersion(c echo.Context) error {
	v, err := s.versions(c)
	if err != nil {
		return err
	}
	revision, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil {
		revision = -1
	}
	_, err = s.o.Store.StepDraft(c.Request().Context(), ws(c), visitorOf(c).User.ID, v.flow.ID, -1, revision)
	if errors.Is(err, store.ErrChanged) {
		return s.versionsClash(c, v, "undo that")
	}
	if err != nil {
		return err
	}
	return s.sayAndGo(c, "That is undone: the draft is what it was.", false, v.path("versions"))
}

// versionsClash shows the page as a colleague left it, and says what was not done.
func (s *Server) versionsClash(c echo.Context, v versions, wanted string) error {
	who := "Somebody"
	if v.draft.By != "" {
		who = v.called(v.draft.By)
	}
	if v.draft.By == visitorOf(c).User.ID {
		who = "In another window you"
	}
	return s.showVersions(c, http.StatusConflict, v, strings.TrimSpace(who+" changed the draft since you opened this page. You wanted to "+wanted+"; press the button again if you still do."))
}
