package store

import (
	"context"

	"couplet/db"
	"couplet/internal/engine"
)

// NameFields implements engine.Store.
func (s *Store) NameFields(ctx context.Context, ws, run string, labels map[string][2]string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update run set labels = $3 where workspace_id = $1 and id = $2", ws, run, db.Doc(labels))
		return err
	})
}

// FieldNames are what the fields of a run's map are called on each side, by the key under which its entries name them. It
// is empty for a run that never came to its map.
func (s *Store) FieldNames(ctx context.Context, ws, run string) (map[string][2]string, error) {
	var labels map[string][2]string
	_, err := s.db.Get(ctx, "select labels from run where workspace_id = $1 and id = $2", []any{ws, run}, db.JSON(&labels))
	return labels, err
}

// NewestFieldNames are FieldNames of the newest run of a flow that came to its map.
func (s *Store) NewestFieldNames(ctx context.Context, ws, flow string) (map[string][2]string, error) {
	var labels map[string][2]string
	_, err := s.db.Get(ctx, `select labels from run where workspace_id = $1 and flow = $2 and labels not in ('', '{}')
		order by started_at desc, id desc limit 1`, []any{ws, flow}, db.JSON(&labels))
	return labels, err
}

// DropPlans implements engine.Store.
func (s *Store) DropPlans(ctx context.Context, ws string, run engine.Run) error {
	text := "select id from run where workspace_id = $1 and flow = $2 and id <> $3 and dry and not kept and undoes = $4"
	args := []any{ws, run.Flow, run.ID, undoes(run)}
	if run.Watch { // nobody asked for it, so it takes no rehearsal away that somebody looks at
		text, args = text+" and cause <> $5", append(args, engine.Rehearse)
	}
	old, err := db.All(ctx, s.db, text, args, scanID)
	for _, id := range old {
		if err == nil {
			_, err = s.sweep(ctx, `delete from plan_field where workspace_id = $1 and run = $2 and (side, field, entry) in (
				select side, field, entry from plan_field where workspace_id = $1 and run = $2 limit $3)`, []any{ws, id, planBatch})
		}
		if err == nil {
			_, err = s.sweep(ctx, `delete from run_entry where workspace_id = $1 and run = $2 and id in (
				select id from run_entry where workspace_id = $1 and run = $2 and planned limit $3)`, []any{ws, id, planBatch})
		}
	}
	return err
}

// planBatch bounds what one transaction deletes of an old plan.
const planBatch = 1000

// Rehearsal is the newest dry run of a flow that was asked for as a rehearsal, over or not; false when there is none.
func (s *Store) Rehearsal(ctx context.Context, ws, flow string) (engine.Run, bool, error) {
	runs, err := db.All(ctx, s.db, "select "+runColumns+` from run where workspace_id = $1 and flow = $2 and cause = $3 and dry
		order by started_at desc, id desc limit 1`, []any{ws, flow, engine.Rehearse}, scanRunOf(ws))
	return first(runs), len(runs) > 0, err
}
