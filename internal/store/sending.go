package store

import (
	"context"
	"database/sql"
	"fmt"

	"couplet/db"
	"couplet/internal/engine"
)

const putSending = `insert into sending (workspace_id, link, pair, run, sent_at, body) values ($1, $2, $3, $4, $5, $6)
	on conflict (workspace_id, link) do update set run = excluded.run, sent_at = excluded.sent_at, body = excluded.body`

// sendingBody is what of an update has no column.
type sendingBody struct {
	By     string                      `json:"by,omitempty"`
	Intent string                      `json:"intent,omitempty"`
	Side   engine.Side                 `json:"side,omitempty"`
	Fields map[string]engine.SentField `json:"fields"`
	Erase  *engine.Erasing             `json:"erase,omitempty"`
}

func sendingRow(ws, pair string, s *engine.Sending) []any {
	return []any{ws, s.Link, pair, s.Run, db.MS(s.At), db.Doc(sendingBody{s.By, s.Intent, s.Side, s.Fields, s.Erase})}
}

// Intend implements engine.Store. It leaves the run's row alone: whoever stores outcomes at the same moment has its counts.
func (s *Store) Intend(ctx context.Context, ws string, l engine.Lease, run engine.Run, outcomes []engine.Commit) error {
	g := gather(ws, run, outcomes)
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		if err := tx.Each(ctx, putLink, g.links); err != nil {
			if db.IsUnique(err) {
				return fmt.Errorf("%w: %w", engine.ErrLinked, err)
			}
			return err
		}
		for i := range outcomes {
			if x := outcomes[i].Sending; x != nil {
				if err := countBeyond(ctx, tx, ws, x.Beyond); err != nil {
					return err
				}
			}
		}
		if err := tx.Each(ctx, putSending, g.sendings); err != nil {
			return err
		}
		return keepLosses(ctx, tx, ws, run.Pair, g.losses)
	})
}

// endSendings forgets updates whose outcome is stored.
func endSendings(ctx context.Context, tx *db.Tx, ws string, links []string) error {
	if len(links) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "delete from sending where workspace_id = $1 and link in [$2]", ws, db.Strings(links))
	return err
}

// Sendings implements engine.Store.
func (s *Store) Sendings(ctx context.Context, ws string, links []string) (map[string]engine.Sending, error) {
	found := map[string]engine.Sending{}
	if len(links) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, "select link, run, sent_at, body from sending where workspace_id = $1 and link in [$2]", []any{ws, db.Strings(links)},
		func(r *sql.Rows) error {
			var x engine.Sending
			var b sendingBody
			err := r.Scan(&x.Link, &x.Run, db.Time(&x.At), db.JSON(&b))
			x.By, x.Intent, x.Side, x.Fields, x.Erase = b.By, b.Intent, b.Side, b.Fields, b.Erase
			found[x.Link] = x
			return err
		})
	return found, err
}
