package flow

import (
	"cmp"
	"slices"
	"strings"

	"couplet/internal/mapping"
)

// Change is one thing in which two states of a flow differ.
type Change struct {
	// Setting is what a flow file calls it, [PairSetting] for a pair of the map, whose key is Pair.
	Setting, Pair string
	// Was and Now are what a flow file says; "" where a pair is not there or a setting says nothing.
	Was, Now string
	// Rows are the pair before and now, nil where it is not there.
	Rows [2]*mapping.Row
}

// PairSetting is the setting that holds the pairs.
const PairSetting = "map"

// settings are what a flow says besides its pairs, in the order and the words of a flow file. Two texts are equal when the
// flow does the same.
var settings = []struct {
	name string
	text func(Flow) string
}{
	{"name", func(f Flow) string { return f.Name }},
	{"template", func(f Flow) string { return f.Template }},
	{"object", func(f Flow) string { return f.Object }},
	{"connections", func(f Flow) string { return "{ a: " + f.Connections[0] + ", b: " + f.Connections[1] + " }" }},
	{"direction", func(f Flow) string { return string(cmp.Or(f.Direction, mapping.Both)) }},
	{"schedule", func(f Flow) string {
		s := f.Schedule
		return group([]string{some("every", s.Every), pair("cron", s.Cron), pair("time_zone", s.TimeZone)})
	}},
	{"match", func(f Flow) string { return list(f.Match) }},
	{"conflict", func(f Flow) string { return string(cmp.Or(f.Conflict, mapping.Newest)) }},
	{"blank", func(f Flow) string { return string(cmp.Or(f.Blank, mapping.Keep)) }},
	{"delete", func(f Flow) string { return string(cmp.Or(f.Delete, Detach)) }},
	{"scope", func(f Flow) string { return string(cmp.Or(f.Scope.Only, everything)) }},
	{"records", func(f Flow) string { return strings.Join(f.Scope.Records, ", ") }},
	{"watch", func(f Flow) string { return map[bool]string{true: "true", false: "false"}[f.Watch] }},
	{"brake", func(f Flow) string {
		return "{ change: " + f.Brake.Change.String() + ", delete: " + f.Brake.Delete.String() + " }"
	}},
	{"retry", func(f Flow) string { return retryText(f.Retry) }},
	{"region", func(f Flow) string { return f.Region }},
}

// Compare lists in what a flow differs from what it was: its pairs, then its settings. What is no part of a version (whether
// it is on, who approved it) is not compared, nor is the order of the pairs.
func Compare(was, now Flow) (out []Change) {
	for i, row := range now.Map {
		c := Change{Setting: PairSetting, Pair: row.Key(), Now: rowSays(row), Rows: [2]*mapping.Row{nil, &now.Map[i]}}
		if j := rowKeyed(was.Map, row.Key()); j >= 0 {
			c.Was, c.Rows[0] = rowSays(was.Map[j]), &was.Map[j]
		}
		if c.Was != c.Now {
			out = append(out, c)
		}
	}
	for i, row := range was.Map {
		if rowKeyed(now.Map, row.Key()) < 0 {
			out = append(out, Change{Setting: PairSetting, Pair: row.Key(), Was: rowSays(row), Rows: [2]*mapping.Row{&was.Map[i], nil}})
		}
	}
	for _, s := range settings {
		if a, b := s.text(was), s.text(now); a != b {
			out = append(out, Change{Setting: s.name, Was: a, Now: b})
		}
	}
	return out
}

func rowKeyed(rows []mapping.Row, key string) int {
	return slices.IndexFunc(rows, func(r mapping.Row) bool { return r.Key() == key })
}

// rowSays is a pair as a flow file writes it, without what it says of itself only to repeat the flow.
func rowSays(r mapping.Row) string {
	if r.Direction == mapping.Both {
		r.Direction = ""
	}
	return rowText(Row{Row: r.WithChain(r.Chain())})
}

// As is the flow with the pairs, rules and settings of another state of it. What it is called, the accounts that it is between
// and what kind of records it is about stay.
func (f Flow) As(other Flow) Flow {
	other.ID, other.Workspace, other.Name, other.Template, other.Object, other.Connections = f.ID, f.Workspace, f.Name, f.Template, f.Object, f.Connections
	other.Enabled, other.Version, other.Approval = f.Enabled, f.Version, f.Approval
	other.Scope = other.Scope.From(f.Scope)
	return other
}
