package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// StoredConflict is a conflict with what the store adds to it.
type StoredConflict struct {
	engine.Conflict
	ID, Pair string
	// Settled is when an open conflict ended, or when one that a policy settled was noted.
	Settled time.Time
}

// putConflict keeps one open line per field of a link, which follows what the two sides show now.
const putConflict = `insert into conflict (workspace_id, id, pair, link, field, open, rule, lost, a_value, b_value, run, opened_at, settled_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
	on conflict (workspace_id, link, field) where open do update set rule = excluded.rule, a_value = excluded.a_value, b_value = excluded.b_value, run = excluded.run`

// keepLosses stores what gave way: once for each run, however often the run has to try the write that overwrites it.
func keepLosses(ctx context.Context, tx *db.Tx, ws, pair string, all []engine.Conflict) error {
	var rows [][]any
	for i := range all {
		c := &all[i]
		var one int
		known, err := tx.Get(ctx, `select 1 from conflict where workspace_id = $1 and link = $2 and field = $3 and not open and run = $4
			and a_value = $5 and b_value = $6`, []any{ws, c.Link, c.Field, c.Run, db.Doc(c.V[0]), db.Doc(c.V[1])}, &one)
		if err != nil {
			return err
		}
		if !known {
			rows = append(rows, conflictRow(ws, pair, c))
		}
	}
	return tx.Each(ctx, putConflict, rows)
}

func conflictRow(ws, pair string, c *engine.Conflict) []any {
	settled := c.At
	if c.Open {
		settled = time.Time{}
	}
	return []any{ws, engine.NewID("con", c.At), pair, c.Link, c.Field, c.Open, c.Rule, int64(c.Lost), db.Doc(c.V[0]), db.Doc(c.V[1]), c.Run, db.MS(c.At), db.MS(settled)}
}

// resolution ends the open conflicts of fields of a link.
type resolution struct {
	link   string
	fields []string
	at     time.Time
}

// anyField stands for every field of a link.
const anyField = ""

// settleConflicts ends open conflicts. Nearly always there are none, so it first asks which links have any.
func settleConflicts(ctx context.Context, tx *db.Tx, ws string, all []resolution) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.link
	}
	open := map[string]bool{}
	err := db.Walk(ctx, tx, "select distinct link from conflict where workspace_id = $1 and open and link in [$2]", []any{ws, db.Strings(ids)},
		func(r *sql.Rows) error {
			id, err := scanID(r)
			open[id] = true
			return err
		})
	if err != nil {
		return err
	}
	var rows [][]any
	for _, r := range all {
		if !open[r.link] {
			continue
		}
		for _, f := range r.fields {
			rows = append(rows, []any{ws, r.link, f, db.MS(r.at)})
		}
	}
	// The next conflict of the field may be opened in the same transaction, so this comes before putConflict.
	return tx.Each(ctx, "update conflict set open = false, settled_at = $4 where workspace_id = $1 and link = $2 and (field = $3 or $3 = '') and open", rows)
}

// Conflicts lists conflicts of a pair after an id, the open ones or the settled ones.
func (s *Store) Conflicts(ctx context.Context, ws, pair string, open bool, after string, limit int) ([]StoredConflict, error) {
	which := "not open"
	if open {
		which = "open"
	}
	return db.All(ctx, s.db, `select id, pair, link, field, open, rule, lost, a_value, b_value, run, opened_at, settled_at from conflict
		where workspace_id = $1 and pair = $2 and `+which+" and id > $3 order by id limit $4", []any{ws, pair, after, limit}, scanConflict)
}

func scanConflict(r *sql.Rows) (c StoredConflict, err error) {
	err = r.Scan(&c.ID, &c.Pair, &c.Link, &c.Field, &c.Open, &c.Rule, &c.Lost, db.JSON(&c.V[0]), db.JSON(&c.V[1]), &c.Run, db.Time(&c.At), db.Time(&c.Settled))
	return c, err
}

// CountConflicts counts the open conflicts of a pair.
func (s *Store) CountConflicts(ctx context.Context, ws, pair string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from conflict where workspace_id = $1 and pair = $2 and open", []any{ws, pair}, &n)
	return n, err
}
