package store

import (
	"context"
	"errors"

	"couplet/db"
	"couplet/internal/flow"
)

// ErrOutdated says that what a person approved is not what would be switched on: somebody changed the flow since.
var ErrOutdated = errors.New("approved is not what is there now")

// SwitchOn publishes the draft of a flow, stores who approved what it does, and switches it on: all of it or nothing. It
// fails with ErrOutdated unless the approval is for the revision that this publishes. A flow that is switched on is planned
// anew.
func (s *Store) SwitchOn(ctx context.Context, ws, id string, a flow.Approval) (f flow.Flow, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if f, _, err = s.publish(ctx, tx, ws, id); err != nil {
			return err
		}
		if f.Revision() != a.Revision {
			return ErrOutdated
		}
		f.Enabled, f.Approval = true, &a
		return updateFlow(ctx, tx, f, s.now())
	})
	return f, exists(err, "flow", f.Name)
}
