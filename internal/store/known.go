package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/engine"
)

const knownColumns = "conn, object, name, agreed, shown, since, held, afresh, remake"

func scanKnown(r *sql.Rows) (k engine.Known, err error) {
	err = r.Scan(&k.Conn, &k.Object, &k.Name, db.JSON(&k.Field), db.JSON(&k.Now), db.Time(&k.Since), &k.Held, db.Time(&k.Afresh), &k.Remake)
	return k, err
}

// KnownFields implements engine.Store.
func (s *Store) KnownFields(ctx context.Context, ws string, conns [2]string, object string) ([]engine.Known, error) {
	return db.All(ctx, s.db, "select "+knownColumns+` from known_field where workspace_id = $1 and conn in ($2, $3) and object = $4
		order by conn, name`, []any{ws, conns[0], conns[1], object}, scanKnown)
}

// SaveKnownFields implements engine.Store.
func (s *Store) SaveKnownFields(ctx context.Context, ws string, l engine.Lease, known []engine.Known, lifted []string) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		for _, conn := range lifted {
			if _, err := tx.Exec(ctx, "update pair set again = again + 1 where workspace_id = $1 and object = $2 and (conn_a = $3 or conn_b = $3)",
				ws, known[0].Object, conn); err != nil {
				return err
			}
		}
		for _, k := range known {
			if err := putKnown(ctx, tx, ws, k); err != nil {
				return err
			}
		}
		return nil
	})
}

// AcceptField stores that a person accepted a field as it is now.
func (s *Store) AcceptField(ctx context.Context, ws string, k engine.Known) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return putKnown(ctx, tx, ws, k) })
}

// Drift lists the custom fields of a workspace that are not what they were agreed to be.
func (s *Store) Drift(ctx context.Context, ws string) ([]engine.Known, error) {
	return db.All(ctx, s.db, "select "+knownColumns+" from known_field where workspace_id = $1 and since > 0 order by conn, object, name", []any{ws}, scanKnown)
}

func putKnown(ctx context.Context, tx *db.Tx, ws string, k engine.Known) error {
	shown := any("")
	if k.Now != nil {
		shown = db.Doc(*k.Now)
	}
	_, err := tx.Exec(ctx, `insert into known_field (workspace_id, `+knownColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (workspace_id, conn, object, name) do update set agreed = excluded.agreed, shown = excluded.shown, since = excluded.since,
			held = excluded.held, afresh = excluded.afresh, remake = excluded.remake`,
		ws, k.Conn, k.Object, k.Name, db.Doc(k.Field), shown, db.MS(k.Since), k.Held, db.MS(k.Afresh), k.Remake)
	return err
}
