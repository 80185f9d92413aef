package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/engine"
)

// Capabilities implements engine.Store.
func (s *Store) Capabilities(ctx context.Context, ws string, conns [2]string, object string) ([]engine.Capability, error) {
	return db.All(ctx, s.db, `select conn, object, field, verb, ignored, refused, max_len, evidence, learned_at from capability
		where workspace_id = $1 and conn in ($2, $3) and object = $4 order by conn, field, verb`, []any{ws, conns[0], conns[1], object},
		func(r *sql.Rows) (c engine.Capability, err error) {
			err = r.Scan(&c.Conn, &c.Object, &c.Field, &c.Verb, &c.Ignored, &c.Refused, &c.MaxLen, &c.Evidence, db.Time(&c.Learned))
			return c, err
		})
}

// SaveCapability implements engine.Store.
func (s *Store) SaveCapability(ctx context.Context, ws string, c engine.Capability) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into capability (workspace_id, conn, object, field, verb, ignored, refused, max_len, evidence, learned_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			on conflict (workspace_id, conn, object, field, verb) do update set ignored = excluded.ignored, refused = excluded.refused,
				max_len = excluded.max_len, evidence = excluded.evidence, learned_at = excluded.learned_at`,
			ws, c.Conn, c.Object, c.Field, c.Verb, c.Ignored, c.Refused, c.MaxLen, c.Evidence, db.MS(c.Learned))
		return err
	})
}
