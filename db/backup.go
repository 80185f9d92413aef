package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Backup writes a copy of a SQLite database, whole and consistent, while work goes on. The file must not exist; it is
// made readable by its owner only. It holds sealed secrets but never the key that opens them.
func (d *DB) Backup(ctx context.Context, file string) (err error) {
	if !d.SQLite() {
		return &Error{Kind: Unusable, Sentence: "This installation keeps its data in PostgreSQL. Back it up with: pg_dump --format=custom --file=" + file + " and the database address."}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("The file %s exists already, and a backup never replaces one. Give another name.", file)}
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("The backup file %s cannot be made. Check that its folder exists and may be written.", file), Err: err}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file))
		}
	}()
	// Neither the writer, which others wait for, nor a reader, which may not write anything anywhere.
	own := sql.OpenDB(connect{dsn(d.path, commonDSN), time.Second})
	defer own.Close()
	if _, err := own.ExecContext(ctx, "vacuum into ?", file); err != nil {
		return explain(err)
	}
	return syncFile(file)
}

// Restore puts a backup in the place of a SQLite database that nobody uses, or of none. It checks the backup first and
// changes nothing when it is not one, or one of a newer program. The database that was there before is kept beside it
// under the name that is returned ("" when there was none).
func Restore(ctx context.Context, url, file string) (kept string, err error) {
	if !strings.HasPrefix(url, "sqlite:") {
		return "", &Error{Kind: Unusable, Sentence: "This installation keeps its data in PostgreSQL. Restore it with: pg_restore --clean --if-exists --dbname= and the database address, then " + file + "."}
	}
	path := pathOf(url)
	if err := checkBackup(ctx, file); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", cannotOpen(path, err)
	}
	tmp, err := copyBeside(path, file)
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		for _, rest := range []string{path + "-wal", path + "-shm"} { // of a database that was moved away; SQLite would apply it to this one
			if err := os.Remove(rest); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", cannotOpen(rest, err)
			}
		}
		return "", putInPlace(tmp, path)
	}
	return swap(ctx, tmp, path)
}

// checkBackup refuses a file that is not a sound couplet database of a schema that this program knows.
func checkBackup(ctx context.Context, file string) error {
	no := func(err error, why string) error {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("%s is no couplet backup that can be restored: %s. Nothing was changed.", file, why), Err: err}
	}
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return no(err, "there is no such file, or it cannot be read")
	}
	in := sql.OpenDB(connect{dsn(file, "mode=ro&immutable=1&_query_only=on"), time.Second})
	defer in.Close()
	q := &DB{reader: in, path: file}
	applied, err := appliedTo(ctx, q)
	if err != nil {
		return no(err, "it is no SQLite database, or damaged")
	}
	if err := newer(applied, "The backup "+file); err != nil {
		return err
	}
	if len(applied) == 0 {
		return no(nil, "it belongs to another program")
	}
	for _, m := range applied {
		if m.Version < 1 || known[m.Version-1].Name != m.Name {
			return no(nil, "it belongs to another program")
		}
	}
	var verdict string
	if _, err := q.Get(ctx, "pragma quick_check(1)", nil, &verdict); err != nil || verdict != "ok" {
		return no(errors.Join(err, errors.New(verdict)), "it is damaged")
	}
	return nil
}

// swap puts tmp in the place of a database after proving that nobody has it open, and while keeping everybody out.
func swap(ctx context.Context, tmp, path string) (kept string, err error) {
	own := sql.OpenDB(connect{dsn(path, "_txlock=exclusive"), 100 * time.Millisecond})
	defer own.Close()
	own.SetMaxOpenConns(1)
	inUse := &Error{Kind: Busy, Sentence: fmt.Sprintf("The database %s is in use. Stop every couplet that uses it, then restore again. Nothing was changed.", path)}
	// SQLite leaves write-ahead logging only when no other connection is open. It also moves what is in the log into
	// the file, so that the file alone is the database.
	var mode string
	if err := own.QueryRowContext(ctx, "pragma journal_mode = delete").Scan(&mode); err != nil {
		if kindOf(err) == Busy {
			inUse.Err = err
			return "", inUse
		}
		return "", &Error{Kind: Unusable, Sentence: fmt.Sprintf("The database %s that is to be replaced cannot be opened. If it is broken, move it away and restore again.", path), Err: err}
	}
	if mode != "delete" {
		return "", inUse
	}
	tx, err := own.BeginTx(ctx, nil) // exclusive: whoever opens the database now waits
	if err != nil {
		inUse.Err = err
		return "", inUse
	}
	defer tx.Rollback()
	kept = path + ".before-restore"
	if err := os.Remove(kept); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", cannotOpen(kept, err)
	}
	if err := os.Link(path, kept); err != nil {
		return "", cannotOpen(kept, err)
	}
	return kept, putInPlace(tmp, path)
}

func putInPlace(tmp, path string) error {
	if err := os.Rename(tmp, path); err != nil {
		return cannotOpen(path, err)
	}
	return syncFile(filepath.Dir(path))
}

// copyBeside copies a file into the folder of another one, so that a rename can put it in place.
func copyBeside(path, file string) (tmp string, err error) {
	in, err := os.Open(file)
	if err != nil {
		return "", cannotOpen(file, err)
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(path), ".restore-*") // mode 0600
	if err != nil {
		return "", cannotOpen(path, err)
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return "", errors.Join(cannotOpen(path, err), os.Remove(out.Name()))
	}
	return out.Name(), nil
}

// syncFile makes sure that a file or a folder's list of names survives a power loss.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
