// Package mapping says which field is which, and when two fields agree.
//
// A person writes rows: this field over here is that field over there, in these directions, by way of this transform.
// [Compile] checks the rows against what both accounts really have and makes one [Rule] of each. A rule never copies a
// value because two values differ as bytes. It knows three relations instead (sync-semantics 5.4):
//
//   - Same: two observations of one side mean the same (its normal form is equal). It decides what a change is.
//   - Agree: an observation of one side and one of the other say the same thing. It decides whether to write at all.
//   - Convert: what the other side would have to hold in order to agree.
//
// Convert followed by Agree always holds, and converting there and back gives a value that is Same, except where the
// rule is Lossy; then a value travels back only after its own side changed it.
package mapping

import (
	"strings"
	"time"

	"couplet/internal/connector"
)

// Row is one line of a map as a person writes it.
type Row struct {
	// A and B are field names. Several names on a side are read together (first and last name).
	A Names `yaml:"a" json:"a"`
	B Names `yaml:"b" json:"b"`
	// Direction limits the flow's: "both" (also ""), "a_to_b" or "b_to_a".
	Direction Direction `yaml:"direction,omitempty" json:"direction,omitempty"`
	// Transform is a step without settings, "" for none. Steps are further ones, each with its settings.
	Transform string `yaml:"transform,omitempty" json:"transform,omitempty"`
	Steps     []Step `yaml:"steps,omitempty" json:"steps,omitempty"`
	// Conflict replaces the flow's policy for this row.
	Conflict Policy `yaml:"conflict,omitempty" json:"conflict,omitempty"`
	// Blank says what a value that a person emptied does to the other side: "keep" (also "") leaves it, "clear" empties it.
	Blank Blank `yaml:"blank,omitempty" json:"blank,omitempty"`
}

// Key names a row, and the rule it makes, by its fields alone.
func (r Row) Key() string { return strings.Join(r.A, "+") + "=" + strings.Join(r.B, "+") }

// Side is the field names of a side.
func (r Row) Side(side connector.Side) Names { return [2]Names{r.A, r.B}[side] }

// Names is one field name or a list of them.
type Names []string

// Direction says which way values travel.
type Direction string

// The directions.
const (
	Both Direction = "both"
	AToB Direction = "a_to_b"
	BToA Direction = "b_to_a"
)

// To reports whether values may travel to the side.
func (d Direction) To(side connector.Side) bool {
	switch d {
	case AToB:
		return side == connector.B
	case BToA:
		return side == connector.A
	}
	return true
}

// Policy settles a field that changed on both sides (sync-semantics 5.5).
type Policy string

// The policies. Restrictive belongs to consent fields alone and cannot be chosen or replaced.
const (
	AWins       Policy = "a_wins"
	BWins       Policy = "b_wins"
	Newest      Policy = "newest"
	Richer      Policy = "richer"
	Union       Policy = "union"
	Ask         Policy = "ask"
	Restrictive Policy = "most_restrictive"
)

// Policies are those a person may choose.
var Policies = []Policy{AWins, BWins, Newest, Richer, Union, Ask}

// Blank says what an emptied value does to the other side.
type Blank string

// Keep leaves the other side's value, Clear empties it too. Keep is the default: a blank never deletes (users.md, pain 10).
const (
	Keep  Blank = "keep"
	Clear Blank = "clear"
)

// Kind is how a rule's values merge.
type Kind string

// Single values are taken whole; sets merge element by element; consent is only ever tightened.
const (
	Single  Kind = "single"
	Set     Kind = "set"
	Consent Kind = "consent"
)

// Value is what one side shows for a rule: nil (blank), string, float64, bool, []string for a set, or Parts when the
// side reads several fields as one.
type Value = any

// Parts are the values of several fields that a rule treats as one, in the row's order.
type Parts []string

// Rule is a row that fits both accounts.
type Rule struct {
	// Key names the rule for good: bases and decisions hang on it, so it depends on the field names alone.
	Key       string
	Kind      Kind
	Direction Direction
	Policy    Policy
	Blank     Blank
	// Lossy says that Convert there and back may not give the same value.
	Lossy bool
	// Fields are the descriptions of what is read on each side.
	Fields [2][]connector.Field

	writes    [2][]string
	longest   [2][]int // of each written field, 0 = unknown
	transform transform
	steps     []Step
	stages    []stage
	from      connector.Side // where the steps begin
	staged    bool           // they make something else of a value than its fields' types compare
	region    string
	zone      *time.Location
	owners    *Owners
	partners  *Partners
	systems   [2]string
}

// Label is how a side's field is called on pages and in decisions.
func (r *Rule) Label(side connector.Side) string {
	s := ""
	for i, f := range r.Fields[side] {
		if i > 0 {
			s += " + "
		}
		s += f.Label
	}
	return s
}

// Writes names the fields that are written on a side to change this rule's value there.
func (r *Rule) Writes(side connector.Side) []string { return r.writes[side] }

// Map is a compiled list of rules.
type Map struct {
	Rules  []Rule
	Region string
}

// Reads names every field that the rules read on a side.
func (m *Map) Reads(side connector.Side) []string {
	var names []string
	for i := range m.Rules {
		for _, f := range m.Rules[i].Fields[side] {
			names = append(names, f.Name)
		}
	}
	return names
}
