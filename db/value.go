package db

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
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

// Doc is a value as an argument for a document column. A value that JSON cannot hold makes the statement fail.
func Doc(v any) driver.Valuer { return document{v} }

type document struct{ v any }

// Value is the document as text.
func (d document) Value() (driver.Value, error) {
	b, err := json.Marshal(d.v)
	if err != nil {
		return nil, fmt.Errorf("a value could not be stored: %w", err)
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
func (l textList) Value() (driver.Value, error) { return document{[]string(l)}.Value() }
