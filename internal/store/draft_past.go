package store

import (
	"context"

	"couplet/db"
	"couplet/internal/flow"
)

// pastRevisions is how many revisions of a draft are known after they are over.
const pastRevisions = 60

// keepPast keeps what a flow's draft is now, before it becomes the next revision.
func keepPast(ctx context.Context, tx *db.Tx, d Draft) error {
	ws, id := d.Flow.Workspace, d.Flow.ID
	if _, err := tx.Exec(ctx, `insert into flow_draft_past (workspace_id, flow, revision, body) values ($1, $2, $3, $4)
		on conflict (workspace_id, flow, revision) do nothing`, ws, id, d.Revision, bodyOf(d.Flow)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "delete from flow_draft_past where workspace_id = $1 and flow = $2 and revision < $3", ws, id, d.Revision-pastRevisions)
	return err
}

// DraftAt is what the draft of a flow was at a revision that is over, for whoever still sees that. known is false for one that is
// too long ago, and for the one that holds now.
func (s *Store) DraftAt(ctx context.Context, ws, id string, revision int) (f flow.Flow, known bool, err error) {
	known, err = s.db.Get(ctx, "select body from flow_draft_past where workspace_id = $1 and flow = $2 and revision = $3", []any{ws, id, revision}, db.JSON(&f))
	f.Workspace = ws
	return f, known, err
}
