package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

const putRunText = `insert into run (workspace_id, id, flow, flow_name, pair, version, cause, status, over, quiet, cancel, marks, counts, note, owner,
		started_at, finished_at, beat_at, progress, dry, touched, asked, failed, undoes)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
	on conflict (workspace_id, id) do update set status = excluded.status, over = excluded.over, quiet = excluded.quiet, marks = excluded.marks,
		counts = excluded.counts, note = excluded.note, owner = excluded.owner, finished_at = excluded.finished_at, progress = excluded.progress,
		touched = excluded.touched, asked = excluded.asked, failed = excluded.failed, started_at = excluded.started_at,
		beat_at = case when excluded.beat_at > run.beat_at then excluded.beat_at else run.beat_at end`

const runColumns = "id, flow, flow_name, pair, version, cause, status, marks, counts, note, owner, started_at, finished_at, beat_at, progress"

// runMarks and runCounts are the two documents of a run's row.
type runMarks struct {
	DryRun    bool `json:"dry_run,omitempty"`
	Full      bool `json:"full,omitempty"`
	Recovered bool `json:"recovered,omitempty"`
	Allow     bool `json:"allow,omitempty"`
	Watch     bool `json:"watch,omitempty"`
	// Revision is that of the flow, and Halt why it stopped.
	Revision string          `json:"revision,omitempty"`
	Halt     engine.Halt     `json:"halt,omitzero"`
	Undo     *engine.Undoing `json:"undo,omitempty"`
	By       string          `json:"by,omitempty"`
	// Drift is what of the map's fields was found changed.
	Drift []engine.Drifted `json:"drift,omitempty"`
}

type runCounts struct {
	To       [2]engine.Counts `json:"to"`
	Linked   int              `json:"linked"`
	Same     int              `json:"same"`
	Alike    int              `json:"alike,omitempty"`
	Left     int              `json:"left,omitempty"`
	Review   int              `json:"review"`
	Asked    int              `json:"asked"`
	Beyond   int              `json:"beyond,omitempty"`
	Held     int              `json:"held,omitempty"`
	APICalls [2]engine.Calls  `json:"api_calls"`
	OneWay   [2]int           `json:"one_way"`
	Waiting  [2]int           `json:"waiting,omitzero"`
	Outside  [2]int           `json:"outside,omitzero"`
}

func (s *Store) putRun(ctx context.Context, tx *db.Tx, ws string, r engine.Run) error {
	if err := tally(ctx, tx, ws, &r, s.now()); err != nil {
		return err
	}
	touched := r.Linked
	var failed, conflicts int
	for _, c := range r.To {
		touched += c.Created + c.Updated + c.Deleted
		failed += c.Failed
		conflicts += c.Conflicts
	}
	quiet := r.Status == engine.Done && touched+failed+conflicts+r.Asked == 0 && !(r.DryRun && r.Undo != nil)
	beat := r.Beat
	if beat.IsZero() {
		beat = r.Started
	}
	_, err := tx.Exec(ctx, putRunText, ws, r.ID, r.Flow, r.FlowName, r.Pair, r.Version, r.Trigger, string(r.Status), r.Status.Final(), quiet,
		db.Doc(runMarks{r.DryRun, r.Full, r.Recovered, r.Allow, r.Watch, r.Revision, r.Halt, r.Undo, r.By, r.Drift}), db.Doc(runCounts{r.To, r.Linked, r.Same, r.Alike, r.Left, r.Review, r.Asked, r.Beyond, r.Held, r.APICalls, r.OneWay, r.Waiting, r.Outside}),
		r.Note, r.Owner, db.MS(r.Started), db.MS(r.Finished), db.MS(beat), db.Doc(r.Progress),
		r.DryRun, touched, r.Asked, failed, undoes(r))
	return err
}

// undoes is the run that a run takes back, "" of all others.
func undoes(r engine.Run) string {
	if r.Undo == nil {
		return ""
	}
	return r.Undo.Run
}

func scanRunOf(ws string) func(*sql.Rows) (engine.Run, error) {
	return func(rows *sql.Rows) (engine.Run, error) { return scanRun(rows, ws) }
}

func scanRun(rows *sql.Rows, ws string, more ...any) (engine.Run, error) {
	r := engine.Run{Workspace: ws}
	var m runMarks
	var c runCounts
	err := rows.Scan(append([]any{&r.ID, &r.Flow, &r.FlowName, &r.Pair, &r.Version, &r.Trigger, &r.Status, db.JSON(&m), db.JSON(&c), &r.Note, &r.Owner,
		db.Time(&r.Started), db.Time(&r.Finished), db.Time(&r.Beat), db.JSON(&r.Progress)}, more...)...)
	r.DryRun, r.Full, r.Recovered, r.Allow, r.Watch, r.Revision, r.Halt, r.Undo, r.By, r.Drift = m.DryRun, m.Full, m.Recovered, m.Allow, m.Watch, m.Revision, m.Halt, m.Undo, m.By, m.Drift
	r.To, r.Linked, r.Same, r.Alike, r.Left = c.To, c.Linked, c.Same, c.Alike, c.Left
	r.Review, r.Asked, r.APICalls, r.OneWay = c.Review, c.Asked, c.APICalls, c.OneWay
	r.Waiting, r.Beyond, r.Held, r.Outside = c.Waiting, c.Beyond, c.Held, c.Outside
	return r, err
}

