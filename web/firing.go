package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/engine"
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

var firingWords = map[automation.State]templates.FiringState{
	automation.Open: {Kind: "", Word: "Begins", Icon: ""}, automation.Waiting: {Kind: "", Word: "Waits", Icon: "clock"}, automation.Parked: {Kind: "bad", Word: "Needs you", Icon: "circle-alert"},
	automation.Done: {Kind: "ok", Word: "Done", Icon: "check"}, automation.Filtered: {Kind: "", Word: "Held by the filter", Icon: "filter"}, automation.Ended: {Kind: "", Word: "Ended", Icon: "circle-x"},
}

var stepWords = map[automation.StepState]templates.FiringState{
	automation.Sending: {Kind: "", Word: "Under way", Icon: "clock"}, automation.StepDone: {Kind: "ok", Word: "Done", Icon: "check"}, automation.StepFailed: {Kind: "warn", Word: "Failed", Icon: "circle-x"},
	automation.StepLeft: {Kind: "", Word: "Left out", Icon: "minus"}, automation.StepWaits: {Kind: "", Word: "Waits", Icon: "clock"}, automation.InDoubt: {Kind: "bad", Word: "In doubt", Icon: "circle-alert"},
}

// firingsPage lists what an automation did.
func (s *Server) firingsPage(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	a, err := s.o.Store.Automation(ctx, ws(c), id)
	if err != nil {
		return err
	}
	counts, err := s.o.Store.FiringCounts(ctx, ws(c), store.FiringFilter{Automation: id})
	if err != nil {
		return err
	}
	v := templates.Firings{Frame: frame(c, "What it did · "+a.Draft.Name, "flows"), ID: id, Name: a.Draft.Name, MayEdit: may(visitorOf(c).Role, editor), Kind: "all", Parked: counts[automation.Parked]}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return err
	}
	state := automation.State("")
	for _, k := range firingKinds {
		n := counts[k.state]
		for _, some := range counts {
			if k.state == "" {
				n += some
			}
		}
		v.Kinds = append(v.Kinds, templates.FiringKind{ID: k.id, Name: k.name, N: n})
		if k.id == c.QueryParam("show") {
			v.Kind, state = k.id, k.state
		}
	}
	list, err := s.o.Store.FiringsOf(ctx, ws(c), id, state, c.QueryParam("before"), firingsOnPage+1)
	if err != nil {
		return err
	}
	if len(list) > firingsOnPage {
		list = list[:firingsOnPage]
		v.Older = "/automations/" + id + "/runs?show=" + v.Kind + "&before=" + list[firingsOnPage-1].ID
	}
	for _, f := range list {
		v.Lines = append(v.Lines, firingLine(f))
	}
	return page(c, http.StatusOK, templates.FiringsList(v))
}

func firingLine(f automation.Firing) templates.FiringLine {
	l := templates.FiringLine{ID: f.ID, About: f.Title, At: f.At, State: firingWords[f.State], Text: f.Reason, Due: f.Due}
	if l.About == "" && f.Record != "" {
		l.About = templates.Capital(f.Thing) + " " + f.Record
	}
	if l.About == "" {
		l.About = map[string]string{automation.BySchedule: "At its time", automation.ByCall: "A call", automation.ByPerson: "Started by hand"}[f.Trigger]
	}
	if l.About == "" {
		l.About = "Once"
	}
	return l
}

// allFiringsAgain has everything that waits for a person tried again, except what is in doubt.
func (s *Server) allFiringsAgain(c echo.Context) error {
	ctx, id, by := c.Request().Context(), c.Param("id"), visitorOf(c).User.Email
	if _, err := s.o.Store.Automation(ctx, ws(c), id); err != nil {
		return err
	}
	again, doubt := 0, 0
	for before := ""; ; {
		list, err := s.o.Store.FiringsOf(ctx, ws(c), id, automation.Parked, before, firingsOnPage)
		if err != nil {
			return err
		}
		for _, f := range list {
			switch err := s.answerFiring(c, f.ID, automation.DoAgain, by, true); {
			case err == nil:
				again++
			case errors.Is(err, automation.ErrStands):
				doubt++
			default:
				return err
			}
		}
		if len(list) < firingsOnPage {
			break
		}
		before = list[len(list)-1].ID
	}
	text := templates.Count(again, "of them is", "of them are") + " tried again now."
	if doubt > 0 {
		text += " " + templates.Count(doubt, "is left", "are left") + " because nobody knows whether a call happened: open each, look there, and say."
	}
	return s.sayAndGo(c, text, again == 0, "/automations/"+id+"/runs")
}

