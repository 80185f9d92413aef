package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

const pairColumns = "id, conn_a, conn_b, object, seeded_at, first_at, again, deleted_at, settled_at, scope, afresh"

func scanPair(ws string) func(*sql.Rows) (engine.Pair, error) {
	return func(r *sql.Rows) (engine.Pair, error) {
		p := engine.Pair{Workspace: ws}
		return p, r.Scan(pairInto(&p)...)
	}
}

func pairInto(p *engine.Pair) []any {
	return []any{&p.ID, &p.Conns[0], &p.Conns[1], &p.Object, db.Time(&p.Seeded), db.Time(&p.First), &p.Again, db.Time(&p.Deleted), db.Time(&p.Settled), &p.Scope, db.JSON(&p.Afresh)}
}

// PairFor implements engine.Store.
func (s *Store) PairFor(ctx context.Context, ws string, conns [2]string, object, newID string) (engine.Pair, error) {
	p := engine.Pair{Workspace: ws}
	const find = "select " + pairColumns + " from pair where workspace_id = $1 and conn_a = $2 and conn_b = $3 and object = $4"
	args := []any{ws, conns[0], conns[1], object}
	if found, err := s.db.Get(ctx, find, args, pairInto(&p)...); found || err != nil {
		return p, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into pair (workspace_id, id, conn_a, conn_b, object, seeded_at, settled_at) values ($1, $2, $3, $4, $5, 0, 0)
			on conflict (workspace_id, conn_a, conn_b, object) do nothing`, ws, newID, conns[0], conns[1], object); err != nil {
			return err
		}
		_, err := tx.Get(ctx, find, args, pairInto(&p)...)
		return err
	})
	return p, err
}

// Pairs lists the pairs of a workspace.
func (s *Store) Pairs(ctx context.Context, ws string) ([]engine.Pair, error) {
	return db.All(ctx, s.db, "select "+pairColumns+" from pair where workspace_id = $1 order by id", []any{ws}, scanPair(ws))
}

// Seed implements engine.Store.
func (s *Store) Seed(ctx context.Context, ws string, l engine.Lease, pair engine.Pair, now time.Time) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		p, err := pairByID(ctx, tx, ws, pair.ID)
		if err != nil {
			return err
		}
		for side, conn := range p.Conns {
			if _, err := tx.Exec(ctx, `insert into inbox (workspace_id, pair, side, id, parent, reason, hint_at, due_at, seq, attempts, problem)
				select workspace_id, $4, $5, id, parent, 'seed', $6, $6, 1, 0, '' from mirror
				where workspace_id = $1 and conn = $2 and object = $3 and gone_at = 0 `+hintAgain, ws, conn, p.Object, p.ID, side, db.MS(now)); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `update pair set seeded_at = case when seeded_at = 0 then $3 else seeded_at end, first_at = case when first_at = 0 then $3 else first_at end,
			scope = $4, again = case when again = $5 then 0 else again end where workspace_id = $1 and id = $2`, ws, p.ID, db.MS(now), pair.Scope, pair.Again)
		return err
	})
}

// SettlePair implements engine.Store.
func (s *Store) SettlePair(ctx context.Context, ws string, l engine.Lease, pair string, now time.Time) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update pair set settled_at = $3 where workspace_id = $1 and id = $2", ws, pair, db.MS(now))
		if err == nil && n == 0 {
			err = notFound("pair", pair)
		}
		return err
	})
}

// StartAfresh implements engine.Store. Whoever works on another pair of the account loses it.
func (s *Store) StartAfresh(ctx context.Context, ws string, l engine.Lease, pair string, a engine.Afresh) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		p, err := pairByID(ctx, tx, ws, pair)
		if err != nil {
			return err
		}
		if err := putAfresh(ctx, tx, ws, p, a); err != nil || !a.Strange() {
			return err
		}
		conn := p.Conns[a.Side]
		if a.Why == engine.Jumped { // what that reading showed is said, and the next one is compared with it
			if _, err := tx.Exec(ctx, "update cursor set judged = generation, came = 0 where workspace_id = $1 and conn = $2 and object = $3", ws, conn, p.Object); err != nil {
				return err
			}
		}
		others, err := pairsOf(ctx, tx, ws, conn, p.Object)
		for _, o := range others {
			if err != nil {
				return err
			}
			if o.ID == p.ID || o.First.IsZero() {
				continue
			}
			if a.Side = engine.A; o.Conns[engine.A] != conn {
				a.Side = engine.B
			}
			if err = putAfresh(ctx, tx, ws, o, a); err == nil {
				_, err = tx.Exec(ctx, "update lease set owner = '', fence = fence + 1 where workspace_id = $1 and name = $2", ws, engine.LeaseName(o.ID))
			}
		}
		return err
	})
}

// ProposeAfresh notes that a person wants all linked records of a pair compared once more, or with a zero Afresh no longer wants
// that. It takes effect when a rehearsal of it is approved. To propose the same again changes nothing.
func (s *Store) ProposeAfresh(ctx context.Context, ws, pair string, a engine.Afresh) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := pairByID(ctx, tx, ws, pair)
		if err != nil || !p.Afresh.At.IsZero() && !p.Afresh.Proposed && p.Settled.IsZero() { // that is under way, or waits for a person
			return err
		}
		if p.Afresh.Proposed && a.Why == p.Afresh.Why && slices.Equal(a.Keys, p.Afresh.Keys) {
			return nil // what was rehearsed since shows it
		}
		if old := p.Afresh.InForce(); a.At.IsZero() {
			a = old
		} else {
			a.Proposed = true
			if !old.At.IsZero() {
				a.Before = &old
			}
		}
		_, err = tx.Exec(ctx, "update pair set afresh = $3 where workspace_id = $1 and id = $2", ws, pair, db.Doc(a))
		return err
	})
}

// approveAfresh carries out what was proposed for the pairs of a flow that is approved.
func approveAfresh(ctx context.Context, tx *db.Tx, f flow.Flow, now time.Time) error {
	pairs, err := db.All(ctx, tx, "select "+pairColumns+" from pair where workspace_id = $1 and conn_a = $2 and conn_b = $3 and object = $4",
		[]any{f.Workspace, f.Connections[0], f.Connections[1], f.Object}, scanPair(f.Workspace))
	for _, p := range pairs {
		if a := p.Afresh; err == nil && a.Proposed {
			p.Afresh = a.InForce()
			a.Proposed, a.At = false, now.Add(-time.Millisecond) // before the approval
			err = putAfresh(ctx, tx, f.Workspace, p, a)
		}
	}
	return err
}

// putAfresh has a pair start afresh.
func putAfresh(ctx context.Context, tx *db.Tx, ws string, p engine.Pair, a engine.Afresh) error {
	if a.Strange() {
		a.Seeded, a.Settled = p.Seeded, p.Settled
	}
	a = a.Over(p.Afresh.InForce())
	_, err := tx.Exec(ctx, "update pair set afresh = $3, seeded_at = 0, settled_at = 0 where workspace_id = $1 and id = $2", ws, p.ID, db.Doc(a))
	return err
}

func pairByID(ctx context.Context, q db.Queryer, ws, id string) (engine.Pair, error) {
	p := engine.Pair{Workspace: ws}
	found, err := q.Get(ctx, "select "+pairColumns+" from pair where workspace_id = $1 and id = $2", []any{ws, id}, pairInto(&p)...)
	if err == nil && !found {
		err = notFound("pair", id)
	}
	return p, err
}

// pairsOf lists the pairs of an object of a connection.
func pairsOf(ctx context.Context, q db.Queryer, ws, conn, object string) ([]engine.Pair, error) {
	return db.All(ctx, q, "select "+pairColumns+" from pair where workspace_id = $1 and object = $2 and (conn_a = $3 or conn_b = $3) order by id",
		[]any{ws, object, conn}, scanPair(ws))
}

// seededPairs lists those whose inbox takes hints.
func seededPairs(ctx context.Context, q db.Queryer, ws, conn, object string) ([]engine.Pair, error) {
	all, err := pairsOf(ctx, q, ws, conn, object)
	return slices.DeleteFunc(all, func(p engine.Pair) bool { return p.Seeded.IsZero() }), err
}

// SettledOf implements engine.Store.
func (s *Store) SettledOf(ctx context.Context, ws, conn, object string) (bool, error) {
	all, err := pairsOf(ctx, s.db, ws, conn, object)
	return slices.ContainsFunc(all, func(p engine.Pair) bool { return !p.Settled.IsZero() }), err
}
