package store

import (
	"context"
	"database/sql"

	"couplet/db"
)

// A secret is stored sealed; nothing in this package can open it.

// SealedSecret is one row of the secrets, for sealing all of them again.
type SealedSecret struct {
	Workspace, Connection, Kind string
	Sealed                      []byte
}

const putSecret = `insert into secret (workspace_id, connection, kind, sealed, stored_at) values ($1, $2, $3, $4, $5)
	on conflict (workspace_id, connection, kind) do update set sealed = excluded.sealed, stored_at = excluded.stored_at`

// SaveSecret stores a sealed secret of a connection.
func (s *Store) SaveSecret(ctx context.Context, ws, conn, kind string, sealed []byte) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var one int
		found, err := tx.Get(ctx, "select 1 from connection where workspace_id = $1 and id = $2", []any{ws, conn}, &one)
		if err == nil && !found {
			err = notFound("connection", conn)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, putSecret, ws, conn, kind, sealed, db.MS(s.now()))
		return err
	})
}

// Secret returns a sealed secret, and no bytes when none is stored.
func (s *Store) Secret(ctx context.Context, ws, conn, kind string) (sealed []byte, err error) {
	_, err = s.db.Get(ctx, "select sealed from secret where workspace_id = $1 and connection = $2 and kind = $3", []any{ws, conn, kind}, &sealed)
	return sealed, err
}

// DeleteSecret forgets a secret.
func (s *Store) DeleteSecret(ctx context.Context, ws, conn, kind string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from secret where workspace_id = $1 and connection = $2 and kind = $3", ws, conn, kind)
		return err
	})
}

// AllSecrets lists the secrets of all workspaces, for a change of the key.
func (s *Store) AllSecrets(ctx context.Context) ([]SealedSecret, error) {
	return allSecrets(ctx, s.db)
}

func allSecrets(ctx context.Context, q db.Queryer) ([]SealedSecret, error) {
	return db.All(ctx, q, "select workspace_id, connection, kind, sealed from secret order by workspace_id, connection, kind", nil,
		func(r *sql.Rows) (x SealedSecret, err error) {
			err = r.Scan(&x.Workspace, &x.Connection, &x.Kind, &x.Sealed)
			return x, err
		})
}

// ReplaceSecrets seals the secrets of all workspaces again, all or none: reseal is given each and returns what is
// stored in its place, nil to leave it. It says how many were replaced. A secret that is stored meanwhile waits.
func (s *Store) ReplaceSecrets(ctx context.Context, reseal func(SealedSecret) ([]byte, error)) (int, error) {
	var n int
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		n = 0
		all, err := allSecrets(ctx, tx)
		if err != nil {
			return err
		}
		var rows [][]any
		for _, x := range all {
			sealed, err := reseal(x)
			if err != nil {
				return err
			}
			if sealed != nil {
				rows = append(rows, []any{x.Workspace, x.Connection, x.Kind, sealed, db.MS(s.now()), x.Sealed})
			}
		}
		n = len(rows)
		return tx.Each(ctx, "update secret set sealed = $4, stored_at = $5 where workspace_id = $1 and connection = $2 and kind = $3 and sealed = $6", rows)
	})
	return n, err
}
