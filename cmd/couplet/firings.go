package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"couplet/internal/command"
)

// firingsCmd tells what automations did, and has what stands go on.
type firingsCmd struct {
	List  listFiringsCmd `cmd:"" default:"withargs" help:"List what automations did, newest first."`
	Show  showFiringCmd  `cmd:"" help:"One time that an automation was set off, step by step."`
	Retry retryFiringCmd `cmd:"" help:"Do the step again that failed, or all from the start."`
	Done  doneFiringCmd  `cmd:"" help:"Say that a step was done of which nobody knows, so that those after it go on."`
	Skip  skipFiringCmd  `cmd:"" help:"Leave the step out that failed, or end it there."`
}

func (firingsCmd) Help() string {
	return "Example: couplet firings list --state parked\nExample: couplet firings retry fire_…"
}

// whichFirings says which firings are meant.
type whichFirings struct {
	State  string `help:"Only those in this state: open, waiting, parked, done, filtered or stopped. What is parked waits for you." placeholder:"STATE"`
	Search string `help:"Only those with these words, of the record, of what set it off, or of what became of a step." placeholder:"WORDS"`
	Since  string `help:"Only those set off within this time, like 24h or 7d, or since a time like 2026-11-23T10:00:00Z." placeholder:"TIME"`
}

// query is which are meant, of an automation or with "" of all.
func (w whichFirings) query(automation string, now time.Time) (command.FiringQuery, error) {
	q := command.FiringQuery{Automation: automation, State: w.State, Text: w.Search}
	if w.Since == "" {
		return q, nil
	}
	var err error
	if q.Since, err = time.Parse(time.RFC3339, w.Since); err == nil {
		return q, nil
	}
	text, days := strings.CutSuffix(w.Since, "d")
	if days {
		text += "h"
	}
	span, err := time.ParseDuration(text)
	if days {
		span *= 24
	}
	if err != nil || span <= 0 {
		return q, &exit{Code: 2, Text: "--since " + w.Since + ": write it like 24h, 7d or 2026-11-23T10:00:00Z"}
	}
	q.Since = now.Add(-span)
	return q, nil
}

type listFiringsCmd struct {
	Automation string `arg:"" optional:"" help:"Only those of this automation, by name or id."`
	whichFirings
	Limit int  `default:"20" help:"How many."`
	JSON  bool `name:"json" help:"Answer with JSON."`
}

func (listFiringsCmd) Help() string {
	return "Example: couplet firings list \"New-contact follow-up\" --state parked --since 7d"
}

