package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// RunFilter says which finished runs a list shows. Its zero value is all of them.
type RunFilter struct {
	Flow string // id
	// Result is "" for any, or one of the others below.
	Result RunResult
	// Since leaves out what began earlier.
	Since time.Time
	// Text is a part of a run's id.
	Text string
	// IDs, when not nil, are the only runs that may be shown.
	IDs []string
	// Quiet shows runs that found nothing to do, too.
	Quiet bool
}

// RunResult is a kind of result that runs are looked for by.
type RunResult string

// The results. A run may be of several.
const (
	RunsChanged RunResult = "changed" // something was created, updated or linked
	RunsAsked   RunResult = "asked"   // something waits for a person
	RunsFailed  RunResult = "failed"  // it or one of its records failed
)

// resultSQL is each result as a condition.
var resultSQL = map[RunResult]string{
	RunsChanged: "touched > 0 and not dry",
	RunsAsked:   "(asked > 0 or status = 'paused') and not dry",
	RunsFailed:  "(failed > 0 or status = 'failed')",
}

// where is the filter as a condition on finished runs, without its result and its wish for quiet ones.
func (f RunFilter) where(args *[]any) string {
	hole := func(v any) string {
		*args = append(*args, v)
		return holeOf(len(*args))
	}
	text := " and over and " + notLook + " and started_at >= " + hole(db.MS(f.Since))
	if f.Flow != "" {
		text += " and flow = " + hole(f.Flow)
	}
	if f.Text != "" {
		text += " and id like " + hole("%"+strings.NewReplacer("%", "", "_", "\\_", "\\", "").Replace(f.Text)+"%") + " escape '\\'"
	}
	if f.IDs != nil {
		text += " and id in [" + hole(db.Strings(f.IDs)) + "]"
	}
	return text
}

// notLook leaves out what only looked at what an undo would come to: it is shown where the undo is decided.
const notLook = "not (dry and undoes <> '')"

// holeOf is the nth argument of a text.
func holeOf(n int) string {
	if n < 10 {
		return "$" + string(rune('0'+n))
	}
	return "$1" + string(rune('0'+n-10))
}

// FinishedRuns lists runs that are over, newest first, begun before the run `before` ("" for the newest).
func (s *Store) FinishedRuns(ctx context.Context, ws string, f RunFilter, before string, limit int) ([]engine.Run, error) {
	args := []any{ws}
	text := "select " + runColumns + " from run where workspace_id = $1" + f.where(&args)
	if f.Result != "" {
		text += " and " + resultSQL[f.Result]
	}
	if !f.Quiet {
		text += " and not quiet"
	}
	if before != "" {
		last, err := s.RunByID(ctx, ws, before)
		if err != nil {
			return nil, err
		}
		args = append(args, db.MS(last.Started), before)
		text += " and (started_at, id) < (" + holeOf(len(args)-1) + ", " + holeOf(len(args)) + ")"
	}
	args = append(args, limit)
	return db.All(ctx, s.db, text+" order by started_at desc, id desc limit "+holeOf(len(args)), args, scanRunOf(ws))
}

// RunTally is how many finished runs there are of each kind.
type RunTally struct{ All, Changed, Asked, Failed, Quiet int }

// CountFinished counts runs that are over, by result. The filter's own result plays no part.
func (s *Store) CountFinished(ctx context.Context, ws string, f RunFilter) (n RunTally, err error) {
	args := []any{ws}
	_, err = s.db.Get(ctx, `select count(*), count(case when `+resultSQL[RunsChanged]+` then 1 end), count(case when `+resultSQL[RunsAsked]+` then 1 end),
		count(case when `+resultSQL[RunsFailed]+` then 1 end), count(case when quiet then 1 end) from run where workspace_id = $1`+f.where(&args),
		args, &n.All, &n.Changed, &n.Asked, &n.Failed, &n.Quiet)
	return n, err
}

// Quiet is how many runs of a quarter of an hour found nothing to do. Every time zone begins its days with such a quarter.
type Quiet struct {
	At time.Time
	N  int
}

// QuietRuns counts runs of a flow ("" for all flows) that found nothing to do and began within a time, newest first.
func (s *Store) QuietRuns(ctx context.Context, ws, flow string, from, to time.Time) ([]Quiet, error) {
	const quarter = int64(15 * time.Minute / time.Millisecond)
	return db.All(ctx, s.db, `select started_at / $5 as quarter, count(*) from run where workspace_id = $1 and quiet and started_at >= $2 and started_at < $3
		and (flow = $4 or $4 = '') group by quarter order by quarter desc`, []any{ws, db.MS(from), db.MS(to), flow, quarter},
		func(r *sql.Rows) (q Quiet, err error) {
			var n int64
			err = r.Scan(&n, &q.N)
			q.At = db.FromMS(n * quarter)
			return q, err
		})
}

// OpenRuns lists the runs of a workspace that are not over, the oldest first.
func (s *Store) OpenRuns(ctx context.Context, ws string) ([]engine.Run, error) {
	return db.All(ctx, s.db, "select "+runColumns+" from run where workspace_id = $1 and not over and "+notLook+" order by started_at, id", []any{ws}, scanRunOf(ws))
}

// LastRuns returns the newest finished run of each flow, rehearsals aside. A flow that never ran has none.
func (s *Store) LastRuns(ctx context.Context, ws string, flows []string) (map[string]engine.Run, error) {
	last := map[string]engine.Run{}
	for _, id := range flows {
		runs, err := db.All(ctx, s.db, "select "+runColumns+` from run where workspace_id = $1 and flow = $2 and over and not dry
			order by started_at desc, id desc limit 1`, []any{ws, id}, scanRunOf(ws))
		if err != nil {
			return nil, err
		}
		if len(runs) > 0 {
			last[id] = runs[0]
		}
	}
	return last, nil
}

// RunsOfRecord lists the runs that made the links of the records with a match key, or last agreed on a field of one, as far
// as they are kept: the way from a person to what was done with them.
func (s *Store) RunsOfRecord(ctx context.Context, ws, value string) ([]string, error) {
	found := map[string]bool{}
	var ids []string
	add := func(id string) {
		if id != "" && !found[id] {
			found[id] = true
			ids = append(ids, id)
		}
	}
	for _, column := range []string{"a", "b"} {
		err := db.Walk(ctx, s.db, `select l.run, l.base from mirror_key k
			join pair p on p.workspace_id = k.workspace_id and p.conn_`+column+` = k.conn and p.object = k.object
			join link l on l.workspace_id = p.workspace_id and l.pair = p.id and l.`+column+`_id = k.id and l.state in ('on', 'one_gone')
			where k.value = $2 and k.workspace_id = $1`, []any{ws, value}, func(r *sql.Rows) error {
			var run string
			var base map[string]engine.Base
			if err := r.Scan(&run, bases{&base}); err != nil {
				return err
			}
			add(run)
			for _, b := range base {
				add(b.Run)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}
