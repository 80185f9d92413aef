// Package store remembers everything: what was seen on both sides, what was agreed, what is still to be looked at, what
// was done and why. It is the only package besides db that holds SQL.
//
// # How to read it
//
// A file per noun. An exported method is one transaction (it opens one through db.Write, or is a single read) and calls
// unexported helpers that take the transaction. The tables are described in db/migrations/0001_start.sql.
//
// # Workspaces
//
// Every method takes the workspace and every statement names it. Each primary key holds it, so even a caller that
// comes by another workspace's ids finds and changes nothing there. The few methods that look across workspaces say so;
// they serve the scheduler and webhooks, and return the workspace of what they found.
//
// # Fences
//
// Methods that take an engine.Lease check it inside their transaction. A worker that was thought dead and wakes up
// again therefore changes nothing (sync-semantics 5.17).
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Store is the memory of one installation. It is safe for concurrent use.
type Store struct {
	db  *db.DB
	now func() time.Time
}

// New makes a Store on a migrated database. now stamps what people create and change; the engine passes its own times.
func New(d *db.DB, now func() time.Time) *Store { return &Store{db: d, now: now} }

var _ engine.Store = (*Store)(nil)

// ErrNotFound says that the workspace has no such thing.
var ErrNotFound = errors.New("not found")

// ErrExists says that the name is taken.
var ErrExists = errors.New("exists already")

func notFound(what, id string) error { return fmt.Errorf("%s %q: %w", what, id, ErrNotFound) }

// exists turns a refused row into ErrExists with what it is about.
func exists(err error, what, name string) error {
	if db.IsUnique(err) {
		return fmt.Errorf("%s %q: %w", what, name, ErrExists)
	}
	return err
}

// under runs fn in a transaction of the holder of a lease.
func (s *Store) under(ctx context.Context, ws string, l engine.Lease, fn func(*db.Tx) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := held(ctx, tx, ws, l); err != nil {
			return err
		}
		return fn(tx)
	})
}

// docOr is a list or map of n elements as a document, "" for an empty one.
func docOr(v any, n int) any {
	if n == 0 {
		return ""
	}
	return db.Doc(v)
}
