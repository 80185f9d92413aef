package store

import (
	"context"
	"errors"
	"time"

	"couplet/db"
	"couplet/internal/flow"
)

// ErrChanged says that somebody else changed a draft since the revision that was named.
var ErrChanged = errors.New("changed meanwhile")

// draftSteps is how many changes of a draft can be undone.
const draftSteps = 50

// Draft is what somebody is making of a flow. Nothing runs by it until it is published.
type Draft struct {
	// Flow is the draft's body, with what is no part of a body (on or off, version, approval) as it is published.
	Flow flow.Flow
	// Changed says that the draft differs from the published flow.
	Changed bool
	// Revision is the number to name in ChangeDraft and StepDraft. It grows with every change and never repeats.
	Revision int
	// Base is the version the draft began from; the flow's own version when there is no draft. When the two differ,
	// the flow was published by another way (a flow file) while this draft was made.
	Base int
	// By is the user who made the last change and At when; both empty without a draft.
	By string
	At time.Time
	// Undo and Redo say whether there is a step to go back and forth to.
	Undo, Redo bool
}

// Draft returns what a person edits: the draft of a flow, or the published flow where there is none. changed reports
// whether it differs from what is published.
func (s *Store) Draft(ctx context.Context, ws, id string) (f flow.Flow, changed bool, err error) {
	d, err := s.DraftState(ctx, ws, id)
	return d.Flow, d.Changed, err
}

// DraftState is Draft with who changed it last, when, and what can be undone.
func (s *Store) DraftState(ctx context.Context, ws, id string) (Draft, error) {
	published, err := oneFlow(ctx, s.db, "id", ws, id)
	if err != nil {
		return Draft{}, err
	}
	d, _, err := draftOf(ctx, s.db, published)
	return d, err
}

// SaveDraft makes f the draft of its flow, whatever the draft was. Pages that edit what several people may have open
// use ChangeDraft.
func (s *Store) SaveDraft(ctx context.Context, ws, by string, f flow.Flow) error {
	_, err := s.editDraft(ctx, ws, f.ID, func(tx *db.Tx, d Draft, step int) error {
		return putStep(ctx, tx, d, step, f, pointer{by: by, at: s.now()})
	})
	return err
}

// ChangeDraft makes f the draft of its flow if the draft is still at the revision. Otherwise it changes nothing and
// returns ErrChanged together with the draft as it is now.
func (s *Store) ChangeDraft(ctx context.Context, ws, by string, f flow.Flow, revision int) (Draft, error) {
	return s.editDraft(ctx, ws, f.ID, func(tx *db.Tx, d Draft, step int) error {
		if d.Revision != revision {
			return ErrChanged
		}
		return putStep(ctx, tx, d, step, f, pointer{by: by, at: s.now()})
	})
}

// StepDraft goes back (-1) or forth (1) along the changes of a draft, under the same rule as ChangeDraft. Where there is
// no such step nothing happens.
func (s *Store) StepDraft(ctx context.Context, ws, by, id string, direction, revision int) (Draft, error) {
	return s.editDraft(ctx, ws, id, func(tx *db.Tx, d Draft, step int) error {
		switch {
		case d.Revision != revision:
			return ErrChanged
		case direction == -1 && d.Undo, direction == 1 && d.Redo:
			if err := keepPast(ctx, tx, d); err != nil {
				return err
			}
			return pointDraft(ctx, tx, ws, id, pointer{d.Revision + 1, step + direction, d.Base, by, s.now()})
		}
		return nil
	})
}

// DropDraft forgets the draft of a flow and its history.
func (s *Store) DropDraft(ctx context.Context, ws, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		published, err := lockedFlow(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		d, _, err := draftOf(ctx, tx, published)
		if err != nil {
			return err
		}
		return dropDraft(ctx, tx, d)
	})
}

// Publish makes the draft the flow, which becomes its next version if they differ, and forgets the draft. Without a
// draft it returns the flow as it is. Whether the flow is on is not touched. by is kept with the version.
func (s *Store) Publish(ctx context.Context, ws, by, id string) (f flow.Flow, changed bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		f, changed, err = s.publish(ctx, tx, ws, by, id)
		return err
	})
	return f, changed, exists(err, "flow", f.Name)
}

func (s *Store) publish(ctx context.Context, tx *db.Tx, ws, by, id string) (flow.Flow, bool, error) {
	published, err := lockedFlow(ctx, tx, ws, id)
	if err != nil {
		return published, false, err
	}
	d, step, err := draftOf(ctx, tx, published)
	if err != nil || step == 0 {
		return d.Flow, false, err
	}
	if d.Changed {
		d.Flow.Version++
		if err := updateFlow(ctx, tx, d.Flow, s.now()); err != nil {
			return d.Flow, false, err
		}
		if err := putVersion(ctx, tx, Author{by, ByPage}, d.Flow, s.now()); err != nil {
			return d.Flow, false, err
		}
	}
	return d.Flow, d.Changed, dropDraft(ctx, tx, d)
}

