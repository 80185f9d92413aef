package store

import (
	"context"
	"database/sql"
	"math"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// The history of one pair of records.

// Moment is a place in the history of a link: a line of the log of a run.
type Moment struct {
	At      time.Time
	Run, ID string
}

// History lists what runs did to the two records of a link, newest first, before a moment (zero: from the newest on).
func (s *Store) History(ctx context.Context, ws, link string, before Moment, limit int) ([]engine.Entry, error) {
	at := int64(math.MaxInt64)
	if !before.At.IsZero() {
		at = db.MS(before.At)
	}
	return db.All(ctx, s.db, "select "+entryColumns+` from run_entry where workspace_id = $1 and link = $2 and link <> '' and not planned
		and (at, run, id) < ($3, $4, $5) order by at desc, run desc, id desc limit $6`, []any{ws, link, at, before.Run, before.ID, limit}, scanEntry)
}

// ChildLinks lists the live links of a pair whose records hang on those of a link, after an id.
func (s *Store) ChildLinks(ctx context.Context, ws, link, pair, after string, limit int) ([]engine.Link, error) {
	return db.All(ctx, s.db, "select "+linkColumns+` from link where workspace_id = $1 and parent_link = $2 and parent_link <> '' and pair = $3 and `+live+`
		and id > $4 order by id limit $5`, []any{ws, link, pair, after, limit}, scanLink)
}

// CountChildren counts the live links whose records hang on those of a link, by pair.
func (s *Store) CountChildren(ctx context.Context, ws, link string) (map[string]int, error) {
	n := map[string]int{}
	err := db.Walk(ctx, s.db, "select pair, count(*) from link where workspace_id = $1 and parent_link = $2 and parent_link <> '' and "+live+" group by pair",
		[]any{ws, link}, func(r *sql.Rows) error {
			var pair string
			var count int
			err := r.Scan(&pair, &count)
			n[pair] = count
			return err
		})
	return n, err
}

const conflictColumns = "id, pair, link, field, open, rule, lost, a_value, b_value, run, opened_at, settled_at"

// A value that gave way was settled when it was noted; what waited for a person was settled later, and gave way to nobody.
const gaveWay = "not open and settled_at = opened_at"

// Losses lists the values that gave way in a link, newest first, before an id ("" from the newest on).
func (s *Store) Losses(ctx context.Context, ws, link, before string, limit int) ([]StoredConflict, error) {
	return db.All(ctx, s.db, "select "+conflictColumns+" from conflict where workspace_id = $1 and link = $2 and "+gaveWay+` and (id < $3 or $3 = '')
		order by id desc limit $4`, []any{ws, link, before, limit}, scanConflict)
}

// LossesOfRun lists the values that gave way in a run, after an id.
func (s *Store) LossesOfRun(ctx context.Context, ws, run, after string, limit int) ([]StoredConflict, error) {
	return db.All(ctx, s.db, "select "+conflictColumns+" from conflict where workspace_id = $1 and run = $2 and "+gaveWay+` and id > $3
		order by id limit $4`, []any{ws, run, after, limit}, scanConflict)
}

// CountLosses counts the values that gave way in a run.
func (s *Store) CountLosses(ctx context.Context, ws, run string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from conflict where workspace_id = $1 and run = $2 and "+gaveWay, []any{ws, run}, &n)
	return n, err
}

// Loss is one value that gave way.
func (s *Store) Loss(ctx context.Context, ws, id string) (StoredConflict, error) {
	list, err := db.All(ctx, s.db, "select "+conflictColumns+" from conflict where workspace_id = $1 and id = $2 and "+gaveWay, []any{ws, id}, scanConflict)
	if err == nil && len(list) == 0 {
		err = notFound("value", id)
	}
	return first(list), err
}

// Waits lists the fields of a link that wait for a person.
func (s *Store) Waits(ctx context.Context, ws, link string) ([]StoredConflict, error) {
	return db.All(ctx, s.db, "select "+conflictColumns+" from conflict where workspace_id = $1 and link = $2 and open order by field", []any{ws, link}, scanConflict)
}

// OrdersOf lists what people decided about fields of a link, newest first.
func (s *Store) OrdersOf(ctx context.Context, ws, link string, limit int) ([]engine.Order, error) {
	return db.All(ctx, s.db, "select "+orderColumns+` from person_order where workspace_id = $1 and link = $2 and link <> ''
		order by given_at desc, id desc limit $3`, []any{ws, link, limit}, scanOrder)
}

// LinkedIn implements engine.Store.
func (s *Store) LinkedIn(ctx context.Context, ws, conn, object, id string) (links []string, err error) {
	for _, column := range []string{"a", "b"} {
		more, err := db.All(ctx, s.db, "select l.id from pair p join link l on l.workspace_id = p.workspace_id and l.pair = p.id and l."+column+`_id = $4
			and l.state in ('on', 'one_gone') where p.workspace_id = $1 and p.conn_`+column+" = $2 and p.object = $3", []any{ws, conn, object, id}, scanID)
		if err != nil {
			return nil, err
		}
		links = append(links, more...)
	}
	return links, nil
}
