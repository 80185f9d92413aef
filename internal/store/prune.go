package store

import (
	"context"
	"fmt"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Policy says how long each class of rows is kept.
type Policy struct {
	QuietRuns time.Duration // runs that found nothing to do
	Runs      time.Duration // all other runs, with their entries and call counts
	Events    time.Duration
	Conflicts time.Duration // settled ones; open ones wait for ever
	// Batch bounds the rows of one transaction, so that nobody waits long for the writer.
	Batch int
}

const day = 24 * time.Hour

// DefaultPolicy is what a workspace keeps unless it says otherwise; LeastPolicy and MostPolicy are as far as it can.
var (
	DefaultPolicy = Policy{QuietRuns: 7 * day, Runs: engine.UndoFor, Events: 3 * day, Conflicts: 30 * day, Batch: 1000}
	LeastPolicy   = Policy{QuietRuns: day, Runs: 7 * day, Events: day, Conflicts: 7 * day, Batch: 1000}
	MostPolicy    = Policy{QuietRuns: 90 * day, Runs: 365 * day, Events: 30 * day, Conflicts: 365 * day, Batch: 1000}
)

// Pruned counts what was deleted.
type Pruned struct{ Runs, Entries, Events, Conflicts, Keys int64 }

// Prune deletes from a workspace what has outlived its time, and on SQLite gives the room back to the disk.
func (s *Store) Prune(ctx context.Context, ws string, now time.Time, p Policy) (n Pruned, err error) {
	const oldRuns = `select id from run where workspace_id = $1 and over and not kept and (started_at < $2 or quiet and started_at < $3)`
	quiet, old := db.MS(now.Add(-p.QuietRuns)), db.MS(now.Add(-p.Runs))
	for _, step := range []struct {
		n    *int64
		text string
		args []any
	}{
		{&n.Entries, `delete from run_entry where workspace_id = $1 and (run, id) in (select e.run, e.id from run_entry e
			where e.workspace_id = $1 and e.run in (` + oldRuns + `) limit $4)`, []any{ws, old, quiet}},
		{new(int64), `delete from call_count where workspace_id = $1 and run in (select c.run from call_count c
			where c.workspace_id = $1 and c.run in (` + oldRuns + `) limit $4)`, []any{ws, old, quiet}},
		{new(int64), `delete from plan_field where workspace_id = $1 and (run, side, field, entry) in (select p.run, p.side, p.field, p.entry from plan_field p
			where p.workspace_id = $1 and p.run in (` + oldRuns + `) limit $4)`, []any{ws, old, quiet}},
		{&n.Runs, `delete from run where workspace_id = $1 and id in (` + oldRuns + ` limit $4)`, []any{ws, old, quiet}},
		{new(int64), `delete from run_hour where workspace_id = $1 and at in (select at from run_hour where workspace_id = $1 and at < $2 limit $3)`,
			[]any{ws, old}},
		{&n.Events, `delete from event where workspace_id = $1 and (conn, webhook_id) in (
			select conn, webhook_id from event where workspace_id = $1 and received_at < $2 limit $3)`, []any{ws, db.MS(now.Add(-p.Events))}},
		{&n.Conflicts, `delete from conflict where workspace_id = $1 and id in (
			select id from conflict where workspace_id = $1 and not open and settled_at < $2 limit $3)`, []any{ws, db.MS(now.Add(-p.Conflicts))}},
		{new(int64), `delete from person_order where workspace_id = $1 and id in (
			select id from person_order where workspace_id = $1 and state <> 'open' and over_at < $2 limit $3)`, []any{ws, db.MS(now.Add(-p.Conflicts))}},
		{new(int64), `delete from consent where workspace_id = $1 and id in (select id from consent where workspace_id = $1 and expires_at <= $2 limit $3)`, []any{ws, db.MS(now)}},
		{new(int64), `delete from once where workspace_id = $1 and (token, key) in (select token, key from once where workspace_id = $1 and began_at <= $2 limit $3)`, []any{ws, db.MS(now.Add(-OnceFor))}},
		{new(int64), `delete from firing where workspace_id = $1 and id in (select id from firing where workspace_id = $1 and over_at > 0 and over_at < $2 limit $3)`, []any{ws, old}},
		{&n.Keys, `delete from tombstone_key where workspace_id = $1 and (pair, side, hash, id) in (
			select pair, side, hash, id from tombstone_key where workspace_id = $1 and keys_until <= $2 limit $3)`, []any{ws, db.MS(now)}},
	} {
		if *step.n, err = s.sweep(ctx, step.text, append(step.args, max(1, p.Batch))); err != nil {
			return n, fmt.Errorf("old rows could not be deleted: %w", err)
		}
	}
	return n, s.db.Vacuum(ctx, 2000)
}

// sweep repeats a bounded delete until it finds nothing.
func (s *Store) sweep(ctx context.Context, text string, args []any) (total int64, err error) {
	for {
		var n int64
		err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, text, args...)
			return err
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}
