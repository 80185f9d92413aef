package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/engine"
)

const putIntent = `insert into intent (workspace_id, id, pair, side, source, stamp, run, state, sent_at, refusals, problem, content)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	on conflict (workspace_id, id) do update set stamp = excluded.stamp, run = excluded.run, state = excluded.state, sent_at = excluded.sent_at,
		refusals = excluded.refusals, problem = excluded.problem, content = excluded.content`

func intentRow(ws string, i *engine.Intent) []any {
	return []any{ws, i.ID, i.Pair, int64(i.Side), i.Source, i.Stamp, i.Run, string(i.State), db.MS(i.At), int64(i.Refusals), i.Problem, i.Content}
}

// Begin implements engine.Store.
func (s *Store) Begin(ctx context.Context, ws string, l engine.Lease, intents []engine.Intent) error {
	rows := make([][]any, len(intents))
	for i := range intents {
		rows[i] = intentRow(ws, &intents[i])
	}
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		for i := range intents {
			if err := countBeyond(ctx, tx, ws, intents[i].Beyond); err != nil {
				return err
			}
		}
		return tx.Each(ctx, putIntent, rows)
	})
}

// closeIntents removes intents whose outcome is stored.
func closeIntents(ctx context.Context, tx *db.Tx, ws string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "delete from intent where workspace_id = $1 and id in [$2]", ws, db.Strings(ids))
	return err
}

// Intents implements engine.Store. side is where the sources lie; what is made of them is made on the other side. Of
// several intents for one source the one sent last is returned.
func (s *Store) Intents(ctx context.Context, ws, pair string, side engine.Side, sources []string) (map[string]engine.Intent, error) {
	found := map[string]engine.Intent{}
	if len(sources) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, `select id, pair, side, source, stamp, run, state, sent_at, refusals, problem, content from intent
		where workspace_id = $1 and pair = $2 and side = $3 and source in [$4]`+" order by sent_at, id",
		[]any{ws, pair, int64(side.Other()), db.Strings(sources)}, func(r *sql.Rows) error {
			i, err := scanIntent(r)
			found[i.Source] = i
			return err
		})
	return found, err
}

func scanIntent(r *sql.Rows) (i engine.Intent, err error) {
	err = r.Scan(&i.ID, &i.Pair, &i.Side, &i.Source, &i.Stamp, &i.Run, &i.State, db.Time(&i.At), &i.Refusals, &i.Problem, &i.Content)
	return i, err
}
