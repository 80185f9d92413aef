package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Children are records that hang on others, as tasks and notes hang on a contact.

// PairBetween implements engine.Store.
func (s *Store) PairBetween(ctx context.Context, ws string, conns [2]string, object string) (p engine.Pair, found bool, err error) {
	p.Workspace = ws
	found, err = s.db.Get(ctx, "select "+pairColumns+` from pair where workspace_id = $1 and object = $4
		and (conn_a = $2 and conn_b = $3 or conn_a = $3 and conn_b = $2) order by seeded_at desc, id limit 1`,
		[]any{ws, conns[0], conns[1], object}, pairInto(&p)...)
	return p, found, err
}

// ChildrenOf implements engine.Store.
func (s *Store) ChildrenOf(ctx context.Context, ws, conn, object string, parents []string) (map[string][]string, error) {
	found := map[string][]string{}
	if len(parents) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, `select parent, id from mirror where workspace_id = $1 and conn = $2 and object = $3 and gone_at = 0
		and parent <> '' and parent in [$4]`, []any{ws, conn, object, db.Strings(parents)}, func(r *sql.Rows) error {
		var parent, id string
		err := r.Scan(&parent, &id)
		found[parent] = append(found[parent], id)
		return err
	})
	for _, ids := range found {
		slices.Sort(ids)
	}
	return found, err
}

// ChildReads implements engine.Store.
func (s *Store) ChildReads(ctx context.Context, ws, conn, object string, parents []string) (map[string]engine.ChildRead, error) {
	found := map[string]engine.ChildRead{}
	if len(parents) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, `select parent, read_at, due_at from child_read where workspace_id = $1 and conn = $2 and object = $3 and parent in [$4]`,
		[]any{ws, conn, object, db.Strings(parents)}, func(r *sql.Rows) error {
			var c engine.ChildRead
			err := r.Scan(&c.Parent, db.Time(&c.At), db.Time(&c.Due))
			found[c.Parent] = c
			return err
		})
	return found, err
}

// parentsOf begins a query over the linked parents of one side, with when their children were read. One whose partner is gone
// while somebody is asked about it is among them: what hangs on it goes on where that moved with a merge.
func parentsOf(side engine.Side) string {
	id := [2]string{"l.a_id", "l.b_id"}[side]
	return "select " + id + ` from link l left join child_read c on c.workspace_id = l.workspace_id and c.conn = $3 and c.object = $4 and c.parent = ` + id + `
		left join mirror m on m.workspace_id = l.workspace_id and m.conn = $3 and m.object = $5 and m.id = ` + id + `
		where l.workspace_id = $1 and l.pair = $2 and (l.state = 'on' or l.state = 'one_gone' and m.gone_at = 0) `
}

// DueParents implements engine.Store. That a parent's row was stored anew means that it changed, that a webhook came, or
// that it was written: rows of records that a page shows unchanged are not touched.
func (s *Store) DueParents(ctx context.Context, ws string, parents engine.Pair, side engine.Side, object string, since, now time.Time, after string, limit int) ([]string, error) {
	id := [2]string{"l.a_id", "l.b_id"}[side]
	return db.All(ctx, s.db, parentsOf(side)+"and "+id+` > $6 and (c.parent is null or c.read_at < $7 or m.seen_at >= c.read_at or c.due_at > 0 and c.due_at <= $8)
		order by `+id+" limit $9", []any{ws, parents.ID, parents.Conns[side], object, parents.Object, after, db.MS(since), db.MS(now), limit}, scanID)
}

// OldestParents implements engine.Store.
func (s *Store) OldestParents(ctx context.Context, ws string, parents engine.Pair, side engine.Side, object string, before time.Time, limit int) ([]string, error) {
	return db.All(ctx, s.db, parentsOf(side)+"and c.read_at < $6 order by c.read_at, c.parent limit $7",
		[]any{ws, parents.ID, parents.Conns[side], object, parents.Object, db.MS(before), limit}, scanID)
}

