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

// Asks implements engine.Store.
func (s *Store) Asks(ctx context.Context, ws string, links []string) (map[string]map[string][2]any, error) {
	found := map[string]map[string][2]any{}
	if len(links) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, "select link, field, a_value, b_value from conflict where workspace_id = $1 and open and link in [$2]", []any{ws, db.Strings(links)},
		func(r *sql.Rows) error {
			var link, field string
			var v [2]any
			err := r.Scan(&link, &field, db.JSON(&v[0]), db.JSON(&v[1]))
			if found[link] == nil {
				found[link] = map[string][2]any{}
			}
			found[link][field] = v
			return err
		})
	return found, err
}

// Conflicts lists conflicts of a pair after an id, the open ones or the settled ones.
func (s *Store) Conflicts(ctx context.Context, ws, pair string, open bool, after string, limit int) ([]StoredConflict, error) {
	which := "not open"
	if open {
		which = "open"
	}
	return db.All(ctx, s.db, "select "+conflictColumns+` from conflict
		where workspace_id = $1 and pair = $2 and `+which+" and id > $3 order by id limit $4", []any{ws, pair, after, limit}, scanConflict)
}

func scanConflict(r *sql.Rows) (c StoredConflict, err error) {
	err = r.Scan(&c.ID, &c.Pair, &c.Link, &c.Field, &c.Open, &c.Rule, &c.Lost, db.JSON(&c.V[0]), db.JSON(&c.V[1]), &c.Run, db.Time(&c.At), db.Time(&c.Settled))
	return c, err
}

// OpenConflict is a field that waits for a person, with the link that it belongs to.
type OpenConflict struct {
	StoredConflict
	On engine.Link
}

const openConflict = `select c.id, c.pair, c.link, c.field, c.open, c.rule, c.lost, c.a_value, c.b_value, c.run, c.opened_at, c.settled_at,
	l.id, l.pair, l.a_id, l.b_id, l.state, l.made, l.run, l.made_at, l.base, l.parent_link
	from conflict c join link l on l.workspace_id = c.workspace_id and l.id = c.link
	where c.workspace_id = $1 and c.open and l.state = 'on' and `

func scanOpenConflict(r *sql.Rows) (c OpenConflict, err error) {
	l := &c.On
	err = r.Scan(&c.ID, &c.Pair, &c.Link, &c.Field, &c.Open, &c.Rule, &c.Lost, db.JSON(&c.V[0]), db.JSON(&c.V[1]), &c.Run, db.Time(&c.At), db.Time(&c.Settled),
		&l.ID, &l.Pair, &l.IDs[0], &l.IDs[1], &l.State, &l.Made, &l.Run, db.Time(&l.At), bases{&l.Base}, &l.Parent)
	return c, err
}

// OpenConflicts lists the open conflicts of a pair after an id, with their links. One whose link is not on is no question any more.
func (s *Store) OpenConflicts(ctx context.Context, ws, pair, after string, limit int) ([]OpenConflict, error) {
	return db.All(ctx, s.db, openConflict+"c.pair = $2 and c.id > $3 order by c.id limit $4", []any{ws, pair, after, limit}, scanOpenConflict)
}

// UnansweredConflicts lists the open conflicts of a pair that nobody answered yet, after an id: all, those of a field, or that of a field
// of a link.
func (s *Store) UnansweredConflicts(ctx context.Context, ws, pair, link, field, after string, limit int) ([]OpenConflict, error) {
	return db.All(ctx, s.db, openConflict+`c.pair = $2 and c.id > $3 and (c.link = $4 or $4 = '') and (c.field = $5 or $5 = '')
		and not exists (select 1 from person_order o where o.workspace_id = $1 and o.link = c.link and o.field = c.field and o.pair = c.pair and o.state = 'open')
		order by c.id limit $6`, []any{ws, pair, after, link, field, limit}, scanOpenConflict)
}

// OpenConflictByID returns an open conflict with its link.
func (s *Store) OpenConflictByID(ctx context.Context, ws, id string) (OpenConflict, error) {
	list, err := db.All(ctx, s.db, openConflict+"c.id = $2", []any{ws, id}, scanOpenConflict)
	if err == nil && len(list) == 0 {
		err = notFound("open conflict", id)
	}
	return first(list), err
}

// CountConflicts counts the open conflicts of a pair.
func (s *Store) CountConflicts(ctx context.Context, ws, pair string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from conflict where workspace_id = $1 and pair = $2 and open", []any{ws, pair}, &n)
	return n, err
}
