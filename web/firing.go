package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/store"
	"couplet/templates"
)

var firingWords = map[automation.State]templates.FiringState{
	automation.Open: {Kind: "", Word: "Begins", Icon: ""}, automation.Waiting: {Kind: "", Word: "Waits", Icon: "clock"}, automation.Parked: {Kind: "bad", Word: "Needs you", Icon: "circle-alert"},
	automation.Done: {Kind: "ok", Word: "Done", Icon: "check"}, automation.Filtered: {Kind: "", Word: "Held by the filter", Icon: "filter"}, automation.Ended: {Kind: "", Word: "Ended", Icon: "circle-x"},
}

var stepWords = map[automation.StepState]templates.FiringState{
	automation.Sending: {Kind: "", Word: "Under way", Icon: "clock"}, automation.StepDone: {Kind: "ok", Word: "Done", Icon: "check"}, automation.StepFailed: {Kind: "warn", Word: "Failed", Icon: "circle-x"},
	automation.StepLeft: {Kind: "", Word: "Left out", Icon: "minus"}, automation.StepWaits: {Kind: "", Word: "Waits", Icon: "clock"}, automation.InDoubt: {Kind: "bad", Word: "In doubt", Icon: "circle-alert"},
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

// wakeAutomation has an automation worked on at once. Where that fails, the scheduler comes to it within a second.
func (s *Server) wakeAutomation(c echo.Context, id string) {
	if err := s.o.Wake.Wake(c.Request().Context(), ws(c), id, "webhook", ""); err != nil {
		s.o.Log.Warn("an automation was not woken", "automation", id, "error", err, "request", numberOf(c))
	}
}

// firingAnswer is what a person says about one firing.
func (s *Server) firingAnswer(c echo.Context) error {
	answer, here := c.FormValue("answer"), "/automations/"+c.Param("id")+"/runs/"+c.Param("firing")
	f, err := s.firingOf(c)
	if err != nil {
		return err
	}
	said, err := s.sayFirings(c, []string{f.ID}, command.Say{Answer: answer})
	switch {
	case err != nil:
		return err
	case len(said.Begun) > 0:
		return s.sayAndGo(c, "It begins again from the start. Steps that are done once for a record stay done.", false, "/automations/"+f.Automation+"/runs/"+said.Begun[0].ID)
	case len(said.Changed) == 0:
		return s.sayAndGo(c, "Nothing was changed: it does not stand there any more. Somebody may have answered before, or it went on. This is how it stands now.", true, here)
	case answer == automation.EndIt:
		return s.sayAndGo(c, "It was ended. What it did stays.", false, here)
	}
	return s.sayAndGo(c, "It goes on. What comes of it shows here.", false, here)
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
	automation.OnceOwn:  {"Begin again as it was then", "As a run of its own from the start, by the version that this one began with."},
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
		if same := f.Version == stored.Published.Version; same && (answer == automation.Newest || answer == automation.OnceOwn) {
			continue
		}
		help := answerTexts[answer][1]
		if f.State == automation.Parked && (answer == automation.OnceMore || answer == automation.OnceOwn) {
			help += " This one is ended."
		}
		v.Answers = append(v.Answers, templates.FiringAnswer{Value: answer, Text: answerTexts[answer][0], Help: help, Primary: i == 0 && f.State == automation.Parked})
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