// answerFiring has a firing go on as a person says. sure leaves those in doubt alone.
func (s *Server) answerFiring(c echo.Context, id, answer, by string, sure bool) error {
	ctx := c.Request().Context()
	a, err := s.o.Store.Automation(ctx, ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	_, err = s.o.Store.ChangeFiring(ctx, ws(c), id, func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, error) {
		if f.Automation != a.Draft.ID {
			return nil, fmt.Errorf("firing %s: %w", id, store.ErrNotFound)
		}
		for _, e := range entries {
			if sure && e.At == f.Step && e.State == automation.InDoubt {
				return nil, automation.ErrStands
			}
		}
		return f.Answer(answer, by, entries, a.Published.Version, s.o.Now())
	})
	if err == nil {
		s.wakeAutomation(c, a.Draft.ID)
	}
	return err
}

// wakeAutomation has an automation worked on at once. Where that fails, the scheduler comes to it within a second.
func (s *Server) wakeAutomation(c echo.Context, id string) {
	if err := s.o.Wake.Wake(c.Request().Context(), ws(c), id, "webhook", ""); err != nil {
		s.o.Log.Warn("an automation was not woken", "automation", id, "error", err, "request", numberOf(c))
	}
}

// firingAnswer is what a person says about one firing.
func (s *Server) firingAnswer(c echo.Context) error {
	ctx, by, answer := c.Request().Context(), visitorOf(c).User.Email, c.FormValue("answer")
	here := "/automations/" + c.Param("id") + "/runs/" + c.Param("firing")
	if answer == automation.OnceMore {
		f, err := s.firingOf(c)
		if err != nil {
			return err
		}
		a, err := s.o.Store.Automation(ctx, ws(c), f.Automation)
		if err != nil {
			return err
		}
		if !f.State.Over() {
			return s.sayAndGo(c, "It is under way still. End it first, or let it go on.", true, here)
		}
		fresh, err := s.o.Store.AddFirings(ctx, ws(c), []automation.Firing{f.Again(by, engine.NewID("again", s.o.Now()), a.Published.Version)})
		if err != nil {
			return err
		}
		s.wakeAutomation(c, f.Automation)
		return s.sayAndGo(c, "It begins again from the start, by what is published now. Steps that are done once for a record stay done.", false, "/automations/"+f.Automation+"/runs/"+fresh[0].ID)
	}
	switch err := s.answerFiring(c, c.Param("firing"), answer, by, false); {
	case errors.Is(err, automation.ErrStands):
		return s.sayAndGo(c, "Nothing was changed: it does not stand there any more. Somebody may have answered before, or it went on. This is how it stands now.", true, here)
	case err != nil:
		return err
	}
	return s.sayAndGo(c, map[string]string{automation.EndIt: "It was ended. What it did stays."}[answer]+map[bool]string{true: "", false: "It goes on. What comes of it shows here."}[answer == automation.EndIt], false, here)
}

// firingOf is the firing of the address.
func (s *Server) firingOf(c echo.Context) (automation.Firing, error) {
	f, err := s.o.Store.Firing(c.Request().Context(), ws(c), c.Param("firing"))
	if err == nil && f.Automation != c.Param("id") {
		err = fmt.Errorf("firing %s: %w", f.ID, store.ErrNotFound)
	}
	return f, err
}

// answerTexts are the buttons for what a person can say.
var answerTexts = map[string][2]string{
	automation.DoAgain:  {"Do the step again", "Now, by the version that it began with. What was done before is not done again."},
	automation.ItWas:    {"It was done, go on", "You looked there and it happened. The steps after it go on."},
	automation.LeaveOut: {"Leave the step out", "The steps after it go on without what it would have given."},
	automation.Newest:   {"Do it by the newest version", "The step is done again as it is published now, and so is all after it."},
	automation.EndIt:    {"End it here", "Nothing more is done for this record. What was done stays."},
	automation.OnceMore: {"Begin again from the start", "As a run of its own, by what is published now."},
}

