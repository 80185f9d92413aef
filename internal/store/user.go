package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// User is a person as a member of one workspace.
type User struct {
	ID        string
	Workspace string
	Email     string
	Role      string
	// PasswordHash is what argon2id made of the password. One person has one password in all workspaces.
	PasswordHash string
	Created      time.Time
}

const userColumns = "u.id, m.workspace_id, u.email, m.role, u.password_hash, m.created_at"

// AddUser makes a person a member of a workspace. Somebody who is a member of another workspace already keeps the
// password from there; hash then counts for nothing.
func (s *Store) AddUser(ctx context.Context, ws, email, role, hash string) (User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	u := User{Workspace: ws, Email: email, Role: role, Created: s.now()}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		now := db.MS(u.Created)
		if _, err := tx.Exec(ctx, `insert into app_user (id, email, password_hash, created_at) values ($1, $2, $3, $4) on conflict (email) do nothing`,
			engine.NewID("usr", u.Created), email, hash, now); err != nil {
			return err
		}
		if _, err := tx.Get(ctx, "select id, password_hash from app_user where email = $1", []any{email}, &u.ID, &u.PasswordHash); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into member (workspace_id, user_id, role, created_at) values ($1, $2, $3, $4)", ws, u.ID, role, now)
		return err
	})
	return u, exists(err, "user", email)
}

// Users lists the members of a workspace.
func (s *Store) Users(ctx context.Context, ws string) ([]User, error) {
	return db.All(ctx, s.db, "select "+userColumns+" from member m join app_user u on u.id = m.user_id where m.workspace_id = $1 order by u.email",
		[]any{ws}, scanUser)
}

// UserByID finds a member of a workspace.
func (s *Store) UserByID(ctx context.Context, ws, id string) (User, error) {
	all, err := db.All(ctx, s.db, "select "+userColumns+" from member m join app_user u on u.id = m.user_id where m.workspace_id = $1 and m.user_id = $2",
		[]any{ws, id}, scanUser)
	if err == nil && len(all) == 0 {
		err = notFound("user", id)
	}
	return first(all), err
}

// SignIn looks for an address in all workspaces, and returns the person once per membership, the oldest first. It is
// empty when nobody has the address.
func (s *Store) SignIn(ctx context.Context, email string) ([]User, error) {
	return db.All(ctx, s.db, "select "+userColumns+" from member m join app_user u on u.id = m.user_id where u.email = $1 order by m.created_at, m.workspace_id",
		[]any{strings.ToLower(strings.TrimSpace(email))}, scanUser)
}

// SetPassword replaces the password of a member.
func (s *Store) SetPassword(ctx context.Context, ws, id, hash string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update app_user set password_hash = $3
			where id = $2 and id in (select user_id from member where workspace_id = $1)`, ws, id, hash)
		if err == nil && n == 0 {
			err = notFound("user", id)
		}
		return err
	})
}

func scanUser(r *sql.Rows) (u User, err error) {
	err = r.Scan(&u.ID, &u.Workspace, &u.Email, &u.Role, &u.PasswordHash, db.Time(&u.Created))
	return u, err
}
