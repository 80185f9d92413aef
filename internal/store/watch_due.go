package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/flow"
)

const (
	// unwatched is true of an automation a that is on and was never looked at, dueWatch of a watch w whose time has come at $1.
	unwatched = `a.enabled and a.version > 0 and not exists (select 1 from watch x where x.workspace_id = a.workspace_id and x.automation = a.id)`
	dueWatch  = `(w.next_at <= $1 or w.due_at > 0 and w.due_at <= $1 or w.version <> (select a.version from automation a where a.workspace_id = w.workspace_id and a.id = w.automation))
		and exists (select 1 from automation a where a.workspace_id = w.workspace_id and a.id = w.automation and a.enabled)
		and not exists (select 1 from connection c where c.workspace_id = w.workspace_id and c.id = w.conn and c.state in ('needs_key', 'reconnect'))`
)

// DueAutomations names the enabled automations, of all workspaces, that are to be looked at: Scheduled where the time of their poll or
// schedule has come, or where another version of them was published, otherwise because of hints. Each is handed out once, whoever asks,
// and again a minute later when nobody came to the end of it. Those whose account cannot be used until a person connects it again
// wait for that.
func (s *Store) DueAutomations(ctx context.Context, now time.Time) (due []DueFlow, err error) {
	var one int
	if any, err := s.db.Get(ctx, "select 1 from automation a where "+unwatched+" union all select 1 from watch w where "+dueWatch+" limit 1", []any{db.MS(now)}, &one); err != nil || !any {
		return nil, err // nearly always: nothing is written then
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		due = nil
		none, err := db.All(ctx, tx, "select workspace_id, id, version from automation a where "+unwatched, nil, scanWatched)
		if err != nil {
			return err
		}
		for _, x := range none {
			if err := putWatch(ctx, tx, x.ws, x.id, 0); err != nil {
				return err
			}
		}
		all, err := db.All(ctx, tx, "select workspace_id, automation, version, next_at <= $1 from watch w where "+dueWatch+" order by workspace_id, automation"+tx.SkipLocked(), []any{db.MS(now)}, scanDueWatch)
		if err != nil {
			return err
		}
		for _, x := range all {
			a, err := oneAutomation(ctx, tx, x.ws, x.id)
			if err != nil {
				return err
			}
			p := a.Published
			next, looks := nextLook(p, now)
			mark := int64(0)
			if looks {
				mark = db.MS(now.Add(again))
				due = append(due, DueFlow{Workspace: x.ws, Flow: x.id, Scheduled: x.planned || x.version != p.Version})
			}
			if _, err := tx.Exec(ctx, "update watch set next_at = $3, due_at = $4, version = $5 where workspace_id = $1 and automation = $2", x.ws, x.id, db.MS(next), mark, p.Version); err != nil {
				return err
			}
		}
		return nil
	})
	return due, err
}

// nextLook is when an automation is looked at next by itself. looks is false for one that is told of each firing.
func nextLook(a automation.Automation, now time.Time) (next time.Time, looks bool) {
	switch a.Trigger.Kind {
	case automation.OnEvent:
		next = flow.Schedule{Every: flow.Duration(automation.PollEvery)}.Next(now, a.ID)
	case automation.OnSchedule:
		next = a.Trigger.Schedule.Next(now, a.ID)
	default:
		return never, false
	}
	if next.IsZero() {
		next = never
	}
	return next.Add(time.Millisecond - 1), true // rounded up: one that came up to a millisecond early would come twice
}

type watched struct {
	ws, id  string
	version int
	planned bool
}

func scanWatched(r *sql.Rows) (w watched, err error) {
	err = r.Scan(&w.ws, &w.id, &w.version)
	return w, err
}

func scanDueWatch(r *sql.Rows) (w watched, err error) {
	err = r.Scan(&w.ws, &w.id, &w.version, &w.planned)
	return w, err
}

// hintWatches leaves a hint with each enabled automation that hears a call about records of an object, and has it looked at. As with
// the inbox, a further call for a record costs no look of its own.
func hintWatches(ctx context.Context, tx *db.Tx, ws, conn string, ev Event, object string, refs []connector.Ref, now time.Time, debounce time.Duration) error {
	type hearer struct {
		id    string
		calls []string
	}
	all, err := db.All(ctx, tx, `select automation, calls from watch w where workspace_id = $1 and conn = $2 and object = $3
		and exists (select 1 from automation a where a.workspace_id = w.workspace_id and a.id = w.automation and a.enabled) order by automation`,
		[]any{ws, conn, object}, func(r *sql.Rows) (h hearer, err error) {
			err = r.Scan(&h.id, db.JSON(&h.calls))
			return h, err
		})
	if err != nil {
		return err
	}
	for _, x := range all {
		if !slices.Contains(x.calls, ev.Type) && !slices.Contains(x.calls, automation.AnyCall) {
			continue
		}
		for _, r := range refs {
			h := automation.Hint{Record: r.ID, Parent: r.Parent, By: automation.ByWebhook, At: now, Due: now}
			if ev.Type == x.id { // it counts for itself
				h.Call, h.Extra = ev.WebhookID, ev.Extra
			} else if lately, err := seenLately(ctx, tx, ws, x.id, r.ID, now.Add(-debounce)); err != nil {
				return err
			} else if lately {
				h.Due = now.Add(debounce)
			}
			if err := putWatchHint(ctx, tx, ws, x.id, h); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "update watch set due_at = $3 where workspace_id = $1 and automation = $2 and (due_at = 0 or due_at > $3)", ws, x.id, db.MS(h.Due)); err != nil {
				return err
			}
		}
	}
	return nil
}

// seenLately reports whether a record is to be looked at already, or was looked at since a time.
func seenLately(ctx context.Context, tx *db.Tx, ws, id, record string, since time.Time) (bool, error) {
	var one int
	found, err := tx.Get(ctx, "select 1 from watch_hint where workspace_id = $1 and automation = $2 and record = $3 and call = ''", []any{ws, id, record}, &one)
	if found || err != nil {
		return found, err
	}
	return tx.Get(ctx, "select 1 from watch_seen where workspace_id = $1 and automation = $2 and id = $3 and seen_at > $4", []any{ws, id, record, db.MS(since)}, &one)
}
