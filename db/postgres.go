package db

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

func openPostgres(ctx context.Context, url string, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &Error{Kind: Unusable, Sentence: "The database address is not a PostgreSQL address. Write it as, for example, postgres://user:password@host:5432/name.", Err: errNoURL}
	}
	cfg.MaxConns = int32(o.MaxConns)
	// Whoever waits longer than this for a row is told so, like on SQLite.
	if _, set := cfg.ConnConfig.RuntimeParams["lock_timeout"]; !set {
		cfg.ConnConfig.RuntimeParams["lock_timeout"] = strconv.FormatInt(o.Wait.Milliseconds(), 10)
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err == nil {
		err = pool.Ping(ctx)
	}
	if err != nil {
		if pool != nil {
			pool.Close()
		}
		return nil, &Error{Kind: Unusable, Sentence: "PostgreSQL at " + cfg.ConnConfig.Host + " cannot be reached or refuses this user. Check that it runs, and the user, password and database name of COUPLET_DATABASE_URL.", Err: err}
	}
	d := stdlib.OpenDBFromPool(pool)
	return &DB{writer: d, reader: d, pool: pool}, nil
}

// errNoURL stands for the parser's error, which would repeat the address with its password.
var errNoURL = errors.New("the address is not repeated here because it may hold a password")
