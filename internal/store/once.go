package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
)

const (
	// OnceFor is how long the answer to a request with a key is kept.
	OnceFor = 24 * time.Hour
	// onceLost is after how long nobody is carrying out a request any more: the server allows none that much.
	onceLost = 10 * time.Minute
)

// Once is a request of a program that is carried out once for its key.
type Once struct {
	// Token is the id of the token by which it came. Keys of one token are nothing to another.
	Token, Key string
	// Hash is that of the whole request.
	Hash  string
	Began time.Time
	// Status is that of the answer, 0 while there is none; Type, Location and Body are the rest of it.
	Status               int
	Type, Location, Body string
}

// BeginOnce notes that a request is carried out now. Of one whose key was used before it returns what is known instead; begun is
// false then.
func (s *Store) BeginOnce(ctx context.Context, ws string, o Once) (known Once, begun bool, err error) {
	o.Began = s.now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from once where workspace_id = $1 and token = $2 and key = $3 and (began_at <= $4 or status = 0 and began_at <= $5)",
			ws, o.Token, o.Key, db.MS(o.Began.Add(-OnceFor)), db.MS(o.Began.Add(-onceLost))); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "insert into once (workspace_id, token, key, hash, began_at, status, type, location, body) values ($1, $2, $3, $4, $5, 0, '', '', '') on conflict do nothing",
			ws, o.Token, o.Key, o.Hash, db.MS(o.Began))
		if known, begun = o, n == 1; begun || err != nil {
			return err
		}
		all, err := db.All(ctx, tx, "select token, key, hash, began_at, status, type, location, body from once where workspace_id = $1 and token = $2 and key = $3",
			[]any{ws, o.Token, o.Key}, func(r *sql.Rows) (x Once, err error) {
				return x, r.Scan(&x.Token, &x.Key, &x.Hash, db.Time(&x.Began), &x.Status, &x.Type, &x.Location, &x.Body)
			})
		known = first(all)
		return err
	})
	return known, begun, err
}

// EndOnce keeps the answer to a request that was begun. One with the status 0 did nothing, so that its key is free again.
func (s *Store) EndOnce(ctx context.Context, ws string, o Once) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		const one = " where workspace_id = $1 and token = $2 and key = $3 and began_at = $4"
		if o.Status == 0 {
			_, err := tx.Exec(ctx, "delete from once"+one, ws, o.Token, o.Key, db.MS(o.Began))
			return err
		}
		_, err := tx.Exec(ctx, "update once set status = $5, type = $6, location = $7, body = $8"+one, ws, o.Token, o.Key, db.MS(o.Began), o.Status, o.Type, o.Location, o.Body)
		return err
	})
}
