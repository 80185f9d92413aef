package store

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"

	"couplet/db"
	"couplet/internal/engine"
)

// What a dry run foretold, for the people who are to agree to it, and what a run did, counted the same way. The lines of
// both lie in the log; which fields of which records a dry run would change lies beside them, for counting and finding.

const putPlanField = "insert into plan_field (workspace_id, run, side, field, entry) values ($1, $2, $3, $4, $5) on conflict do nothing"

// planRows are the fields that a foretold line changes in records that exist.
func planRows(ws string, e *engine.Entry) (rows [][]any) {
	if !e.Planned || e.Result == engine.ResultCreated {
		return nil
	}
	for side, written := range e.Sides {
		for _, f := range e.Fields {
			if written && Changes(f, side) {
				rows = append(rows, []any{ws, e.Run, int64(side), f.Field, e.ID})
			}
		}
	}
	return rows
}

// Changes reports whether a decision about a field changes what a side holds.
func Changes(f engine.FieldChange, side int) bool {
	return !reflect.DeepEqual(f.Before[side], f.After[side])
}

// PlanGroup is one of the five results of a rehearsal.
type PlanGroup string

// The results, in the order in which they are always said.
const (
	PlanCreated PlanGroup = "created"
	PlanUpdated PlanGroup = "updated"
	PlanSame    PlanGroup = "same"
	PlanSkipped PlanGroup = "skipped"
	PlanNeed    PlanGroup = "need"
)

// PlanGroups are all of them.
var PlanGroups = []PlanGroup{PlanCreated, PlanUpdated, PlanSame, PlanSkipped, PlanNeed}

// groups says which lines belong to a group, and once for which sides: a pair that is changed on both sides is two changed
// records. What changes nothing is told once, for the side that the record is on.
var groups = map[PlanGroup]string{
	PlanCreated: "e.result = 'created' and s.side = e.written",
	PlanUpdated: "e.result <> 'created' and (e.sides = 3 or e.sides = s.side + 1)",
	PlanSame:    "e.result = 'linked' and e.sides = 0 and not e.need and " + once,
	PlanSkipped: "e.result = 'skipped' and not e.need and " + once,
	PlanNeed:    "e.need and " + once,
}

const (
	once     = "s.side = case when e.a_id = '' then 1 else 0 end"
	bothEnds = " from run_entry e join (select 0 as side union all select 1 as side) s on "
)

// PlanCounts counts what a rehearsal foretold: records by group and side.
type PlanCounts map[PlanGroup][2]int

// CountChanged counts the records that a run created or updated, or of a rehearsal, would.
func (s *Store) CountChanged(ctx context.Context, ws, run string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*)"+bothEnds+"("+groups[PlanCreated]+" or "+groups[PlanUpdated]+") where e.workspace_id = $1 and e.run = $2", []any{ws, run}, &n)
	return n, err
}

// All is the number of a group over both sides.
func (c PlanCounts) All(g PlanGroup) int { return c[g][0] + c[g][1] }

// PlanCounts counts the lines of a rehearsal.
func (s *Store) PlanCounts(ctx context.Context, ws, run string) (PlanCounts, error) {
	counts := PlanCounts{}
	for _, g := range PlanGroups {
		var n [2]int
		err := db.Walk(ctx, s.db, "select s.side, count(*)"+bothEnds+groups[g]+" where e.workspace_id = $1 and e.run = $2 group by s.side", []any{ws, run},
			func(r *sql.Rows) error {
				var side, count int
				err := r.Scan(&side, &count)
				n[side] = count
				return err
			})
		if err != nil {
			return nil, err
		}
		if n != [2]int{} {
			counts[g] = n
		}
	}
	return counts, nil
}

// FieldCount is how many records a rehearsal would change in one field.
type FieldCount struct {
	Field string
	N     int
}

// PlanFields counts the changes of a rehearsal by field, the most first, on one side or on both (-1).
func (s *Store) PlanFields(ctx context.Context, ws, run string, side int) ([]FieldCount, error) {
	return db.All(ctx, s.db, `select field, count(*) from plan_field where workspace_id = $1 and run = $2 and ($3 < 0 or side = $3)
		group by field order by count(*) desc, field`, []any{ws, run, int64(side)}, func(r *sql.Rows) (c FieldCount, err error) {
		return c, r.Scan(&c.Field, &c.N)
	})
}

