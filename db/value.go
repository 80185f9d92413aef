package db

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// MS is a time as the database keeps it: unix milliseconds, 0 for the zero time.
func MS(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMS is the time that MS stored, in UTC.
func FromMS(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Time scans what MS stored.
func Time(t *time.Time) sql.Scanner { return scanTime{t} }

type scanTime struct{ t *time.Time }

func (s scanTime) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok && src != nil {
		return fmt.Errorf("a time column holds %T", src)
	}
	*s.t = FromMS(ms)
	return nil
}

// Doc is a value as a JSON document.
func Doc(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("a value could not be stored: %w", err)
	}
	return string(b), nil
}

// JSON scans what Doc stored; an empty text leaves the value as it is.
func JSON(v any) sql.Scanner { return scanJSON{v} }

type scanJSON struct{ v any }

func (s scanJSON) Scan(src any) error {
	var b []byte
	switch src := src.(type) {
	case nil:
	case string:
		b = []byte(src)
	case []byte:
		b = src
	default:
		return fmt.Errorf("a document column holds %T", src)
	}
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, s.v)
}

// Strings is a list of texts as one argument, for `in [$n]`.
func Strings(list []string) any { return textList(list) }

type textList []string

// Value is the list as SQLite takes it.
func (l textList) Value() (driver.Value, error) { return Doc([]string(l)) }

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

// clean takes out of texts what PostgreSQL refuses in a text column, so that one odd record cannot hold up a page.
func clean(args []any) []any {
	for i, a := range args {
		if list, ok := a.(textList); ok {
			args[i] = []string(list)
			continue
		}
		s, ok := a.(string)
		if ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}
