package main

import (
	"context"
	"time"

	"couplet/internal/command"
)

// flowsCmd looks at the versions of a flow and takes one back.
type flowsCmd struct {
	Versions versionsCmd `cmd:"" help:"List what was published of a flow, newest first, with what each version changed."`
	Compare  compareCmd  `cmd:"" help:"Show how two versions of a flow differ."`
	Restore  takeBackCmd `cmd:"" help:"Make a version of a flow its draft. Nothing runs by it until it is published."`
}

func (flowsCmd) Help() string {
	return "Example: couplet flows versions contacts\nExample: couplet flows restore contacts 3"
}

type versionsCmd struct {
	Flow   string `arg:"" help:"Name of the flow."`
	Before int    `help:"Only versions before this one." placeholder:"N"`
	Limit  int    `default:"20" help:"How many."`
	JSON   bool   `name:"json" help:"Answer with JSON."`
}

func (versionsCmd) Help() string { return "Example: couplet flows versions contacts --limit 5" }

func (c *versionsCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	if err := atLeastOne(c.Limit); err != nil {
		return err
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	doc, err := a.desk().Versions(ctx, c.Flow, c.Before, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	for _, v := range doc.Versions {
		t.printf("%d  %s", v.Version, v.At.Format(time.RFC3339))
		for _, word := range []string{v.By, v.How} {
			if word != "" {
				t.printf("  %s", word)
			}
		}
		t.printf("\n")
		showDiffers(t, v.Changes)
	}
	if doc.More {
		t.printf("There are more than %d: --limit shows them.\n", c.Limit)
	}
	return nil
}

// showDiffers prints what differs, as a flow file would say it.
func showDiffers(t *terminal, all []command.DifferDoc) {
	for _, x := range all {
		for _, line := range [][2]string{{"-", x.Was}, {"+", x.Now}} {
			if line[1] != "" {
				t.printf("    %s %s: %s\n", line[0], x.Setting, line[1])
			}
		}
	}
}

type compareCmd struct {
	Flow string `arg:"" help:"Name of the flow."`
	From string `arg:"" help:"Number of a version, or the word draft."`
	To   string `arg:"" optional:"" default:"draft" help:"Number of a version, or the word draft."`
	JSON bool   `name:"json" help:"Answer with JSON."`
}

func (compareCmd) Help() string {
	return "Example: couplet flows compare contacts 2 3\nExample: couplet flows compare contacts 3"
}

func (c *compareCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	doc, err := a.desk().Difference(ctx, c.Flow, c.From, c.To)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	if len(doc.Changes) == 0 {
		t.printf("They do not differ.\n")
	}
	showDiffers(t, doc.Changes)
	return nil
}

type takeBackCmd struct {
	Flow    string `arg:"" help:"Name of the flow."`
	Version int    `arg:"" help:"Number of the version, as couplet flows versions lists it."`
}

func (takeBackCmd) Help() string {
	return "The name of the flow and its two connections stay. Look at the preview of the flow in the browser, then publish it there.\n\nExample: couplet flows restore contacts 3"
}

func (c *takeBackCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	f, changed, err := a.desk().Restore(ctx, c.Flow, c.Version)
	if err != nil {
		return err
	}
	if !changed {
		t.printf("Nothing to do: the draft of %s says what version %d says.\n", f.Name, c.Version)
		return nil
	}
	t.printf("Version %d is the draft of %s now. Nothing runs by it until it is published: look at its preview in the browser first. Undo on its map takes this back.\n", c.Version, f.Name)
	return nil
}
