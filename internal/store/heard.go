package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
)

// Heard is the last call that came for a connection: when, what kind, and about how many records.
type Heard struct {
	Type    string
	At      time.Time
	Records int
}

// LastHeard is the last call that came for a connection, zero when none did.
func (s *Store) LastHeard(ctx context.Context, ws, conn string) (Heard, error) {
	all, err := db.All(ctx, s.db, "select type, received_at, ext_ids from event where workspace_id = $1 and conn = $2 order by received_at desc limit 1",
		[]any{ws, conn}, func(r *sql.Rows) (h Heard, err error) {
			var ids []string
			err = r.Scan(&h.Type, db.Time(&h.At), db.JSON(&ids))
			h.Records = len(ids)
			return h, err
		})
	return first(all), err
}

// RenameConnection gives a connection another name than somebody saw. It fails with ErrOutdated when it was called something else by then.
func (s *Store) RenameConnection(ctx context.Context, ws, id, was, name string) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update connection set name = $4 where workspace_id = $1 and id = $2 and name = $3", ws, id, was, name)
		return changedOne(ctx, tx, n, err, "connection", thatConnection, ws, id)
	})
	return exists(err, "connection", name)
}
