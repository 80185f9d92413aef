package engine

import (
	"slices"
	"time"

	"couplet/internal/connector"
	"couplet/internal/flow"
)

// Known is a custom field that a map names: as it was when it was paired or when a person accepted it last, and as it is now
// (sync-semantics 5.15).
type Known struct {
	Conn, Object string
	// Name is what the map calls it, for good, "" for the field that holds our reference; Field is what was agreed, and Now what was read last, nil when it was not there.
	Name  string
	Field connector.Field
	Now   *connector.Field
	// Since is when the two were first seen to differ, zero while they do not. Held says that its pairs were paused in the last run.
	Since time.Time
	Held  bool
	// Afresh is since when this is another field than the one that bases were agreed with: older ones say nothing about it.
	Afresh time.Time
	// Remake says that a person wants a field of ours that was removed to be made again.
	Remake bool
}

// Drift is how a custom field changed behind our back.
type Drift string

// The kinds of drift. Of these, renamed and options pause nothing: a renamed field is followed by its id, and a new option
// concerns only the records that have it.
const (
	Renamed  Drift = "renamed"  // another label or key, the same field
	Removed  Drift = "removed"  // not there any more
	Replaced Drift = "replaced" // another field of the same name
	Retyped  Drift = "retyped"  // its values are of another type
	Options  Drift = "options"  // the values that can be chosen changed
)

// Pauses reports whether pairs with such a field wait for a person.
func (d Drift) Pauses() bool { return d == Removed || d == Replaced || d == Retyped }

// Drift says how the field differs from what was agreed, "" when it does not.
func (k Known) Drift() Drift {
	switch now := k.Now; {
	case k.Name == "":
		return "" // made again when it is not there
	case now == nil:
		return Removed
	case k.Field.ID != "" && now.ID != "" && k.Field.ID != now.ID:
		return Replaced
	case k.Field.Type != now.Type:
		return Retyped
	case k.Field.Name != now.Name || k.Field.Label != now.Label:
		return Renamed
	case !sameNames(k.Field.Options, now.Options):
		return Options
	}
	return ""
}

// Accepted is the field once a person has accepted what became of it.
func (k Known) Accepted(now time.Time) Known {
	switch k.Drift() {
	case Removed:
		k.Remake, k.Afresh, k.Field.ID = true, now, ""
	case Replaced:
		k.Afresh = now
		fallthrough
	default:
		k.Field, k.Since = *k.Now, time.Time{}
	}
	return k
}

// Seen is the field after it was looked up among those that an account has now. It is found by its id, wherever there is one:
// another field may have taken its name.
func (k Known) Seen(fields []connector.Field, at time.Time) Known {
	k.Now = nil
	i := -1
	if k.Field.ID != "" {
		i = slices.IndexFunc(fields, func(f connector.Field) bool { return f.Custom && f.ID == k.Field.ID })
	}
	if i < 0 {
		i = slices.IndexFunc(fields, func(f connector.Field) bool { return f.Custom && f.Name == k.Field.Name })
	}
	if i >= 0 {
		now := fields[i]
		k.Now = &now
		if k.Field.ID == "" {
			k.Field.ID = now.ID
		}
		if k.Remake {
			k.Field, k.Remake = now, false
		}
	}
	switch {
	case k.Drift() == "":
		k.Since = time.Time{}
	case k.Since.IsZero():
		k.Since = at
	}
	return k
}

func sameNames(x, y []string) bool {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	return slices.Equal(x, y)
}

// Drifted is a field of a flow that changed behind our back.
type Drifted struct {
	Known
	Side Side
	// Keys are the rows of the map that name it.
	Keys []string
}

// DriftOf lists what of the fields of a flow's map changed, side by side.
func DriftOf(f flow.Flow, known []Known) (out []Drifted) {
	for _, side := range []Side{A, B} {
		for _, k := range known {
			if k.Name == "" || k.Conn != f.Connections[side] || k.Object != f.Object || k.Drift() == "" {
				continue
			}
			d := Drifted{Known: k, Side: side}
			for _, row := range f.Map {
				if slices.Contains(row.Side(side), k.Name) {
					d.Keys = append(d.Keys, row.Key())
				}
			}
			if len(d.Keys) > 0 {
				out = append(out, d)
			}
		}
	}
	return out
}
