package store

import (
	"context"
	"time"

	"couplet/db"
)

// SaveSignInLink keeps the hash of a link that signs a member of the workspace in, once.
func (s *Store) SaveSignInLink(ctx context.Context, ws, user, hash string, ends time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `insert into signin_link (workspace_id, hash, user_id, ends_at)
			select workspace_id, $3, user_id, $4 from member where workspace_id = $1 and user_id = $2`, ws, user, hash, db.MS(ends))
		if err == nil && n == 0 {
			err = notFound("user", user)
		}
		return err
	})
}

// UseSignInLink takes the link of a hash away, in whichever workspace it is, and returns whom it signs in. Of two who use
// it at once, one gets it. It finds nothing when the link is over.
func (s *Store) UseSignInLink(ctx context.Context, hash string) (u User, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		u = User{}
		var ends time.Time
		found, err := tx.Get(ctx, "delete from signin_link where hash = $1 returning workspace_id, user_id, ends_at", []any{hash}, &u.Workspace, &u.ID, db.Time(&ends))
		if err != nil || !found || !ends.After(s.now()) {
			u = User{}
			return err // the link that is over is taken away all the same
		}
		_, err = tx.Get(ctx, "select "+userColumns+" from member m join app_user u on u.id = m.user_id where m.workspace_id = $1 and m.user_id = $2",
			[]any{u.Workspace, u.ID}, u.columns()...)
		return err
	})
	if err == nil && u.ID == "" {
		err = notFound("sign-in link", "")
	}
	return u, err
}
