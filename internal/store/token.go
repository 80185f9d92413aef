package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// roles are what a member or a token can be, the least first.
var roles = []string{"viewer", "editor", owner}

// Token lets a program into a workspace in place of the member who made it.
type Token struct {
	ID        string
	Workspace string
	// Hash is that of the token. The token itself is with the program only.
	Hash string
	Name string
	// Role is what it may do: never more than its maker may.
	Role string
	// By is the id of the member who made it, Maker that member.
	By      string
	Maker   User
	Created time.Time
	// Ends is when it ends by itself, Used when it was last used, to the minute; zero for never.
	Ends, Used time.Time
}

const tokenColumns = "t.id, t.workspace_id, t.hash, t.name, t.role, t.made_by, t.created_at, t.ends_at, t.used_at, "

// tokens is the beginning of every question about tokens.
const tokens = "select " + tokenColumns + userColumns + " from token t join member m on m.workspace_id = t.workspace_id and m.user_id = t.made_by join app_user u on u.id = t.made_by "

// AddToken keeps a token of a member of the workspace, with the role of that member where it asks for more.
func (s *Store) AddToken(ctx context.Context, ws string, t Token) (Token, error) {
	t.Workspace, t.Created = ws, s.now()
	t.ID = engine.NewID("tok", t.Created)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		maker, err := db.All(ctx, tx, members+"where m.workspace_id = $1 and m.user_id = $2", []any{ws, t.By}, scanUser)
		if err == nil && len(maker) == 0 {
			err = notFound("user", t.By)
		}
		if err != nil {
			return err
		}
		t.Maker = maker[0]
		t.Role = lesser(t.Role, t.Maker.Role)
		_, err = tx.Exec(ctx, `insert into token (workspace_id, id, hash, name, role, made_by, created_at, ends_at, used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
			ws, t.ID, t.Hash, t.Name, t.Role, t.By, db.MS(t.Created), db.MS(t.Ends))
		return err
	})
	return t, exists(err, "token", t.Name)
}

// Tokens lists the tokens of a workspace that have not ended, or those that one member made; the newest first.
func (s *Store) Tokens(ctx context.Context, ws, by string) ([]Token, error) {
	return db.All(ctx, s.db, tokens+"where t.workspace_id = $1 and ($2 = '' or t.made_by = $2) and (t.ends_at = 0 or t.ends_at > $3) order by t.created_at desc, t.id desc",
		[]any{ws, by, db.MS(s.now())}, scanToken)
}

// FindToken finds the token of a hash that has not ended, in whichever workspace it is.
func (s *Store) FindToken(ctx context.Context, hash string) (t Token, found bool, err error) {
	all, err := db.All(ctx, s.db, tokens+"where t.hash = $1 and (t.ends_at = 0 or t.ends_at > $2)", []any{hash, db.MS(s.now())}, scanToken)
	return first(all), len(all) > 0, err
}

// TouchToken notes that a token is in use.
func (s *Store) TouchToken(ctx context.Context, ws, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update token set used_at = $3 where workspace_id = $1 and id = $2", ws, id, db.MS(s.now()))
		return err
	})
}

// RevokeToken ends a token at once. With by it is only found when that member made it.
func (s *Store) RevokeToken(ctx context.Context, ws, id, by string) (t Token, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		all, err := db.All(ctx, tx, tokens+"where t.workspace_id = $1 and t.id = $2 and ($3 = '' or t.made_by = $3)", []any{ws, id, by}, scanToken)
		if err == nil && len(all) == 0 {
			err = notFound("token", id)
		}
		if err != nil {
			return err
		}
		t = all[0]
		_, err = tx.Exec(ctx, "delete from token where workspace_id = $1 and id = $2", ws, id)
		return err
	})
	return t, err
}

// lowerTokens takes from the tokens of a member what a new role does not have. They do not get it back with a higher role:
// who made a token for more may not want it any more.
func lowerTokens(ctx context.Context, tx *db.Tx, ws, user, role string) error {
	for _, more := range roles[slices.Index(roles, role)+1:] {
		if _, err := tx.Exec(ctx, "update token set role = $3 where workspace_id = $1 and made_by = $2 and role = $4", ws, user, role, more); err != nil {
			return err
		}
	}
	return nil
}

// lesser is the role of two that may do less. What is no role may do nothing.
func lesser(x, y string) string {
	if slices.Index(roles, x) < slices.Index(roles, y) {
		return x
	}
	return y
}

func scanToken(r *sql.Rows) (t Token, err error) {
	err = r.Scan(append([]any{&t.ID, &t.Workspace, &t.Hash, &t.Name, &t.Role, &t.By, db.Time(&t.Created), db.Time(&t.Ends), db.Time(&t.Used)}, t.Maker.columns()...)...)
	t.Role = lesser(t.Role, t.Maker.Role) // also of one that was made in the moment in which its maker lost the role
	return t, err
}
