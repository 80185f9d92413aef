package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/flow"
)

// Author is who made a version of a flow, and how.
type Author struct {
	// By is a user's address, or who was at a command line; "" where nobody said.
	By string
	// How is one of the ways below, "" where that is not known.
	How string
}

// The ways in which a version of a flow comes about: somebody published a draft on a page, applied a flow file, or made a rule
// of what they always answer.
const (
	ByPage = "page"
	ByFile = "file"
	ByRule = "rule"
)

// FlowVersion is one published state of a flow. They are kept as long as their flow.
type FlowVersion struct {
	Flow  flow.Flow
	Saved time.Time
	Author
}

func putVersion(ctx context.Context, tx *db.Tx, a Author, f flow.Flow, now time.Time) error {
	_, err := tx.Exec(ctx, "insert into flow_version (workspace_id, flow, version, body, saved_at, by_user, how) values ($1, $2, $3, $4, $5, $6, $7)",
		f.Workspace, f.ID, f.Version, bodyOf(f), db.MS(now), a.By, a.How)
	return err
}

const versionColumns = "select version, body, saved_at, by_user, how from flow_version where workspace_id = $1 and flow = $2 "

func scanVersion(ws string) func(r *sql.Rows) (FlowVersion, error) {
	return func(r *sql.Rows) (v FlowVersion, err error) {
		var version int
		err = r.Scan(&version, db.JSON(&v.Flow), db.Time(&v.Saved), &v.By, &v.How)
		v.Flow.Workspace, v.Flow.Version = ws, version
		return v, err
	}
}

// FlowVersions lists the versions of a flow, the newest first: those before a version, all with 0.
func (s *Store) FlowVersions(ctx context.Context, ws, id string, before, limit int) ([]FlowVersion, error) {
	return db.All(ctx, s.db, versionColumns+"and ($3 = 0 or version < $3) order by version desc limit $4", []any{ws, id, before, limit}, scanVersion(ws))
}

// FlowVersionOf finds one version of a flow.
func (s *Store) FlowVersionOf(ctx context.Context, ws, id string, version int) (FlowVersion, error) {
	all, err := db.All(ctx, s.db, versionColumns+"and version = $3", []any{ws, id, version}, scanVersion(ws))
	if err == nil && len(all) == 0 {
		err = notFound("version", id)
	}
	return first(all), err
}
