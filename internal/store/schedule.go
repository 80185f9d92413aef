package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/flow"
)

// FlowState is when a flow runs.
type FlowState struct {
	// Next is the next time by the schedule, zero when it was not planned yet. Due is when a webhook or a person wants
	// the flow to work what is in the inbox, zero when nobody does.
	Next, Due time.Time
	LastRun   string // id
}

// DueFlow names a flow that should run.
type DueFlow struct {
	Workspace, Flow string
	// Scheduled says that its time has come, so that it reads both sides; otherwise only its inbox is worked.
	Scheduled bool
}

// SetEnabled switches a flow on or off. A flow that is switched on is planned anew.
func (s *Store) SetEnabled(ctx context.Context, ws, id string, on bool) error {
	return s.changeFlow(ctx, ws, id, "enabled = $3", on)
}

// SaveApproval stores who allowed the first full plan of a flow.
func (s *Store) SaveApproval(ctx context.Context, ws, id string, a flow.Approval) error {
	return s.changeFlow(ctx, ws, id, "approval = $3", approvalDoc(&a))
}

func (s *Store) changeFlow(ctx context.Context, ws, id, set string, v any) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update flow set "+set+", updated_at = $4 where workspace_id = $1 and id = $2", ws, id, v, db.MS(s.now()))
		if err == nil && n == 0 {
			err = notFound("flow", id)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update flow_state set next_at = 0 where workspace_id = $1 and flow = $2", ws, id)
		return err
	})
}

// heldFlow is true of a flow f one of whose accounts cannot be used until a person connects it again. It stays due: once the
// account is connected, it runs.
const heldFlow = `exists (select 1 from connection c where c.workspace_id = f.workspace_id and c.id in (f.conn_a, f.conn_b) and c.state in ('needs_key', 'reconnect'))`

// DueFlows lists the enabled flows of all workspaces that should run: those whose time has come or was never planned,
// and those that were marked. Flows that are held are not among them.
func (s *Store) DueFlows(ctx context.Context, now time.Time) ([]DueFlow, error) {
	return db.All(ctx, s.db, `select st.workspace_id, st.flow, st.next_at <= $1 from flow_state st
		join flow f on f.workspace_id = st.workspace_id and f.id = st.flow
		where f.enabled and (st.next_at <= $1 or st.due_at > 0 and st.due_at <= $1) and not `+heldFlow+`
		order by st.workspace_id, st.flow`, []any{db.MS(now)}, scanDue)
}

// TakeDue is DueFlows that also moves each flow to its next time and its mark to the next call that is not due yet, in one transaction: a
// flow is handed out once, whoever asks.
func (s *Store) TakeDue(ctx context.Context, now time.Time) ([]DueFlow, error) {
	var all []DueFlow
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, `select workspace_id, flow, next_at <= $1 from flow_state st
			where (next_at <= $1 or due_at > 0 and due_at <= $1)
				and exists (select 1 from flow f where f.workspace_id = st.workspace_id and f.id = st.flow and f.enabled and not `+heldFlow+`)
			order by workspace_id, flow`+tx.SkipLocked(), []any{db.MS(now)}, scanDue)
		if err != nil {
			return err
		}
		for _, d := range all {
			if err := plan(ctx, tx, d, now); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// plan moves a flow that was handed out to its next time.
func plan(ctx context.Context, tx *db.Tx, d DueFlow, now time.Time) error {
	if _, err := tx.Exec(ctx, `update flow_state set due_at = coalesce((select min(i.due_at) from inbox i
			join pair p on p.workspace_id = i.workspace_id and p.id = i.pair
			join flow f on f.workspace_id = p.workspace_id and f.conn_a = p.conn_a and f.conn_b = p.conn_b and f.object = p.object
			where i.workspace_id = $1 and f.id = $2 and i.reason = 'webhook' and i.due_at > $3), 0)
		where workspace_id = $1 and flow = $2 and due_at <= $3`, d.Workspace, d.Flow, db.MS(now)); err != nil || !d.Scheduled {
		return err
	}
	f, err := oneFlow(ctx, tx, "id", d.Workspace, d.Flow)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "update flow_state set next_at = $3 where workspace_id = $1 and flow = $2", d.Workspace, d.Flow, db.MS(nextOf(f, now)))
	return err
}

// nextOf is when a flow looks next by itself, rounded up: one that came up to a millisecond early would come twice.
func nextOf(f flow.Flow, now time.Time) time.Time {
	next := f.Schedule.Next(now, f.ID)
	if next.IsZero() {
		next = never
	}
	return next.Add(time.Millisecond - 1)
}

// never is the next time of a flow that has no schedule.
var never = time.UnixMilli(1 << 52)

func scanDue(r *sql.Rows) (d DueFlow, err error) {
	err = r.Scan(&d.Workspace, &d.Flow, &d.Scheduled)
	return d, err
}

// FlowStateOf returns when a flow runs.
func (s *Store) FlowStateOf(ctx context.Context, ws, id string) (f FlowState, err error) {
	_, err = s.db.Get(ctx, "select next_at, due_at, last_run from flow_state where workspace_id = $1 and flow = $2", []any{ws, id},
		db.Time(&f.Next), db.Time(&f.Due), &f.LastRun)
	return f, err
}

// SetNext plans the next time of a flow and takes a mark of before away. Call it when a run begins.
func (s *Store) SetNext(ctx context.Context, ws, id string, next time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update flow_state set next_at = $3, due_at = 0 where workspace_id = $1 and flow = $2", ws, id, db.MS(next))
		return err
	})
}

// TakeMark takes the mark of a flow away if it is due, leaving its schedule, and reports whether there was one.
func (s *Store) TakeMark(ctx context.Context, ws, id string, now time.Time) (bool, error) {
	var n int64
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, "update flow_state set due_at = 0 where workspace_id = $1 and flow = $2 and due_at > 0 and due_at <= $3", ws, id, db.MS(now))
		return err
	})
	return n > 0, err
}

// MarkDue makes a flow work its inbox at a time, unless it is to do so earlier.
func (s *Store) MarkDue(ctx context.Context, ws, id string, at time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return markDue(ctx, tx, ws, id, at) })
}

func markDue(ctx context.Context, tx *db.Tx, ws, id string, at time.Time) error {
	_, err := tx.Exec(ctx, "update flow_state set due_at = $3 where workspace_id = $1 and flow = $2 and (due_at = 0 or due_at > $3)", ws, id, db.MS(at))
	return err
}
