package store

import (
	"context"
	"fmt"
	"slices"

	"couplet/db"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// viewer is the role that changes nothing.
const viewer = "viewer"

// CopyFlow makes a flow in another workspace of a person who may look at this one and change things there, between accounts that are
// there. It is off and nobody has approved it, whatever f says; where its name is taken it gets a number. To anybody else the other
// workspace is not there.
func (s *Store) CopyFlow(ctx context.Context, ws, user, to string, f flow.Flow) (made flow.Flow, err error) {
	now := s.now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		for _, w := range []string{ws, to} {
			switch role, err := roleIn(ctx, tx, w, user); {
			case err != nil:
				return err
			case role == "" || w == to && role == viewer:
				return notFound("workspace", w)
			}
		}
		for _, conn := range f.Connections {
			var one int
			if found, err := tx.Get(ctx, "select 1 from connection where workspace_id = $1 and id = $2", []any{to, conn}, &one); err != nil {
				return err
			} else if !found {
				return notFound("connection", conn)
			}
		}
		there, err := db.All(ctx, tx, "select "+flowColumns+" from flow where workspace_id = $1", []any{to}, scanFlow)
		if err != nil {
			return err
		}
		made = f
		made.Workspace, made.ID, made.Version, made.Enabled, made.Approval = to, engine.NewID("flow", now), 1, false, nil
		for n := 2; slices.ContainsFunc(there, func(o flow.Flow) bool { return o.Name == made.Name }); n++ {
			made.Name = fmt.Sprint(f.Name, " ", n)
		}
		by := Author{How: ByPage}
		if _, err := tx.Get(ctx, "select email from app_user where id = $1", []any{user}, &by.By); err != nil {
			return err
		}
		return insertFlow(ctx, tx, by, made, now)
	})
	return made, exists(err, "flow", f.Name)
}
