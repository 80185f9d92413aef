package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// AutomationDoc is an automation in JSON: what is published, or the draft where nothing was published yet.
type AutomationDoc struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	// Version is the one that is published, 0 for none. Draft says that there is a draft which is not what runs.
	Version int        `json:"version"`
	Draft   bool       `json:"draft"`
	Trigger TriggerDoc `json:"trigger"`
	// Connections are the accounts that it works with, by name.
	Connections []string `json:"connections"`
	// Firings is how many times that it was set off stand in each state, as far as they are kept.
	Firings map[automation.State]int `json:"firings"`
	// Steps are all of them, in order.
	Steps []StepDoc `json:"steps"`
}

// TriggerDoc is what sets an automation off.
type TriggerDoc struct {
	Kind   string `json:"kind"`
	System string `json:"system,omitempty"`
	Event  string `json:"event,omitempty"`
	Object string `json:"object,omitempty"`
	Title  string `json:"title"`
}

// StepDoc is a step of an automation.
type StepDoc struct {
	ID        string `json:"id"`
	Number    string `json:"number"`
	Kind      string `json:"kind"`
	System    string `json:"system,omitempty"`
	Operation string `json:"operation,omitempty"`
	Title     string `json:"title"`
}

// AutomationsDoc is all automations of a workspace.
type AutomationsDoc struct {
	Automations []AutomationDoc `json:"automations"`
}

// AutomationSystems are what automations may be made of, without an account's own fields.
func AutomationSystems(systems map[string]connection.System) automation.Systems {
	all := automation.Systems{}
	for id, known := range systems {
		if known.Operations != nil {
			all[id] = automation.System{Spec: known.Spec, Catalog: known.Operations}
		}
	}
	return all
}

// Automations lists the automations.
func (d Desk) Automations(ctx context.Context) (AutomationsDoc, error) {
	doc := AutomationsDoc{Automations: []AutomationDoc{}}
	all, err := d.Store.Automations(ctx, d.Workspace)
	for _, a := range all {
		one, e := d.AutomationJSON(ctx, a)
		err = errors.Join(err, e)
		doc.Automations = append(doc.Automations, one)
	}
	return doc, err
}

// Automation finds an automation of the workspace by its name or its id.
func (d Desk) Automation(ctx context.Context, name string) (store.Automation, error) {
	names, err := d.Store.AutomationNames(ctx, d.Workspace)
	if err != nil {
		return store.Automation{}, err
	}
	i := slices.IndexFunc(names, func(a store.AutomationName) bool { return a.ID == name || a.Name == name })
	if i < 0 {
		return store.Automation{}, &Refusal{Kind: NotThere, What: fmt.Sprintf("there is no automation %q in this workspace", name), Command: "`couplet automations list` lists those that there are",
			Request: "GET /api/v1/automations lists those that there are", Err: store.ErrNotFound}
	}
	return d.Store.Automation(ctx, d.Workspace, names[i].ID)
}

// AutomationJSON is an automation as JSON has it.
func (d Desk) AutomationJSON(ctx context.Context, x store.Automation) (AutomationDoc, error) {
	a, systems := x.Published, AutomationSystems(d.Connect.Systems)
	doc := AutomationDoc{ID: a.ID, Name: a.Name, Enabled: a.Enabled, Version: a.Version, Draft: x.Changed, Connections: []string{}, Steps: []StepDoc{},
		Trigger: TriggerDoc{Kind: a.Trigger.Kind, System: a.Trigger.System, Event: a.Trigger.Event, Object: a.Trigger.Object, Title: systems.TriggerTitle(a.Trigger)}}
	for _, id := range a.Connections {
		c, err := d.Store.ConnectionByID(ctx, d.Workspace, id)
		if err == nil {
			doc.Connections = append(doc.Connections, c.Name)
		} else if !errors.Is(err, store.ErrNotFound) {
			return doc, err
		}
	}
	automation.Walk(a, func(place string, st automation.Step) {
		doc.Steps = append(doc.Steps, StepDoc{ID: st.ID, Number: automation.Number(a, place), Kind: st.Kind, System: st.System, Operation: st.Operation, Title: systems.Title(st)})
	})
	var err error
	doc.Firings, err = d.Store.FiringCounts(ctx, d.Workspace, store.FiringFilter{Automation: a.ID})
	return doc, err
}

