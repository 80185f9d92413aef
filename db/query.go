package db

import (
	"context"
	"database/sql"
	"errors"
)

// Queryer reads: a [DB] outside of a transaction, a [Tx] inside.
type Queryer interface {
	// Query runs a text; the caller closes the rows. Prefer [All] and [Walk].
	Query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	// Get scans the first row and reports whether there is one.
	Get(ctx context.Context, text string, args []any, dest ...any) (bool, error)
}

// Query implements Queryer on committed data.
func (d *DB) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	text, args = d.dialect(text, args)
	rows, err := d.reader.QueryContext(ctx, text, args...)
	return rows, explain(err)
}

// Get implements Queryer on committed data.
func (d *DB) Get(ctx context.Context, text string, args []any, dest ...any) (bool, error) {
	rows, err := d.Query(ctx, text, args...)
	return first(rows, err, dest)
}

// Query implements Queryer inside the transaction.
func (t *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	text, args = t.db.dialect(text, args)
	rows, err := t.tx.QueryContext(ctx, text, args...)
	return rows, explain(err)
}

// Get implements Queryer inside the transaction.
func (t *Tx) Get(ctx context.Context, text string, args []any, dest ...any) (bool, error) {
	rows, err := t.Query(ctx, text, args...)
	return first(rows, err, dest)
}

func first(rows *sql.Rows, err error, dest []any) (bool, error) {
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, explain(rows.Err())
	}
	if err := rows.Scan(dest...); err != nil {
		return false, explain(err)
	}
	return true, explain(errors.Join(rows.Err(), rows.Close()))
}

// Walk runs a query and hands each row to fn.
func Walk(ctx context.Context, q Queryer, text string, args []any, fn func(*sql.Rows) error) error {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return explain(err)
		}
	}
	return explain(rows.Err())
}

// All collects what scan makes of each row.
func All[T any](ctx context.Context, q Queryer, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	var all []T
	err := Walk(ctx, q, text, args, func(rows *sql.Rows) error {
		v, err := scan(rows)
		all = append(all, v)
		return err
	})
	return all, err
}
