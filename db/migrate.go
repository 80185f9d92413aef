package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version int
	Name    string
	// Applied is when it was applied to this database, zero when it was not.
	Applied time.Time
	text    string
}

// known are the migrations of this program, in order. Their files are numbered without gaps.
var known = func() []Migration {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	all := make([]Migration, len(names))
	for i, path := range names {
		text, err := files.ReadFile(path)
		if err != nil {
			panic(err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "migrations/"), ".sql")
		n, err := strconv.Atoi(name[:4])
		if err != nil || n != i+1 {
			panic("db: migration " + name + " is out of order")
		}
		all[i] = Migration{Version: n, Name: name, text: string(text)}
	}
	return all
}()

// Migrate brings the schema up to this program, each step in a transaction of its own. When several processes start at
// once, one does each step and the others wait for it. now is noted as the time of the steps.
func (d *DB) Migrate(ctx context.Context, now time.Time) error {
	for _, m := range known {
		if err := d.apply(ctx, m, now); err != nil {
			return fmt.Errorf("migration %s: %w", m.Name, err)
		}
	}
	return d.refuseNewer(ctx)
}

// MigrateStatus lists the migrations of this program and when each was applied here.
func (d *DB) MigrateStatus(ctx context.Context) ([]Migration, error) {
	applied, err := appliedTo(ctx, d)
	if err != nil {
		return nil, err
	}
	all := make([]Migration, len(known))
	for i, m := range known {
		all[i] = Migration{Version: m.Version, Name: m.Name, Applied: applied[m.Version].Applied}
	}
	return all, nil
}

// schemaLock is the number of the advisory lock that keeps other processes out on PostgreSQL, together with the schema.
const schemaLock = "select pg_advisory_xact_lock(7268, hashtext(current_schema()))"

func (d *DB) apply(ctx context.Context, m Migration, now time.Time) error {
	return d.Write(ctx, func(tx *Tx) error { // on SQLite this alone keeps others out
		if !d.SQLite() {
			if _, err := tx.Exec(ctx, schemaLock); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "create table if not exists schema_migration (version bigint primary key, name text not null, applied_at bigint not null)"); err != nil {
			return err
		}
		var n int
		if done, err := tx.Get(ctx, "select 1 from schema_migration where version = $1", []any{m.Version}, &n); done || err != nil {
			return err
		}
		if err := tx.script(ctx, m.text); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into schema_migration (version, name, applied_at) values ($1, $2, $3)", m.Version, m.Name, MS(now))
		return err
	})
}

// script runs several statements.
func (t *Tx) script(ctx context.Context, text string) error {
	if !t.db.SQLite() {
		_, err := t.tx.ExecContext(ctx, onlyPostgres.ReplaceAllString(text, "$1"), pgx.QueryExecModeSimpleProtocol)
		return explain(err)
	}
	_, err := t.tx.ExecContext(ctx, onlySQLite.ReplaceAllString(text, "$1"))
	return explain(err)
}

// What is a comment for the other database is uncovered for the one it is meant for.
var (
	onlySQLite   = regexp.MustCompile(`(?s)/\* sqlite:(.*?)\*/`)
	onlyPostgres = regexp.MustCompile(`(?s)/\* postgres:(.*?)\*/`)
)

// appliedTo reads what was applied; nothing in a database that is new.
func appliedTo(ctx context.Context, q Queryer) (map[int]Migration, error) {
	applied := map[int]Migration{}
	err := Walk(ctx, q, "select version, name, applied_at from schema_migration", nil, func(r *sql.Rows) error {
		var m Migration
		if err := r.Scan(&m.Version, &m.Name, Time(&m.Applied)); err != nil {
			return err
		}
		applied[m.Version] = m
		return nil
	})
	if noTable(err) {
		return applied, nil
	}
	return applied, err
}

// refuseNewer fails when the database has a migration that this program does not know.
func (d *DB) refuseNewer(ctx context.Context) error {
	applied, err := appliedTo(ctx, d)
	if err != nil {
		return err
	}
	return newer(applied, "The database")
}

func newer(applied map[int]Migration, what string) error {
	last := 0
	for v := range applied {
		last = max(last, v)
	}
	if last <= len(known) {
		return nil
	}
	return &Error{Kind: Newer, Err: errors.New(applied[last].Name), Sentence: fmt.Sprintf(
		"%s has schema version %d, and this program knows versions up to %d. A newer couplet has used it: start that one, or restore a backup from before.", what, last, len(known))}
}
