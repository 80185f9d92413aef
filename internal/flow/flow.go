// Package flow holds what a person saves: which two accounts are kept in step, which object, by which map, when, and
// what to do in doubt. It knows nothing of how that is done.
//
// A [Flow] is data. It comes from a template and what the person changed, is written in a flow file ([File]) as YAML,
// and is checked as a whole before anything of it takes effect: every problem names its place and its fix.
package flow

import (
	"time"

	"couplet/internal/mapping"
)

// Flow keeps one object of two connections in step.
type Flow struct {
	ID        string `json:"id"`
	Workspace string `json:"-"`
	Name      string `json:"name"`
	Template  string `json:"template"`
	Object    string `json:"object"`
	// Connections are the ids of the two connections, by side.
	Connections [2]string         `json:"connections"`
	Enabled     bool              `json:"enabled"`
	Direction   mapping.Direction `json:"direction"`
	Schedule    Schedule          `json:"schedule"`
	// Match are kinds of keys (see MatchKinds) in the order in which they are tried.
	Match    []string       `json:"match"`
	Map      []mapping.Row  `json:"map"`
	Conflict mapping.Policy `json:"conflict"`
	Blank    mapping.Blank  `json:"blank,omitempty"`
	Delete   Delete         `json:"delete"`
	Scope    Scope          `json:"scope,omitzero"`
	// Watch has every run only tell what it would do.
	Watch bool  `json:"watch,omitempty"`
	Brake Brake `json:"brake"`
	Retry Retry `json:"retry"`
	// Region is the country of phone numbers without prefix (ISO 3166), "" for that of the accounts, else US.
	Region string `json:"region,omitempty"`
	// Version counts the published changes of this flow, from 1.
	Version int `json:"version"`
	// Approval lets the first full plan be carried out without a person looking at it first.
	Approval *Approval `json:"approval,omitempty"`
}

// Approval records who allowed the first full plan, when, and how.
type Approval struct {
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	How string    `json:"how"` // "apply" or "preview"
	// Counts of the plan that was looked at: what would be created and updated per side ("created_a", "updated_b", …).
	Counts map[string]int `json:"counts,omitempty"`
	// Rehearsal is the run that showed the plan, and Revision the flow that it was made for; both empty for an approval by
	// a flow file.
	Rehearsal string `json:"rehearsal,omitempty"`
	Revision  string `json:"revision,omitempty"`
}

// Schedule says when a flow looks by itself: after an interval, or by a cron line in a time zone.
type Schedule struct {
	Every    Duration `json:"every,omitempty" yaml:"every,omitempty"`
	Cron     string   `json:"cron,omitempty" yaml:"cron,omitempty"`
	TimeZone string   `json:"time_zone,omitempty" yaml:"time_zone,omitempty"`
}

// Delete says what happens to the partner of a record that is gone (sync-semantics 5.12).
type Delete string

// The policies for deletes. Detach, the default, leaves the partner alone.
const (
	Detach  Delete = "detach"
	Tag     Delete = "tag"
	Approve Delete = "approve"
	Restore Delete = "restore"
)

// Brake stops a run that would write more than expected beyond an approved plan: at most max(25, Change) changes and
// max(5, Delete) deletes, as shares of the linked records (sync-semantics 5.12).
type Brake struct {
	Change Share `json:"change" yaml:"change,omitempty"`
	Delete Share `json:"delete" yaml:"delete,omitempty"`
}

// Share is a part of the whole, 0.05 for "5%".
type Share float64

// Retry is how often and when a failed record is tried again: full jitter over rand(0, min(Max, Base·2^n)).
type Retry struct {
	MaxAttempts int      `json:"max_attempts" yaml:"max_attempts,omitempty"`
	Base        Duration `json:"base" yaml:"base,omitempty"`
	Max         Duration `json:"max" yaml:"max,omitempty"`
}

// Duration is a time span that is written as "5m", "2s", "6h".
type Duration time.Duration

// D is the plain duration.
func (d Duration) D() time.Duration { return time.Duration(d) }
