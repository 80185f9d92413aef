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

// CallsOf lists the calls of several runs, by their ids.
func (s *Store) CallsOf(ctx context.Context, ws string, runs []string) (map[string][]engine.CallCount, error) {
	found := map[string][]engine.CallCount{}
	if len(runs) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, "select run, side, method, path, status, n from call_count where workspace_id = $1 and run in [$2] order by run, side, method, path, status",
		[]any{ws, db.Strings(runs)}, func(r *sql.Rows) error {
			var run string
			var c engine.CallCount
			err := r.Scan(&run, &c.Side, &c.Method, &c.Path, &c.Status, &c.N)
			found[run] = append(found[run], c)
			return err
		})
	return found, err
}

// CallCounts lists the calls of a run.
func (s *Store) CallCounts(ctx context.Context, ws, run string) ([]engine.CallCount, error) {
	return db.All(ctx, s.db, "select side, method, path, status, n from call_count where workspace_id = $1 and run = $2 order by side, method, path, status",
		[]any{ws, run}, func(r *sql.Rows) (c engine.CallCount, err error) {
			err = r.Scan(&c.Side, &c.Method, &c.Path, &c.Status, &c.N)
			return c, err
		})
}
