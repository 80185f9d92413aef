package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/engine"
)

const firingColumns = `workspace_id, id, automation, version, key, noticed, thing, record, title, data, cause, hop, by_user, state, reason, step, attempts,
	since_at, fired_at, due_at, over_at, begun_at, held, fence`

func scanFiring(r *sql.Rows) (f automation.Firing, err error) {
	var held int
	err = r.Scan(&f.Workspace, &f.ID, &f.Automation, &f.Version, &f.Key, &f.Trigger, &f.Thing, &f.Record, &f.Title, db.JSON(&f.Data), &f.Cause, &f.Hop, &f.By,
		&f.State, &f.Reason, &f.Step, &f.Attempts, db.Time(&f.Since), db.Time(&f.At), db.Time(&f.Due), db.Time(&f.Over), db.Time(&f.Begun), &held, &f.Fence)
	f.Held = held > 0
	return f, err
}

// AddFirings stores what set automations off, and returns those that were not known by their keys. Each is open, and due at once
// unless it says when.
func (s *Store) AddFirings(ctx context.Context, ws string, list []automation.Firing) (fresh []automation.Firing, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		fresh, err = s.addFirings(ctx, tx, ws, list)
		return err
	})
	return fresh, err
}

func (s *Store) addFirings(ctx context.Context, tx *db.Tx, ws string, list []automation.Firing) (fresh []automation.Firing, err error) {
	now := s.now()
	for _, f := range list {
		f.Workspace, f.ID, f.At, f.State = ws, engine.NewID("fire", now), now, automation.Open
		if f.Due.IsZero() {
			f.Due = now
		}
		n, err := tx.Exec(ctx, `insert into firing (`+firingColumns+`, owner, words)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '', 0, 0, $15, $16, 0, 0, 0, 0, '', $17) on conflict (workspace_id, automation, key) do nothing`,
			ws, f.ID, f.Automation, f.Version, f.Key, f.Trigger, f.Thing, f.Record, f.Title, db.Doc(f.Data), f.Cause, f.Hop, f.By, string(f.State), db.MS(f.At), db.MS(f.Due), firingWords(f))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			fresh = append(fresh, f)
		}
	}
	return fresh, nil
}

// DueFirings names the enabled automations, of all workspaces, of which a firing is due.
func (s *Store) DueFirings(ctx context.Context, now time.Time) ([]DueFlow, error) {
	return db.All(ctx, s.db, `select distinct f.workspace_id, f.automation, false from firing f join automation a on a.workspace_id = f.workspace_id and a.id = f.automation
		where f.state in ('open', 'waiting') and f.due_at <= $1 and a.enabled`, []any{db.MS(now)}, scanDue)
}

// TakeFirings implements automation.Firings.
func (s *Store) TakeFirings(ctx context.Context, ws, id, owner string, now, until time.Time, most int) (taken []automation.Firing, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		taken, err = db.All(ctx, tx, "select "+firingColumns+` from firing where workspace_id = $1 and automation = $2 and state in ('open', 'waiting') and due_at <= $3
			order by due_at, id limit $4`+tx.SkipLocked(), []any{ws, id, db.MS(now), most}, scanFiring)
		for i := range taken {
			f := &taken[i]
			f.Fence++
			if err == nil {
				_, err = tx.Exec(ctx, "update firing set fence = $3, owner = $4, due_at = $5 where workspace_id = $1 and id = $2", ws, f.ID, f.Fence, owner, db.MS(until))
			}
		}
		return err
	})
	return taken, err
}

// ourFiring runs a change of a firing that nobody took away meanwhile.
func (s *Store) ourFiring(ctx context.Context, ws string, f automation.Firing, change func(*db.Tx) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var fence int64
		var state automation.State
		found, err := tx.Get(ctx, "select fence, state from firing where workspace_id = $1 and id = $2"+tx.ForUpdate(), []any{ws, f.ID}, &fence, &state)
		if err != nil {
			return err
		}
		if !found || fence != f.Fence || state.Over() {
			return automation.ErrLost
		}
		return change(tx)
	})
}

// KeepFiring implements automation.Firings.
func (s *Store) KeepFiring(ctx context.Context, ws string, f automation.Firing, until time.Time) error {
	return s.ourFiring(ctx, ws, f, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update firing set due_at = $3 where workspace_id = $1 and id = $2", ws, f.ID, db.MS(until))
		return err
	})
}

