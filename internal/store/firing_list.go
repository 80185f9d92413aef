package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/automation"
)

// FiringsOf lists the firings of an automation, the newest first: those before one (its id, "" for the newest), in a state ("" for
// all).
func (s *Store) FiringsOf(ctx context.Context, ws, id string, state automation.State, before string, limit int) ([]automation.Firing, error) {
	return db.All(ctx, s.db, "select "+firingColumns+` from firing where workspace_id = $1 and automation = $2 and ($3 = '' or state = $3) and ($4 = '' or id < $4)
		order by id desc limit $5`, []any{ws, id, string(state), before, limit}, scanFiring)
}

// Firing finds one.
func (s *Store) Firing(ctx context.Context, ws, id string) (automation.Firing, error) {
	return oneFiring(ctx, s.db, ws, id, "")
}

func oneFiring(ctx context.Context, q db.Queryer, ws, id, lock string) (automation.Firing, error) {
	list, err := db.All(ctx, q, "select "+firingColumns+" from firing where workspace_id = $1 and id = $2"+lock, []any{ws, id}, scanFiring)
	if err == nil && len(list) == 0 {
		err = notFound("firing", id)
	}
	return first(list), err
}

// FiringCounts are how many firings of an automation stand in each state.
func (s *Store) FiringCounts(ctx context.Context, ws, id string) (map[automation.State]int, error) {
	out := map[automation.State]int{}
	err := db.Walk(ctx, s.db, "select state, count(*) from firing where workspace_id = $1 and automation = $2 group by state", []any{ws, id}, func(r *sql.Rows) error {
		var state automation.State
		var n int
		err := r.Scan(&state, &n)
		out[state] = n
		return err
	})
	return out, err
}

// ChangeFiring changes a firing as a person decides, whoever works on it: that one loses it. change is given the firing and the
// entries of its steps, and returns the entries to store; a firing that it leaves with an error stays as it was.
func (s *Store) ChangeFiring(ctx context.Context, ws, id string, change func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, error)) (f automation.Firing, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if f, err = oneFiring(ctx, tx, ws, id, tx.ForUpdate()); err != nil {
			return err
		}
		entries, err := db.All(ctx, tx, "select body from firing_entry where workspace_id = $1 and firing = $2 order by seq, at", []any{ws, id}, scanFiringEntry)
		if err != nil {
			return err
		}
		out, err := change(&f, entries)
		if err != nil {
			return err
		}
		for _, e := range out {
			if err := putFiringEntry(ctx, tx, ws, id, e); err != nil {
				return err
			}
		}
		f.Fence++
		if _, err := tx.Exec(ctx, "update firing set fence = $3 where workspace_id = $1 and id = $2", ws, id, f.Fence); err != nil {
			return err
		}
		return settleFiring(ctx, tx, ws, f)
	})
	return f, err
}