// CannotRun says in sentences why an automation as it is published cannot be switched on with some accounts, "" when it can.
func CannotRun(a automation.Automation, systems automation.Systems, conns []connection.Connection) string {
	if a.Version == 0 {
		return "It was never published. Publish it first."
	}
	if problems := automation.Check(a, systems); len(problems) > 0 {
		return "Something is wrong with the version that is published: " + asSentence(problems[0].Text) + " Mend it and publish it."
	}
	var lacks []string
	for _, id := range automation.SystemsOf(a) {
		if !slices.ContainsFunc(conns, func(c connection.Connection) bool { return c.System == id && slices.Contains(a.Connections[:], c.ID) }) {
			lacks = append(lacks, systems[id].Spec.Name)
		}
	}
	if len(lacks) > 0 {
		return "No account of " + strings.Join(lacks, " and ") + " is chosen. Choose one in the card “When”, and publish it."
	}
	if !systems.Watched(a.Trigger) {
		return "“" + systems.TriggerTitle(a.Trigger) + "” is not noticed by this version of Couplet yet. Choose another trigger, and publish it."
	}
	return ""
}

func asSentence(text string) string {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// SwitchAutomation switches what is published of an automation on or off. What nothing would set off, or what would fail at once, is
// not switched on.
func (d Desk) SwitchAutomation(ctx context.Context, name string, on bool) (AutomationDoc, error) {
	a, err := d.Automation(ctx, name)
	if err != nil {
		return AutomationDoc{}, err
	}
	if on {
		if err := d.canRun(ctx, a.Published, "switched on"); err != nil {
			return AutomationDoc{}, err
		}
	}
	if err := d.Store.SwitchAutomation(ctx, d.Workspace, a.Published.ID, on); err != nil {
		return AutomationDoc{}, err
	}
	if a, err = d.Store.Automation(ctx, d.Workspace, a.Published.ID); err != nil {
		return AutomationDoc{}, err
	}
	return d.AutomationJSON(ctx, a)
}

func (d Desk) canRun(ctx context.Context, a automation.Automation, what string) error {
	conns, err := d.Store.Connections(ctx, d.Workspace)
	if err != nil {
		return err
	}
	if why := CannotRun(a, AutomationSystems(d.Connect.Systems), conns); why != "" {
		return notRun(what, why)
	}
	return nil
}

func notRun(what, why string) error {
	return &Refusal{Kind: NotNow, What: "it was not " + what + ": " + strings.TrimSuffix(why, "."), Request: "mend that on the page of the automation, then send it again"}
}

// Starter sets automations off by hand. It is automation.Watcher.
type Starter interface {
	Start(ctx context.Context, ws string, a automation.Automation, ref connector.Ref, by, once string) (automation.Firing, error)
}

// StartAutomation starts an automation by hand, for a record or for none.
func (d Desk) StartAutomation(ctx context.Context, s Starter, name string, ref connector.Ref) (automation.Firing, error) {
	x, err := d.Automation(ctx, name)
	if err != nil {
		return automation.Firing{}, err
	}
	a := x.Published
	switch {
	case a.Version > 0 && a.Trigger.Kind != automation.ByHand:
		return automation.Firing{}, notRun("started", "something else sets it off. Choose the trigger “By hand”, and publish it.")
	case a.Version > 0 && !a.Enabled:
		return automation.Firing{}, notRun("started", "it is switched off, so nothing would be done. Switch it on first.")
	case a.Trigger.Object != "" && ref.ID == "":
		return automation.Firing{}, &Refusal{Kind: NotMeant, What: "it is started for a " + a.Trigger.Object + ", and none was named", Command: "give its id with --record", Request: `send {"record": "its id"}`}
	}
	if err := d.canRun(ctx, a, "started"); err != nil {
		return automation.Firing{}, err
	}
	f, err := s.Start(ctx, d.Workspace, a, ref, d.By, engine.NewID("hand", d.Connect.Now()))
	if e, told := connector.AsError(err); told {
		if e.Kind == connector.NotFound {
			return f, &Refusal{Kind: NotThere, What: fmt.Sprintf("the system knows no %s with the id %q, so nothing was started", a.Trigger.Object, ref.ID), Err: err}
		}
		return f, notRun("started", e.Error())
	}
	return f, err
}
