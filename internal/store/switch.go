package store

import (
	"context"
	"errors"

	"couplet/db"
	"couplet/internal/flow"
)

// ErrOutdated says that what a person saw, and approved or changed, is not what is there now: somebody changed it since.
var ErrOutdated = errors.New("somebody changed it since it was looked at")

// SwitchOn publishes the draft of a flow, stores who approved what it does, and switches it on: all of it or nothing. It
// fails with ErrOutdated unless the approval is for the revision that this publishes. It looks next when its schedule says so:
// whoever switches on wakes its first run.
func (s *Store) SwitchOn(ctx context.Context, ws, id string, a flow.Approval) (f flow.Flow, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if f, _, err = s.publish(ctx, tx, ws, a.By, id); err != nil {
			return err
		}
		if f.Revision() != a.Revision {
			return ErrOutdated
		}
		if old := f.Approval; old == nil || old.Rehearsal != a.Rehearsal {
			if err := keepPlan(ctx, tx, ws, id, a.Rehearsal); err != nil {
				return err
			}
		}
		f.Enabled, f.Approval, f.Scope = true, &a, f.Scope.Begin(s.now().UTC())
		if err := approveAfresh(ctx, tx, f, a.At); err != nil {
			return err
		}
		if err := updateFlow(ctx, tx, f, s.now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update flow_state set next_at = $3 where workspace_id = $1 and flow = $2", ws, id, db.MS(nextOf(f, s.now())))
		return err
	})
	return f, exists(err, "flow", f.Name)
}
