package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/store"
	"couplet/templates"
)

// firingsOnPage is how many are listed at once.
const firingsOnPage = 50

// firingKinds are the ways to look at the list.
var firingKinds = []struct {
	id, name string
	state    automation.State
}{
	{"all", "All", ""}, {"needs", "Needs you", automation.Parked}, {"waits", "Waiting", automation.Waiting}, {"done", "Done", automation.Done},
	{"held", "Held by the filter", automation.Filtered}, {"ended", "Ended", automation.Ended},
}

// firingTimes are how far a list looks back, by the word of its address; "" and "today" are no span.
var firingTimes = map[string]time.Duration{"": 0, "today": 0, "7d": 7 * 24 * time.Hour, "30d": 30 * 24 * time.Hour}

// firingsAsked is what a request looks for, in words and for the store. What nobody knows is left out.
func firingsAsked(c echo.Context, clock templates.Clock, only string) (templates.FiringsFilter, store.FiringFilter) {
	v := templates.FiringsFilter{Only: only, Automation: c.FormValue("automation"), Kind: c.FormValue("show"), When: c.FormValue("when"), Text: strings.TrimSpace(c.FormValue("q"))}
	if r := []rune(v.Text); len(r) > askLong {
		v.Text = string(r[:askLong])
	}
	f := store.FiringFilter{Automation: v.Automation, Text: v.Text}
	if only != "" {
		v.Automation, f.Automation = "", only
	}
	i := slices.IndexFunc(firingKinds, func(k struct {
		id, name string
		state    automation.State
	}) bool {
		return k.id == v.Kind
	})
	i = max(i, 0)
	v.Kind, f.State = firingKinds[i].id, firingKinds[i].state
	span, known := firingTimes[v.When]
	switch {
	case !known:
		v.When = ""
	case v.When == "today":
		f.Since = clock.Midnight()
	case span > 0:
		f.Since = clock.Now.Add(-span)
	}
	return v, f
}

// firingsPage lists what an automation did.
func (s *Server) firingsPage(c echo.Context) error {
	a, err := s.o.Store.Automation(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.listFirings(c, templates.Firings{Frame: frame(c, "What it did · "+a.Draft.Name, "flows"), Name: a.Draft.Name}, a.Draft.ID)
}

// allFiringsPage lists what all automations did.
func (s *Server) allFiringsPage(c echo.Context) error {
	v := templates.Firings{Frame: frame(c, "Runs of automations", "runs")}
	autos, err := s.o.Store.AutomationNames(c.Request().Context(), ws(c))
	if err != nil {
		return err
	}
	for _, a := range autos {
		v.Automations = append(v.Automations, templates.Choice{ID: a.ID, Name: a.Name})
	}
	return s.listFirings(c, v, "")
}

// listFirings shows the runs of an automation, or with "" of all.
func (s *Server) listFirings(c echo.Context, v templates.Firings, only string) (err error) {
	ctx := c.Request().Context()
	v.MayEdit = may(visitorOf(c).Role, editor)
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return err
	}
	var f store.FiringFilter
	v.Filter, f = firingsAsked(c, v.Clock, only)
	counts, err := s.o.Store.FiringCounts(ctx, ws(c), f)
	if err != nil {
		return err
	}
	for _, k := range firingKinds {
		n := counts[k.state]
		for _, some := range counts {
			if k.state == "" {
				n += some
			}
		}
		if v.Kinds = append(v.Kinds, templates.FiringKind{ID: k.id, Name: k.name, N: n}); k.id == v.Filter.Kind {
			v.N = n
		}
	}
	list, err := s.o.Store.Firings(ctx, ws(c), f, c.QueryParam("before"), firingsOnPage+1)
	if err != nil {
		return err
	}
	if len(list) > firingsOnPage {
		list = list[:firingsOnPage]
		v.Older = v.Filter.With("before", list[firingsOnPage-1].ID)
	}
	names := map[string]string{}
	for _, a := range v.Automations {
		names[a.ID] = a.Name
	}
	for _, x := range list {
		l := firingLine(x)
		l.Automation, l.Of = x.Automation, names[x.Automation]
		v.Lines = append(v.Lines, l)
	}
	if len(list) > 0 && v.MayEdit {
		if v.Newest, err = s.newestFiring(ctx, ws(c), f, list[0], c.QueryParam("before")); err != nil {
			return err
		}
		for _, a := range answersToAll {
			if slices.Contains(a.kinds, v.Filter.Kind) {
				v.Answers = append(v.Answers, templates.Choice{ID: a.id, Name: a.name})
			}
		}
	}
	return pageOr(c, http.StatusOK, templates.FiringsList(v), "found")
}

