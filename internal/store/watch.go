package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/automation"
)

// again is when a look that did not come to its end is taken up again.
const again = time.Minute

// TakeWatch implements automation.Watches.
func (s *Store) TakeWatch(ctx context.Context, ws, id, owner string, now, until time.Time) (w automation.Watch, ours bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		w, ours = automation.Watch{}, false
		a, err := lockedAutomation(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := putWatch(ctx, tx, ws, id, a.Published.Version); err != nil {
			return err
		}
		var held time.Time
		if _, err := tx.Get(ctx, "select body, held_until, fence from watch where workspace_id = $1 and automation = $2"+tx.ForUpdate(), []any{ws, id},
			db.JSON(&w), db.Time(&held), &w.Fence); err != nil {
			return err
		}
		if ours = !held.After(now); !ours {
			return nil
		}
		w.Automation, w.Fence = id, w.Fence+1
		_, err = tx.Exec(ctx, "update watch set owner = $3, held_until = $4, fence = $5 where workspace_id = $1 and automation = $2", ws, id, owner, db.MS(until), w.Fence)
		return err
	})
	return w, ours, err
}

// WatchProblem says why the last look of an automation did not come to its end, "" when it did, or there was none.
func (s *Store) WatchProblem(ctx context.Context, ws, id string) (string, error) {
	var w automation.Watch
	_, err := s.db.Get(ctx, "select body from watch where workspace_id = $1 and automation = $2 and body <> ''", []any{ws, id}, db.JSON(&w))
	return w.Problem, err
}

func putWatch(ctx context.Context, tx *db.Tx, ws, id string, version int) error {
	_, err := tx.Exec(ctx, `insert into watch (workspace_id, automation, version, conn, object, calls, body, next_at, due_at, owner, held_until, fence)
		values ($1, $2, $3, '', '', '', '', 0, 0, '', 0, 0) on conflict (workspace_id, automation) do nothing`, ws, id, version)
	return err
}

// forgetWatch forgets what an automation has seen, so that it begins anew. Who looks just now loses it.
func forgetWatch(ctx context.Context, tx *db.Tx, ws, id string) error {
	if _, err := tx.Exec(ctx, `update watch set version = 0, conn = '', object = '', calls = '', body = '', next_at = 0, due_at = 0, owner = '', held_until = 0, fence = fence + 1
		where workspace_id = $1 and automation = $2`, ws, id); err != nil {
		return err
	}
	return putNoticed(ctx, tx, ws, id, automation.Noticed{Anew: true})
}

// ourWatch runs a change of a watch that nobody took away meanwhile.
func (s *Store) ourWatch(ctx context.Context, ws string, w automation.Watch, change func(*db.Tx) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var fence int64
		found, err := tx.Get(ctx, "select fence from watch where workspace_id = $1 and automation = $2"+tx.ForUpdate(), []any{ws, w.Automation}, &fence)
		if err == nil && (!found || fence != w.Fence) {
			err = automation.ErrLost
		}
		if err != nil {
			return err
		}
		return change(tx)
	})
}

// SaveWatch implements automation.Watches.
func (s *Store) SaveWatch(ctx context.Context, ws string, w automation.Watch, n automation.Noticed, until time.Time) (fresh []automation.Firing, err error) {
	err = s.ourWatch(ctx, ws, w, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `update watch set conn = $3, object = $4, calls = $5, body = $6, held_until = $7, due_at = case when due_at > 0 and due_at < $7 then $7 else due_at end
			where workspace_id = $1 and automation = $2`, ws, w.Automation, w.Conn, w.Object, docOr(w.Calls, len(w.Calls)), db.Doc(w), db.MS(until)); err != nil {
			return err
		}
		if err := putNoticed(ctx, tx, ws, w.Automation, n); err != nil {
			return err
		}
		fresh, err = s.addFirings(ctx, tx, ws, n.Firings)
		return err
	})
	return fresh, err
}

