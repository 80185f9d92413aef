package store

import (
	"context"

	"couplet/db"
)

// MovedChildren implements engine.Store.
func (s *Store) MovedChildren(ctx context.Context, ws, conn, link, not string) ([]string, error) {
	return db.All(ctx, s.db, `select distinct m.parent from link l
		join pair p on p.workspace_id = l.workspace_id and p.id = l.pair
		join mirror m on m.workspace_id = l.workspace_id and m.conn = $2 and m.object = p.object
			and m.id = case when p.conn_a = $2 then l.a_id else l.b_id end
		where l.workspace_id = $1 and l.parent_link = $3 and l.parent_link <> '' and l.state = 'on' and m.gone_at = 0
			and m.parent <> '' and m.parent <> $4 and (p.conn_a = $2 or p.conn_b = $2) order by m.parent`, []any{ws, conn, link, not}, scanID)
}
