package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tx is a transaction that may write.
type Tx struct {
	db   *DB
	tx   *sql.Tx
	conn *sql.Conn
}

// Write runs fn in a transaction and commits it, unless fn fails. On PostgreSQL a transaction that lost a race is done
// again, so fn must not keep results of an earlier attempt.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	var err error
	for range 4 {
		if err = d.writeOnce(ctx, fn); !lostRace(err) {
			break
		}
	}
	if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		// The drivers then speak of closed connections and transactions.
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

func (d *DB) writeOnce(ctx context.Context, fn func(*Tx) error) error {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(d.quiet(ctx), nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback() // after a commit it does nothing
	if err := fn(&Tx{db: d, tx: tx, conn: conn}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return explain(tx.Commit())
}

// quiet is the context that statements of a transaction get. On SQLite one that can be cancelled would cost the driver a
// goroutine per statement. Statements are short there, and between them the context is asked.
func (d *DB) quiet(ctx context.Context) context.Context {
	if d.SQLite() {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// Exec runs one statement and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	text, args = t.db.dialect(text, args)
	res, err := t.tx.ExecContext(t.db.quiet(ctx), text, args...)
	if err != nil {
		return 0, explain(err)
	}
	return res.RowsAffected()
}

// Each runs one statement once per row of arguments, in order, as fast as the database can: with one prepared statement
// on SQLite, in one round trip on PostgreSQL.
func (t *Tx) Each(ctx context.Context, text string, rows [][]any) error {
	if err := ctx.Err(); err != nil || len(rows) == 0 {
		return err
	}
	text, _ = t.db.dialect(text, nil)
	if !t.db.SQLite() {
		return t.pipeline(ctx, text, rows)
	}
	ctx = t.db.quiet(ctx)
	stmt, err := t.tx.PrepareContext(ctx, text)
	if err != nil {
		return explain(err)
	}
	defer stmt.Close()
	for _, args := range rows {
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return explain(err)
		}
	}
	return nil
}

// burst bounds how many statements are under way to PostgreSQL at once.
const burst = 500

func (t *Tx) pipeline(ctx context.Context, text string, rows [][]any) error {
	return explain(t.conn.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		for len(rows) > 0 {
			n := min(burst, len(rows))
			var b pgx.Batch
			for _, args := range rows[:n] {
				b.Queue(text, clean(args)...)
			}
			if err := conn.SendBatch(ctx, &b).Close(); err != nil {
				return err
			}
			rows = rows[n:]
		}
		return nil
	}))
}

// ForUpdate is what a select needs at its end to hold its rows until the commit: nothing on SQLite, where a writing
// transaction is alone.
func (t *Tx) ForUpdate() string {
	if t.db.SQLite() {
		return ""
	}
	return " for update"
}

// SkipLocked is ForUpdate for a select that leaves out rows that somebody else holds.
func (t *Tx) SkipLocked() string {
	if t.db.SQLite() {
		return ""
	}
	return " for update skip locked"
}
