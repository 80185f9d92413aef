package main

import (
	"context"

	"couplet/internal/command"
	"couplet/internal/connector"
)

// automationsCmd looks at automations, switches them and starts one by hand.
type automationsCmd struct {
	List  listAutomationsCmd `cmd:"" default:"withargs" help:"List automations."`
	Show  showAutomationCmd  `cmd:"" help:"One automation with its steps."`
	On    onAutomationCmd    `cmd:"" help:"Switch what is published of an automation on."`
	Off   offAutomationCmd   `cmd:"" help:"Switch an automation off. What waits goes on when it is on again."`
	Start startAutomationCmd `cmd:"" help:"Start an automation by hand, for a record or for none."`
}

func (automationsCmd) Help() string {
	return "Example: couplet automations list\nExample: couplet automations on \"New-contact follow-up\""
}

type listAutomationsCmd struct {
	JSON bool `name:"json" help:"Answer with JSON."`
}

func (listAutomationsCmd) Help() string { return "Example: couplet automations list --json" }

func (c *listAutomationsCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	doc, err := a.desk().Automations(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	if len(doc.Automations) == 0 {
		t.printf("No automations yet. They are made in the browser, under Flows.\n")
	}
	for _, x := range doc.Automations {
		tellAutomation(t, x)
	}
	return nil
}

// tellAutomation prints an automation on a line.
func tellAutomation(t *terminal, x command.AutomationDoc) {
	t.printf("%s  %-3s  %s: %s, %d steps", x.ID, map[bool]string{true: "on", false: "off"}[x.Enabled], x.Name, x.Trigger.Title, len(x.Steps))
	switch {
	case x.Version == 0:
		t.printf(", never published")
	case x.Draft:
		t.printf(", with a draft")
	}
	for _, state := range command.FiringStates {
		for k, n := range x.Firings {
			if string(k) == state && n > 0 {
				t.printf(", %d %s", n, state)
			}
		}
	}
	t.printf("\n")
}

type showAutomationCmd struct {
	Automation string `arg:"" help:"Name or id of the automation."`
	JSON       bool   `name:"json" help:"Answer with JSON."`
}

func (showAutomationCmd) Help() string {
	return "Example: couplet automations show \"New-contact follow-up\""
}

func (c *showAutomationCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	d := a.desk()
	x, err := d.Automation(ctx, c.Automation)
	if err != nil {
		return err
	}
	doc, err := d.AutomationJSON(ctx, x)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	tellAutomation(t, doc)
	for _, s := range doc.Steps {
		t.printf("  %-6s %s\n", s.Number, s.Title)
	}
	return nil
}

type onAutomationCmd struct {
	Automation string `arg:"" help:"Name or id of the automation."`
	JSON       bool   `name:"json" help:"Answer with JSON."`
}

func (onAutomationCmd) Help() string {
	return "What happens from now on sets it off; what was there before does not.\n\nExample: couplet automations on \"New-contact follow-up\""
}

func (c *onAutomationCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return switchAutomation(ctx, g, t, c.Automation, true, c.JSON)
}

type offAutomationCmd struct {
	Automation string `arg:"" help:"Name or id of the automation."`
	JSON       bool   `name:"json" help:"Answer with JSON."`
}

func (offAutomationCmd) Help() string {
	return "Example: couplet automations off \"New-contact follow-up\""
}

func (c *offAutomationCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	return switchAutomation(ctx, g, t, c.Automation, false, c.JSON)
}

func switchAutomation(ctx context.Context, g *Globals, t *terminal, name string, on, asJSON bool) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	doc, err := a.desk().SwitchAutomation(ctx, name, on)
	if err != nil {
		return err
	}
	if asJSON {
		return t.json(doc)
	}
	if on {
		t.printf("%s is on. A `couplet serve` that runs works it off.\n", doc.Name)
	} else {
		t.printf("%s is off.\n", doc.Name)
	}
	return nil
}

type startAutomationCmd struct {
	Automation string `arg:"" help:"Name or id of the automation."`
	Record     string `help:"Id of the record that it is started for." placeholder:"ID"`
	Parent     string `help:"Id of what that record hangs on, for a task or note." placeholder:"ID"`
	JSON       bool   `name:"json" help:"Answer with JSON: the firing with its steps."`
}

func (startAutomationCmd) Help() string {
	return "It does not wait for the end: couplet firings show tells how far it has come.\n\nExample: couplet automations start \"Welcome again\" --record ve9EPM428h8vShlRW1KT"
}

func (c *startAutomationCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	d := a.desk()
	f, err := d.StartAutomation(ctx, a.watcher, c.Automation, connector.Ref{ID: c.Record, Parent: c.Parent})
	if err != nil {
		return err
	}
	if c.JSON {
		doc, err := d.ShowFiring(ctx, f.ID)
		if err != nil {
			return err
		}
		return t.json(doc)
	}
	t.printf("Started: %s. A `couplet serve` that runs works it off; couplet firings show %s tells how far it has come.\n", f.ID, f.ID)
	return nil
}
