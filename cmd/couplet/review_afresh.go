package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// afreshReviewCmd shows and approves what the last dry run of a flow came to that stopped because all its records are to be
// compared anew (engine.Afresh), as the preview does in the browser.
type afreshReviewCmd struct {
	Flow string `arg:"" help:"Name of the flow that stopped."`
	Yes  bool   `help:"Approve it."`
	JSON bool   `name:"json" help:"Answer with JSON."`
}

func (afreshReviewCmd) Help() string {
	return "A flow stops when an account shows an older state than before, or suddenly others, as after a restored backup. Nothing is written until\n" +
		"somebody has seen what comparing all records anew comes to, and approved it.\n\n" +
		"Example: couplet run contacts --dry-run\nExample: couplet review afresh contacts\nExample: couplet review afresh contacts --yes"
}

// afreshDoc is in JSON what comparing all records of a flow anew comes to, and whether it is approved now.
type afreshDoc struct {
	Flow     string           `json:"flow"`
	Reason   engine.AfreshWhy `json:"reason"`
	Why      string           `json:"why"`
	Since    time.Time        `json:"since"`
	DryRun   runDoc           `json:"dry_run"`
	Approved bool             `json:"approved"`
}

func (c *afreshReviewCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := a.stopped(ctx, c.Flow)
	if err != nil {
		return err
	}
	f, x := q.flow, q.pair.Afresh
	plan, found, err := a.dryRunSince(ctx, f, x.At)
	if err != nil {
		return err
	}
	why := x.Because(f.Name, q.names)
	if !found {
		return fmt.Errorf("%s Nobody has seen yet what comparing all records of flow %s anew comes to; see it with `couplet run %s --dry-run`, then repeat this", why, f.Name, f.Name)
	}
	if c.Yes {
		if err := a.approve(ctx, f, plan); err != nil {
			return err
		}
	}
	if c.JSON {
		return t.json(afreshDoc{Flow: f.Name, Reason: x.Why, Why: why, Since: x.At.UTC(), DryRun: runJSON(plan), Approved: c.Yes})
	}
	t.printf("%s Comparing all records anew comes to this; nothing is deleted:\n", why)
	a.tell(ctx, t, f, plan)
	if !c.Yes {
		t.printf("Nothing is approved yet. Approve it with `couplet review afresh %s --yes`. If it is the wrong account, connect the right one again instead.\n", f.Name)
		return nil
	}
	t.printf("Approved. The next run does it: a `couplet serve` that runs does so at once, or `couplet run %s`.\n", f.Name)
	return nil
}

// stopped finds a flow that waits until somebody approves what comparing all its records anew comes to.
func (a *app) stopped(ctx context.Context, name string) (question, error) {
	f, err := a.flowNamed(ctx, name)
	if err != nil {
		return question{}, err
	}
	places, err := a.questions(ctx, name)
	if err != nil {
		return question{}, err
	}
	for _, q := range places {
		if !q.pair.StandsStill(f.Approval) {
			continue
		}
		if !f.Enabled {
			return q, fmt.Errorf("flow %s is off, so nothing was approved; set `enabled: true` in its flow file and apply it, then repeat this", name)
		}
		return q, nil
	}
	return question{}, fmt.Errorf("flow %s does not wait to compare its records anew, so there is nothing to approve", name)
}

// dryRunSince finds the newest dry run of a flow as it is now that began after a time and came to its end: the lines of no other
// are kept.
func (a *app) dryRunSince(ctx context.Context, f flow.Flow, since time.Time) (engine.Run, bool, error) {
	for before := ""; ; {
		runs, err := a.store.Runs(ctx, a.ws, f.ID, 500, before)
		if err != nil || len(runs) == 0 {
			return engine.Run{}, false, err
		}
		for _, r := range runs {
			before = r.ID
			switch whole := r.Status == engine.Done || r.Status == engine.DoneWithProblems; {
			case !r.Started.After(since):
				return engine.Run{}, false, nil
			case r.DryRun && r.Undo == nil && whole:
				return r, r.Revision == f.Revision(), nil
			}
		}
	}
}

// approve has the next run do what a dry run showed.
func (a *app) approve(ctx context.Context, f flow.Flow, plan engine.Run) error {
	_, err := a.store.SwitchOn(ctx, a.ws, f.ID, flow.Approval{By: whoAmI(), At: a.now().UTC(), How: "preview", Counts: plan.Foretold(), Rehearsal: plan.ID, Revision: plan.Revision})
	if errors.Is(err, store.ErrOutdated) {
		return fmt.Errorf("somebody has changed flow %s and not published that, so nothing was approved; look at its preview in the browser", f.Name)
	}
	if err != nil {
		return err
	}
	return a.store.MarkDue(ctx, a.ws, f.ID, a.now())
}
