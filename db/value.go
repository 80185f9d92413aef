package db

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
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

// listSizes are the lengths that lists of arguments are filled up to, so that few different texts are prepared.
var listSizes = []int{1, 5, 20, 100, 400}

// MaxList is the longest list that goes into one statement.
const MaxList = 400

// In writes the placeholders of a list of n arguments after `used` others: "($4,$5,$6)". Fill the arguments up with
// [Fill].
func In(used, n int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range filled(n) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(used + 1 + i))
	}
	b.WriteByte(')')
	return b.String()
}

// Fill appends the list to args, repeating its last value up to the length that In wrote.
func Fill(args []any, list []string) []any {
	for _, v := range list {
		args = append(args, v)
	}
	for range filled(len(list)) - len(list) {
		args = append(args, list[len(list)-1])
	}
	return args
}

func filled(n int) int {
	for _, size := range listSizes {
		if n <= size {
			return size
		}
	}
	panic("db: list longer than MaxList")
}

// forSQLite rewrites $1 to ?1. SQLite would take $1 for a name and number it by first appearance.
func forSQLite(text string) string {
	if done, ok := rewritten.Load(text); ok {
		return done.(string)
	}
	b := []byte(text)
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '$' && b[i+1] >= '0' && b[i+1] <= '9' {
			b[i] = '?'
		}
	}
	rewritten.Store(text, string(b))
	return string(b)
}

// forPostgres takes out of texts what PostgreSQL refuses in a text column, so that one odd record cannot hold up a page.
func forPostgres(args []any) []any {
	for i, a := range args {
		s, ok := a.(string)
		if ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}
