package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// bury stores tombstones. A record that is buried again keeps its keys for the longer of the two times.
func bury(ctx context.Context, tx *db.Tx, ws string, all []engine.Tombstone) error {
	var ids, keys [][]any
	for _, t := range all {
		ids = append(ids, []any{ws, t.Pair, int64(t.Side), t.ID, t.Reason, db.MS(t.Until)})
		for _, k := range t.Keys {
			keys = append(keys, []any{ws, t.Pair, int64(t.Side), k, t.ID, db.MS(t.Until)})
		}
	}
	if err := tx.Each(ctx, `insert into tombstone (workspace_id, pair, side, id, reason, keys_until) values ($1, $2, $3, $4, $5, $6)
		on conflict (workspace_id, pair, side, id) do update set reason = excluded.reason, keys_until = excluded.keys_until`, ids); err != nil {
		return err
	}
	return tx.Each(ctx, `insert into tombstone_key (workspace_id, pair, side, hash, id, keys_until) values ($1, $2, $3, $4, $5, $6)
		on conflict (workspace_id, pair, side, hash, id) do update set
			keys_until = case when excluded.keys_until > tombstone_key.keys_until then excluded.keys_until else tombstone_key.keys_until end`, keys)
}

// Buried implements engine.Store.
func (s *Store) Buried(ctx context.Context, ws, pair string, side engine.Side, ids, keys []string, now time.Time) (map[string]bool, error) {
	found := map[string]bool{}
	note := func(r *sql.Rows) error {
		id, err := scanID(r)
		found[id] = true
		return err
	}
	if len(ids) > 0 {
		if err := db.Walk(ctx, s.db, "select id from tombstone where workspace_id = $1 and pair = $2 and side = $3 and id in [$4]",
			[]any{ws, pair, int64(side), db.Strings(ids)}, note); err != nil {
			return nil, err
		}
	}
	if len(keys) > 0 {
		if err := db.Walk(ctx, s.db, "select hash from tombstone_key where workspace_id = $1 and pair = $2 and side = $3 and keys_until > $4 and hash in [$5]",
			[]any{ws, pair, int64(side), db.MS(now), db.Strings(keys)}, note); err != nil {
			return nil, err
		}
	}
	return found, nil
}
