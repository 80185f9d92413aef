package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/connection"
)

const connectionColumns = "workspace_id, id, name, system, auth_kind, params, base_url, per_second, settings, identity, epoch, state, problem, checked_at"

// SaveConnection stores a connection whole. One without an id is new and gets one.
func (s *Store) SaveConnection(ctx context.Context, ws string, c connection.Connection) (connection.Connection, error) {
	now := s.now()
	c.Workspace = ws
	if c.ID == "" {
		c.ID = shortID("c")
	}
	if c.Epoch == 0 {
		c.Epoch = 1
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error { return saveConnection(ctx, tx, ws, c, now) })
	return c, exists(err, "connection", c.Name)
}

func saveConnection(ctx context.Context, tx *db.Tx, ws string, c connection.Connection, now time.Time) error {
	_, err := tx.Exec(ctx, `insert into connection (workspace_id, id, name, system, auth_kind, params, base_url, per_second, settings, account_id, identity, epoch,
				state, problem, checked_at, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			on conflict (workspace_id, id) do update set name = excluded.name, system = excluded.system, auth_kind = excluded.auth_kind, params = excluded.params,
				base_url = excluded.base_url, per_second = excluded.per_second, settings = excluded.settings, account_id = excluded.account_id, identity = excluded.identity,
				epoch = excluded.epoch, state = excluded.state, problem = excluded.problem, checked_at = excluded.checked_at`,
		ws, c.ID, c.Name, c.System, c.AuthKind, docOr(c.Params, len(c.Params)), c.BaseURL, c.PerSecond, docOr(c.Settings, len(c.Settings)), c.Identity.ID, db.Doc(c.Identity),
		c.Epoch, string(c.State), c.Problem, db.MS(c.CheckedAt), db.MS(now))
	return err
}

// settingsText are settings as docOr stores them.
func settingsText(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	return jsonOf(m)
}

const thatConnection = "select 1 from connection where workspace_id = $1 and id = $2"

// ChangeConnection implements connection.Memory. Only what differs is written; that has to be what it was still, else it fails with
// ErrOutdated.
func (s *Store) ChangeConnection(ctx context.Context, ws string, was, c connection.Connection) error {
	set, only, args := []string{"id = id"}, "", []any{ws, c.ID}
	for _, x := range []struct {
		column   string
		old, new any
	}{
		{"name", was.Name, c.Name}, {"base_url", was.BaseURL, c.BaseURL}, {"per_second", was.PerSecond, c.PerSecond},
		{"settings", settingsText(was.Settings), settingsText(c.Settings)},
	} {
		if x.old != x.new {
			args = append(args, x.old, x.new)
			set, only = append(set, fmt.Sprintf("%s = $%d", x.column, len(args))), only+fmt.Sprintf(" and %s = $%d", x.column, len(args)-1)
		}
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update connection set "+strings.Join(set, ", ")+" where workspace_id = $1 and id = $2"+only, args...)
		return changedOne(ctx, tx, n, err, "connection", thatConnection, ws, c.ID)
	})
	return exists(err, "connection", c.Name)
}

// Connections lists the connections of a workspace by name.
func (s *Store) Connections(ctx context.Context, ws string) ([]connection.Connection, error) {
	return db.All(ctx, s.db, "select "+connectionColumns+" from connection where workspace_id = $1 order by name", []any{ws}, scanConnection)
}

// ConnectionByName finds a connection.
func (s *Store) ConnectionByName(ctx context.Context, ws, name string) (connection.Connection, error) {
	return s.oneConnection(ctx, "name", ws, name)
}

// ConnectionByID finds a connection.
func (s *Store) ConnectionByID(ctx context.Context, ws, id string) (connection.Connection, error) {
	return s.oneConnection(ctx, "id", ws, id)
}

func (s *Store) oneConnection(ctx context.Context, column, ws, value string) (connection.Connection, error) {
	all, err := db.All(ctx, s.db, "select "+connectionColumns+" from connection where workspace_id = $1 and "+column+" = $2", []any{ws, value}, scanConnection)
	if err == nil && len(all) == 0 {
		err = notFound("connection", value)
	}
	return first(all), err
}

// FindConnectionByAccount looks in all workspaces for connections to an account, which is all that a webhook names.
func (s *Store) FindConnectionByAccount(ctx context.Context, system, accountID string) ([]connection.Connection, error) {
	if accountID == "" {
		return nil, nil
	}
	return db.All(ctx, s.db, "select "+connectionColumns+" from connection where system = $1 and account_id = $2 order by workspace_id, id",
		[]any{system, accountID}, scanConnection)
}

func scanConnection(r *sql.Rows) (c connection.Connection, err error) {
	err = r.Scan(&c.Workspace, &c.ID, &c.Name, &c.System, &c.AuthKind, db.JSON(&c.Params), &c.BaseURL, &c.PerSecond, db.JSON(&c.Settings), db.JSON(&c.Identity), &c.Epoch,
		&c.State, &c.Problem, db.Time(&c.CheckedAt))
	return c, err
}
