package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/automation"
)

// BeginFiring implements automation.Firings. While the brake holds one, it holds all that come after: a person is to look at them. The
// automation is held meanwhile, so that two who count at once do not both let the last one through.
func (s *Store) BeginFiring(ctx context.Context, ws string, f automation.Firing, now time.Time) (begun time.Time, most int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		begun = time.Time{}
		a, err := lockedAutomation(ctx, tx, ws, f.Automation)
		if err != nil {
			return err
		}
		var fence int64
		var state automation.State
		found, err := tx.Get(ctx, "select fence, state from firing where workspace_id = $1 and id = $2"+tx.ForUpdate(), []any{ws, f.ID}, &fence, &state)
		if err == nil && (!found || fence != f.Fence || state.Over()) {
			err = automation.ErrLost
		}
		if err != nil {
			return err
		}
		most = a.Published.Brake()
		let, err := mayBegin(ctx, tx, ws, f, most, now)
		if err != nil || !let {
			return err
		}
		if begun = now; f.Trigger == automation.ByPerson {
			begun = automation.Loosed
		}
		_, err = tx.Exec(ctx, "update firing set begun_at = $3 where workspace_id = $1 and id = $2", ws, f.ID, db.MS(begun))
		return err
	})
	return begun, most, err
}

func mayBegin(ctx context.Context, tx *db.Tx, ws string, f automation.Firing, most int, now time.Time) (bool, error) {
	if f.Trigger == automation.ByPerson {
		return true, nil
	}
	var one, n int
	held, err := tx.Get(ctx, "select 1 from firing where workspace_id = $1 and automation = $2 and held = 1 limit 1", []any{ws, f.Automation}, &one)
	if held || err != nil {
		return false, err
	}
	_, err = tx.Get(ctx, "select count(*) from firing where workspace_id = $1 and automation = $2 and begun_at > $3", []any{ws, f.Automation, db.MS(now.Add(-automation.BrakeHour))}, &n)
	return n < most, err
}

// HeldFirings are how many firings the brake of each automation holds, those without any left out.
func (s *Store) HeldFirings(ctx context.Context, ws string) (map[string]int, error) {
	out := map[string]int{}
	err := db.Walk(ctx, s.db, "select automation, count(*) from firing where workspace_id = $1 and held = 1 group by automation", []any{ws}, func(r *sql.Rows) error {
		var id string
		var n int
		err := r.Scan(&id, &n)
		out[id] = n
		return err
	})
	return out, err
}

// LooseFirings lets all go on that the brake of an automation holds, or ends them as a person says. It returns how many.
func (s *Store) LooseFirings(ctx context.Context, ws, id, by string, end bool) (n int64, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if _, err = lockedAutomation(ctx, tx, ws, id); err != nil {
			return err
		}
		state, reason, due, over := automation.Open, "", db.MS(s.now()), int64(0)
		if end {
			state, reason, due, over = automation.Ended, "Ended by "+by+".", 0, db.MS(s.now())
		}
		n, err = tx.Exec(ctx, `update firing set state = $3, reason = $4, due_at = $5, over_at = $6, begun_at = $7, held = 0, fence = fence + 1
			where workspace_id = $1 and automation = $2 and held = 1`, ws, id, string(state), reason, due, over, db.MS(automation.Loosed))
		return err
	})
	return n, err
}

// countAgain has what the brake holds begin by a brake that was let out.
func (s *Store) countAgain(ctx context.Context, tx *db.Tx, ws, id string) error {
	_, err := tx.Exec(ctx, "update firing set state = 'open', reason = '', due_at = $3, held = 0, fence = fence + 1 where workspace_id = $1 and automation = $2 and held = 1", ws, id, db.MS(s.now()))
	return err
}
