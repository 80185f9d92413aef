package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Settings of connections. FULL, because NORMAL may lose the last commits at power loss, a rotated key among them.
const (
	commonDSN = "_foreign_keys=on&_synchronous=FULL&_stmt_cache_size=128"
	writerDSN = commonDSN + "&_journal_mode=WAL&_auto_vacuum=incremental&_txlock=immediate&_cache_size=-16000"
	readerDSN = commonDSN + "&_query_only=on&_cache_size=-4000"
)

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if path == "" || path == ":memory:" {
		return nil, &Error{Kind: Unusable, Sentence: "The database needs a file: write sqlite: and then its path, for example sqlite:./data/couplet.db."}
	}
	before, err := prepareFile(path)
	if err != nil {
		return nil, err
	}
	d := &DB{path: path}
	d.writer = sql.OpenDB(connect{dsn(path, writerDSN), o.Wait})
	d.writer.SetMaxOpenConns(1)
	d.reader = sql.OpenDB(connect{dsn(path, readerDSN), o.Wait})
	d.reader.SetMaxOpenConns(o.Readers)
	d.reader.SetMaxIdleConns(o.Readers)
	// The writer comes first: it makes the file what the readers expect.
	var version string
	if err := d.writer.QueryRowContext(ctx, "select sqlite_version()").Scan(&version); err != nil {
		return nil, errors.Join(cannotOpen(path, err), d.Close())
	}
	// A restore may have put another file in place while this one was being opened (see Restore).
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		return nil, errors.Join(&Error{Kind: Busy, Sentence: fmt.Sprintf("The database file %s was replaced while it was being opened. Start again.", path), Err: err}, d.Close())
	}
	return d, nil
}

// prepareFile makes the database file with the right mode, for SQLite would let others read it, and refuses one that
// others can read.
func prepareFile(path string) (fs.FileInfo, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, cannotOpen(path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, cannotOpen(path, err)
	}
	if err := f.Close(); err != nil {
		return nil, cannotOpen(path, err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := checkMode(name, false); err != nil {
			return nil, err
		}
	}
	return os.Stat(path)
}

func cannotOpen(path string, err error) error {
	if e := explain(err); is(e, Busy) || is(e, Full) {
		return e
	}
	return &Error{Kind: Unusable, Sentence: fmt.Sprintf("The database %s cannot be opened. Check that the path is right, that this user may write there, and that it is a database.", path), Err: err}
}

// dsn writes the address of a file so that no character of its path is taken for a setting.
func dsn(path, settings string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + settings
}

// connect makes SQLite connections that wait for a lock for a time.
type connect struct {
	dsn  string
	wait time.Duration
}

// Driver implements driver.Connector.
func (c connect) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// Connect implements driver.Connector. While another process makes the same file, SQLite answers "locked" without
// waiting; so it is asked again for as long as a statement would wait.
func (c connect) Connect(ctx context.Context) (driver.Conn, error) {
	d := sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		// Checkpoints every 16 MB instead of 4: a first sync writes the same pages over and over.
		_, err := conn.Exec("pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864; pragma temp_store = memory", nil)
		return err
	}}
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		conn, err := d.Open(fmt.Sprintf("%s&_busy_timeout=%d", c.dsn, c.wait.Milliseconds()))
		if kindOf(err) != Busy {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
	}
}

// Vacuum gives freed pages of a SQLite file back to the disk, at most n of them. PostgreSQL does this by itself.
func (d *DB) Vacuum(ctx context.Context, n int) error {
	if !d.SQLite() {
		return nil
	}
	// The pragma frees one page per row that is fetched.
	rows, err := d.writer.QueryContext(ctx, fmt.Sprintf("pragma incremental_vacuum(%d)", n))
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
	}
	return explain(rows.Err())
}
