package store

import (
	"context"

	"couplet/db"
	"couplet/internal/automation"
)

// FiringsOf lists the firings of an automation, the newest first: those before one (its id, "" for the newest), in a state ("" for
// all).
func (s *Store) FiringsOf(ctx context.Context, ws, id string, state automation.State, before string, limit int) ([]automation.Firing, error) {
	return s.Firings(ctx, ws, FiringFilter{Automation: id, State: state}, before, limit)
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

// ChangeFiring changes a firing as a person decides, whoever works on it: that one loses it. change is given the firing and the
// entries of its steps, and returns the entries to store; a firing that it leaves with an error stays as it was.
func (s *Store) ChangeFiring(ctx context.Context, ws, id string, change func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, error)) (f automation.Firing, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		f, err = changeFiring(ctx, tx, ws, id, change)
		return err
	})
	return f, err
}

func changeFiring(ctx context.Context, tx *db.Tx, ws, id string, change func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, error)) (automation.Firing, error) {
	f, err := oneFiring(ctx, tx, ws, id, tx.ForUpdate())
	if err != nil {
		return f, err
	}
	entries, err := db.All(ctx, tx, "select body from firing_entry where workspace_id = $1 and firing = $2 order by seq, at", []any{ws, id}, scanFiringEntry)
	if err != nil {
		return f, err
	}
	out, err := change(&f, entries)
	if err != nil {
		return f, err
	}
	for _, e := range out {
		if err := putFiringEntry(ctx, tx, ws, id, e); err != nil {
			return f, err
		}
	}
	f.Fence++
	if _, err := tx.Exec(ctx, "update firing set fence = $3 where workspace_id = $1 and id = $2", ws, id, f.Fence); err != nil {
		return f, err
	}
	return f, settleFiring(ctx, tx, ws, f)
}