// StartRun implements engine.Store.
func (s *Store) StartRun(ctx context.Context, r engine.Run) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.putRun(ctx, tx, r.Workspace, r); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update flow_state set last_run = $3 where workspace_id = $1 and flow = $2", r.Workspace, r.Flow, r.ID)
		return err
	})
}

// SaveRun implements engine.Store.
func (s *Store) SaveRun(ctx context.Context, ws string, l engine.Lease, r engine.Run) error {
	return s.under(ctx, ws, l, func(tx *db.Tx) error { return s.putRun(ctx, tx, ws, r) })
}

// RunByID implements engine.Store.
func (s *Store) RunByID(ctx context.Context, ws, id string) (engine.Run, error) {
	runs, err := db.All(ctx, s.db, "select "+runColumns+" from run where workspace_id = $1 and id = $2", []any{ws, id}, scanRunOf(ws))
	if err != nil {
		return engine.Run{}, err
	}
	if len(runs) == 0 {
		return engine.Run{}, notFound("run", id)
	}
	return runs[0], nil
}

// ActiveRun implements engine.Store.
func (s *Store) ActiveRun(ctx context.Context, ws, flow string) (engine.Run, bool, error) {
	runs, err := db.All(ctx, s.db, "select "+runColumns+" from run where workspace_id = $1 and flow = $2 and not over order by started_at desc, id desc limit 1",
		[]any{ws, flow}, scanRunOf(ws))
	if err != nil || len(runs) == 0 {
		return engine.Run{}, false, err
	}
	return runs[0], true, nil
}

// Unfinished lists the runs of a flow that are not over, those that are queued among them, newest first.
func (s *Store) Unfinished(ctx context.Context, ws, flow string) ([]engine.Run, error) {
	return db.All(ctx, s.db, "select "+runColumns+" from run where workspace_id = $1 and flow = $2 and not over order by started_at desc, id desc",
		[]any{ws, flow}, scanRunOf(ws))
}

// Runs lists the runs of a flow ("" for all flows), newest first, begun before the run `before` ("" for the newest).
func (s *Store) Runs(ctx context.Context, ws, flow string, limit int, before string) ([]engine.Run, error) {
	text, args := "select "+runColumns+" from run where workspace_id = $1", []any{ws}
	arg := func(v any) string {
		args = append(args, v)
		return "$" + string(rune('0'+len(args)))
	}
	if flow != "" {
		text += " and flow = " + arg(flow)
	}
	if before != "" {
		last, err := s.RunByID(ctx, ws, before)
		if err != nil {
			return nil, err
		}
		text += " and (started_at, id) < (" + arg(db.MS(last.Started)) + ", " + arg(before) + ")"
	}
	text += " order by started_at desc, id desc limit " + arg(limit)
	return db.All(ctx, s.db, text, args, scanRunOf(ws))
}

// UndosOf lists the runs that took a run back, or only looked at what that would come to (dry), newest first.
func (s *Store) UndosOf(ctx context.Context, ws, run string, dry bool, limit int) ([]engine.Run, error) {
	return db.All(ctx, s.db, "select "+runColumns+` from run where workspace_id = $1 and undoes = $2 and undoes <> '' and dry = $3
		order by started_at desc, id desc limit $4`, []any{ws, run, dry, limit}, scanRunOf(ws))
}

// DeadRuns lists unfinished runs of all workspaces without a sign of life since beatBefore.
func (s *Store) DeadRuns(ctx context.Context, beatBefore time.Time) ([]engine.Run, error) {
	return db.All(ctx, s.db, "select "+runColumns+", workspace_id from run where not over and beat_at < $1 order by beat_at, id",
		[]any{db.MS(beatBefore)}, func(rows *sql.Rows) (engine.Run, error) {
			var ws string
			r, err := scanRun(rows, "", &ws)
			r.Workspace = ws
			return r, err
		})
}

// CancelRun asks for a run to be cancelled. Its worker learns of it at its next beat (engine.ErrCancelled); one that nobody
// has taken up is over at once. It reports whether there was an unfinished run to cancel.
func (s *Store) CancelRun(ctx context.Context, ws, id string) (bool, error) {
	var n int64
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, `update run set status = 'cancelled', over = true, cancel = true, finished_at = $3 where workspace_id = $1 and id = $2
			and status = 'queued'`, ws, id, db.MS(s.now()))
		if err != nil || n > 0 {
			return err
		}
		n, err = tx.Exec(ctx, "update run set cancel = true where workspace_id = $1 and id = $2 and not over", ws, id)
		return err
	})
	return n > 0, err
}

// CancelRequested reports whether somebody asked for a run to be cancelled.
func (s *Store) CancelRequested(ctx context.Context, ws, id string) (cancel bool, err error) {
	_, err = s.db.Get(ctx, "select cancel from run where workspace_id = $1 and id = $2", []any{ws, id}, &cancel)
	return cancel, err
}
