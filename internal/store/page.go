package store

import (
	"context"

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
