package main

import (
	"context"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// afreshReviewCmd shows and approves what the last dry run of a flow came to that stopped because all its records are to be
// compared anew (engine.Afresh), as the preview does in the browser, or takes the answer that there is nothing to compare.
type afreshReviewCmd struct {
	Flow    string `arg:"" help:"Name of the flow that stopped."`
	Yes     bool   `xor:"answer" help:"Approve it."`
	Seen    string `name:"run" help:"With --yes: the dry run that you saw. It has to be named where there were several." placeholder:"ID"`
	Deleted bool   `xor:"answer" help:"Say instead that the records which are gone were really deleted: they are handled as the flow handles deletes."`
	JSON    bool   `name:"json" help:"Answer with JSON."`
}

func (afreshReviewCmd) Help() string {
	return "A flow stops when an account shows an older state than before, or suddenly others, as after a restored backup. Nothing is written until\n" +
		"somebody has seen what comparing all records anew comes to, and approved it.\n\n" +
		"Example: couplet run contacts --dry-run\nExample: couplet review afresh contacts\nExample: couplet review afresh contacts --yes --run run_06h2v8c3k1d1k0yyw3c5p6t0n4\n" +
		"Example: couplet review afresh contacts --deleted"
}

func (c *afreshReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	if c.Seen != "" && !c.Yes {
		return &exit{Code: 2, Text: "--run names the dry run that --yes approves, so it goes with --yes only"}
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Deleted {
		return c.deleted(ctx, a, t)
	}
	q, plan, doc, err := c.asked(ctx, a.desk())
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	f := q.Flow
	t.printf("%s Comparing all records anew comes to this; nothing is deleted:\n", doc.Why)
	a.tell(ctx, t, f, plan)
	if !c.Yes {
		t.printf("Nothing is approved yet. Approve it with `couplet review afresh %s --yes --run %s`. If it is the wrong account, connect the right one again instead.\n", f.Name, plan.ID)
		if q.Pair.Afresh.Deletes() {
			t.printf("If the records were really deleted, say so instead with `couplet review afresh %s --deleted`.\n", f.Name)
		}
		return nil
	}
	t.printf("Approved. The next run does it: a `couplet serve` that runs does so at once, or `couplet run %s`.\n", f.Name)
	return nil
}

// asked shows, or approves.
func (c *afreshReviewCmd) asked(ctx context.Context, d command.Desk) (command.Place, engine.Run, command.AfreshDoc, error) {
	if c.Yes {
		return d.ApproveSeen(ctx, c.Flow, c.Seen)
	}
	return d.Afresh(ctx, c.Flow)
}

// deleted takes the answer that the records which are gone were really deleted.
func (c *afreshReviewCmd) deleted(ctx context.Context, a *app, t *terminal) error {
	q, doc, err := a.desk().ReallyDeleted(ctx, c.Flow)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(doc)
	}
	t.printf("%s They count as deleted once %s was asked for each of them twice, ten minutes apart.\n", doc.Why, q.Names[q.Pair.Afresh.Side])
	t.printf("Then flow %s does what its `delete: %s` says. More than the brake lets go of in one run stop it first; `couplet run %s --allow` lets them through once.\n", doc.Flow, doc.Delete, doc.Flow)
	return nil
}
