package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"couplet/db"
	"couplet/internal/automation"
)

// FiringNeed is how many firings of an automation wait for a person for one reason.
type FiringNeed struct {
	Automation, Reason string
	// Doubt says that nobody knows whether what their steps asked for happened.
	Doubt bool
	N     int
	// Newest is the id of the newest of them.
	Newest string
}

// FiringNeeds lists what waits for a person in automations, the most frequent reason first.
func (s *Store) FiringNeeds(ctx context.Context, ws string) ([]FiringNeed, error) {
	return db.All(ctx, s.db, `select f.automation, f.reason, count(*), max(f.id), max(case when e.state = 'in_doubt' then 1 else 0 end)
		from firing f left join firing_entry e on e.workspace_id = f.workspace_id and e.firing = f.id and e.at = f.step
		where f.workspace_id = $1 and f.state = 'parked' group by f.automation, f.reason order by 3 desc, 1, 2`, []any{ws}, func(r *sql.Rows) (n FiringNeed, err error) {
		var doubt int
		err = r.Scan(&n.Automation, &n.Reason, &n.N, &n.Newest, &doubt)
		n.Doubt = doubt > 0
		return n, err
	})
}

// AutomationName is an automation as lists name it.
type AutomationName struct {
	ID, Name string
	On       bool
	// Version is the one that is published, 0 for none.
	Version int
}

// AutomationNames lists the automations of a workspace by name, and nothing else of them.
func (s *Store) AutomationNames(ctx context.Context, ws string) ([]AutomationName, error) {
	return db.All(ctx, s.db, "select id, name, enabled, version from automation where workspace_id = $1 order by name", []any{ws}, func(r *sql.Rows) (a AutomationName, err error) {
		return a, r.Scan(&a.ID, &a.Name, &a.On, &a.Version)
	})
}

// FiringDay counts the firings of each automation that were set off since a time, by their state.
func (s *Store) FiringDay(ctx context.Context, ws string, since time.Time) (map[string]map[automation.State]int, error) {
	out := map[string]map[automation.State]int{}
	err := db.Walk(ctx, s.db, "select automation, state, count(*) from firing where workspace_id = $1 and fired_at >= $2 group by automation, state", []any{ws, db.MS(since)}, func(r *sql.Rows) error {
		var id string
		var state automation.State
		var n int
		err := r.Scan(&id, &state, &n)
		if out[id] == nil {
			out[id] = map[automation.State]int{}
		}
		out[id][state] = n
		return err
	})
	return out, err
}

// FiringChange decides about a firing: it changes it, and returns the entries of its steps that change and firings that begin besides.
type FiringChange func(f *automation.Firing, entries []automation.Entry) ([]automation.Entry, []automation.Firing, error)

// ChangeFirings changes several firings as ChangeFiring does, all together, and returns them and what begins besides. One that change
// refuses with automation.ErrStands, or that is gone, stays as it is.
func (s *Store) ChangeFirings(ctx context.Context, ws string, ids []string, change FiringChange) (changed, begun []automation.Firing, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		changed, begun = nil, nil
		var list []automation.Firing
		for _, id := range ids {
			var more []automation.Firing
			f, err := changeFiring(ctx, tx, ws, id, func(f *automation.Firing, entries []automation.Entry) (out []automation.Entry, err error) {
				out, more, err = change(f, entries)
				return out, err
			})
			switch {
			case errors.Is(err, automation.ErrStands) || errors.Is(err, ErrNotFound):
				continue
			case err != nil:
				return err
			}
			changed, list = append(changed, f), append(list, more...)
		}
		begun, err = s.addFirings(ctx, tx, ws, list)
		return err
	})
	return changed, begun, err
}
