package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"couplet/db"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

const flowColumns = "workspace_id, id, name, enabled, version, body, approval"

func isExists(err error) bool { return errors.Is(err, ErrExists) }

// SaveFlow stores a flow. One without an id is found by its name, or is new. When its body differs from the stored one
// it becomes the next version; being on or off is no part of the body. changed reports whether anything was stored. An
// approval that is given replaces the stored one; none leaves it.
func (s *Store) SaveFlow(ctx context.Context, ws string, f flow.Flow) (saved flow.Flow, changed bool, err error) {
	return s.SaveFlowBy(ctx, ws, Author{}, f)
}

// SaveFlowBy is SaveFlow by somebody, who is kept with the version that it makes.
func (s *Store) SaveFlowBy(ctx context.Context, ws string, by Author, f flow.Flow) (saved flow.Flow, changed bool, err error) {
	now := s.now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		old, found, err := flowToReplace(ctx, tx, ws, f)
		if err != nil {
			return err
		}
		saved, changed = f, true
		saved.Workspace = ws
		if !found {
			saved.ID, saved.Version = engine.NewID("flow", now), 1
			return insertFlow(ctx, tx, by, saved, now)
		}
		saved.ID, saved.Version = old.ID, old.Version
		if saved.Approval == nil {
			saved.Approval = old.Approval
		}
		body := bodyOf(saved) != bodyOf(old)
		if body {
			saved.Version++
		}
		changed = body || saved.Enabled != old.Enabled || jsonOf(saved.Approval) != jsonOf(old.Approval)
		if !changed {
			return nil
		}
		if err := updateFlow(ctx, tx, saved, now); err != nil || !body {
			return err
		}
		return putVersion(ctx, tx, by, saved, now)
	})
	return saved, changed, exists(err, "flow", f.Name)
}

func flowToReplace(ctx context.Context, tx *db.Tx, ws string, f flow.Flow) (flow.Flow, bool, error) {
	column, value := "id", f.ID
	if f.ID == "" {
		column, value = "name", f.Name
	}
	old, err := db.All(ctx, tx, "select "+flowColumns+" from flow where workspace_id = $1 and "+column+" = $2"+tx.ForUpdate(), []any{ws, value}, scanFlow)
	if err == nil && len(old) == 0 && f.ID != "" {
		err = notFound("flow", f.ID)
	}
	return first(old), len(old) > 0, err
}

// bodyOf is what a version of a flow consists of.
func bodyOf(f flow.Flow) string {
	f.Enabled, f.Version, f.Approval = false, 0, nil
	return jsonOf(f)
}

// jsonOf writes a flow or a part of one, which always marshals: it came from a file or a form.
func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func insertFlow(ctx context.Context, tx *db.Tx, by Author, f flow.Flow, now time.Time) error {
	if _, err := tx.Exec(ctx, `insert into flow (workspace_id, id, name, object, conn_a, conn_b, enabled, version, body, approval, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`, f.Workspace, f.ID, f.Name, f.Object, f.Connections[0], f.Connections[1], f.Enabled,
		f.Version, bodyOf(f), approvalDoc(f.Approval), db.MS(now)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "insert into flow_state (workspace_id, flow, next_at, due_at, last_run) values ($1, $2, 0, 0, '')", f.Workspace, f.ID); err != nil {
		return err
	}
	return putVersion(ctx, tx, by, f, now)
}

func updateFlow(ctx context.Context, tx *db.Tx, f flow.Flow, now time.Time) error {
	if _, err := tx.Exec(ctx, `update flow set name = $3, object = $4, conn_a = $5, conn_b = $6, enabled = $7, version = $8, body = $9, approval = $10, updated_at = $11
		where workspace_id = $1 and id = $2`, f.Workspace, f.ID, f.Name, f.Object, f.Connections[0], f.Connections[1], f.Enabled, f.Version, bodyOf(f),
		approvalDoc(f.Approval), db.MS(now)); err != nil {
		return err
	}
	// The schedule may be another one: it is planned anew.
	_, err := tx.Exec(ctx, "update flow_state set next_at = 0 where workspace_id = $1 and flow = $2", f.Workspace, f.ID)
	return err
}

func approvalDoc(a *flow.Approval) string {
	if a == nil {
		return ""
	}
	return jsonOf(a)
}

// Flows lists the flows of a workspace by name.
func (s *Store) Flows(ctx context.Context, ws string) ([]flow.Flow, error) {
	return db.All(ctx, s.db, "select "+flowColumns+" from flow where workspace_id = $1 order by name", []any{ws}, scanFlow)
}

// FlowByName finds a flow.
func (s *Store) FlowByName(ctx context.Context, ws, name string) (flow.Flow, error) {
	return oneFlow(ctx, s.db, "name", ws, name)
}

// FlowByID finds a flow.
func (s *Store) FlowByID(ctx context.Context, ws, id string) (flow.Flow, error) {
	return oneFlow(ctx, s.db, "id", ws, id)
}

func oneFlow(ctx context.Context, q db.Queryer, column, ws, value string) (flow.Flow, error) {
	all, err := db.All(ctx, q, "select "+flowColumns+" from flow where workspace_id = $1 and "+column+" = $2", []any{ws, value}, scanFlow)
	if err == nil && len(all) == 0 {
		err = notFound("flow", value)
	}
	return first(all), err
}

// FlowsOfPair lists the flows that work on a pair: same connections on the same sides, same object.
func (s *Store) FlowsOfPair(ctx context.Context, ws, pair string) ([]flow.Flow, error) {
	p, err := pairByID(ctx, s.db, ws, pair)
	if err != nil {
		return nil, err
	}
	return db.All(ctx, s.db, "select "+flowColumns+" from flow where workspace_id = $1 and conn_a = $2 and conn_b = $3 and object = $4 order by name",
		[]any{ws, p.Conns[0], p.Conns[1], p.Object}, scanFlow)
}

func scanFlow(r *sql.Rows) (f flow.Flow, err error) {
	var ws, id, name string
	var enabled bool
	var version int
	var approval *flow.Approval
	err = r.Scan(&ws, &id, &name, &enabled, &version, db.JSON(&f), db.JSON(&approval))
	f.Workspace, f.ID, f.Name, f.Enabled, f.Version, f.Approval = ws, id, name, enabled, version, approval
	return f, err
}
