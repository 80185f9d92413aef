package connector

import (
	"errors"
	"time"
)

// Kind says what the caller should do about a failed call.
type Kind string

// The kinds of failure (sync-semantics 5.6, outcome table).
const (
	// Temporary: nothing happened; try again later.
	Temporary Kind = "temporary"
	// RateLimited: nothing happened; the whole account waits for After.
	RateLimited Kind = "rate_limited"
	// Unauthorized: the credential is not accepted (any more).
	Unauthorized Kind = "unauthorized"
	// Forbidden: the credential works but may not do this (scope, other account, read-only key).
	Forbidden Kind = "forbidden"
	// Invalid: the system refuses the values; Fields names the offending ones when it says so.
	Invalid Kind = "invalid"
	// Duplicate: a create was refused because Existing already holds the key.
	Duplicate Kind = "duplicate"
	// NotFound: the record is gone, or never was.
	NotFound Kind = "not_found"
	// Unknown: the call may or may not have happened (no answer, 5xx on a write, 4xx on a create).
	Unknown Kind = "unknown_outcome"
	// Config: the address or setting is wrong (host unreachable, certificate, private address); no retry helps.
	Config Kind = "config"
)

// Error is a failed call. Message is written for a person: what happened, why, and what to do.
type Error struct {
	Kind    Kind
	Message string
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// After is how long to wait, when the system said so.
	After time.Duration
	// Existing is the id of the record that is in the way (Duplicate).
	Existing string
	// Fields are the refused field names (Invalid), in the system's own names.
	Fields []string
	// Scope is the permission that the credential lacks (Forbidden), where that is known.
	Scope string
	Err   error
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error made by a connector, Temporary for any other error, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Temporary
}
