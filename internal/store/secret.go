package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/connection"
)

// A secret is stored sealed; nothing in this package can open it.

// SealedSecret is one sealed secret, for sealing all of them again. Connection and Kind are what it was sealed for; for
// one that belongs to no connection, Connection is the word that package connection made for it.
type SealedSecret struct {
	Workspace, Connection, Kind string
	Sealed                      []byte

	table, system, id string
}

const putSecret = `insert into secret (workspace_id, connection, kind, sealed, stored_at) values ($1, $2, $3, $4, $5)
	on conflict (workspace_id, connection, kind) do update set sealed = excluded.sealed, stored_at = excluded.stored_at`

// SaveSecret stores a sealed secret of a connection. What was known of the old one is forgotten with it.
func (s *Store) SaveSecret(ctx context.Context, ws, conn, kind string, sealed []byte) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := isConnection(ctx, tx, ws, conn); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from permit where workspace_id = $1 and connection = $2", ws, conn); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, putSecret, ws, conn, kind, sealed, db.MS(s.now()))
		return err
	})
}

func isConnection(ctx context.Context, tx *db.Tx, ws, conn string) error {
	var one int
	found, err := tx.Get(ctx, "select 1 from connection where workspace_id = $1 and id = $2", []any{ws, conn}, &one)
	if err == nil && !found {
		err = notFound("connection", conn)
	}
	return err
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

// sealed lists, by table, what of a row names it and where it is sealed.
const sealed = `select workspace_id, 'secret' as t, connection as a, kind as b, sealed from secret
	union all select workspace_id, 'app', system, '', sealed from app where length(sealed) > 0
	union all select workspace_id, 'agency', system, id, sealed from agency
	union all select workspace_id, 'consent', id, '', sealed from consent where length(sealed) > 0
	order by 1, 2, 3, 4`

func allSecrets(ctx context.Context, q db.Queryer) ([]SealedSecret, error) {
	return db.All(ctx, q, sealed, nil, func(r *sql.Rows) (x SealedSecret, err error) {
		err = r.Scan(&x.Workspace, &x.table, &x.system, &x.id, &x.Sealed)
		switch x.table {
		case "secret":
			x.Connection, x.Kind = x.system, x.id
		case "app":
			x.Connection, x.Kind = connection.AppSeal(x.system)
		case "agency":
			x.Connection, x.Kind = connection.AgencySeal(x.system, x.id)
		case "consent":
			x.Connection, x.Kind = connection.ConsentSeal(x.system)
		}
		return x, err
	})
}

// reseal are the statements that put a newly sealed secret in the place of the one that was read.
var reseal = map[string]string{
	"secret":  "update secret set sealed = $4, stored_at = $5 where workspace_id = $1 and connection = $2 and kind = $3 and sealed = $6",
	"app":     "update app set sealed = $4, saved_at = $5 where workspace_id = $1 and system = $2 and $3 = '' and sealed = $6",
	"agency":  "update agency set sealed = $4, stored_at = $5 where workspace_id = $1 and system = $2 and id = $3 and sealed = $6",
	"consent": "update consent set sealed = $4 where workspace_id = $1 and id = $2 and $3 = '' and cast($5 as bigint) > 0 and sealed = $6",
}

// ReplaceSecrets seals the secrets of all workspaces again, all or none: fresh is given each and returns what is stored
// in its place, nil to leave it. It says how many were replaced. A secret that is stored meanwhile waits.
func (s *Store) ReplaceSecrets(ctx context.Context, fresh func(SealedSecret) ([]byte, error)) (int, error) {
	var n int
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		n = 0
		all, err := allSecrets(ctx, tx)
		if err != nil {
			return err
		}
		rows := map[string][][]any{}
		for _, x := range all {
			sealed, err := fresh(x)
			if err != nil {
				return err
			}
			if sealed != nil {
				n++
				rows[x.table] = append(rows[x.table], []any{x.Workspace, x.system, x.id, sealed, db.MS(s.now()), x.Sealed})
			}
		}
		for table, text := range reseal {
			if err := tx.Each(ctx, text, rows[table]); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
