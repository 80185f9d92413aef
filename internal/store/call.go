package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/engine"
)

// CountCalls implements engine.Store.
func (s *Store) CountCalls(ctx context.Context, ws, run string, calls []engine.CallCount) error {
	rows := make([][]any, len(calls))
	for i, c := range calls {
		rows[i] = []any{ws, run, int64(c.Side), c.Method, c.Path, int64(c.Status), int64(c.N)}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `insert into call_count (workspace_id, run, side, method, path, status, n) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (workspace_id, run, side, method, path, status) do update set n = call_count.n + excluded.n`, rows)
	})
}

// CallCounts lists the calls of a run.
func (s *Store) CallCounts(ctx context.Context, ws, run string) ([]engine.CallCount, error) {
	return db.All(ctx, s.db, "select side, method, path, status, n from call_count where workspace_id = $1 and run = $2 order by side, method, path, status",
		[]any{ws, run}, func(r *sql.Rows) (c engine.CallCount, err error) {
			err = r.Scan(&c.Side, &c.Method, &c.Path, &c.Status, &c.N)
			return c, err
		})
}