// firingPage shows one firing step by step.
func (s *Server) firingPage(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := s.firingOf(c)
	if err != nil {
		return err
	}
	stored, err := s.o.Store.Automation(ctx, ws(c), f.Automation)
	if err != nil {
		return err
	}
	a := stored.Published
	if v, err := s.o.Store.AutomationAt(ctx, ws(c), f.Automation, f.Version); err == nil {
		a = v
	}
	entries, err := s.o.Store.FiringEntries(ctx, ws(c), f.ID)
	if err != nil {
		return err
	}
	line := firingLine(f)
	v := templates.FiringPage{Frame: frame(c, line.About+" · "+stored.Draft.Name, "flows"), Automation: f.Automation, Name: stored.Draft.Name, ID: f.ID, MayEdit: may(visitorOf(c).Role, editor), Line: line, Given: pretty(f.Data)}
	if v.Clock, err = s.clock(ctx, ws(c)); err != nil {
		return err
	}
	systems := s.automationSystems()
	for i, answer := range f.Answers(entries) {
		v.Answers = append(v.Answers, templates.FiringAnswer{Value: answer, Text: answerTexts[answer][0], Help: answerTexts[answer][1], Primary: i == 0 && f.State == automation.Parked})
	}
	for _, e := range entries {
		v.Steps = append(v.Steps, firingStep(a, systems, f, e))
		v.MayUndo = v.MayUndo || v.MayEdit && f.State.Over() && e.Made != ""
	}
	v.Facts = []templates.Fact{{Name: "Set off by", Value: systems.TriggerTitle(a.Trigger)}, {Name: "Noticed", Value: noticed[f.Trigger]}, {Name: "At", Value: v.Clock.Exact(f.At)}, {Name: "Version", Value: fmt.Sprint(f.Version)}}
	if f.By != "" {
		v.Facts = append(v.Facts, templates.Fact{Name: "By", Value: f.By})
	}
	if f.Record != "" {
		v.Facts = append(v.Facts, templates.Fact{Name: templates.Capital(f.Thing), Value: f.Record})
	}
	if !f.Due.IsZero() && !f.State.Over() && f.State != automation.Parked {
		v.Facts = append(v.Facts, templates.Fact{Name: "Goes on", Value: v.Clock.Until(f.Due)})
	}
	return page(c, http.StatusOK, templates.FiringOne(v))
}

var noticed = map[string]string{automation.ByWebhook: "The system called", automation.ByPoll: "Couplet looked", automation.BySchedule: "Its time had come", automation.ByCall: "A call came in", automation.ByPerson: "Somebody started it", "": "It is not said"}

func firingStep(a automation.Automation, systems automation.Systems, f automation.Firing, e automation.Entry) templates.FiringStep {
	out := templates.FiringStep{Title: e.Step, State: stepWords[e.State], Text: e.Text, Input: pretty(e.Input), Output: pretty(e.Output)}
	if place := automation.PlaceOf(a, e.Step); place != "" {
		st, _ := automation.StepAt(a, place)
		out.Number, out.Title = automation.Number(a, place), systems.Title(st)
	}
	if e.TakesBack() != "" {
		out.Title = "Taking back: " + out.Title
	}
	if f.State == automation.Parked && e.At == f.Step && e.State == automation.StepWaits {
		out.State = templates.FiringState{Kind: "bad", Word: "Failed", Icon: "circle-x"}
	}
	if i := strings.LastIndex(e.At, "["); i >= 0 {
		out.Member = "Member " + strings.TrimSuffix(e.At[i+1:strings.LastIndex(e.At, "]")], "]") + " of the list"
	}
	if e.Attempts > 1 {
		out.Tries = fmt.Sprint(e.Attempts)
	}
	if !e.Over.IsZero() && e.Over.Sub(e.Began) >= time.Second {
		out.Took = automation.Span(e.Over.Sub(e.Began).Round(time.Second))
	}
	return out
}

// pretty is JSON as people read it, "" for nothing.
func pretty[M ~map[string]any](m M) string {
	if len(m) == 0 {
		return ""
	}
	out, _ := json.MarshalIndent(m, "", "  ") // it came from JSON
	return string(out)
}
