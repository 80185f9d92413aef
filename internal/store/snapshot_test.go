package store_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// tables are those that have a workspace, by the migrations.
var tables = sync.OnceValue(func() []string {
	files, err := os.ReadDir("../../db/migrations")
	if err != nil {
		panic(err)
	}
	var names []string
	for _, f := range files {
		text, err := os.ReadFile("../../db/migrations/" + f.Name())
		if err != nil {
			panic(err)
		}
		for _, m := range regexp.MustCompile(`create table (\w+) \(\s+(\w+)`).FindAllSubmatch(text, -1) {
			if string(m[2]) == "workspace_id" {
				names = append(names, string(m[1]))
			}
		}
	}
	return names
})

// snapshot is everything that a workspace has and is called, and every password.
func snapshot(t testing.TB, w *world, ws string) string {
	t.Helper()
	var b strings.Builder
	for _, table := range append(slices.Clip(tables()), "app_user", "workspace") {
		text, args := "select * from "+table, []any{}
		switch table {
		case "app_user":
		case "workspace":
			text, args = text+" where id = $1", append(args, ws)
		default:
			text, args = text+" where workspace_id = $1", append(args, ws)
		}
		rows, err := w.db.Query(w.ctx, text, args...)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		var lines []string
		for rows.Next() {
			values := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			must(t, rows.Scan(into...))
			lines = append(lines, fmt.Sprintf("%s %v\n", table, values))
		}
		must(t, rows.Err())
		must(t, rows.Close())
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, ""))
	}
	return b.String()
}
