package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/automation"
)

// ChangeAutomation makes a the draft of its automation if the draft is still at the revision. Otherwise it changes nothing and
// returns ErrChanged together with the automation as it is now.
func (s *Store) ChangeAutomation(ctx context.Context, ws, by string, a automation.Automation, revision int) (Automation, error) {
	return s.editAutomation(ctx, ws, a.ID, revision, func(tx *db.Tx, was storedAutomation) error {
		if bodyOfAutomation(a) == bodyOfAutomation(was.Draft) {
			return nil
		}
		if was.step == 0 {
			if err := insertAutomationStep(ctx, tx, ws, a.ID, 1, was.Draft); err != nil {
				return err
			}
		}
		step := max(was.step, 1) + 1
		if _, err := tx.Exec(ctx, "delete from automation_step where workspace_id = $1 and automation = $2 and (step >= $3 or step < $4)",
			ws, a.ID, step, step-draftSteps); err != nil {
			return err
		}
		if err := insertAutomationStep(ctx, tx, ws, a.ID, step, a); err != nil {
			return err
		}
		base := was.Base
		if was.step == 0 {
			base = was.Published.Version
		}
		return s.pointAutomation(ctx, tx, was, step, base, by)
	})
}

// StepAutomation goes back (-1) or forth (1) along the changes of a draft, under the same rule as ChangeAutomation. Where there is
// no such step nothing happens.
func (s *Store) StepAutomation(ctx context.Context, ws, by, id string, direction, revision int) (Automation, error) {
	return s.editAutomation(ctx, ws, id, revision, func(tx *db.Tx, was storedAutomation) error {
		if direction == -1 && was.Undo || direction == 1 && was.Redo {
			return s.pointAutomation(ctx, tx, was, was.step+direction, was.Base, by)
		}
		return nil
	})
}

// DropAutomation forgets the draft of a published automation and its history, under the same rule as ChangeAutomation. Of one
// that was never published it forgets the history alone.
func (s *Store) DropAutomation(ctx context.Context, ws, id string, revision int) (Automation, error) {
	return s.editAutomation(ctx, ws, id, revision, func(tx *db.Tx, was storedAutomation) error {
		return s.dropAutomation(ctx, tx, was)
	})
}

func (s *Store) dropAutomation(ctx context.Context, tx *db.Tx, was storedAutomation) error {
	ws, id := was.Published.Workspace, was.Published.ID
	if was.Published.Version == 0 {
		if _, err := tx.Exec(ctx, "update automation set body = $3 where workspace_id = $1 and id = $2", ws, id, bodyOfAutomation(was.Draft)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "delete from automation_step where workspace_id = $1 and automation = $2", ws, id); err != nil {
		return err
	}
	return s.pointAutomation(ctx, tx, was, 0, 0, "")
}

// PublishAutomation makes the draft what runs, under the same rule as ChangeAutomation: nobody publishes what they have not seen.
// It becomes the next version if it differs; the draft is over then. Whether it is on is not touched.
func (s *Store) PublishAutomation(ctx context.Context, ws, by, id string, revision int) (a Automation, changed bool, err error) {
	a, err = s.editAutomation(ctx, ws, id, revision, func(tx *db.Tx, was storedAutomation) error {
		if changed = was.Changed; !changed {
			return nil
		}
		name, version, body, now := was.Draft.Name, was.Published.Version+1, bodyOfAutomation(was.Draft), db.MS(s.now())
		if _, err := tx.Exec(ctx, "update automation set name = $3, version = $4, body = $5 where workspace_id = $1 and id = $2", ws, id, name, version, body); err != nil {
			return exists(err, "automation", name)
		}
		if _, err := tx.Exec(ctx, "insert into automation_version (workspace_id, automation, version, body, by_user, how, saved_at) values ($1, $2, $3, $4, $5, $6, $7)",
			ws, id, version, body, by, ByPage, now); err != nil {
			return err
		}
		if was.Draft.Brake() > was.Published.Brake() {
			if err := s.countAgain(ctx, tx, ws, id); err != nil {
				return err
			}
		}
		was.Published.Version = version
		return s.dropAutomation(ctx, tx, was)
	})
	return a, changed && err == nil, err
}

// editAutomation changes an automation in a transaction that holds it, if its draft is at the revision.
func (s *Store) editAutomation(ctx context.Context, ws, id string, revision int, change func(*db.Tx, storedAutomation) error) (_ Automation, err error) {
	moved, a := false, storedAutomation{}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		moved = false
		if a, err = lockedAutomation(ctx, tx, ws, id); err != nil {
			return err
		}
		if a.Revision != revision {
			moved = true
			return nil
		}
		if err := change(tx, a); err != nil {
			return err
		}
		if a, err = oneAutomation(ctx, tx, ws, id); err != nil || a.Published.Version > 0 || a.Published.Name == a.Draft.Name {
			return err
		}
		// Nothing runs by it yet, so its name is the draft's.
		if _, err := tx.Exec(ctx, "update automation set name = $3 where workspace_id = $1 and id = $2", ws, id, a.Draft.Name); err != nil {
			return exists(err, "automation", a.Draft.Name)
		}
		a.Published.Name = a.Draft.Name
		return nil
	})
	if err == nil && moved {
		err = ErrChanged
	}
	return a.Automation, err
}

func insertAutomationStep(ctx context.Context, tx *db.Tx, ws, id string, step int, a automation.Automation) error {
	_, err := tx.Exec(ctx, "insert into automation_step (workspace_id, automation, step, body) values ($1, $2, $3, $4)", ws, id, step, bodyOfAutomation(a))
	return err
}

// pointAutomation says at which step the draft stands now, and who put it there: the next revision.
func (s *Store) pointAutomation(ctx context.Context, tx *db.Tx, was storedAutomation, step, base int, by string) error {
	at := db.MS(s.now())
	if by == "" {
		at = 0
	}
	_, err := tx.Exec(ctx, "update automation set revision = revision + 1, step = $3, base = $4, by_user = $5, saved_at = $6 where workspace_id = $1 and id = $2",
		was.Published.Workspace, was.Published.ID, step, base, by, at)
	return err
}

// AutomationVersion is one published state of an automation.
type AutomationVersion struct {
	Automation automation.Automation
	Saved      time.Time
	Author
}

const automationVersionColumns = "select version, body, saved_at, by_user, how from automation_version where workspace_id = $1 and automation = $2 "

func scanAutomationVersion(ws, id string) func(r *sql.Rows) (AutomationVersion, error) {
	return func(r *sql.Rows) (v AutomationVersion, err error) {
		var version int
		err = r.Scan(&version, db.JSON(&v.Automation), db.Time(&v.Saved), &v.By, &v.How)
		v.Automation.ID, v.Automation.Workspace, v.Automation.Version = id, ws, version
		return v, err
	}
}

// AutomationVersions lists the versions of an automation, the newest first: those before a version, all with 0.
func (s *Store) AutomationVersions(ctx context.Context, ws, id string, before, limit int) ([]AutomationVersion, error) {
	return db.All(ctx, s.db, automationVersionColumns+"and ($3 = 0 or version < $3) order by version desc limit $4", []any{ws, id, before, limit}, scanAutomationVersion(ws, id))
}

// AutomationVersionOf finds one version of an automation.
func (s *Store) AutomationVersionOf(ctx context.Context, ws, id string, version int) (AutomationVersion, error) {
	all, err := db.All(ctx, s.db, automationVersionColumns+"and version = $3", []any{ws, id, version}, scanAutomationVersion(ws, id))
	if err == nil && len(all) == 0 {
		err = notFound("version", id)
	}
	return first(all), err
}
