package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"couplet/db"
	"couplet/db/dbtest"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// suite runs a test on a fresh database: SQLite always, PostgreSQL when TEST_POSTGRES_URL is set.
func suite(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		if os.Getenv("TEST_POSTGRES_URL") == "" {
			t.Skip("TEST_POSTGRES_URL is not set")
		}
		t.Parallel()
		test(t, dbtest.Schema(t, os.Getenv("TEST_POSTGRES_URL")))
	})
}

func open(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), address, db.Options{MaxConns: 3, Wait: 100 * time.Millisecond})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	return d
}

func migrated(t testing.TB, address string) *db.DB {
	t.Helper()
	d := open(t, address)
	must(t, d.Migrate(t.Context(), start))
	return d
}

func run(t testing.TB, d *db.DB, text string, args ...any) {
	t.Helper()
	must(t, d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), text, args...)
		return err
	}))
}

func count(t testing.TB, d *db.DB, table string) (n int) {
	t.Helper()
	_, err := d.Get(t.Context(), "select count(*) from "+table, nil, &n)
	must(t, err)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func says(t *testing.T, err error, kind db.Kind, words ...string) {
	t.Helper()
	var e *db.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("want an error of kind %s, got %v", kind, err)
	}
	for _, w := range words {
		if !strings.Contains(e.Sentence, w) {
			t.Errorf("%q does not say %q", e.Sentence, w)
		}
	}
}

const things = "create table thing (id text primary key, n bigint not null, yes boolean not null, at bigint not null, doc text not null, raw bytea)"

func TestOneTextMeansTheSameOnBothDatabases(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d, ctx := open(t, address), t.Context()
		run(t, d, things)
		at := time.Date(2026, 1, 2, 3, 4, 5, 678900000, time.FixedZone("x", 5*3600))
		run(t, d, "insert into thing (id, n, yes, at, doc, raw) values ($3, $2, $1, $4, $5, $6)", true, 7, "a", db.MS(at), db.Doc(map[string]any{"k": []string{"v"}}), []byte{0, 1, 255})
		var id, empty string
		var n int
		var yes bool
		var got, never time.Time
		var m map[string][]string
		var raw []byte
		found, err := d.Get(ctx, "select $2 || id, n, yes, at, $1 + 0, doc, raw, '' from thing where id in [$3]", []any{0, "x", db.Strings([]string{"b", "a", "c"})},
			&id, &n, &yes, db.Time(&got), db.Time(&never), db.JSON(&m), &raw, &empty)
		must(t, err)
		if !found || id != "xa" || n != 7 || !yes || !never.IsZero() || len(m["k"]) != 1 || string(raw) != "\x00\x01\xff" {
			t.Error(found, id, n, yes, never, m, raw)
		}
		if want := at.Truncate(time.Millisecond); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("time is %v, want %v", got, want)
		}
		if found, err = d.Get(ctx, "select id from thing where id in [$1]", []any{db.Strings(nil)}, &id); found || err != nil {
			t.Error("an empty list finds something", err)
		}
	})
}

func TestEachRunsAStatementPerRowAllOrNothing(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d, ctx := open(t, address), t.Context()
		run(t, d, things)
		const put = "insert into thing (id, n, yes, at, doc) values ($1, $2, false, 0, '') on conflict (id) do update set n = thing.n + excluded.n"
		var rows [][]any
		for i := range 1300 {
			rows = append(rows, []any{strings.Repeat("x", i%650), int64(i)})
		}
		must(t, d.Write(ctx, func(tx *db.Tx) error { return tx.Each(ctx, put, rows) }))
		if n := count(t, d, "thing"); n != 650 {
			t.Errorf("%d rows", n)
		}
		var sum int
		_, err := d.Get(ctx, "select cast(sum(n) as bigint) from thing", nil, &sum)
		must(t, err)
		if sum != 1300*1299/2 {
			t.Errorf("the sum is %d", sum)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			return tx.Each(ctx, "insert into thing (id, n, yes, at, doc) values ($1, 0, false, 0, '')", [][]any{{"new"}, {"x"}})
		})
		says(t, err, db.Unique)
		if n := count(t, d, "thing where id = 'new'"); n != 0 {
			t.Error("half of a transaction was kept")
		}
	})
}

func TestTextsThatADatabaseRefusesDoNotFail(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d, ctx := open(t, address), t.Context()
		run(t, d, things)
		run(t, d, "insert into thing (id, n, yes, at, doc) values ($1, 0, false, 0, $2)", "a\x00b", "bad \xff utf8")
		var id string
		found, err := d.Get(ctx, "select id from thing where id = $1", []any{"a\x00b"}, &id)
		if !found || err != nil {
			t.Error(found, err)
		}
	})
}

func TestACancelledContextRollsBack(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d := open(t, address)
		run(t, d, things)
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, "insert into thing (id, n, yes, at, doc) values ('a', 0, false, 0, '')"); err != nil {
				return err
			}
			cancel()
			return tx.Each(ctx, "insert into thing (id, n, yes, at, doc) values ($1, 0, false, 0, '')", [][]any{{"b"}})
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if n := count(t, d, "thing"); n != 0 {
			t.Errorf("%d rows were kept", n)
		}
	})
}

// TestAReaderCannotWrite holds that all writes go through the one writer of SQLite.
func TestAReaderCannotWrite(t *testing.T) {
	t.Parallel()
	d := open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	run(t, d, things)
	rows, err := d.Query(t.Context(), "insert into thing (id, n, yes, at, doc) values ('a', 0, false, 0, '') returning id")
	if err == nil {
		for rows.Next() {
		}
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err == nil || count(t, d, "thing") != 0 {
		t.Error("a reader wrote")
	}
}

// TestALostRaceIsRunAgain holds that PostgreSQL's deadlocks do not reach callers.
func TestALostRaceIsRunAgain(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_POSTGRES_URL") == "" {
		t.Skip("TEST_POSTGRES_URL is not set")
	}
	address := dbtest.Schema(t, os.Getenv("TEST_POSTGRES_URL"))
	d, err := db.Open(t.Context(), address, db.Options{Wait: 20 * time.Second})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	run(t, d, things)
	run(t, d, "insert into thing (id, n, yes, at, doc) values ('a', 0, false, 0, ''), ('b', 0, false, 0, '')")
	met := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	done := make(chan error)
	for i, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		go func() {
			tries := 0
			done <- d.Write(t.Context(), func(tx *db.Tx) error {
				for j, id := range order {
					if _, err := tx.Exec(t.Context(), "update thing set n = n + 1 where id = $1", id); err != nil {
						return err
					}
					if j == 0 && tries == 0 { // both hold one row before either asks for the other's
						tries++
						close(met[i])
						<-met[1-i]
					}
				}
				return nil
			})
		}()
	}
	must(t, errors.Join(<-done, <-done))
	if n := count(t, d, "thing where n = 2"); n != 2 {
		t.Errorf("%d rows were counted twice", n)
	}
}

func TestAnAddressThatIsNoneIsExplained(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "mysql://x", "sqlite:", "postgres://user:secret@[bad"} {
		_, err := db.Open(t.Context(), address, db.Options{})
		says(t, err, db.Unusable, "or example")
		if strings.Contains(err.Error(), "secret") {
			t.Error("the password is repeated")
		}
	}
}
