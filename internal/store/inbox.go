package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// The inbox holds at most one line per record of a pair. A further hint for a record that has a line makes the line
// newer (seq), never later: it is due at the earlier of the two times. Attempts and problem of the line stay, because
// they tell how the record fared so far. A word from outside (engine: webhook, absent) stays until the record itself was
// read: the page of a lagging index that came after it may not show what it was about.

const hintAgain = `on conflict (workspace_id, pair, side, id) do update set
	seq = inbox.seq + 1,
	hint_at = case when excluded.hint_at > inbox.hint_at then excluded.hint_at else inbox.hint_at end,
	reason = case when inbox.reason in ('webhook', 'absent') and excluded.reason not in ('webhook', 'absent') then inbox.reason else excluded.reason end,
	parent = case when excluded.parent = '' then inbox.parent else excluded.parent end,
	due_at = case when excluded.due_at < inbox.due_at then excluded.due_at else inbox.due_at end`

const putHint = `insert into inbox (workspace_id, pair, side, id, parent, reason, hint_at, due_at, seq, attempts, problem)
	values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) ` + hintAgain

// putHints adds hints to the inbox of a pair. They go in one order, so that two transactions cannot block each other.
func putHints(ctx context.Context, tx *db.Tx, ws, pair string, hints []engine.Hint) error {
	hints = slices.Clone(hints)
	slices.SortStableFunc(hints, func(x, y engine.Hint) int { return cmp.Or(cmp.Compare(x.Side, y.Side), cmp.Compare(x.ID, y.ID)) })
	rows := make([][]any, len(hints))
	for i, h := range hints {
		rows[i] = []any{ws, pair, int64(h.Side), h.ID, h.Parent, h.Reason, db.MS(h.At), db.MS(h.Due), int64(h.Attempts), h.Problem}
	}
	return tx.Each(ctx, putHint, rows)
}

// Hints implements engine.Store.
func (s *Store) Hints(ctx context.Context, ws, pair string, now time.Time, after engine.Place, limit int) ([]engine.Hint, error) {
	return db.All(ctx, s.db, `select side, id, parent, reason, hint_at, due_at, seq, attempts, problem from inbox
		where workspace_id = $1 and pair = $2 and (side, id) > ($3, $4) and due_at <= $5 order by side, id limit $6`,
		[]any{ws, pair, int64(after.Side), after.ID, db.MS(now), limit}, scanHint)
}

// Problems lists lines of the inbox whose last look failed, after the given place: those that are tried again, and those
// that wait for a change.
func (s *Store) Problems(ctx context.Context, ws, pair string, after engine.Place, limit int) ([]engine.Hint, error) {
	return db.All(ctx, s.db, `select side, id, parent, reason, hint_at, due_at, seq, attempts, problem from inbox
		where workspace_id = $1 and pair = $2 and (side, id) > ($3, $4) and problem <> '' order by side, id limit $5`,
		[]any{ws, pair, int64(after.Side), after.ID, limit}, scanHint)
}

// Parked lists a few records of a pair that a system does not take for a problem, and that are not tried again by themselves.
func (s *Store) Parked(ctx context.Context, ws, pair, problem string, limit int) ([]engine.Hint, error) {
	return db.All(ctx, s.db, `select side, id, parent, reason, hint_at, due_at, seq, attempts, problem from inbox
		where workspace_id = $1 and pair = $2 and problem = $3 and problem <> '' and reason = 'parked' order by side, id limit $4`,
		[]any{ws, pair, problem, limit}, scanHint)
}

func scanHint(r *sql.Rows) (h engine.Hint, err error) {
	err = r.Scan(&h.Side, &h.ID, &h.Parent, &h.Reason, db.Time(&h.At), db.Time(&h.Due), &h.Seq, &h.Attempts, &h.Problem)
	return h, err
}

// Pending implements engine.Store. next is the earliest due time of all lines, past or future.
func (s *Store) Pending(ctx context.Context, ws, pair string, by time.Time) (due int, next time.Time, err error) {
	var first sql.NullInt64
	_, err = s.db.Get(ctx, "select count(case when due_at <= $3 then 1 end), min(due_at) from inbox where workspace_id = $1 and pair = $2",
		[]any{ws, pair, db.MS(by)}, &due, &first)
	return due, db.FromMS(first.Int64), err
}

// AddHints implements engine.Store.
func (s *Store) AddHints(ctx context.Context, ws, pair string, hints []engine.Hint) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := pairByID(ctx, tx, ws, pair); err != nil {
			return err
		}
		return putHints(ctx, tx, ws, pair, hints)
	})
}

// settleHints takes finished lines away and puts others back, unless a newer hint came in meanwhile: then the line
// stays as it is, due at once. A hint that was never a line (Seq 0) becomes one.
func settleHints(ctx context.Context, tx *db.Tx, ws, pair string, finished, again []engine.Hint) error {
	// Nearly all lines are of one side and new (seq 1), so that these are one statement or two.
	type kind struct {
		side engine.Side
		seq  int64
	}
	gone := map[kind][]string{}
	for _, h := range finished {
		k := kind{h.Side, h.Seq}
		gone[k] = append(gone[k], h.ID)
	}
	for k, ids := range gone {
		if _, err := tx.Exec(ctx, "delete from inbox where workspace_id = $1 and pair = $2 and side = $3 and seq = $4 and id in [$5]",
			ws, pair, int64(k.side), k.seq, db.Strings(ids)); err != nil {
			return err
		}
	}
	var back [][]any
	var fresh []engine.Hint
	for _, h := range again {
		if h.Seq == 0 {
			fresh = append(fresh, h)
			continue
		}
		back = append(back, []any{ws, pair, int64(h.Side), h.ID, h.Seq, h.Parent, h.Reason, db.MS(h.At), db.MS(h.Due), int64(h.Attempts), h.Problem})
	}
	if err := tx.Each(ctx, `update inbox set parent = $6, reason = $7, hint_at = $8, due_at = $9, attempts = $10, problem = $11
		where workspace_id = $1 and pair = $2 and side = $3 and id = $4 and seq = $5`, back); err != nil {
		return err
	}
	return putHints(ctx, tx, ws, pair, fresh)
}
