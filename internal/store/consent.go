package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/connection"
)

var _ connection.Memory = (*Store)(nil)

const consentColumns = "workspace_id, id, state, status, session, person, system, connection, body, sealed, expires_at"

// SaveConsent implements connection.Memory. One that has come back is only changed: was it accepted or declined meanwhile,
// it stays gone.
func (s *Store) SaveConsent(ctx context.Context, ws string, c connection.Consent, now time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "delete from consent where workspace_id = $1 and expires_at <= $2", ws, db.MS(now)); err != nil {
			return err
		}
		if c.Status != connection.ConsentAway {
			_, err := tx.Exec(ctx, "update consent set status = $3, body = $4, sealed = $5, expires_at = $6 where workspace_id = $1 and id = $2",
				ws, c.ID, string(c.Status), db.Doc(c.Body), bytesOf(c.Sealed), db.MS(c.Expires))
			return err
		}
		_, err := tx.Exec(ctx, `insert into consent (`+consentColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			on conflict (workspace_id, id) do update set status = excluded.status, body = excluded.body, sealed = excluded.sealed, expires_at = excluded.expires_at`,
			ws, c.ID, c.State, string(c.Status), c.Session, c.User, c.System, c.Connection, db.Doc(c.Body), bytesOf(c.Sealed), db.MS(c.Expires))
		return err
	})
}

// ConsentByID implements connection.Memory.
func (s *Store) ConsentByID(ctx context.Context, ws, id string, now time.Time) (connection.Consent, bool, error) {
	all, err := db.All(ctx, s.db, "select "+consentColumns+" from consent where workspace_id = $1 and id = $2 and expires_at > $3",
		[]any{ws, id, db.MS(now)}, scanConsent)
	return first(all), len(all) > 0, err
}

// DropConsent implements connection.Memory.
func (s *Store) DropConsent(ctx context.Context, ws, id string) (was bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "delete from consent where workspace_id = $1 and id = $2", ws, id)
		was = n > 0
		return err
	})
	return was, err
}

// TakeConsent implements connection.Memory. It looks across workspaces, because an answer names none.
func (s *Store) TakeConsent(ctx context.Context, state string, now time.Time) (c connection.Consent, ok bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update consent set status = $2 where state = $1 and status = $3 and expires_at > $4",
			state, string(connection.ConsentTaken), string(connection.ConsentAway), db.MS(now))
		if ok = n > 0; err != nil || !ok {
			return err
		}
		all, err := db.All(ctx, tx, "select "+consentColumns+" from consent where state = $1", []any{state}, scanConsent)
		c = first(all)
		return err
	})
	return c, ok, err
}

// OpenConsents implements connection.Memory. It looks across workspaces, because a session may work in several.
func (s *Store) OpenConsents(ctx context.Context, session string, now time.Time) ([]connection.Consent, error) {
	return db.All(ctx, s.db, "select "+consentColumns+" from consent where session = $1 and status = $2 and expires_at > $3 order by id",
		[]any{session, string(connection.ConsentAway), db.MS(now)}, scanConsent)
}

func scanConsent(r *sql.Rows) (c connection.Consent, err error) {
	err = r.Scan(&c.Workspace, &c.ID, &c.State, &c.Status, &c.Session, &c.User, &c.System, &c.Connection, db.JSON(&c.Body), &c.Sealed, db.Time(&c.Expires))
	return c, err
}

// AppOf implements connection.Memory.
func (s *Store) AppOf(ctx context.Context, ws, system string) (app connection.App, sealed []byte, ok bool, err error) {
	ok, err = s.db.Get(ctx, "select body, sealed, saved_at from app where workspace_id = $1 and system = $2", []any{ws, system},
		db.JSON(&app), &sealed, db.Time(&app.Saved))
	if !ok || err != nil {
		return connection.App{}, nil, false, err
	}
	app.Workspace, app.System, app.HasSecret = ws, system, len(sealed) > 0
	return app, sealed, true, nil
}

// SaveApp implements connection.Memory.
func (s *Store) SaveApp(ctx context.Context, ws string, app connection.App, sealed []byte) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into app (workspace_id, system, body, sealed, saved_at) values ($1, $2, $3, $4, $5)
			on conflict (workspace_id, system) do update set body = excluded.body, sealed = excluded.sealed, saved_at = excluded.saved_at`,
			ws, app.System, db.Doc(app), bytesOf(sealed), db.MS(s.now()))
		return err
	})
}

// DeleteApp implements connection.Memory.
func (s *Store) DeleteApp(ctx context.Context, ws, system string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from app where workspace_id = $1 and system = $2", ws, system)
		return err
	})
}

// bytesOf makes a column of bytes empty and not null.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