func putNoticed(ctx context.Context, tx *db.Tx, ws, id string, n automation.Noticed) error {
	if n.Anew {
		for _, table := range []string{"watch_seen", "watch_hint"} {
			if _, err := tx.Exec(ctx, "delete from "+table+" where workspace_id = $1 and automation = $2", ws, id); err != nil {
				return err
			}
		}
	}
	const seen = "insert into watch_seen (workspace_id, automation, id, seen_at, body) values ($1, $2, $3, $4, $5) on conflict (workspace_id, automation, id) do "
	rows := func(list []automation.Seen) (out [][]any) {
		for _, x := range list {
			out = append(out, []any{ws, id, x.ID, db.MS(x.At), db.Doc(x)})
		}
		return out
	}
	if err := tx.Each(ctx, seen+"update set seen_at = excluded.seen_at, body = excluded.body", rows(n.Seen)); err != nil {
		return err
	}
	if err := tx.Each(ctx, seen+"nothing", rows(n.First)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from watch_seen where workspace_id = $1 and automation = $2 and id in [$3]", ws, id, db.Strings(n.Gone)); err != nil {
		return err
	}
	for _, h := range n.Hints {
		if err := putWatchHint(ctx, tx, ws, id, h); err != nil {
			return err
		}
	}
	const one = " where workspace_id = $1 and automation = $2 and record = $3 and call = $4 and seq = $5"
	for _, h := range n.Done {
		if _, err := tx.Exec(ctx, "delete from watch_hint"+one, ws, id, h.Record, h.Call, h.Seq); err != nil {
			return err
		}
	}
	for _, h := range n.Later {
		if _, err := tx.Exec(ctx, "update watch_hint set due_at = $6"+one, ws, id, h.Record, h.Call, h.Seq, db.MS(h.Due)); err != nil {
			return err
		}
	}
	return nil
}

// putWatchHint adds a hint. One that is there already is due at the earlier time, and stays after a look that began before.
func putWatchHint(ctx context.Context, tx *db.Tx, ws, id string, h automation.Hint) error {
	_, err := tx.Exec(ctx, `insert into watch_hint (workspace_id, automation, record, call, parent, noticed, at, due_at, seq, extra) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
		on conflict (workspace_id, automation, record, call) do update set seq = watch_hint.seq + 1, parent = case when excluded.parent = '' then watch_hint.parent else excluded.parent end,
			due_at = case when excluded.due_at < watch_hint.due_at then excluded.due_at else watch_hint.due_at end`,
		ws, id, h.Record, h.Call, h.Parent, h.By, db.MS(h.At), db.MS(h.Due), docOr(h.Extra, len(h.Extra)))
	return err
}

// LeaveWatch implements automation.Watches. It is due again with its next hint.
func (s *Store) LeaveWatch(ctx context.Context, ws string, w automation.Watch, well bool) error {
	return s.ourWatch(ctx, ws, w, func(tx *db.Tx) error {
		if !well {
			_, err := tx.Exec(ctx, "update watch set owner = '', held_until = 0, due_at = $3 where workspace_id = $1 and automation = $2", ws, w.Automation, db.MS(s.now().Add(again)))
			return err
		}
		_, err := tx.Exec(ctx, `update watch set owner = '', held_until = 0, due_at = coalesce((select min(h.due_at) from watch_hint h where h.workspace_id = $1 and h.automation = $2), 0)
			where workspace_id = $1 and automation = $2`, ws, w.Automation)
		return err
	})
}

// FreeWatches lets go what somebody has who is dead.
func (s *Store) FreeWatches(ctx context.Context, dead func(owner string) bool) error {
	owners, err := db.All(ctx, s.db, "select distinct owner from watch where owner <> ''", nil, scanID)
	for _, o := range owners {
		if err == nil && dead(o) {
			err = s.db.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update watch set owner = '', held_until = 0 where owner = $1", o)
				return err
			})
		}
	}
	return err
}

// HintsFor implements automation.Watches.
func (s *Store) HintsFor(ctx context.Context, ws, id string, now time.Time, limit int) ([]automation.Hint, error) {
	return db.All(ctx, s.db, `select record, parent, call, noticed, at, due_at, seq, extra from watch_hint where workspace_id = $1 and automation = $2 and due_at <= $3
		order by at, record, call limit $4`, []any{ws, id, db.MS(now), limit}, func(r *sql.Rows) (h automation.Hint, err error) {
		err = r.Scan(&h.Record, &h.Parent, &h.Call, &h.By, db.Time(&h.At), db.Time(&h.Due), &h.Seq, db.JSON(&h.Extra))
		return h, err
	})
}

// SeenBy implements automation.Watches.
func (s *Store) SeenBy(ctx context.Context, ws, id string, ids []string) (map[string]automation.Seen, error) {
	out := map[string]automation.Seen{}
	err := db.Walk(ctx, s.db, "select id, seen_at, body from watch_seen where workspace_id = $1 and automation = $2 and id in [$3]", []any{ws, id, db.Strings(ids)}, func(r *sql.Rows) error {
		var x automation.Seen
		err := r.Scan(&x.ID, db.Time(&x.At), db.JSON(&x))
		out[x.ID] = x
		return err
	})
	return out, err
}
