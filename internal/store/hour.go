package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Hour is what the runs of a flow did within one hour, for charts and allowances. The hours of a run add up to its counts,
// because they are stored with them. A rehearsal changes nothing; only its calls count.
type Hour struct {
	// At is the beginning of the hour.
	At         time.Time
	Flow, Pair string
	Created    int
	Updated    int // and deleted
	Failed     int
	// Calls are the requests to each side.
	Calls [2]int
}

// hourMS is an hour as the database counts time.
const hourMS = int64(time.Hour / time.Millisecond)

// tally adds what a run did since its row was stored last to the hour that it is now.
func tally(ctx context.Context, tx *db.Tx, ws string, r *engine.Run, now time.Time) error {
	var c runCounts
	if _, err := tx.Get(ctx, "select counts from run where workspace_id = $1 and id = $2", []any{ws, r.ID}, db.JSON(&c)); err != nil {
		return err
	}
	var created, updated, failed int
	var calls [2]int
	for side := range r.To {
		was, is := c.To[side], r.To[side]
		created, updated, failed = created+is.Created-was.Created, updated+is.Updated-was.Updated+is.Deleted-was.Deleted, failed+is.Failed-was.Failed
		calls[side] = r.APICalls[side].Read + r.APICalls[side].Write - c.APICalls[side].Read - c.APICalls[side].Write
	}
	if r.DryRun {
		created, updated, failed = 0, 0, 0
	}
	if created == 0 && updated == 0 && failed == 0 && calls == [2]int{} {
		return nil
	}
	_, err := tx.Exec(ctx, `insert into run_hour (workspace_id, at, flow, pair, created, updated, failed, calls_a, calls_b)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (workspace_id, at, flow, pair) do update set created = run_hour.created + excluded.created, updated = run_hour.updated + excluded.updated,
			failed = run_hour.failed + excluded.failed, calls_a = run_hour.calls_a + excluded.calls_a, calls_b = run_hour.calls_b + excluded.calls_b`,
		ws, db.MS(now)/hourMS*hourMS, r.Flow, r.Pair, created, updated, failed, calls[0], calls[1])
	return err
}

// Hours lists what flows did in each hour that began at a time or later, oldest first. An hour in which nothing was done
// has no line.
func (s *Store) Hours(ctx context.Context, ws string, from time.Time) ([]Hour, error) {
	return db.All(ctx, s.db, `select at, flow, pair, created, updated, failed, calls_a, calls_b from run_hour
		where workspace_id = $1 and at >= $2 order by at, flow, pair`, []any{ws, db.MS(from)}, func(r *sql.Rows) (h Hour, err error) {
		err = r.Scan(db.Time(&h.At), &h.Flow, &h.Pair, &h.Created, &h.Updated, &h.Failed, &h.Calls[0], &h.Calls[1])
		return h, err
	})
}