func (c *listFiringsCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	if err := atLeastOne(c.Limit); err != nil {
		return err
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := c.query(c.Automation, a.now())
	if err != nil {
		return err
	}
	doc, err := a.desk().Firings(ctx, q, "", c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	if len(doc.Firings) == 0 {
		t.printf("Nothing fits.\n")
	}
	for _, f := range doc.Firings {
		tellFiring(t, f)
	}
	if doc.Next != "" {
		t.printf("There are more than %d: --limit shows them.\n", c.Limit)
	}
	return nil
}

// tellFiring prints a firing on a line.
func tellFiring(t *terminal, f command.FiringDoc) {
	t.printf("%s  %s  %-8s  %s", f.Firing, f.At.Format(time.RFC3339), f.State, f.Automation)
	if about := strings.TrimSpace(f.Title + " " + f.Record); about != "" {
		t.printf(": %s", about)
	}
	if f.Reason != "" {
		t.printf(". %s", f.Reason)
	}
	t.printf("\n")
}

type showFiringCmd struct {
	ID   string `arg:"" help:"Id of the firing."`
	JSON bool   `name:"json" help:"Answer with JSON: also what each step was given and gave."`
}

func (showFiringCmd) Help() string { return "Example: couplet firings show fire_…" }

func (c *showFiringCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	doc, err := a.desk().ShowFiring(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	tellFiring(t, doc.Firing)
	for _, s := range doc.Steps {
		t.printf("- %-8s %s %s", s.State, s.Number, s.Title)
		if s.Text != "" {
			t.printf(": %s", s.Text)
		}
		t.printf("\n")
		for _, x := range []struct {
			word string
			data map[string]any
		}{{"given", s.Input}, {"gave", s.Output}} {
			if len(x.data) > 0 {
				text, _ := json.Marshal(x.data) // it came from JSON
				t.printf("    %s %s\n", x.word, text)
			}
		}
	}
	return nil
}

// someFirings are ids, or all that fit.
type someFirings struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Ids of firings."`
	All bool     `help:"All that fit, the oldest first, at most 5,000. Those of which nobody knows whether a step was done are left alone."`
	Of  string   `name:"automation" help:"With --all: only those of this automation, by name or id." placeholder:"NAME"`
	whichFirings
	JSON bool `name:"json" help:"Answer with JSON."`
}

// say says the same of all that are meant.
func (c someFirings) say(ctx context.Context, g *Globals, t *terminal, answer command.VerdictIn) error {
	switch narrowed := c.Of+c.State+c.Search+c.Since != ""; {
	case c.All == (len(c.IDs) > 0):
		return &exit{Code: 2, Text: "name firings by their ids, or say --all"}
	case !c.All && narrowed:
		return &exit{Code: 2, Text: "--automation, --state, --search and --since go with --all"}
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	d := a.desk()
	var said command.Said
	if c.All {
		q, err := c.query(c.Of, a.now())
		if err != nil {
			return err
		}
		if said, err = d.AnswerFirings(ctx, q, answer); err != nil {
			return err
		}
	}
	for _, id := range c.IDs {
		one, err := d.AnswerFiring(ctx, id, answer)
		if err != nil {
			return err
		}
		said.Changed, said.Begun = append(said.Changed, one.Changed...), append(said.Begun, one.Begun...)
	}
	doc := said.JSON()
	if c.JSON {
		return t.json(doc)
	}
	switch {
	case answer.FromStart:
		t.printf("%d begun again from the start: %s\n", len(doc.Begun), strings.Join(doc.Begun, " "))
	case answer.Answer == command.AnswerEnd:
		t.printf("%d ended. What was done stays.\n", doc.Changed)
	default:
		t.printf("%d go on. A `couplet serve` that runs works them off.\n", doc.Changed)
	}
	if doc.Left > 0 {
		t.printf("%d left as they were, %d of them because nobody knows whether their step was done.\n", doc.Left, doc.Doubt)
	}
	return nil
}

type retryFiringCmd struct {
	someFirings
	FromStart bool `help:"Begin again from the start, as a firing of its own. Steps that are done once for a record stay done."`
	Newest    bool `help:"Go by what is published now, and not by the version that each began with."`
}

func (retryFiringCmd) Help() string {
	return "Example: couplet firings retry fire_…\nExample: couplet firings retry --all --state parked --automation \"New-contact follow-up\" --newest"
}

func (c *retryFiringCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, command.VerdictIn{Answer: command.AnswerAgain, FromStart: c.FromStart, Newest: c.Newest})
}

type doneFiringCmd struct{ someFirings }

func (doneFiringCmd) Help() string {
	return "Look there first. It is said only of firings that are in doubt.\n\nExample: couplet firings done fire_…"
}

func (c *doneFiringCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return c.say(ctx, g, t, command.VerdictIn{Answer: command.AnswerDone})
}

type skipFiringCmd struct {
	someFirings
	End bool `help:"End it there: do nothing more for the record."`
}

func (skipFiringCmd) Help() string {
	return "Example: couplet firings skip fire_…\nExample: couplet firings skip --all --state parked --search \"no such tag\""
}

func (c *skipFiringCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	answer := command.VerdictIn{Answer: command.AnswerLeave}
	if c.End {
		answer.Answer = command.AnswerEnd
	}
	return c.say(ctx, g, t, answer)
}
