package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"time"

	"couplet/db"
)

// Workspace keeps one customer's things apart from another's.
type Workspace struct {
	ID, Name string
	Created  time.Time
}

// DefaultWorkspace is the name of the workspace that is there from the first use on.
const DefaultWorkspace = "default"

// Default returns the first workspace, and makes it on first use.
func (s *Store) Default(ctx context.Context) (Workspace, error) {
	all, err := s.Workspaces(ctx)
	if err != nil || len(all) > 0 {
		return first(all), err
	}
	if _, err := s.AddWorkspace(ctx, DefaultWorkspace); err != nil && !isExists(err) { // somebody else was quicker
		return Workspace{}, err
	}
	all, err = s.Workspaces(ctx)
	return first(all), err
}

// AddWorkspace makes a workspace. It is younger than all others, also within one millisecond: the first one is never another.
func (s *Store) AddWorkspace(ctx context.Context, name string) (Workspace, error) {
	var w Workspace
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		w, err = addWorkspace(ctx, tx, name, s.now())
		return err
	})
	return w, exists(err, "workspace", name)
}

func addWorkspace(ctx context.Context, tx *db.Tx, name string, now time.Time) (Workspace, error) {
	w := Workspace{ID: shortID("w"), Name: name, Created: now}
	var youngest int64
	if _, err := tx.Get(ctx, "select coalesce(max(created_at), 0) from workspace", nil, &youngest); err != nil {
		return w, err
	}
	if youngest >= db.MS(w.Created) {
		w.Created = time.UnixMilli(youngest + 1)
	}
	_, err := tx.Exec(ctx, "insert into workspace (id, name, created_at) values ($1, $2, $3)", w.ID, w.Name, db.MS(w.Created))
	return w, err
}

// AddClient makes a workspace beside the one of an owner, who owns the new one too and is alone in it. Who is no owner here
// makes none.
func (s *Store) AddClient(ctx context.Context, ws, user, name string) (w Workspace, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if role, err := roleIn(ctx, tx, ws, user); err != nil || role != owner {
			return cmp.Or(err, notFound("owner", user))
		}
		if w, err = addWorkspace(ctx, tx, name, s.now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into member (workspace_id, user_id, role, created_at) values ($1, $2, $3, $4)", w.ID, user, owner, db.MS(s.now()))
		return err
	})
	return w, exists(err, "workspace", name)
}

// roleIn is what somebody is in a workspace, "" for no member.
func roleIn(ctx context.Context, q db.Queryer, ws, user string) (role string, err error) {
	_, err = q.Get(ctx, "select role from member where workspace_id = $1 and user_id = $2", []any{ws, user}, &role)
	return role, err
}

// RenameWorkspace gives the workspace another name than somebody saw. It fails with ErrExists when another one of the installation has
// it, and with ErrOutdated when this one was called something else by then.
func (s *Store) RenameWorkspace(ctx context.Context, ws, was, name string) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update workspace set name = $3 where id = $1 and name = $2", ws, was, name)
		return changedOne(ctx, tx, n, err, "workspace", "select 1 from workspace where id = $1", ws)
	})
	return exists(err, "workspace", name)
}

// changedOne is what came of a change of one thing as somebody saw it: it is not there (find finds nothing), or not what they saw.
func changedOne(ctx context.Context, tx *db.Tx, n int64, err error, kind, find string, key ...any) error {
	if err != nil || n > 0 {
		return err
	}
	var one int
	there, err := tx.Get(ctx, find, key, &one)
	if err == nil && !there {
		err = notFound(kind, key[len(key)-1].(string))
	}
	if err == nil {
		err = ErrOutdated
	}
	return err
}

// shortID makes an id that stands in every row of the large tables and of their indexes.
func shortID(kind string) string { return kind + strings.ToLower(rand.Text()[:10]) }

// Workspaces lists all workspaces, the oldest first.
func (s *Store) Workspaces(ctx context.Context) ([]Workspace, error) {
	return db.All(ctx, s.db, "select id, name, created_at from workspace order by created_at, id", nil, scanWorkspace)
}

// WorkspaceName is what a workspace is called.
func (s *Store) WorkspaceName(ctx context.Context, ws string) (name string, err error) {
	there, err := s.db.Get(ctx, "select name from workspace where id = $1", []any{ws}, &name)
	if err == nil && !there {
		err = notFound("workspace", ws)
	}
	return name, err
}

// WorkspaceByName finds a workspace.
func (s *Store) WorkspaceByName(ctx context.Context, name string) (Workspace, error) {
	all, err := db.All(ctx, s.db, "select id, name, created_at from workspace where name = $1", []any{name}, scanWorkspace)
	if err == nil && len(all) == 0 {
		err = notFound("workspace", name)
	}
	return first(all), err
}

func scanWorkspace(r *sql.Rows) (w Workspace, err error) {
	err = r.Scan(&w.ID, &w.Name, db.Time(&w.Created))
	return w, err
}

func first[T any](all []T) (v T) {
	if len(all) > 0 {
		v = all[0]
	}
	return v
}
