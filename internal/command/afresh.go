package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// AfreshDoc is in JSON what comparing all records of a flow anew comes to, and whether it is approved now.
type AfreshDoc struct {
	Flow     string           `json:"flow"`
	Reason   engine.AfreshWhy `json:"reason"`
	Why      string           `json:"why"`
	Since    time.Time        `json:"since"`
	DryRun   RunDoc           `json:"dry_run"`
	Approved bool             `json:"approved"`
}

// Afresh is what the last dry run of a flow came to that stopped because all its records are to be compared anew
// (engine.Afresh), as the preview shows it in the browser.
func (d Desk) Afresh(ctx context.Context, name string) (q Place, plan engine.Run, doc AfreshDoc, err error) {
	if q, err = d.stopped(ctx, name); err != nil {
		return q, plan, doc, err
	}
	f, x := q.Flow, q.Pair.Afresh
	plan, found, err := d.dryRunSince(ctx, f, x.At)
	if err != nil {
		return q, plan, doc, err
	}
	why := x.Because(f.Name, q.Names)
	if !found {
		return q, plan, doc, &Refusal{Kind: NotNow, What: fmt.Sprintf("%s Nobody has seen yet what comparing all records of flow %s anew comes to", why, f.Name),
			Command: fmt.Sprintf("see it with `couplet run %s --dry-run`, then repeat this", f.Name), Request: "see it with POST /api/v1/flows/" + f.Name + `/run and {"dry_run": true}, then repeat this`}
	}
	return q, plan, AfreshDoc{Flow: f.Name, Reason: x.Why, Why: why, Since: x.At.UTC(), DryRun: RunJSON(plan)}, nil
}

// ApproveSeen approves what a person saw of that: the dry run that they name, or the only one that came to its end since the flow
// stopped. The lines of no other than the newest are kept.
func (d Desk) ApproveSeen(ctx context.Context, name, seen string) (q Place, plan engine.Run, doc AfreshDoc, err error) {
	if q, plan, doc, err = d.Afresh(ctx, name); err != nil {
		return q, plan, doc, err
	}
	n, err := d.dryRunsSince(ctx, q.Flow, q.Pair.Afresh.At)
	look := fmt.Sprintf("look at the newest with `couplet review afresh %s`, then approve just that with `couplet review afresh %s --yes --run %s`", name, name, plan.ID)
	request := fmt.Sprintf(`look at the newest with GET /api/v1/flows/%s/afresh, then approve just that with POST and {"approve": "%s"}`, name, plan.ID)
	switch {
	case err != nil:
	case seen != "" && seen != plan.ID:
		err = &Refusal{Kind: NotNow, What: fmt.Sprintf("%s is not the newest dry run of flow %s, which is %s of %s; what an earlier one found is not kept, so nothing was approved",
			seen, name, plan.ID, plan.Started.UTC().Format(time.RFC3339)), Command: look, Request: request}
	case seen == "" && n > 1:
		err = &Refusal{Kind: NotNow, What: fmt.Sprintf("flow %s had %d dry runs since it stopped, and nobody can tell which of them you saw, so nothing was approved", name, n), Command: look, Request: request}
	default:
		err = d.approve(ctx, q.Flow, plan)
	}
	doc.Approved = err == nil
	return q, plan, doc, err
}

// stopped finds a flow that waits until somebody approves what comparing all its records anew comes to.
func (d Desk) stopped(ctx context.Context, name string) (Place, error) {
	f, err := d.Flow(ctx, name)
	if err != nil {
		return Place{}, err
	}
	places, err := d.Places(ctx, name)
	if err != nil {
		return Place{}, err
	}
	for _, q := range places {
		if !q.Pair.StandsStill(f.Approval) {
			continue
		}
		if !f.Enabled {
			return q, &Refusal{Kind: NotNow, What: fmt.Sprintf("flow %s is off, so nothing was approved", name), Command: "set `enabled: true` in its flow file and apply it, then repeat this",
				Request: "switch it on with POST /api/v1/flows/" + name + "/switch, then repeat this"}
		}
		return q, nil
	}
	return Place{}, &Refusal{Kind: NotNow, What: fmt.Sprintf("flow %s does not wait to compare its records anew, so there is nothing to approve", name)}
}

// dryRunSince finds the newest dry run of a flow as it is now that began after a time and came to its end: the lines of no other
// are kept.
func (d Desk) dryRunSince(ctx context.Context, f flow.Flow, since time.Time) (newest engine.Run, found bool, err error) {
	err = d.dryRuns(ctx, f, since, func(r engine.Run) bool {
		newest, found = r, r.Revision == f.Revision()
		return false
	})
	return newest, found, err
}

// dryRunsSince counts them, also those of the flow as it was before.
func (d Desk) dryRunsSince(ctx context.Context, f flow.Flow, since time.Time) (n int, err error) {
	err = d.dryRuns(ctx, f, since, func(engine.Run) bool {
		n++
		return true
	})
	return n, err
}

// dryRuns walks the dry runs of a flow that began after a time and came to their end, newest first, until each says that it is enough.
func (d Desk) dryRuns(ctx context.Context, f flow.Flow, since time.Time, each func(engine.Run) bool) error {
	for before := ""; ; {
		runs, err := d.Store.Runs(ctx, d.Workspace, f.ID, 500, before)
		if err != nil || len(runs) == 0 {
			return err
		}
		for _, r := range runs {
			before = r.ID
			whole := r.Status == engine.Done || r.Status == engine.DoneWithProblems
			if !r.Started.After(since) || r.DryRun && r.Undo == nil && whole && !each(r) {
				return nil
			}
		}
	}
}

// approve has the next run do what a dry run showed.
func (d Desk) approve(ctx context.Context, f flow.Flow, plan engine.Run) error {
	now := d.Connect.Now()
	_, err := d.Store.SwitchOn(ctx, d.Workspace, f.ID, flow.Approval{By: d.By, At: now.UTC(), How: "preview", Counts: plan.Foretold(), Rehearsal: plan.ID, Revision: plan.Revision})
	if errors.Is(err, store.ErrOutdated) {
		fix := "look at its preview in the browser"
		return &Refusal{Kind: NotNow, What: fmt.Sprintf("somebody has changed flow %s and not published that, so nothing was approved", f.Name), Command: fix, Request: fix, Err: err}
	}
	if err != nil {
		return err
	}
	return d.Store.MarkDue(ctx, d.Workspace, f.ID, now)
}
