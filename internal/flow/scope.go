package flow

import (
	"slices"
	"strings"
	"time"
)

// Scope says which records a flow is about. Since counts for [ScopeNew] and is set when the flow is switched on.
type Scope struct {
	Only    ScopeKind `json:"only,omitempty"`
	Records []string  `json:"records,omitempty"`
	Since   time.Time `json:"since,omitzero"`
}

// ScopeKind is one of the choices.
type ScopeKind string

// The choices. Everything is the empty word; a flow file may write it out.
const (
	// ScopeNew links what matches, writes nothing to it and makes nothing until a record is new or changes.
	ScopeNew ScopeKind = "new"
	// ScopeThese leaves all records alone but those with one of the emails, phones or ids in Records, and their partners.
	ScopeThese ScopeKind = "these"
	everything ScopeKind = "everything"
)

// Names reports whether a record with an id and match keys is one of these.
func (s Scope) Names(id string, keys map[string]string) bool {
	return slices.ContainsFunc(s.Records, func(r string) bool {
		r = strings.TrimSpace(r)
		if r == "" {
			return false
		}
		for _, v := range keys {
			if strings.EqualFold(v, r) || v == strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(r) {
				return true
			}
		}
		return r == id
	})
}

// Key names the choice, without the time from which it counts.
func (s Scope) Key() string {
	records := slices.Clone(s.Records)
	slices.Sort(records)
	return strings.TrimSuffix(string(s.Only)+" "+strings.Join(records, " "), " ")
}

// From is the scope that takes the place of an earlier one: it goes on counting from when that began, if it is the same
// choice.
func (s Scope) From(old Scope) Scope {
	if s.Since = (time.Time{}); s.Only == old.Only {
		s.Since = old.Since
	}
	return s
}

// Begin is the scope of a flow that is switched on at a time.
func (s Scope) Begin(at time.Time) Scope {
	if s.Only == ScopeNew && s.Since.IsZero() {
		s.Since = at
	}
	return s
}

// scope checks the choice.
func (c *checker) scope(f Flow) {
	word(c, "scope", f.Scope.Only, []ScopeKind{"", ScopeNew, ScopeThese})
	switch {
	case f.Scope.Only == ScopeThese && len(f.Scope.Records) == 0:
		c.add("records", "scope these needs records: a list of emails, phones or ids")
	case f.Scope.Only != ScopeThese && len(f.Scope.Records) > 0:
		c.add("records", "records are listed, and scope is not these; write scope: these, or remove the list")
	case len(f.Scope.Records) > mostRecords:
		c.add("records", "%d records are listed, and %d are the most; choose everything, or new", len(f.Scope.Records), mostRecords)
	case f.Scope.Only == ScopeThese && len(f.Match) == 0 && f.Object != "":
		c.add("scope", "scope these finds records by their email or phone, and a %s has neither; choose everything or new", f.Object)
	}
}

// mostRecords is how many records may be named one by one.
const mostRecords = 1000
