package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/engine"
)

// ErrUnpublished says that an automation cannot be switched on because it was never published.
var ErrUnpublished = errors.New("never published")

// Automation is an automation as it runs and as somebody is making it. Nothing runs by a draft until it is published.
type Automation struct {
	// Draft is what a person edits: the draft, or what was published where there is none.
	Draft automation.Automation
	// Published is what runs while it is enabled. Its version is 0 where nothing was ever published; then it is the draft.
	Published automation.Automation
	// Changed says that the draft is not what runs.
	Changed bool
	// Revision is the number to name when the draft is changed. It grows with every change and never repeats.
	Revision int
	// Base is the version that the draft began from.
	Base int
	// By is the user who made the last change of the draft, and At when; both empty without a draft.
	By string
	At time.Time
	// Undo and Redo say whether there is a step to go back and forth to.
	Undo, Redo bool
}

// storedAutomation is an automation and the step that its draft stands at, 0 for none.
type storedAutomation struct {
	Automation
	step int
}

const automationColumns = `select a.id, a.name, a.enabled, a.version, a.body, a.revision, a.step, a.base, a.by_user, a.saved_at, coalesce(s.body, ''),
	(select coalesce(min(step), 0) from automation_step where workspace_id = a.workspace_id and automation = a.id),
	(select coalesce(max(step), 0) from automation_step where workspace_id = a.workspace_id and automation = a.id)
	from automation a left join automation_step s on s.workspace_id = a.workspace_id and s.automation = a.id and s.step = a.step
	where a.workspace_id = $1 `

func scanAutomation(ws string) func(r *sql.Rows) (storedAutomation, error) {
	return func(r *sql.Rows) (a storedAutomation, err error) {
		var id, name string
		var enabled bool
		var version, oldest, newest int
		var draft *automation.Automation
		p := &a.Published
		err = r.Scan(&id, &name, &enabled, &version, db.JSON(p), &a.Revision, &a.step, &a.Base, &a.By, db.Time(&a.At), db.JSON(&draft), &oldest, &newest)
		p.ID, p.Workspace, p.Name, p.Enabled, p.Version = id, ws, name, enabled, version
		if a.Draft = *p; draft != nil {
			a.Draft = *draft
			a.Draft.ID, a.Draft.Workspace, a.Draft.Enabled, a.Draft.Version = id, ws, enabled, version
		}
		a.Changed = version == 0 || bodyOfAutomation(a.Draft) != bodyOfAutomation(*p)
		a.Undo, a.Redo = a.step > oldest, a.step > 0 && a.step < newest
		return a, err
	}
}

// bodyOfAutomation is what a version of an automation consists of.
func bodyOfAutomation(a automation.Automation) string {
	a.ID, a.Enabled, a.Version = "", false, 0
	return jsonOf(a)
}

// Automations lists the automations of a workspace by name.
func (s *Store) Automations(ctx context.Context, ws string) ([]Automation, error) {
	all, err := db.All(ctx, s.db, automationColumns+"order by a.name", []any{ws}, scanAutomation(ws))
	out := make([]Automation, len(all))
	for i, a := range all {
		out[i] = a.Automation
	}
	return out, err
}

// Automation finds an automation.
func (s *Store) Automation(ctx context.Context, ws, id string) (Automation, error) {
	a, err := oneAutomation(ctx, s.db, ws, id)
	return a.Automation, err
}

func oneAutomation(ctx context.Context, q db.Queryer, ws, id string) (storedAutomation, error) {
	all, err := db.All(ctx, q, automationColumns+"and a.id = $2", []any{ws, id}, scanAutomation(ws))
	if err == nil && len(all) == 0 {
		err = notFound("automation", id)
	}
	return first(all), err
}

// AddAutomation stores a new automation. It is off and not published, whatever it says of itself.
func (s *Store) AddAutomation(ctx context.Context, ws, by string, a automation.Automation) (out Automation, err error) {
	now := s.now()
	id := engine.NewID("auto", now)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `insert into automation (workspace_id, id, name, enabled, version, body, revision, step, base, by_user, saved_at, created_at)
			values ($1, $2, $3, $4, 0, $5, 1, 0, 0, $6, $7, $7)`, ws, id, a.Name, false, bodyOfAutomation(a), by, db.MS(now)); err != nil {
			return err
		}
		stored, err := oneAutomation(ctx, tx, ws, id)
		out = stored.Automation
		return err
	})
	return out, exists(err, "automation", a.Name)
}

// SwitchAutomation switches what is published on or off. It fails with ErrUnpublished where there is nothing.
func (s *Store) SwitchAutomation(ctx context.Context, ws, id string, on bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := lockedAutomation(ctx, tx, ws, id)
		if err == nil && a.Published.Version == 0 && on {
			err = ErrUnpublished
		}
		if err == nil && on && !a.Published.Enabled { // what happened while it was off is passed over
			err = forgetWatch(ctx, tx, ws, id)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update automation set enabled = $3 where workspace_id = $1 and id = $2", ws, id, on)
		return err
	})
}

// DeleteAutomation forgets an automation with its draft and all its versions, under the same rule as ChangeAutomation: nobody
// deletes what they have not seen.
func (s *Store) DeleteAutomation(ctx context.Context, ws, id string, revision int) (Automation, error) {
	var a storedAutomation
	moved := false
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if a, err = lockedAutomation(ctx, tx, ws, id); err != nil {
			return err
		}
		if moved = a.Revision != revision; moved {
			return nil
		}
		if _, err := tx.Exec(ctx, "delete from setting where workspace_id = $1 and name in ($2, $3)", ws, connection.HookSetting(id), connection.HookMadeSetting(id)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "delete from automation where workspace_id = $1 and id = $2", ws, id)
		return err
	})
	if err == nil && moved {
		err = ErrChanged
	}
	return a.Automation, err
}

// lockedAutomation holds the automation until the commit, so that of two who change it one waits for the other.
func lockedAutomation(ctx context.Context, tx *db.Tx, ws, id string) (storedAutomation, error) {
	var held string
	if _, err := tx.Get(ctx, "select id from automation where workspace_id = $1 and id = $2"+tx.ForUpdate(), []any{ws, id}, &held); err != nil {
		return storedAutomation{}, err
	}
	return oneAutomation(ctx, tx, ws, id)
}
