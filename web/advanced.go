package web

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/templates"
)

// The advanced part of a flow says what goes on under it: the requests that its last runs made, and what there is to choose, with
// where it is chosen. Nothing is chosen here that is chosen elsewhere.

// runsLooked is how many runs are looked through for the requests of a flow.
const runsLooked = 20

func (s *Server) advancedPage(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.prospect(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	words, err := s.flowWords(ctx, ws(c), p)
	if err != nil {
		return err
	}
	v := templates.Advanced{Frame: frame(c, "Advanced, "+p.flow.Name, "flows"), Flow: p.shown(), CanEdit: may(visitorOf(c).Role, editor), Sides: [2]templates.AdvancedSide{}}
	if v.Runs, err = s.requestsOf(ctx, ws(c), p, &v.Sides); err != nil {
		return err
	}
	for side := range v.Sides {
		x := &v.Sides[side]
		x.System, x.Account, x.Here = p.systems()[side], accountOf(p.conns[side]), "/connections/"+p.conns[side].ID
		if x.Choices, err = s.choicesOf(ctx, ws(c), p, side); err != nil {
			return err
		}
	}
	for _, name := range []string{"schedule", "retry", "brake", "scope", "watch"} {
		set := settingWords[name]
		v.Settings = append(v.Settings, templates.AdvancedChoice{Label: set.label, Value: set.say(words, p.flow), Href: p.path("on")})
	}
	return page(c, http.StatusOK, templates.AdvancedPage(v))
}

// holes are the names of what is filled into a path.
var holes = regexp.MustCompile(`\{[^}]*\}|:\w+`)

// plainPath is a path without the names of its holes, so that it is found whatever they are called.
func plainPath(path string) string { return strings.Trim(holes.ReplaceAllString(path, "{}"), "/") }

// requestsOf fills in the requests that the last runs of a flow made, in the words of the systems' catalogs, and returns how many
// runs those were.
func (s *Server) requestsOf(ctx context.Context, ws string, p prospect, sides *[2]templates.AdvancedSide) (n int, err error) {
	runs, err := s.o.Store.Runs(ctx, ws, p.flow.ID, runsLooked, "")
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	calls, err := s.o.Store.CallsOf(ctx, ws, ids)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		for _, call := range calls[id] {
			all := &sides[call.Side].Requests
			i := slices.IndexFunc(*all, func(x templates.AdvancedRequest) bool { return x.Method == call.Method && x.Path == call.Path })
			if i < 0 {
				i = len(*all)
				*all = append(*all, templates.AdvancedRequest{Method: call.Method, Path: call.Path, What: s.operationTitle(p.conns[call.Side].System, call.Method, call.Path)})
			}
			(*all)[i].N += call.N
		}
	}
	for side := range sides {
		slices.SortFunc(sides[side].Requests, func(x, y templates.AdvancedRequest) int {
			return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
		})
	}
	return len(runs), nil
}

// operationTitle is what the catalog of a system calls a request, "" where it does not list it.
func (s *Server) operationTitle(system, method, path string) string {
	known := s.o.Connect.Systems[system].Operations
	if known == nil {
		return ""
	}
	for _, o := range known.Operations {
		if o.Method == method && plainPath(o.Path) == plainPath(path) {
			return o.Title
		}
	}
	return ""
}

// choicesOf are what can be chosen about one side: whether its system tells of changes, and what its API leaves open for the flow's
// records.
func (s *Server) choicesOf(ctx context.Context, ws string, p prospect, side int) (out []templates.AdvancedChoice, err error) {
	conn, spec := p.conns[side], p.specs[side]
	every := lowerWords(templates.ScheduleWords(p.flow.Schedule))
	found := templates.AdvancedChoice{Label: "How changes are found", Value: "It is asked, " + every + "."}
	if kind := spec.Hooks.Kind; kind == "manual" && p.flow.Parent() == "" || kind == "app" && len(spec.Hooks.Types[p.flow.Object]) > 0 {
		hash, err := s.o.Store.Setting(ctx, ws, connection.HookSetting(conn.ID))
		if err != nil {
			return nil, err
		}
		told := hash != "" || spec.Hooks.Kind == "app" && conn.AuthKind != connection.KindToken
		if found.Href = "/connections/" + conn.ID + "/hook"; told {
			found.Value = spec.Name + " tells of changes, and is asked all the same, " + every + "."
		} else {
			found.Value = "It is asked, " + every + ". " + spec.Name + " can tell of changes at once."
		}
	}
	out = append(out, found)
	for _, set := range spec.Settings {
		if set.Object != "" && set.Object != p.flow.Object {
			continue
		}
		out = append(out, templates.AdvancedChoice{Label: set.Label, Help: set.Help, Value: cmp.Or(conn.Settings[set.Name], set.Default, "Not chosen"), Href: "/connections/" + conn.ID})
	}
	return out, nil
}

// lowerWords begins words small.
func lowerWords(s string) string { return strings.ToLower(s[:1]) + s[1:] }