// PlanView is the part of a rehearsal, or of what a run did, that somebody looks at.
type PlanView struct {
	Group PlanGroup
	Side  int    // -1 for both
	Field string // a key of the map, "" for all
	// Find are the words that a record must hold on one of its sides, in any field; Is decides about what was found so. Both
	// are empty for all records.
	Find string
	Is   func(m [2]engine.Mirror) bool
}

// PlanRow is a record of one side with what would be done about it.
type PlanRow struct {
	Entry engine.Entry
	Side  int
}

// PlanPlace is a place in such a list.
type PlanPlace struct {
	Entry string
	Side  int
}

// Plan lists what a rehearsal foretold, or what a run did, after a place, in the order in which it was decided.
func (s *Store) Plan(ctx context.Context, ws string, run engine.Run, v PlanView, after PlanPlace, limit int) ([]PlanRow, error) {
	cond, known := groups[v.Group]
	if !known {
		return nil, fmt.Errorf("a rehearsal has no group %q", v.Group)
	}
	pair, err := pairByID(ctx, s.db, ws, run.Pair)
	if err != nil {
		return nil, err
	}
	text := "select " + columnsOf("e", entryColumns) + ", s.side" + bothEnds + cond + " where e.workspace_id = $1 and e.run = $2 and (e.id, s.side) > ($3, $4)"
	args := []any{ws, run.ID, "", 0, limit}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprint("$", len(args))
	}
	if v.Side >= 0 {
		text += " and s.side = " + arg(int64(v.Side))
	}
	if v.Field != "" {
		text += " and exists (select 1 from plan_field f where f.workspace_id = $1 and f.run = $2 and f.side = s.side and f.field = " + arg(v.Field) + " and f.entry = e.id)"
	}
	if v.Find != "" {
		pattern := arg(likely(v.Find))
		for side, id := range [2]string{"e.a_id", "e.b_id"} {
			text += [2]string{" and (", " or "}[side] + "exists (select 1 from mirror m where m.workspace_id = $1 and m.conn = " + arg(pair.Conns[side]) +
				" and m.object = " + arg(pair.Object) + " and m.id = " + id + " and lower(m.fields) like " + pattern + ")"
		}
		text += ")"
	}
	text += " order by e.id, s.side limit $5"
	var out []PlanRow
	for {
		args[2], args[3] = after.Entry, int64(after.Side)
		rows, err := db.All(ctx, s.db, text, args, scanPlan)
		if err != nil {
			return nil, err
		}
		kept, err := s.fitting(ctx, ws, pair, v, rows)
		if err != nil {
			return nil, err
		}
		out = append(out, kept...)
		if len(rows) < limit || len(out) >= limit {
			return out[:min(len(out), limit)], nil
		}
		after = PlanPlace{rows[len(rows)-1].Entry.ID, rows[len(rows)-1].Side}
	}
}

func scanPlan(r *sql.Rows) (p PlanRow, err error) {
	p.Entry, err = scanEntryAnd(r, &p.Side)
	return p, err
}

func columnsOf(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

// fitting leaves out what was found by a field that nobody looked in.
func (s *Store) fitting(ctx context.Context, ws string, pair engine.Pair, v PlanView, rows []PlanRow) ([]PlanRow, error) {
	if v.Is == nil {
		return rows, nil
	}
	seen, err := s.Ends(ctx, ws, pair, rows)
	if err != nil {
		return nil, err
	}
	var kept []PlanRow
	for _, row := range rows {
		if v.Is([2]engine.Mirror{seen[0][row.Entry.IDs[0]], seen[1][row.Entry.IDs[1]]}) {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

// Ends are the records that rows are about, as they were last seen, by side and id.
func (s *Store) Ends(ctx context.Context, ws string, pair engine.Pair, rows []PlanRow) (seen [2]map[string]engine.Mirror, err error) {
	for side := range seen {
		ids := make([]string, 0, len(rows))
		for _, row := range rows {
			if id := row.Entry.IDs[side]; id != "" {
				ids = append(ids, id)
			}
		}
		if seen[side], err = s.Mirrors(ctx, ws, pair.Conns[side], pair.Object, ids); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// likely turns words into a pattern that finds at least what holds them: letters that the database may not know in both
// cases, and signs that are written otherwise in a document, stand for anything.
func likely(words string) string {
	var b strings.Builder
	b.WriteByte('%')
	for _, r := range strings.ToLower(words) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
			continue
		}
		b.WriteByte('%')
	}
	b.WriteByte('%')
	return b.String()
}

// PairByID finds a pair.
func (s *Store) PairByID(ctx context.Context, ws, id string) (engine.Pair, error) {
	return pairByID(ctx, s.db, ws, id)
}
