package store

import (
	"context"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// Event is a webhook call as it is kept: that it came, never what it said.
type Event struct {
	// WebhookID is unique per delivery; a repeated one has no effect.
	WebhookID, Type string
	Sent            time.Time
	// Extra is kept with the hints that the call leaves with automations it is meant for, and nowhere else.
	Extra map[string]any
}

// RecordEvent notes a call without any effect on the inbox. It reports false when the call was known.
func (s *Store) RecordEvent(ctx context.Context, ws, conn, webhookID, typ string, at time.Time) (inserted bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		inserted, err = putEvent(ctx, tx, ws, conn, Event{WebhookID: webhookID, Type: typ, Sent: at}, nil, s.now())
		return err
	})
	return inserted, err
}

// TakeHook notes a call, puts the records that it names into the inbox of every seeded pair of the connection, marks
// the flows that work there, and leaves hints with the automations that hear it, in one transaction. It reports whether the call was new, and the enabled flows to wake. The
// first hint for a record is due at once. A further one, for a record that has a line already or was looked at within
// debounce, is due after debounce: several calls for one change cost one look.
func (s *Store) TakeHook(ctx context.Context, ws, conn string, ev Event, refs []connector.Ref, now time.Time, debounce time.Duration) (fresh bool, flows []string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		fresh, flows = false, nil
		ids := make([]string, len(refs))
		objects := map[string][]connector.Ref{}
		for i, r := range refs {
			ids[i] = r.ID
			objects[r.Object] = append(objects[r.Object], r)
		}
		if fresh, err = putEvent(ctx, tx, ws, conn, ev, ids, now); err != nil || !fresh {
			return err
		}
		for object, refs := range objects {
			if err := hintWatches(ctx, tx, ws, conn, ev, object, refs, now, debounce); err != nil {
				return err
			}
			pairs, err := seededPairs(ctx, tx, ws, conn, object)
			if err != nil {
				return err
			}
			for _, p := range pairs {
				ids, err := hintPair(ctx, tx, ws, p, conn, refs, now, debounce)
				if err != nil {
					return err
				}
				flows = append(flows, ids...)
			}
		}
		slices.Sort(flows)
		flows = slices.Compact(flows)
		return nil
	})
	return fresh, flows, err
}

func putEvent(ctx context.Context, tx *db.Tx, ws, conn string, ev Event, ids []string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `insert into event (workspace_id, conn, webhook_id, type, sent_at, received_at, ext_ids) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (workspace_id, conn, webhook_id) do nothing`, ws, conn, ev.WebhookID, ev.Type, db.MS(ev.Sent), db.MS(now), docOr(ids, len(ids)))
	return n > 0, err
}

// hintPair puts hints into the inbox of one pair and returns the enabled flows that work on it.
func hintPair(ctx context.Context, tx *db.Tx, ws string, p engine.Pair, conn string, refs []connector.Ref, now time.Time, debounce time.Duration) ([]string, error) {
	var hints []engine.Hint
	earliest := now.Add(debounce)
	for side := range p.Conns {
		if p.Conns[side] != conn {
			continue
		}
		for _, r := range refs {
			h := engine.Hint{Side: engine.Side(side), ID: r.ID, Parent: r.Parent, Reason: "webhook", At: now, Due: now}
			again, err := lookedAt(ctx, tx, ws, p, h, now.Add(-debounce))
			if err != nil {
				return nil, err
			}
			if again {
				h.Due = now.Add(debounce)
			} else {
				earliest = now
			}
			hints = append(hints, h)
		}
	}
	if err := putHints(ctx, tx, ws, p.ID, hints); err != nil {
		return nil, err
	}
	flows, err := db.All(ctx, tx, "select id from flow where workspace_id = $1 and conn_a = $2 and conn_b = $3 and object = $4 and enabled order by id",
		[]any{ws, p.Conns[0], p.Conns[1], p.Object}, scanID)
	if err != nil {
		return nil, err
	}
	for _, id := range flows {
		if err := markDue(ctx, tx, ws, id, earliest); err != nil {
			return nil, err
		}
	}
	return flows, nil
}

// lookedAt reports whether a record has a line in the inbox or was looked at since a time.
func lookedAt(ctx context.Context, tx *db.Tx, ws string, p engine.Pair, h engine.Hint, since time.Time) (bool, error) {
	var one int
	found, err := tx.Get(ctx, "select 1 from inbox where workspace_id = $1 and pair = $2 and side = $3 and id = $4", []any{ws, p.ID, int64(h.Side), h.ID}, &one)
	if found || err != nil {
		return found, err
	}
	return tx.Get(ctx, "select 1 from mirror where workspace_id = $1 and conn = $2 and object = $3 and id = $4 and seen_at > $5",
		[]any{ws, p.Conns[h.Side], p.Object, h.ID, db.MS(since)}, &one)
}
