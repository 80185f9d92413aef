package db

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// dialect writes a statement in the words of this database.
func (d *DB) dialect(text string, args []any) (string, []any) {
	if d.SQLite() {
		text = forSQLite(text)
	} else {
		text, args = forPostgres(text), clean(args)
		if slices.ContainsFunc(args, isList) {
			// Planned for the list at hand: a plan for any list reads whole tables as long as nobody has counted them.
			args = append([]any{pgx.QueryExecModeCacheDescribe}, args...)
		}
	}
	if d.seen != nil {
		d.seen(text)
	}
	return text, args
}

// forSQLite rewrites $1 to ?1, which SQLite would else take for a name and number by first appearance.
func forSQLite(text string) string {
	return rewrite(&sqliteTexts, text, "?$1", "in (select value from json_each(?$1))")
}

func forPostgres(text string) string {
	return rewrite(&postgresTexts, text, "$$$1", "= any($$$1::text[])")
}

// Texts are constants or put together from few parts, so these stay small.
var sqliteTexts, postgresTexts sync.Map

var (
	listArg   = regexp.MustCompile(`in \[\$(\d+)\]`)
	singleArg = regexp.MustCompile(`\$(\d+)`)
)

func rewrite(done *sync.Map, text, single, list string) string {
	if t, ok := done.Load(text); ok {
		return t.(string)
	}
	parts, lists := listArg.Split(text, -1), listArg.FindAllString(text, -1)
	for i := range parts {
		parts[i] = singleArg.ReplaceAllString(parts[i], single)
		if i > 0 {
			parts[i] = listArg.ReplaceAllString(lists[i-1], list) + parts[i]
		}
	}
	t := strings.Join(parts, "")
	done.Store(text, t)
	return t
}

// clean makes arguments ready for PostgreSQL. It takes out of texts what PostgreSQL refuses in a text column, so that one
// odd record cannot hold up a page.
func clean(args []any) []any {
	for i, a := range args {
		switch a := a.(type) {
		case textList:
			args[i] = []string(a)
		case string:
			if strings.IndexByte(a, 0) >= 0 || !utf8.ValidString(a) {
				args[i] = strings.ReplaceAll(strings.ToValidUTF8(a, "\uFFFD"), "\x00", "\uFFFD")
			}
		}
	}
	return args
}

func isList(arg any) bool {
	_, ok := arg.([]string)
	return ok
}
