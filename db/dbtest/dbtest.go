// Package dbtest gives a test a place of its own in a PostgreSQL that it shares with others: an empty schema, gone when
// the test is over. So tests may run at once, and what one leaves behind is nobody's surprise. It is for tests only. With
// SQLite a file in t.TempDir does the same.
package dbtest

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"

	"couplet/db"
)

// TB is what is needed of a test.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Errorf(format string, args ...any)
	Error(args ...any)
	Fatal(args ...any)
}

// Schema makes an empty schema in the database at base and returns the address that leads into it. It is dropped when
// the test is over.
func Schema(t TB, base string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := db.Open(t.Context(), base, db.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ToLower(rand.Text()[:12])
	if _, err := admin.Writer().ExecContext(t.Context(), "create schema "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the test's own context is over by now
		if _, err := admin.Writer().ExecContext(context.Background(), "drop schema "+name+" cascade"); err != nil {
			t.Errorf("the schema %s is still there: %v", name, err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
