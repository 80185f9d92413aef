package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/automation"
)

// FiringFilter says which firings a list shows. Its zero value is all of a workspace.
type FiringFilter struct {
	Automation string
	State      automation.State
	// Since leaves out what was set off earlier.
	Since time.Time
	// Text are words of the record, of why it stands, or of what became of a step, in a row and in letters of any size.
	Text string
	// Reason is why it stands, in the very words.
	Reason string
	// Trigger is how it was noticed.
	Trigger string
	// UpTo is the newest one that may be shown.
	UpTo string
}

// where is the filter as a condition on firings.
func (f FiringFilter) where(args *[]any) string {
	hole := func(v any) string {
		*args = append(*args, v)
		return holeOf(len(*args))
	}
	text := ""
	if f.Automation != "" {
		text += " and f.automation = " + hole(f.Automation)
	}
	if f.State != "" {
		text += " and f.state = " + hole(string(f.State))
	}
	if !f.Since.IsZero() {
		text += " and f.fired_at >= " + hole(db.MS(f.Since))
	}
	if f.Reason != "" {
		text += " and f.reason = " + hole(f.Reason)
	}
	if f.Trigger != "" {
		text += " and f.noticed = " + hole(f.Trigger)
	}
	if f.UpTo != "" {
		text += " and f.id <= " + hole(f.UpTo)
	}
	if f.Text != "" {
		like := hole("%" + strings.NewReplacer("%", `\%`, "_", `\_`, `\`, `\\`).Replace(strings.ToLower(f.Text)) + "%")
		text += " and (f.words like " + like + ` escape '\' or lower(f.reason) like ` + like + ` escape '\' or exists (select 1 from firing_entry e
			where e.workspace_id = f.workspace_id and e.firing = f.id and e.words like ` + like + ` escape '\'))`
	}
	return text
}

// Firings lists firings, the newest first: those before one (its id, "" for the newest).
func (s *Store) Firings(ctx context.Context, ws string, f FiringFilter, before string, limit int) ([]automation.Firing, error) {
	args := []any{ws}
	text := "select " + firingColumns + " from firing f where f.workspace_id = $1" + f.where(&args)
	if before != "" {
		last, err := s.Firing(ctx, ws, before)
		if err != nil {
			return nil, err
		}
		args = append(args, db.MS(last.At), before)
		text += " and (f.fired_at, f.id) < (" + holeOf(len(args)-1) + ", " + holeOf(len(args)) + ")"
	}
	args = append(args, limit)
	return db.All(ctx, s.db, text+" order by f.fired_at desc, f.id desc limit "+holeOf(len(args)), args, scanFiring)
}

// FiringIDs are the ids of firings, the oldest first, at most limit.
func (s *Store) FiringIDs(ctx context.Context, ws string, f FiringFilter, limit int) ([]string, error) {
	args := []any{ws}
	text := "select f.id from firing f where f.workspace_id = $1" + f.where(&args)
	args = append(args, limit)
	return db.All(ctx, s.db, text+" order by f.fired_at, f.id limit "+holeOf(len(args)), args, scanID)
}

// FiringCounts are how many firings stand in each state. The filter's own state plays no part.
func (s *Store) FiringCounts(ctx context.Context, ws string, f FiringFilter) (map[automation.State]int, error) {
	f.State = ""
	args, out := []any{ws}, map[automation.State]int{}
	err := db.Walk(ctx, s.db, "select f.state, count(*) from firing f where f.workspace_id = $1"+f.where(&args)+" group by f.state", args, func(r *sql.Rows) error {
		var state automation.State
		var n int
		err := r.Scan(&state, &n)
		out[state] = n
		return err
	})
	return out, err
}

// mostWords is how much of what set a firing off it is found by.
const mostWords = 2000

// firingWords are what a firing is found by: whom it is about, and what its trigger gave.
func firingWords(f automation.Firing) string {
	words := []string{f.Title, f.Record, f.By}
	var gather func(v any)
	gather = func(v any) {
		switch v := v.(type) {
		case string:
			words = append(words, v)
		case []any:
			for _, x := range v {
				gather(x)
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				gather(v[key])
			}
		}
	}
	gather(map[string]any(f.Data))
	text := []rune(strings.ToLower(strings.Join(words, " ")))
	return string(text[:min(len(text), mostWords)])
}
