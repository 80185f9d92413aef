package db

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// Kind says what a failed database call means.
type Kind string

// The kinds of [Error].
const (
	Unique   Kind = "unique"   // another row has this value already
	Busy     Kind = "busy"     // somebody else holds the database; later it will work
	Full     Kind = "full"     // no room left
	Newer    Kind = "newer"    // a newer program has migrated the database
	Unusable Kind = "unusable" // wrong address, wrong file, wrong rights
)

// Error is a failure that a person or a caller can act on. Sentence may be shown to a person; it says what to do.
type Error struct {
	Kind     Kind
	Sentence string
	Err      error
}

// Error is the sentence, with the database's own words after it for the log.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Sentence
	}
	return e.Sentence + " (" + e.Err.Error() + ")"
}

// Unwrap gives the database's own error.
func (e *Error) Unwrap() error { return e.Err }

// IsUnique reports whether a row was refused because another one has its value already.
func IsUnique(err error) bool { return is(err, Unique) }

// IsBusy reports whether the database was held by somebody else for too long.
func IsBusy(err error) bool { return is(err, Busy) }

// IsFull reports whether there was no room left.
func IsFull(err error) bool { return is(err, Full) }

// IsNewer reports whether the database belongs to a newer program.
func IsNewer(err error) bool { return is(err, Newer) }

func is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

// sentences are what a person reads.
var sentences = map[Kind]string{
	Unique: "This exists already.",
	Busy: "The database is locked: another program has held it for too long. If a backup or a database tool is open on it, close it; " +
		"nothing was lost, and what was going on is tried again.",
	Full: "The disk or the space allowed to the database is full, so this was not stored, and nothing stored before was lost. " +
		"Make room; the work goes on from where it stood.",
}

// explain turns a driver's error into an *Error where its code says more than its words.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var done *Error
	if errors.As(err, &done) {
		return err
	}
	if k := kindOf(err); k != "" {
		return &Error{Kind: k, Sentence: sentences[k], Err: err}
	}
	return err
}

func kindOf(err error) Kind {
	var se sqlite3.Error
	var pe *pgconn.PgError
	switch {
	case errors.As(err, &se):
		switch {
		case se.ExtendedCode == sqlite3.ErrConstraintUnique || se.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
			return Unique
		case se.Code == sqlite3.ErrBusy || se.Code == sqlite3.ErrLocked:
			return Busy
		case se.Code == sqlite3.ErrFull:
			return Full
		}
	case errors.As(err, &pe):
		switch pe.Code {
		case "23505": // unique_violation
			return Unique
		case "55P03", "57014": // lock_not_available; query_canceled, by lock_timeout or statement_timeout
			return Busy
		case "53100": // disk_full
			return Full
		}
	}
	return ""
}

// lostRace reports whether PostgreSQL broke off a transaction that will work when it is simply done again.
func lostRace(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40P01" || pe.Code == "40001")
}

// noTable reports whether a query named a table that does not exist.
func noTable(err error) bool {
	var se sqlite3.Error
	var pe *pgconn.PgError
	if errors.As(err, &se) {
		return strings.HasPrefix(se.Error(), "no such table")
	}
	return errors.As(err, &pe) && pe.Code == "42P01"
}
