package store

import (
	"context"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// SavePage implements engine.Store. A page may come with hints for other pairs than the one that is being worked on:
// the mirror belongs to the connection, and every pair of it that was seeded learns what changed.
func (s *Store) SavePage(ctx context.Context, ws string, l engine.Lease, cur engine.Cursor, gen int64, changed []engine.Mirror, seen []string, hints []engine.Hint) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		if err := putMirrors(ctx, tx, ws, cur.Conn, cur.Object, gen, changed); err != nil {
			return err
		}
		if gen > 0 {
			if err := markSeen(ctx, tx, ws, cur.Conn, cur.Object, gen, seen); err != nil {
				return err
			}
		}
		if err := spread(ctx, tx, ws, cur.Conn, cur.Object, hints); err != nil {
			return err
		}
		return putCursor(ctx, tx, ws, cur)
	})
}

func markSeen(ctx context.Context, tx *db.Tx, ws, conn, object string, gen int64, seen []string) error {
	if len(seen) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "update mirror set gen = $4 where workspace_id = $1 and conn = $2 and object = $3 and gen < $4 and id in [$5]",
		ws, conn, object, gen, db.Strings(seen))
	return err
}

// SpreadHints implements engine.Store.
func (s *Store) SpreadHints(ctx context.Context, ws, conn, object string, hints []engine.Hint) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return spread(ctx, tx, ws, conn, object, hints) })
}

// spread puts hints about records of a connection into the inbox of each seeded pair, on the side that the connection
// has there.
func spread(ctx context.Context, tx *db.Tx, ws, conn, object string, hints []engine.Hint) error {
	if len(hints) == 0 {
		return nil
	}
	pairs, err := seededPairs(ctx, tx, ws, conn, object)
	if err != nil {
		return err
	}
	return spreadOver(ctx, tx, ws, pairs, conn, hints)
}

// tellOthers has the other pairs of a connection look at records whose content is not what it was: no page will show them
// as news any more, once the mirror knows. The pair that found it out does not tell itself.
func tellOthers(ctx context.Context, tx *db.Tx, ws string, p engine.Pair, conn string, shown []engine.Mirror, now time.Time) error {
	if len(shown) == 0 {
		return nil
	}
	others, err := seededPairs(ctx, tx, ws, conn, p.Object)
	others = slices.DeleteFunc(others, func(o engine.Pair) bool { return o.ID == p.ID })
	if err != nil || len(others) == 0 {
		return err
	}
	ids := make([]string, len(shown))
	for i, m := range shown {
		ids[i] = m.ID
	}
	old, err := mirrorsOf(ctx, tx, ws, conn, p.Object, ids)
	if err != nil {
		return err
	}
	var hints []engine.Hint
	for _, m := range shown {
		was, known := old[m.ID]
		if !known || was.Parent != m.Parent || was.Gone.IsZero() != m.Gone.IsZero() || jsonOf(was.Fields) != jsonOf(m.Fields) {
			hints = append(hints, engine.Hint{ID: m.ID, Parent: m.Parent, Reason: "poll", At: now, Due: now})
		}
	}
	return spreadOver(ctx, tx, ws, others, conn, hints)
}

func spreadOver(ctx context.Context, tx *db.Tx, ws string, pairs []engine.Pair, conn string, hints []engine.Hint) error {
	for _, p := range pairs {
		var own []engine.Hint
		for side := range p.Conns {
			if p.Conns[side] != conn {
				continue
			}
			for _, h := range hints {
				h.Side = engine.Side(side)
				own = append(own, h)
			}
		}
		if err := putHints(ctx, tx, ws, p.ID, own); err != nil {
			return err
		}
	}
	return nil
}