// SaveChildren implements engine.Store.
func (s *Store) SaveChildren(ctx context.Context, ws string, l engine.Lease, cur engine.Cursor, reads []engine.ChildRead, changed []engine.Mirror, hints []engine.Hint) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		if err := putMirrors(ctx, tx, ws, cur.Conn, cur.Object, 0, changed); err != nil {
			return err
		}
		rows := make([][]any, len(reads))
		for i, r := range reads {
			rows[i] = []any{ws, cur.Conn, cur.Object, r.Parent, db.MS(r.At), db.MS(r.Due)}
		}
		if err := tx.Each(ctx, `insert into child_read (workspace_id, conn, object, parent, read_at, due_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (workspace_id, conn, object, parent) do update set read_at = excluded.read_at, due_at = excluded.due_at`, rows); err != nil {
			return err
		}
		if err := spread(ctx, tx, ws, cur.Conn, cur.Object, hints); err != nil {
			return err
		}
		return putCursor(ctx, tx, ws, cur)
	})
}

// readAgain makes the children of parents due again, of those whose children have been read.
func readAgain(ctx context.Context, tx *db.Tx, ws string, pair engine.Pair, due [][]any) error {
	for i, d := range due {
		due[i] = append([]any{ws, pair.Conns[d[0].(engine.Side)], pair.Object}, d[1:]...)
	}
	return tx.Each(ctx, `update child_read set due_at = $5 where workspace_id = $1 and conn = $2 and object = $3 and parent = $4`, due)
}

// WakeChildren implements engine.Store.
func (s *Store) WakeChildren(ctx context.Context, ws string, l engine.Lease, pair string, parents engine.Pair, sides [2]engine.Side, now time.Time) (n int64, err error) {
	err = s.under(ctx, ws, l, func(tx *db.Tx) error {
		for side, of := range sides {
			linked := "exists (select 1 from link l where l.workspace_id = $1 and l.pair = $4 and l.state = 'on' and " + [2]string{"l.a_id", "l.b_id"}[of] + " = inbox.parent"
			own := "exists (select 1 from link k where k.workspace_id = $1 and k.pair = $2 and k.state = 'on' and " + [2]string{"k.a_id", "k.b_id"}[side] + " = inbox.id)"
			woken, err := tx.Exec(ctx, `update inbox set due_at = $5, reason = 'seen', seq = seq + 1 where workspace_id = $1 and pair = $2 and side = $3
				and (reason = 'parent' and `+linked+`) or reason = 'parked' and parent <> '' and not `+linked+" and l.made_at <= inbox.hint_at) and not "+own+")",
				ws, pair, int64(side), parents.ID, db.MS(now))
			n += woken
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// WakeUnknown implements engine.Store.
func (s *Store) WakeUnknown(ctx context.Context, ws string, l engine.Lease, pair, reason string, happened, now time.Time) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update inbox set due_at = $5 where workspace_id = $1 and pair = $2 and reason = $3 and hint_at <= $4 and due_at > $5",
			ws, pair, reason, db.MS(happened), db.MS(now))
		return err
	})
}

// Bereaved implements engine.Store.
func (s *Store) Bereaved(ctx context.Context, ws, conn, object, parent, after string, limit int) ([]string, error) {
	return db.All(ctx, s.db, `select c.id from mirror p join mirror c on c.workspace_id = p.workspace_id and c.conn = p.conn and c.object = $3
		and c.parent = p.id and c.parent <> '' and c.gone_at = 0 and c.suspect_at = 0 and c.seen_at <= p.gone_at
		where p.workspace_id = $1 and p.conn = $2 and p.object = $4 and p.gone_at > 0 and c.id > $5 order by c.id limit $6`,
		[]any{ws, conn, object, parent, after, limit}, scanID)
}

// CountOrphans implements engine.Store.
func (s *Store) CountOrphans(ctx context.Context, ws, pair string) (n [2]int, err error) {
	err = db.Walk(ctx, s.db, "select side, count(*) from inbox where workspace_id = $1 and pair = $2 and reason = 'parent' group by side", []any{ws, pair},
		func(r *sql.Rows) error {
			var side, count int
			err := r.Scan(&side, &count)
			n[side] = count
			return err
		})
	return n, err
}
