package store

import (
	"context"
	"database/sql"
	"slices"

	"couplet/db"
	"couplet/internal/engine"
)

const putEntry = `insert into run_entry (workspace_id, run, id, at, link, a_id, b_id, result, written, reason, fields, calls, planned, sides, need, by_user, version)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
	on conflict (workspace_id, run, id) do update set at = excluded.at, link = excluded.link, a_id = excluded.a_id, b_id = excluded.b_id,
		result = excluded.result, written = excluded.written, reason = excluded.reason, fields = excluded.fields, calls = excluded.calls, planned = excluded.planned,
		sides = excluded.sides, need = excluded.need, by_user = excluded.by_user, version = excluded.version`

const entryColumns = "run, id, at, link, a_id, b_id, result, written, reason, fields, calls, planned, sides, by_user, version"

func entryRow(ws string, e *engine.Entry) []any {
	return []any{ws, e.Run, e.ID, db.MS(e.At), e.Link, e.IDs[0], e.IDs[1], string(e.Result), int64(e.To), e.Reason,
		docOr(e.Fields, len(e.Fields)), docOr(e.Calls, len(e.Calls)), e.Planned, sidesOf(e.Sides), needs(e), e.By, e.Version}
}

// sidesOf is a set of sides as a number: 1 is a, 2 is b, 3 both.
func sidesOf(sides [2]bool) (n int64) {
	for side, in := range sides {
		if in {
			n |= 1 << side
		}
	}
	return n
}

// needs reports whether a line of the log waits for a person.
func needs(e *engine.Entry) bool {
	return e.Result == engine.ResultReview || e.Result == engine.ResultFailed || slices.ContainsFunc(e.Fields, func(f engine.FieldChange) bool {
		return f.Outcome == engine.OpenClash || f.Outcome == engine.Broken
	})
}

func scanEntry(r *sql.Rows) (e engine.Entry, err error) { return scanEntryAnd(r) }

func scanEntryAnd(r *sql.Rows, more ...any) (e engine.Entry, err error) {
	var sides int64
	err = r.Scan(append([]any{&e.Run, &e.ID, db.Time(&e.At), &e.Link, &e.IDs[0], &e.IDs[1], &e.Result, &e.To, &e.Reason, db.JSON(&e.Fields), db.JSON(&e.Calls),
		&e.Planned, &sides, &e.By, &e.Version}, more...)...)
	e.Sides = [2]bool{sides&1 > 0, sides&2 > 0}
	return e, err
}

// Entries lists the log of a run in order, after the entry `after` ("" for the beginning), of one result or of all ("").
func (s *Store) Entries(ctx context.Context, ws, run, after string, limit int, result engine.Result) ([]engine.Entry, error) {
	return db.All(ctx, s.db, "select "+entryColumns+` from run_entry where workspace_id = $1 and run = $2 and id > $3 and (result = $4 or $4 = '')
		order by id limit $5`, []any{ws, run, after, string(result), limit}, scanEntry)
}

// CountEntries counts the log of a run by result.
func (s *Store) CountEntries(ctx context.Context, ws, run string) (map[engine.Result]int, error) {
	n := map[engine.Result]int{}
	err := db.Walk(ctx, s.db, "select result, count(*) from run_entry where workspace_id = $1 and run = $2 group by result", []any{ws, run}, func(r *sql.Rows) error {
		var result engine.Result
		var count int
		err := r.Scan(&result, &count)
		n[result] = count
		return err
	})
	return n, err
}

// CountTouched implements engine.Store.
func (s *Store) CountTouched(ctx context.Context, ws, run string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(distinct link) from run_entry where workspace_id = $1 and run = $2 and link <> ''", []any{ws, run}, &n)
	return n, err
}
