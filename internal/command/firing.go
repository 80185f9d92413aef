package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/automation"
	"couplet/internal/store"
)

// FiringDoc is one time that an automation was set off, in JSON.
type FiringDoc struct {
	Firing       string           `json:"firing"`
	Automation   string           `json:"automation"`
	AutomationID string           `json:"automation_id"`
	Version      int              `json:"version"`
	State        automation.State `json:"state"`
	// Reason says why it stands, Step is the position of the step that it stands at.
	Reason string `json:"reason,omitempty"`
	Step   string `json:"step,omitempty"`
	// Title, Thing and Record are whom it is about. Trigger is how it was noticed.
	Title   string     `json:"title,omitempty"`
	Thing   string     `json:"thing,omitempty"`
	Record  string     `json:"record,omitempty"`
	Trigger string     `json:"trigger"`
	By      string     `json:"by,omitempty"`
	Cause   string     `json:"cause,omitempty"`
	At      time.Time  `json:"at"`
	DueAt   *time.Time `json:"due_at,omitempty"`
	OverAt  *time.Time `json:"over_at,omitempty"`
}

// FiringsDoc is a list of firings. Next names the place where it goes on, "" at its end.
type FiringsDoc struct {
	Firings []FiringDoc `json:"firings"`
	Next    string      `json:"next,omitempty"`
}

// FiringStepDoc is what became of one step.
type FiringStepDoc struct {
	At       string               `json:"at"`
	Number   string               `json:"number,omitempty"`
	Title    string               `json:"title"`
	State    automation.StepState `json:"state"`
	Attempts int                  `json:"attempts"`
	Text     string               `json:"text,omitempty"`
	Input    map[string]any       `json:"input,omitempty"`
	Output   map[string]any       `json:"output,omitempty"`
	Path     string               `json:"path,omitempty"`
	Until    *time.Time           `json:"until,omitempty"`
	Made     string               `json:"made,omitempty"`
	BeganAt  *time.Time           `json:"began_at,omitempty"`
	OverAt   *time.Time           `json:"over_at,omitempty"`
}

// ShownFiringDoc is one firing with what its trigger gave, its steps, and the answers that fit how it stands.
type ShownFiringDoc struct {
	Firing  FiringDoc       `json:"firing"`
	Data    map[string]any  `json:"data"`
	Steps   []FiringStepDoc `json:"steps"`
	Answers []VerdictIn     `json:"answers"`
}

// FiringStates are the states of firings.
var FiringStates = []string{string(automation.Open), string(automation.Waiting), string(automation.Parked), string(automation.Done), string(automation.Filtered), string(automation.Ended)}

// FiringQuery says which firings are meant: of an automation by name or id, in a state, with some words, set off since a time; each "" or zero for any.
type FiringQuery struct {
	Automation, State, Text string
	Since                   time.Time
}

// filter is the query as the store knows it, with the names of the automations.
func (d Desk) filter(ctx context.Context, q FiringQuery) (f store.FiringFilter, names map[string]string, err error) {
	if q.State != "" && !slices.Contains(FiringStates, q.State) {
		return f, nil, &Refusal{Kind: NotMeant, What: fmt.Sprintf("there is no state %q", q.State), Command: "use one of " + strings.Join(FiringStates, ", "), Request: "use one of " + strings.Join(FiringStates, ", ")}
	}
	f = store.FiringFilter{State: automation.State(q.State), Text: q.Text, Since: q.Since}
	if q.Automation != "" {
		a, err := d.Automation(ctx, q.Automation)
		if err != nil {
			return f, nil, err
		}
		f.Automation = a.Published.ID
	}
	names = map[string]string{}
	all, err := d.Store.AutomationNames(ctx, d.Workspace)
	for _, a := range all {
		names[a.ID] = a.Name
	}
	return f, names, err
}

// Firings lists firings, the newest first, those before one (its id, or "").
func (d Desk) Firings(ctx context.Context, q FiringQuery, before string, limit int) (FiringsDoc, error) {
	doc := FiringsDoc{Firings: []FiringDoc{}}
	f, names, err := d.filter(ctx, q)
	if err != nil {
		return doc, err
	}
	list, err := d.Store.Firings(ctx, d.Workspace, f, before, limit+1)
	if errors.Is(err, store.ErrNotFound) {
		return doc, NoCursor
	}
	for i, x := range list {
		if i == limit {
			doc.Next = list[i-1].ID
			break
		}
		doc.Firings = append(doc.Firings, firingJSON(x, names[x.Automation]))
	}
	return doc, err
}

func firingJSON(f automation.Firing, name string) FiringDoc {
	return FiringDoc{Firing: f.ID, Automation: name, AutomationID: f.Automation, Version: f.Version, State: f.State, Reason: f.Reason, Step: f.Step, Title: f.Title, Thing: f.Thing, Record: f.Record,
		Trigger: f.Trigger, By: f.By, Cause: f.Cause, At: f.At.UTC(), DueAt: moment(f.Due), OverAt: moment(f.Over)}
}

