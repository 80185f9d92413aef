package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// DeletedDoc is in JSON that the records of a flow which are gone at once count as deleted, and what the flow does then.
type DeletedDoc struct {
	Flow    string           `json:"flow"`
	Reason  engine.AfreshWhy `json:"reason"`
	Why     string           `json:"why"`
	Since   time.Time        `json:"since"`
	Deleted bool             `json:"deleted"`
	Delete  flow.Delete      `json:"delete"`
}

// ReallyDeleted takes a person's answer that the records of a flow which stopped because many are gone were really deleted: the flow
// goes on as before, and handles them as it handles deletes.
func (d Desk) ReallyDeleted(ctx context.Context, name string) (q Place, doc DeletedDoc, err error) {
	if q, err = d.stopped(ctx, name); err != nil {
		return q, doc, err
	}
	f, x := q.Flow, q.Pair.Afresh
	doc = DeletedDoc{Flow: f.Name, Reason: x.Why, Why: x.Because(f.Name, q.Names), Since: x.At.UTC(), Deleted: true, Delete: cmp.Or(f.Delete, flow.Detach)}
	look := fmt.Sprintf("see what comparing all records of flow %s anew comes to with `couplet run %s --dry-run`, then `couplet review afresh %s`", f.Name, f.Name, f.Name)
	if !x.Deletes() {
		return q, doc, &Refusal{Kind: NotNow, What: doc.Why + " That is not what deleting records looks like, so nothing was answered", Command: look,
			Request: fmt.Sprintf(`see what comparing all records anew comes to with POST /api/v1/flows/%s/run and {"dry_run": true}, then GET /api/v1/flows/%s/afresh`, f.Name, f.Name)}
	}
	err = d.Store.ReallyDeleted(ctx, d.Workspace, q.Pair.ID, x.At)
	if errors.Is(err, store.ErrAnswered) {
		return q, doc, &Refusal{Kind: NotNow, What: fmt.Sprintf("flow %s was answered this very moment, or something else came up, so nothing was answered", f.Name),
			Command: fmt.Sprintf("look with `couplet review afresh %s`", f.Name), Request: "look with GET /api/v1/flows/" + f.Name + "/afresh", Err: err}
	}
	if err == nil {
		err = d.Store.MarkDue(ctx, d.Workspace, f.ID, d.Connect.Now())
	}
	return q, doc, err
}