// newestFiring is the newest that a list knows, also on a page of older ones.
func (s *Server) newestFiring(ctx context.Context, ws string, f store.FiringFilter, first automation.Firing, before string) (string, error) {
	if before == "" {
		return first.ID, nil
	}
	list, err := s.o.Store.Firings(ctx, ws, f, "", 1)
	if err != nil || len(list) == 0 {
		return first.ID, err
	}
	return list[0].ID, nil
}

// answersToAll are what can be said about all of a list, by which of them it shows.
var answersToAll = []struct {
	id, name string
	say      command.Say
	kinds    []string
}{
	{"again", "Do the step again that failed", command.Say{Answer: automation.DoAgain, Sure: true}, []string{"all", "needs", "waits"}},
	{"newest", "Do it by the newest version", command.Say{Answer: automation.Newest, Sure: true}, []string{"all", "needs"}},
	{"leave", "Leave the step out", command.Say{Answer: automation.LeaveOut, Sure: true}, []string{"all", "needs", "waits"}},
	{"was", "It was done, go on (only where that is in doubt)", command.Say{Answer: automation.ItWas}, []string{"all", "needs"}},
	{"restart", "Begin again from the start, by the newest version", command.Say{Answer: automation.OnceMore, Sure: true}, []string{"all", "needs", "done", "held", "ended"}},
	{"restart-own", "Begin again from the start, each by its own version", command.Say{Answer: automation.OnceOwn, Sure: true}, []string{"all", "needs", "done", "held", "ended"}},
	{"end", "End them here", command.Say{Answer: automation.EndIt}, []string{"all", "needs", "waits"}},
}

// answerAllFirings is what a person says about all that a list of one automation, or of all, was narrowed to.
func (s *Server) answerAllFirings(c echo.Context) error {
	ctx, only := c.Request().Context(), c.Param("id")
	if only != "" {
		if _, err := s.o.Store.Automation(ctx, ws(c), only); err != nil {
			return err
		}
	}
	clock, err := s.clock(ctx, ws(c))
	if err != nil {
		return err
	}
	v, f := firingsAsked(c, clock, only)
	i := slices.IndexFunc(answersToAll, func(a struct {
		id, name string
		say      command.Say
		kinds    []string
	}) bool {
		return a.id == c.FormValue("answer")
	})
	switch f.UpTo = c.FormValue("newest"); {
	case i < 0:
		return s.sayAndGo(c, "Nothing was decided: choose what is to be done with them.", true, v.Href())
	case c.FormValue("sure") != "yes":
		return s.sayAndGo(c, "Nothing was decided: say first that you mean all of them.", true, v.Href())
	case f.UpTo == "":
		return s.sayAndGo(c, "Nothing was decided, since nothing was listed. Look again.", true, v.Href())
	}
	ids, err := s.o.Store.FiringIDs(ctx, ws(c), f, command.MostAnswered)
	if err != nil {
		return err
	}
	said, err := s.sayFirings(c, ids, answersToAll[i].say)
	if err != nil {
		return err
	}
	text := firingsSaid(answersToAll[i].say.Answer, said)
	if len(ids) == command.MostAnswered {
		text += " There may be more: say it once more for those."
	}
	return s.sayAndGo(c, text, len(said.Changed) == 0, v.Href())
}