// moment is a time that may not be there.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// ShowFiring shows a firing step by step.
func (d Desk) ShowFiring(ctx context.Context, id string) (doc ShownFiringDoc, err error) {
	f, err := d.Firing(ctx, id)
	if err != nil {
		return doc, err
	}
	stored, err := d.Store.Automation(ctx, d.Workspace, f.Automation)
	if err != nil {
		return doc, err
	}
	entries, err := d.Store.FiringEntries(ctx, d.Workspace, f.ID)
	if err != nil {
		return doc, err
	}
	a, systems := stored.Published, AutomationSystems(d.Connect.Systems)
	if by, err := d.Store.AutomationAt(ctx, d.Workspace, f.Automation, f.Version); err == nil {
		a = by
	}
	doc = ShownFiringDoc{Firing: firingJSON(f, stored.Published.Name), Data: f.Data, Steps: []FiringStepDoc{}, Answers: []VerdictIn{}}
	if doc.Data == nil {
		doc.Data = map[string]any{}
	}
	for _, answer := range f.Answers(entries) {
		doc.Answers = append(doc.Answers, verdicts[answer])
	}
	for _, e := range entries {
		x := FiringStepDoc{At: e.At, Title: e.Step, State: e.State, Attempts: e.Attempts, Text: e.Text, Input: e.Input, Output: e.Output, Path: e.Path, Until: moment(e.Until), Made: e.Made,
			BeganAt: moment(e.Began), OverAt: moment(e.Over)}
		if place := automation.PlaceOf(a, e.Step); place != "" {
			st, _ := automation.StepAt(a, place)
			x.Number, x.Title = automation.Number(a, place), systems.Title(st)
		}
		doc.Steps = append(doc.Steps, x)
	}
	return doc, nil
}

// VerdictIn is what programs say about firings: to do the step again that they stand at (or with FromStart all of it), that it was done, to
// leave it out, or to end them. Newest goes by what is published now, and otherwise each by its own version.
type VerdictIn struct {
	Answer    string `json:"answer"`
	FromStart bool   `json:"from_start,omitempty"`
	Newest    bool   `json:"newest,omitempty"`
}

// The words of answers.
const (
	AnswerAgain = "again"
	AnswerDone  = "done"
	AnswerLeave = "leave_out"
	AnswerEnd   = "end"
)

// verdicts are the answers of package automation as programs say them.
var verdicts = map[string]VerdictIn{
	automation.DoAgain: {Answer: AnswerAgain}, automation.Newest: {Answer: AnswerAgain, Newest: true}, automation.OnceOwn: {Answer: AnswerAgain, FromStart: true},
	automation.OnceMore: {Answer: AnswerAgain, FromStart: true, Newest: true}, automation.ItWas: {Answer: AnswerDone}, automation.LeaveOut: {Answer: AnswerLeave}, automation.EndIt: {Answer: AnswerEnd},
}

// Say is the answer as it is carried out; sure leaves those in doubt alone, unless the answer is about that.
func (a VerdictIn) Say(sure bool) (Say, error) {
	for plain, x := range verdicts {
		if x == a {
			return Say{Answer: plain, Sure: sure && a.Answer != AnswerDone && a.Answer != AnswerEnd}, nil
		}
	}
	return Say{}, &Refusal{Kind: NotMeant, What: "an answer is again, done, leave_out or end, and only again is from the start or by the newest version; nothing was decided", Request: `send {"answer": "again"}`}
}

// AnsweredDoc says what came of answers: how many firings go on or ended, the ids of those that begin anew, and how many were left as
// they were, Doubt of them because nobody knows whether what their step asked for happened.
type AnsweredDoc struct {
	Changed int      `json:"changed"`
	Begun   []string `json:"begun"`
	Left    int      `json:"left"`
	Doubt   int      `json:"doubt"`
}

// JSON is what came of it as JSON has it.
func (s Said) JSON() AnsweredDoc {
	doc := AnsweredDoc{Changed: len(s.Changed), Begun: []string{}, Left: s.Left, Doubt: s.Doubt}
	for _, f := range s.Begun {
		doc.Begun = append(doc.Begun, f.ID)
	}
	return doc
}

// AnswerFiring says something about one firing. One that it does not fit is refused.
func (d Desk) AnswerFiring(ctx context.Context, id string, a VerdictIn) (Said, error) {
	say, err := a.Say(false)
	if err != nil {
		return Said{}, err
	}
	f, err := d.Firing(ctx, id)
	if err != nil {
		return Said{}, err
	}
	said, err := d.Say(ctx, []string{f.ID}, say)
	if err == nil && len(said.Changed) == 0 {
		err = &Refusal{Kind: NotNow, What: "that does not fit how the firing stands, so nothing was decided", Command: "`couplet firings show " + f.ID + "` says what does", Request: "GET /api/v1/firings/" + f.ID + " says what does, in answers"}
	}
	return said, err
}

// MostAnswered is how many firings one answer is about at most.
const MostAnswered = 5000

// AnswerFirings says something about all firings that are meant, the oldest first, at most MostAnswered. Those that it does not fit, and
// those in doubt, stay as they are.
func (d Desk) AnswerFirings(ctx context.Context, q FiringQuery, a VerdictIn) (Said, error) {
	say, err := a.Say(true)
	if err != nil {
		return Said{}, err
	}
	f, _, err := d.filter(ctx, q)
	if err != nil {
		return Said{}, err
	}
	ids, err := d.Store.FiringIDs(ctx, d.Workspace, f, MostAnswered)
	if err != nil {
		return Said{}, err
	}
	return d.Say(ctx, ids, say)
}