// editDraft runs a change of the draft in a transaction that holds the flow, and returns the draft after it. With
// ErrChanged it returns the draft as it is.
func (s *Store) editDraft(ctx context.Context, ws, id string, change func(*db.Tx, Draft, int) error) (d Draft, err error) {
	refused := error(nil)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		refused = nil
		published, err := lockedFlow(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		var step int
		if d, step, err = draftOf(ctx, tx, published); err != nil {
			return err
		}
		if refused = change(tx, d, step); refused != nil {
			if errors.Is(refused, ErrChanged) {
				return nil
			}
			return refused
		}
		d, _, err = draftOf(ctx, tx, published)
		return err
	})
	if err == nil {
		err = refused
	}
	return d, err
}

func lockedFlow(ctx context.Context, tx *db.Tx, ws, id string) (flow.Flow, error) {
	all, err := db.All(ctx, tx, "select "+flowColumns+" from flow where workspace_id = $1 and id = $2"+tx.ForUpdate(), []any{ws, id}, scanFlow)
	if err == nil && len(all) == 0 {
		err = notFound("flow", id)
	}
	return first(all), err
}

// pointer is the row of a draft: where in its history it stands, and who put it there.
type pointer struct {
	revision, step, base int
	by                   string
	at                   time.Time
}

// draftOf reads the draft of a flow and the step it is at, 0 for none.
func draftOf(ctx context.Context, q db.Queryer, published flow.Flow) (d Draft, step int, err error) {
	d = Draft{Flow: published, Base: published.Version}
	ws, id := published.Workspace, published.ID
	var p pointer
	_, err = q.Get(ctx, "select revision, step, base, by_user, saved_at from flow_draft where workspace_id = $1 and flow = $2", []any{ws, id},
		&p.revision, &p.step, &p.base, &p.by, db.Time(&p.at))
	d.Revision = p.revision
	if err != nil || p.step == 0 {
		return d, 0, err
	}
	var body flow.Flow
	var oldest, newest int
	if _, err = q.Get(ctx, `select body, (select min(step) from flow_draft_step where workspace_id = $1 and flow = $2),
		(select max(step) from flow_draft_step where workspace_id = $1 and flow = $2)
		from flow_draft_step where workspace_id = $1 and flow = $2 and step = $3`, []any{ws, id, p.step}, db.JSON(&body), &oldest, &newest); err != nil {
		return d, p.step, err
	}
	body.ID, body.Workspace, body.Enabled, body.Version, body.Approval = id, ws, published.Enabled, published.Version, published.Approval
	return Draft{Flow: body, Changed: bodyOf(body) != bodyOf(published), Revision: p.revision, Base: p.base, By: p.by, At: p.at,
		Undo: oldest < p.step, Redo: newest > p.step}, p.step, nil
}

// putStep stores the next body of a draft. What was undone before is forgotten.
func putStep(ctx context.Context, tx *db.Tx, d Draft, step int, f flow.Flow, p pointer) error {
	ws, id := d.Flow.Workspace, d.Flow.ID
	if bodyOf(f) == bodyOf(d.Flow) {
		return nil
	}
	if err := keepPast(ctx, tx, d); err != nil {
		return err
	}
	p.revision, p.base, p.step = d.Revision+1, d.Base, max(step, 1)+1
	if err := pointDraft(ctx, tx, ws, id, p); err != nil {
		return err
	}
	if step == 0 {
		if err := insertStep(ctx, tx, ws, id, 1, d.Flow); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "delete from flow_draft_step where workspace_id = $1 and flow = $2 and (step >= $3 or step < $4)",
		ws, id, p.step, p.step-draftSteps); err != nil {
		return err
	}
	return insertStep(ctx, tx, ws, id, p.step, f)
}

func insertStep(ctx context.Context, tx *db.Tx, ws, id string, step int, f flow.Flow) error {
	_, err := tx.Exec(ctx, "insert into flow_draft_step (workspace_id, flow, step, body) values ($1, $2, $3, $4)", ws, id, step, bodyOf(f))
	return err
}

func pointDraft(ctx context.Context, tx *db.Tx, ws, id string, p pointer) error {
	_, err := tx.Exec(ctx, `insert into flow_draft (workspace_id, flow, revision, step, base, by_user, saved_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (workspace_id, flow) do update set revision = excluded.revision, step = excluded.step, base = excluded.base,
		by_user = excluded.by_user, saved_at = excluded.saved_at`, ws, id, p.revision, p.step, p.base, p.by, db.MS(p.at))
	return err
}

func dropDraft(ctx context.Context, tx *db.Tx, d Draft) error {
	ws, id := d.Flow.Workspace, d.Flow.ID
	if err := keepPast(ctx, tx, d); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from flow_draft_step where workspace_id = $1 and flow = $2", ws, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "update flow_draft set revision = revision + 1, step = 0 where workspace_id = $1 and flow = $2 and step > 0", ws, id)
	return err
}
