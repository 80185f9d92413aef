package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// The role of a member that this package must know: a workspace always has one.
const owner = "owner"

// ErrLastOwner says that the only owner of a workspace would be gone.
var ErrLastOwner = errors.New("the last owner")

// User is a person as a member of one workspace.
type User struct {
	ID        string
	Workspace string
	Email     string
	// Name is what the person is called, "" when that was not said.
	Name string
	Role string
	// PasswordHash is what argon2id made of the password. One person has one password in all workspaces.
	PasswordHash string
	// LettersOff says that single letters on a page do nothing for this person.
	LettersOff bool
	Created    time.Time
}

// Called is the name of a person, or the address where no name is known.
func (u User) Called() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Email
}

const userColumns = "u.id, m.workspace_id, u.email, u.name, m.role, u.password_hash, u.letters_off, m.created_at"

// members is the beginning of every question about members.
const members = "select " + userColumns + " from member m join app_user u on u.id = m.user_id "

func address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// AddUser makes a person a member of a workspace. Somebody who is a member of another workspace already keeps the
// password from there; hash then counts for nothing.
func (s *Store) AddUser(ctx context.Context, ws, email, role, hash string) (u User, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		u, err = addUser(ctx, tx, s.now(), ws, User{Email: email, Role: role, PasswordHash: hash})
		return err
	})
	return u, exists(err, "user", address(email))
}

// addUser makes a person, unless there is one with the address, and a member of the workspace.
func addUser(ctx context.Context, tx *db.Tx, now time.Time, ws string, u User) (User, error) {
	u.Workspace, u.Email, u.Created = ws, address(u.Email), now
	if _, err := tx.Exec(ctx, `insert into app_user (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5) on conflict (email) do nothing`,
		engine.NewID("usr", now), u.Email, u.Name, u.PasswordHash, db.MS(now)); err != nil {
		return u, err
	}
	if _, err := tx.Get(ctx, "select id, name, password_hash from app_user where email = $1", []any{u.Email}, &u.ID, &u.Name, &u.PasswordHash); err != nil {
		return u, err
	}
	_, err := tx.Exec(ctx, "insert into member (workspace_id, user_id, role, created_at) values ($1, $2, $3, $4)", ws, u.ID, u.Role, db.MS(now))
	return u, err
}

// Users lists the members of a workspace.
func (s *Store) Users(ctx context.Context, ws string) ([]User, error) {
	return db.All(ctx, s.db, members+"where m.workspace_id = $1 order by u.email", []any{ws}, scanUser)
}

// UserByID finds a member of a workspace.
func (s *Store) UserByID(ctx context.Context, ws, id string) (User, error) {
	all, err := db.All(ctx, s.db, members+"where m.workspace_id = $1 and m.user_id = $2", []any{ws, id}, scanUser)
	if err == nil && len(all) == 0 {
		err = notFound("user", id)
	}
	return first(all), err
}

// SignIn looks for an address in all workspaces, and returns the person once per membership, the oldest first. It is
// empty when nobody has the address.
func (s *Store) SignIn(ctx context.Context, email string) ([]User, error) {
	return db.All(ctx, s.db, members+"where u.email = $1 order by m.created_at, m.workspace_id", []any{address(email)}, scanUser)
}

// WorkspacesOf lists the workspaces of a member of the given one, by name.
func (s *Store) WorkspacesOf(ctx context.Context, ws, id string) ([]Workspace, error) {
	return db.All(ctx, s.db, `select w.id, w.name, w.created_at from workspace w join member m on m.workspace_id = w.id
		where m.user_id = $2 and exists (select 1 from member here where here.workspace_id = $1 and here.user_id = $2) order by w.name`, []any{ws, id}, scanWorkspace)
}

// Rename says what a member is called.
func (s *Store) Rename(ctx context.Context, ws, id, name string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return changeUser(ctx, tx, ws, id, "name = $3", name) })
}

// SetLetters says whether single letters on a page do something for a member.
func (s *Store) SetLetters(ctx context.Context, ws, id string, off bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return changeUser(ctx, tx, ws, id, "letters_off = $3", off) })
}

// SetPassword replaces the password of a member, and ends all sessions of that person but the one of the hash except. The
// person's links that sign in end too.
func (s *Store) SetPassword(ctx context.Context, ws, id, hash, except string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := changeUser(ctx, tx, ws, id, "password_hash = $3", hash); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from signin_link where user_id = $1", id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from session where user_id = $1 and hash <> $2", id, except)
		return err
	})
}

// changeUser changes a person who is a member of the workspace.
func changeUser(ctx context.Context, tx *db.Tx, ws, id, set string, v any) error {
	n, err := tx.Exec(ctx, "update app_user set "+set+" where id = $2 and id in (select user_id from member where workspace_id = $1)", ws, id, v)
	if err == nil && n == 0 {
		err = notFound("user", id)
	}
	return err
}

func scanUser(r *sql.Rows) (u User, err error) {
	err = r.Scan(u.columns()...)
	return u, err
}

// columns is where userColumns are scanned to.
func (u *User) columns() []any {
	return []any{&u.ID, &u.Workspace, &u.Email, &u.Name, &u.Role, &u.PasswordHash, &u.LettersOff, db.Time(&u.Created)}
}
