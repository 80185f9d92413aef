package store

import (
	"context"

	"couplet/db"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// Cursor implements engine.Store. A cursor that was never saved is at the beginning.
func (s *Store) Cursor(ctx context.Context, ws, conn, object string) (engine.Cursor, error) {
	c := engine.Cursor{Conn: conn, Object: object}
	var page string
	_, err := s.db.Get(ctx, `select mode, page, began_at, clock_at, clean, watermark, generation, gen_began_at, fields, total, shown, came, judged
		from cursor where workspace_id = $1 and conn = $2 and object = $3`, []any{ws, conn, object},
		&c.Mode, &page, db.Time(&c.Began), db.Time(&c.At), &c.Clean, db.Time(&c.Watermark), &c.Generation, db.Time(&c.GenBegan), db.JSON(&c.Fields), &c.Total, &c.Shown,
		&c.Came, &c.Judged)
	c.Page = connector.Cursor(page)
	return c, err
}

// ResetCursors makes every object of a connection be read from the beginning, because it is another account now
// (sync-semantics 5.10). What was agreed with the old account stays.
func (s *Store) ResetCursors(ctx context.Context, ws, conn string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from cursor where workspace_id = $1 and conn = $2", ws, conn)
		return err
	})
}

func putCursor(ctx context.Context, tx *db.Tx, ws string, c engine.Cursor) error {
	_, err := tx.Exec(ctx, `insert into cursor (workspace_id, conn, object, mode, page, began_at, clock_at, clean, watermark, generation, gen_began_at, fields, total, shown, came, judged)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict (workspace_id, conn, object) do update set mode = excluded.mode, page = excluded.page, began_at = excluded.began_at,
			clock_at = excluded.clock_at, clean = excluded.clean, watermark = excluded.watermark, generation = excluded.generation,
			gen_began_at = excluded.gen_began_at, fields = excluded.fields, total = excluded.total, shown = excluded.shown,
			came = excluded.came, judged = excluded.judged`,
		ws, c.Conn, c.Object, c.Mode, string(c.Page), db.MS(c.Began), db.MS(c.At), c.Clean, db.MS(c.Watermark), c.Generation,
		db.MS(c.GenBegan), docOr(c.Fields, len(c.Fields)), int64(c.Total), int64(c.Shown), int64(c.Came), c.Judged)
	return err
}