// FreeFirings makes due at once what somebody has who is dead.
func (s *Store) FreeFirings(ctx context.Context, now time.Time, dead func(owner string) bool) error {
	owners, err := db.All(ctx, s.db, "select distinct owner from firing where owner <> ''", nil, scanID)
	for _, o := range owners {
		if err == nil && dead(o) {
			err = s.db.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "update firing set due_at = $2, owner = '' where owner = $1 and state in ('open', 'waiting')", o, db.MS(now))
				return err
			})
		}
	}
	return err
}

// Settle implements automation.Firings.
func (s *Store) Settle(ctx context.Context, ws string, f automation.Firing) error {
	return s.ourFiring(ctx, ws, f, func(tx *db.Tx) error { return settleFiring(ctx, tx, ws, f) })
}

func settleFiring(ctx context.Context, tx *db.Tx, ws string, f automation.Firing) error {
	held := 0
	if f.Held {
		held = 1
	}
	_, err := tx.Exec(ctx, `update firing set state = $3, reason = $4, step = $5, attempts = $6, since_at = $7, due_at = $8, over_at = $9, version = $10, begun_at = $11, held = $12, owner = ''
		where workspace_id = $1 and id = $2`, ws, f.ID, string(f.State), f.Reason, f.Step, f.Attempts, db.MS(f.Since), db.MS(f.Due), db.MS(f.Over), f.Version, db.MS(f.Begun), held)
	return err
}

// FiringEntries implements automation.Firings.
func (s *Store) FiringEntries(ctx context.Context, ws, firing string) ([]automation.Entry, error) {
	return db.All(ctx, s.db, "select body from firing_entry where workspace_id = $1 and firing = $2 order by seq, at", []any{ws, firing}, scanFiringEntry)
}

func scanFiringEntry(r *sql.Rows) (e automation.Entry, err error) {
	err = r.Scan(db.JSON(&e))
	return e, err
}

// Note implements automation.Firings.
func (s *Store) Note(ctx context.Context, ws string, f automation.Firing, e automation.Entry) error {
	return s.ourFiring(ctx, ws, f, func(tx *db.Tx) error { return putFiringEntry(ctx, tx, ws, f.ID, e) })
}

func putFiringEntry(ctx context.Context, tx *db.Tx, ws, id string, e automation.Entry) error {
	_, err := tx.Exec(ctx, `insert into firing_entry (workspace_id, firing, at, step, seq, state, body, made, began_at, words) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (workspace_id, firing, at) do update set state = excluded.state, body = excluded.body, made = excluded.made, words = excluded.words`,
		ws, id, e.At, e.Step, e.Seq, string(e.State), db.Doc(e), e.Made, db.MS(e.Began), strings.ToLower(e.Text))
	return err
}

// Claim implements automation.Firings.
func (s *Store) Claim(ctx context.Context, ws string, f automation.Firing, step string) (ours bool, err error) {
	err = s.ourFiring(ctx, ws, f, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into firing_once (workspace_id, automation, step, record, firing) values ($1, $2, $3, $4, $5)
			on conflict (workspace_id, automation, step, record) do nothing`, ws, f.Automation, step, f.Record, f.ID); err != nil {
			return err
		}
		var has string
		_, err := tx.Get(ctx, "select firing from firing_once where workspace_id = $1 and automation = $2 and step = $3 and record = $4",
			[]any{ws, f.Automation, step, f.Record}, &has)
		ours = has == f.ID
		return err
	})
	return ours, err
}

// Unclaim implements automation.Firings.
func (s *Store) Unclaim(ctx context.Context, ws string, f automation.Firing, step string) error {
	return s.ourFiring(ctx, ws, f, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from firing_once where workspace_id = $1 and automation = $2 and step = $3 and record = $4 and firing = $5",
			ws, f.Automation, step, f.Record, f.ID)
		return err
	})
}

// AutomationAt implements automation.Firings.
func (s *Store) AutomationAt(ctx context.Context, ws, id string, version int) (automation.Automation, error) {
	v, err := s.AutomationVersionOf(ctx, ws, id, version)
	return v.Automation, err
}
