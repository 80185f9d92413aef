package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// ErrAnswered says that nothing waits for the answer that a person gave: it was given before, or something else came up since.
var ErrAnswered = errors.New("nothing waits for this answer")

// ReallyDeleted takes back that an account of a pair was taken for another one at a time: a person says that the records which
// are gone were really deleted (engine.Pair.TakenBack). It fails with ErrAnswered where that is not what the pair waits for, or
// somebody has approved that all its records are compared anew.
func (s *Store) ReallyDeleted(ctx context.Context, ws, pair string, at time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := pairByID(ctx, tx, ws, pair)
		if err != nil {
			return err
		}
		flows, err := db.All(ctx, tx, "select "+flowColumns+" from flow where workspace_id = $1 and conn_a = $2 and conn_b = $3 and object = $4 order by id"+tx.ForUpdate(),
			[]any{ws, p.Conns[0], p.Conns[1], p.Object}, scanFlow)
		if err != nil {
			return err
		}
		approved := slices.ContainsFunc(flows, func(f flow.Flow) bool { return !p.StandsStill(f.Approval) })
		if a := p.Afresh; approved || !p.StandsStill(nil) || !a.Deletes() || a.At.UnixMilli() != at.UnixMilli() {
			return ErrAnswered
		}
		return putBack(ctx, tx, p.TakenBack(s.now()))
	})
}

func putBack(ctx context.Context, tx *db.Tx, p engine.Pair) error {
	_, err := tx.Exec(ctx, "update pair set afresh = $3, seeded_at = $4, settled_at = $5, again = $6, deleted_at = $7 where workspace_id = $1 and id = $2",
		p.Workspace, p.ID, db.Doc(p.Afresh), db.MS(p.Seeded), db.MS(p.Settled), p.Again, db.MS(p.Deleted))
	return err
}
