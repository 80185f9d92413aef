package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Invitation lets whoever has its secret become a member of a workspace, once. It is gone when it was used or withdrawn.
type Invitation struct {
	ID        string
	Workspace string
	// Hash is that of the secret. The secret itself is only in the link.
	Hash        string
	Email, Role string
	// By is the id of the owner who invites.
	By            string
	Created, Ends time.Time
	// WorkspaceName and ByName say where to and by whom, for the person who is invited.
	WorkspaceName, ByName string
}

const invitationColumns = "i.id, i.workspace_id, i.hash, i.email, i.role, i.invited_by, i.created_at, i.ends_at, w.name, u.name, u.email"

const invitations = "select " + invitationColumns + " from invitation i join workspace w on w.id = i.workspace_id join app_user u on u.id = i.invited_by "

// Invite keeps an invitation. An earlier one for the same address is gone by this. It fails with ErrExists when the
// address is that of a member.
func (s *Store) Invite(ctx context.Context, ws string, i Invitation) (Invitation, error) {
	i.Workspace, i.Email, i.Created = ws, address(i.Email), s.now()
	i.ID = engine.NewID("inv", i.Created)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var one int
		found, err := tx.Get(ctx, "select 1 from member m join app_user u on u.id = m.user_id where m.workspace_id = $1 and u.email = $2", []any{ws, i.Email}, &one)
		if found {
			err = ErrExists
		}
		if err != nil {
			return err
		}
		if found, err = tx.Get(ctx, "select 1 from member where workspace_id = $1 and user_id = $2 and role = $3", []any{ws, i.By, owner}, &one); err == nil && !found {
			err = notFound("owner", i.By)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from invitation where workspace_id = $1 and email = $2", ws, i.Email); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into invitation (workspace_id, id, hash, email, role, invited_by, created_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			ws, i.ID, i.Hash, i.Email, i.Role, i.By, db.MS(i.Created), db.MS(i.Ends))
		return err
	})
	return i, exists(err, "invitation", i.Email)
}

// Invitations lists the open invitations of a workspace, the newest first.
func (s *Store) Invitations(ctx context.Context, ws string) ([]Invitation, error) {
	return db.All(ctx, s.db, invitations+"where i.workspace_id = $1 and i.ends_at > $2 order by i.created_at desc, i.id", []any{ws, db.MS(s.now())}, scanInvitation)
}

// Withdraw takes an invitation back.
func (s *Store) Withdraw(ctx context.Context, ws, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "delete from invitation where workspace_id = $1 and id = $2", ws, id)
		if err == nil && n == 0 {
			err = notFound("invitation", id)
		}
		return err
	})
}

// FindInvitation finds the open invitation of a hash, in whichever workspace it is.
func (s *Store) FindInvitation(ctx context.Context, hash string) (Invitation, error) {
	return findInvitation(ctx, s.db, hash, s.now())
}

func findInvitation(ctx context.Context, q db.Queryer, hash string, now time.Time) (Invitation, error) {
	all, err := db.All(ctx, q, invitations+"where i.hash = $1 and i.ends_at > $2", []any{hash, db.MS(now)}, scanInvitation)
	if err == nil && len(all) == 0 {
		err = notFound("invitation", "")
	}
	return first(all), err
}

// Accept uses up the invitation of a hash and makes its address a member. u is the person who has proved to have the
// address, or somebody new with a name and a password; it fails with ErrExists when there is such a person and u does not
// name them. Of two who accept at once, one becomes a member.
func (s *Store) Accept(ctx context.Context, hash string, u User) (User, error) {
	now := s.now()
	var made User
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		i, err := findInvitation(ctx, tx, hash, now)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "delete from invitation where workspace_id = $1 and id = $2", i.Workspace, i.ID)
		if err == nil && n == 0 {
			err = notFound("invitation", "")
		}
		if err != nil {
			return err
		}
		var id string
		if _, err := tx.Get(ctx, "select id from app_user where email = $1", []any{i.Email}, &id); err != nil {
			return err
		}
		if id != u.ID {
			return ErrExists
		}
		made = User{Email: i.Email, Role: i.Role, Name: u.Name, PasswordHash: u.PasswordHash}
		made, err = addUser(ctx, tx, now, i.Workspace, made)
		return err
	})
	return made, exists(err, "user", made.Email)
}

func scanInvitation(r *sql.Rows) (i Invitation, err error) {
	by := User{}
	err = r.Scan(&i.ID, &i.Workspace, &i.Hash, &i.Email, &i.Role, &i.By, db.Time(&i.Created), db.Time(&i.Ends), &i.WorkspaceName, &by.Name, &by.Email)
	i.ByName = by.Called()
	return i, err
}
