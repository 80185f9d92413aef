package main

import (
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// eventually waits until a condition holds, and fails the test when it does not in time.
func eventually(t testing.TB, within time.Duration, what string, holds func() bool) {
	t.Helper()
	late := time.After(within)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-late:
			t.Fatalf("not within %s: %s", within, what)
		case <-tick.C:
		}
	}
}

// raw opens the program's database beside it, past everything that the program itself would check.
func (h *house) raw() *sql.DB {
	h.t.Helper()
	driver, url := "pgx", h.url
	if url == "" {
		driver, url = "sqlite3", "file:"+filepath.Join(h.data, "couplet.db")+"?_busy_timeout=10000"
	}
	d, err := sql.Open(driver, url)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = d.Close() })
	return d
}

// value is what a query of one value says, "" when the table is not there yet.
func value[T any](d *sql.DB, query string) (v T) {
	_ = d.QueryRow(query).Scan(&v)
	return v
}

// exec changes the program's database behind its back.
func (h *house) exec(d *sql.DB, statement string) {
	h.t.Helper()
	if _, err := d.Exec(statement); err != nil {
		h.t.Fatal(err)
	}
}

// tables are all of ours; the queue's own change by themselves.
var tables = strings.Fields(`workspace app_user member setting connection secret flow flow_version flow_state cursor mirror mirror_key capability
	event pair lease inbox link intent review conflict tombstone tombstone_key run run_entry call_count schema_migration`)

// content is everything that is stored, in one text.
func (h *house) content(only ...string) string {
	h.t.Helper()
	d := h.raw()
	defer d.Close()
	var out strings.Builder
	for _, table := range tables {
		if len(only) > 0 && !slices.Contains(only, table) {
			continue
		}
		rows, err := d.Query("select * from " + table)
		if err != nil {
			h.t.Fatal(err)
		}
		names, _ := rows.Columns()
		var lines []string
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				h.t.Fatal(err)
			}
			lines = append(lines, fmt.Sprintf("%s %v", table, values))
		}
		if err := cmp.Or(rows.Err(), rows.Close()); err != nil {
			h.t.Fatal(err)
		}
		slices.Sort(lines)
		out.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return out.String()
}

// set gives the program a variable, in the place of one of this name.
func (h *house) set(name, value string) {
	h.env = append(slices.DeleteFunc(slices.Clone(h.env), func(s string) bool { return strings.HasPrefix(s, name+"=") }), name+"="+value)
}

// unset takes a variable away.
func (h *house) unset(name string) {
	h.env = slices.DeleteFunc(slices.Clone(h.env), func(s string) bool { return strings.HasPrefix(s, name+"=") })
}

// with writes a copy of the flow file in which words are replaced, pair by pair, and returns its path.
func (h *house) with(pairs ...string) string {
	h.t.Helper()
	text, err := os.ReadFile(h.file)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(string(text), pairs[i]) {
			h.t.Fatalf("the flow file has no %q:\n%s", pairs[i], text)
		}
	}
	return h.written(strings.NewReplacer(pairs...).Replace(string(text)))
}

// written writes a flow file and returns its path.
func (h *house) written(text string) string {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "flow.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// refused runs the program, which must exit with a code, say a text, and repeat no key. It returns all that was printed.
func (h *house) refused(code int, says string, args ...string) string {
	h.t.Helper()
	out, errs, got := h.call(args...)
	if got != code || !strings.Contains(out+errs, says) {
		h.t.Errorf("couplet %s: code %d, want %d and\n  %s\ngot\n  %s%s", strings.Join(args, " "), got, code, says, out, errs)
	}
	h.silent(out + errs)
	return out + errs
}

// silent holds that a text names none of the keys that the program was given.
func (h *house) silent(text string) {
	h.t.Helper()
	keys := append([]string{h.info.HighLevel.Token, h.info.UserCom.Token}, h.secrets...)
	for _, e := range h.env {
		if name, v, _ := strings.Cut(e, "="); strings.HasSuffix(name, "_TOKEN") || strings.HasSuffix(name, "_KEY") {
			keys = append(keys, v)
		}
	}
	for _, key := range keys {
		if key != "" && strings.Contains(text, key) {
			h.t.Errorf("a key is in the output:\n%s", text)
		}
	}
}
