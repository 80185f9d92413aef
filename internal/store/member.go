package store

import (
	"context"

	"couplet/db"
)

// SetRole gives a member another role. It fails with ErrLastOwner when the workspace would have no owner left. Somebody
// who is no owner any more has no open invitations either.
func (s *Store) SetRole(ctx context.Context, ws, id, role string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if role != owner {
			if err := otherOwner(ctx, tx, ws, id); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "delete from invitation where workspace_id = $1 and invited_by = $2", ws, id); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, "update member set role = $3 where workspace_id = $1 and user_id = $2", ws, id, role)
		if err == nil && n == 0 {
			err = notFound("user", id)
		}
		if err != nil {
			return err
		}
		return lowerTokens(ctx, tx, ws, id, role)
	})
}

// RemoveMember takes a person out of the workspace: sessions that have it open, links that open it, and tokens and invitations
// by that person end at once. It fails with ErrLastOwner when the workspace would have no owner left. The person and the
// memberships elsewhere stay.
func (s *Store) RemoveMember(ctx context.Context, ws, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := otherOwner(ctx, tx, ws, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "delete from member where workspace_id = $1 and user_id = $2", ws, id) // the rest hangs on it
		if err == nil && n == 0 {
			err = notFound("user", id)
		}
		return err
	})
}

// otherOwner fails when a member is the only owner. It holds the workspace until the commit, so that two owners cannot
// take the role from each other at once.
func otherOwner(ctx context.Context, tx *db.Tx, ws, id string) error {
	var name, role string
	if _, err := tx.Get(ctx, "select name from workspace where id = $1"+tx.ForUpdate(), []any{ws}, &name); err != nil {
		return err
	}
	if found, err := tx.Get(ctx, "select role from member where workspace_id = $1 and user_id = $2", []any{ws, id}, &role); err != nil || !found || role != owner {
		return err // not found is told by the change itself
	}
	var others int
	if _, err := tx.Get(ctx, "select count(*) from member where workspace_id = $1 and user_id <> $2 and role = $3", []any{ws, id, owner}, &others); err != nil {
		return err
	}
	if others == 0 {
		return ErrLastOwner
	}
	return nil
}

// HasOwner reports whether any workspace has an owner. Until then nobody can sign in who may invite others.
func (s *Store) HasOwner(ctx context.Context) (bool, error) {
	var one int
	return s.db.Get(ctx, "select 1 from member where role = $1 limit 1", []any{owner}, &one)
}

// FirstOwner makes the first owner of the installation and gives the first workspace its name. It fails with ErrExists
// when there is an owner in any workspace, or another workspace has the name. Should there be a person with the address,
// who then is no owner, that person gets the name and the password and keeps no session.
func (s *Store) FirstOwner(ctx context.Context, workspace string, u User) (User, error) {
	ws, err := s.Default(ctx)
	if err != nil {
		return u, err
	}
	u.Role = owner
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		var one int
		if _, err := tx.Get(ctx, "select 1 from workspace where id = $1"+tx.ForUpdate(), []any{ws.ID}, &one); err != nil { // others wait
			return err
		}
		if found, err := tx.Get(ctx, "select 1 from member where role = $1 limit 1", []any{owner}, &one); err != nil {
			return err
		} else if found {
			return ErrExists
		}
		if _, err := tx.Exec(ctx, "update workspace set name = $2 where id = $1", ws.ID, workspace); err != nil {
			return exists(err, "workspace", workspace)
		}
		gone := []struct {
			text string
			args []any
		}{
			{"delete from session where user_id in (select id from app_user where email = $1)", []any{address(u.Email)}},
			{"delete from signin_link where user_id in (select id from app_user where email = $1)", []any{address(u.Email)}},
			{"delete from member where workspace_id = $2 and user_id in (select id from app_user where email = $1)", []any{address(u.Email), ws.ID}},
		}
		for _, g := range gone {
			if _, err := tx.Exec(ctx, g.text, g.args...); err != nil {
				return err
			}
		}
		made, err := addUser(ctx, tx, s.now(), ws.ID, u)
		if err != nil {
			return err
		}
		made.Name, made.PasswordHash = u.Name, u.PasswordHash
		_, err = tx.Exec(ctx, "update app_user set name = $2, password_hash = $3 where id = $1", made.ID, made.Name, made.PasswordHash)
		u = made
		return err
	})
	return u, err
}
