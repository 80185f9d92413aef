package store

import (
	"context"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Acquire implements engine.Store. A new holder gets a higher fence than any before, so that writes of an old one are
// recognised. When somebody alive holds the lease, it returns false and their lease.
func (s *Store) Acquire(ctx context.Context, ws, name, owner string, now, deadBefore time.Time) (engine.Lease, bool, error) {
	return s.take(ctx, ws, name, owner, now, "(owner = '' or beat_at < $5)", db.MS(deadBefore))
}

// TakeOver implements engine.Store. Whoever takes a lease raises its fence, so the same fence is the same holder.
func (s *Store) TakeOver(ctx context.Context, ws string, dead engine.Lease, owner string, now time.Time) (engine.Lease, bool, error) {
	return s.take(ctx, ws, dead.Name, owner, now, "fence = $5", dead.Fence)
}

// take takes a lease if a condition with one argument holds.
func (s *Store) take(ctx context.Context, ws, name, owner string, now time.Time, cond string, arg any) (l engine.Lease, ok bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into lease (workspace_id, name, owner, fence, beat_at) values ($1, $2, '', 0, 0)
			on conflict (workspace_id, name) do nothing`, ws, name); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update lease set owner = $3, fence = fence + 1, beat_at = $4
			where workspace_id = $1 and name = $2 and `+cond, ws, name, owner, db.MS(now), arg)
		if err != nil {
			return err
		}
		l, ok = engine.Lease{Name: name}, n > 0
		_, err = tx.Get(ctx, "select owner, fence from lease where workspace_id = $1 and name = $2", []any{ws, name}, &l.Owner, &l.Fence)
		return err
	})
	return l, ok, err
}

// Beat implements engine.Store. It returns engine.ErrCancelled when somebody asked for the run to be cancelled.
func (s *Store) Beat(ctx context.Context, ws string, l engine.Lease, run string, p engine.Progress, now time.Time) error {
	var cancel bool
	err := s.under(ctx, ws, l, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "update lease set beat_at = $3 where workspace_id = $1 and name = $2", ws, l.Name, db.MS(now)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update run set beat_at = $3, progress = $4 where workspace_id = $1 and id = $2", ws, run, db.MS(now), db.Doc(p)); err != nil {
			return err
		}
		_, err := tx.Get(ctx, "select cancel from run where workspace_id = $1 and id = $2", []any{ws, run}, &cancel)
		return err
	})
	if err == nil && cancel {
		return engine.ErrCancelled
	}
	return err
}

// Release implements engine.Store.
func (s *Store) Release(ctx context.Context, ws string, l engine.Lease) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update lease set owner = '' where workspace_id = $1 and name = $2", ws, l.Name)
		return err
	})
}

// held fails with engine.ErrLeaseLost unless the lease is held as given, and keeps it so until the commit.
func held(ctx context.Context, tx *db.Tx, ws string, l engine.Lease) error {
	var owner string
	var fence int64
	found, err := tx.Get(ctx, "select owner, fence from lease where workspace_id = $1 and name = $2"+tx.ForUpdate(), []any{ws, l.Name}, &owner, &fence)
	if err != nil {
		return err
	}
	if !found || l.Owner == "" || owner != l.Owner || fence != l.Fence {
		return engine.ErrLeaseLost
	}
	return nil
}
