package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// KeepPlan keeps what a dry run of a flow foretold until it is carried out, and no longer what was approved of the flow before.
// SwitchOn does it with the approval.
func (s *Store) KeepPlan(ctx context.Context, ws, flow, run string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return keepPlan(ctx, tx, ws, flow, run) })
}

// keepPlan fails with ErrOutdated where the dry run tells of an account that was taken for another one, which was taken back since.
func keepPlan(ctx context.Context, tx *db.Tx, ws, flow, run string) error {
	var back bool
	if _, err := tx.Get(ctx, `select r.started_at < p.deleted_at from run r join pair p on p.workspace_id = r.workspace_id and p.id = r.pair
		where r.workspace_id = $1 and r.id = $2`, []any{ws, run}, &back); err != nil {
		return err
	}
	if back {
		return ErrOutdated
	}
	if _, err := tx.Exec(ctx, "update run set kept = false where workspace_id = $1 and flow = $2 and kept and id <> $3", ws, flow, run); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "update run set kept = true where workspace_id = $1 and flow = $2 and id = $3 and dry", ws, flow, run)
	return err
}

// KeptPlan implements engine.Store.
func (s *Store) KeptPlan(ctx context.Context, ws, run string) (plan engine.Run, beyond int, kept bool, err error) {
	there, err := s.db.Get(ctx, "select beyond, kept from run where workspace_id = $1 and id = $2", []any{ws, run}, &beyond, &kept)
	if err != nil || !there || !kept {
		return plan, 0, false, err
	}
	plan, err = s.RunByID(ctx, ws, run)
	return plan, beyond, err == nil, err
}

// PlanDone implements engine.Store.
func (s *Store) PlanDone(ctx context.Context, ws string, l engine.Lease, run string) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update run set kept = false where workspace_id = $1 and id = $2", ws, run)
		return err
	})
}

// countBeyond counts a write that goes beyond an approved dry run, with the intent to make it.
func countBeyond(ctx context.Context, tx *db.Tx, ws, run string) error {
	if run == "" {
		return nil
	}
	_, err := tx.Exec(ctx, "update run set beyond = beyond + 1 where workspace_id = $1 and id = $2", ws, run)
	return err
}

// Approved implements engine.Store.
func (s *Store) Approved(ctx context.Context, ws, run string, ids [2][]string) (out []engine.Entry, err error) {
	seen := map[string]bool{}
	for side, column := range [2]string{"a_id", "b_id"} {
		if len(ids[side]) == 0 {
			continue
		}
		err := db.Walk(ctx, s.db, "select "+entryColumns+" from run_entry where workspace_id = $1 and run = $2 and planned and "+column+" in [$3]",
			[]any{ws, run, db.Strings(ids[side])}, func(r *sql.Rows) error {
				e, err := scanEntry(r)
				if !seen[e.ID] {
					seen[e.ID], out = true, append(out, e)
				}
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CountHeld implements engine.Store.
func (s *Store) CountHeld(ctx context.Context, ws, pair string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from review where workspace_id = $1 and pair = $2 and plan <> '' and alone_by = ''", []any{ws, pair}, &n)
	return n, err
}

// WakeHeld implements engine.Store.
func (s *Store) WakeHeld(ctx context.Context, ws string, l engine.Lease, pair string, now time.Time) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		p, err := pairByID(ctx, tx, ws, pair)
		if err != nil {
			return err
		}
		for side, conn := range p.Conns {
			if _, err := tx.Exec(ctx, `insert into inbox (workspace_id, pair, side, id, parent, reason, hint_at, due_at, seq, attempts, problem)
				select r.workspace_id, r.pair, r.side, r.id, m.parent, 'seen', $6, $6, 1, 0, '' from review r
				join mirror m on m.workspace_id = r.workspace_id and m.conn = $3 and m.object = $4 and m.id = r.id
				where r.workspace_id = $1 and r.pair = $2 and r.side = $5 and r.plan <> '' and r.alone_by = '' `+hintAgain,
				ws, pair, conn, p.Object, int64(side), db.MS(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// PlanSeen names what a record waits with, so that nobody accepts what they did not see.
func PlanSeen(plan *engine.Line) string {
	text, err := json.Marshal(plan)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
