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
				if err := stillWanted(ctx, tx, ws, x.Erase); err != nil {
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

// stillWanted fails when a delete is about to be written down whose order is over. It changes nothing of the order but holds its row,
// so that whoever takes it back at the same moment sees the sending, or is seen here.
func stillWanted(ctx context.Context, tx *db.Tx, ws string, e *engine.Erasing) error {
	if e == nil || e.Order == "" {
		return nil
	}
	n, err := tx.Exec(ctx, "update person_order set by_user = by_user where workspace_id = $1 and id = $2 and state = 'open'", ws, e.Order)
	if err == nil && n == 0 {
		err = engine.ErrOrderOver
	}
	return err
}

// leaving fails with ErrUnderWay when a delete of a record that is linked is written down, so that its call left or is about to.
func leaving(ctx context.Context, tx *db.Tx, ws, pair string, side engine.Side, record string) error {
	var b sendingBody
	_, err := tx.Get(ctx, "select s.body from sending s join link l on l.workspace_id = s.workspace_id and l.id = s.link where l.workspace_id = $1 and l.pair = $2 and l."+
		[2]string{"a_id", "b_id"}[side]+" = $3 and l."+live, []any{ws, pair, record}, db.JSON(&b))
	if err == nil && b.Erase != nil && b.Erase.Side == side {
		err = ErrUnderWay
	}
	return err
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
