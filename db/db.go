// Package db opens the database and hides which of the two it is.
//
// The program runs on SQLite (one machine, nothing to install) and on PostgreSQL (many machines). Everything above
// writes one SQL text for both, in the subset that both understand: text, bigint and boolean columns, $1 for arguments,
// on conflict … do update, partial indexes. `in [$1]` stands for a list given as one argument ([Strings]). What differs
// sits here and nowhere else:
//
//   - how a database is opened and how sure it is that a commit survives (sqlite.go, postgres.go);
//   - how arguments are written and lists are given (dialect.go);
//   - how one statement is carried out for many rows fast ([Tx.Each]);
//   - which error code means what, and the sentence that tells a person what to do about it (error.go);
//   - upkeep: migrations, file modes, backup and restore.
//
// Times are stored as unix milliseconds; 0 is "never" ([MS], [Time]). Documents are JSON in text columns ([Doc],
// [JSON]).
package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is an open database. SQLite has one connection that writes and a few that read; on PostgreSQL both are one pool.
type DB struct {
	writer, reader *sql.DB
	pool           *pgxpool.Pool // nil on SQLite
	path           string        // the file of SQLite, "" on PostgreSQL
	seen           func(string)
}

// Options tune an open database. The zero value is right for a server.
type Options struct {
	// Readers is the number of reading connections on SQLite, 4 unless set.
	Readers int
	// MaxConns bounds the pool on PostgreSQL, 16 unless set.
	MaxConns int
	// Seen, when not nil, is told each text that runs, for a test that looks at how the database would carry it out.
	Seen func(text string)
	// Wait is how long a statement waits for somebody else's lock, 5 seconds unless set.
	Wait time.Duration
}

func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.MaxConns <= 0 {
		o.MaxConns = 16
	}
	if o.Wait <= 0 {
		o.Wait = 5 * time.Second
	}
	return o
}

// Open opens `sqlite:PATH` or `postgres://…`. A SQLite file is made, readable by its owner only, when there is none. It
// refuses a database that a newer program has migrated; call [DB.Migrate] next.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	o = o.withDefaults()
	var d *DB
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		d, err = openSQLite(ctx, pathOf(url), o)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		d, err = openPostgres(ctx, url, o)
	default:
		return nil, &Error{Kind: Unusable, Sentence: "The database address must begin with sqlite: or postgres://, for example sqlite:./data/couplet.db."}
	}
	if err != nil {
		return nil, err
	}
	d.seen = o.Seen
	if err := d.refuseNewer(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close ends all connections.
func (d *DB) Close() error {
	var errs []error
	if d.reader != d.writer {
		errs = append(errs, d.reader.Close())
	}
	errs = append(errs, d.writer.Close())
	if d.pool != nil {
		d.pool.Close()
	}
	return errors.Join(errs...)
}

// Writer is the pool that may write, for a library that brings its own SQL. On SQLite it has one connection: whoever
// holds a transaction on it must not ask for another.
func (d *DB) Writer() *sql.DB { return d.writer }

// Pool is the PostgreSQL pool that Writer is made of, nil on SQLite.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// SQLite reports whether this is a SQLite file.
func (d *DB) SQLite() bool { return d.pool == nil }

// Path is the file of a SQLite database, "" on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Ping asks the database for a sign of life.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	_, err := d.Get(ctx, "select 1", nil, &one)
	return err
}

func pathOf(url string) string {
	return strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//")
}
