package flow

import (
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// A flow is copied to other accounts by what its fields mean there: the fields of a system have the same names in all its
// accounts, those of an account are found by what people call them and by their type. What is not found is left behind and told,
// never guessed.

// Gap is what a copy of a flow cannot have in the accounts that it goes to.
type Gap struct {
	// Pair is what the pair is called in the accounts that it comes from, by side.
	Pair [2]string
	Why  GapWhy
	// Side and Field are the field that it is about, by its label; Type is its type here, There the one that it has over there.
	Side        connector.Side
	Field       string
	Type, There connector.Type
	// Choices are values that the field has here and not there.
	Choices []string
}

// GapWhy is why something is left behind.
type GapWhy string

// A pair is left behind where a field of it is missing there, is of another type, or is there several times. A pair that lacks
// choices goes along.
const (
	GapField   GapWhy = "field"
	GapType    GapWhy = "type"
	GapSeveral GapWhy = "several"
	GapChoices GapWhy = "choices"
)

// CopyTo is the flow for two other accounts of its systems, given the fields of those that it is of and of those that it goes to. It
// is off, nobody has approved it, and it names no record. gaps are what was left behind.
func (f Flow) CopyTo(from, to [2][]connector.Field) (copied Flow, gaps []Gap) {
	copied = f
	copied.ID, copied.Workspace, copied.Version, copied.Enabled, copied.Approval, copied.Connections = "", "", 0, false, nil, [2]string{}
	copied.Match, copied.Map = slices.Clone(f.Match), nil
	if copied.Scope.Records, copied.Scope.Since = nil, (time.Time{}); copied.Scope.Only == ScopeThese {
		copied.Scope.Only = ScopeNew // the records it was about are not there, and all of them were not meant
	}
	for _, row := range f.Map {
		there := row
		there.Steps = slices.Clone(row.Steps)
		var fields [2][]connector.Field // there
		var lost []Gap
		label := [2]string{labels(from[0], row.A), labels(from[1], row.B)}
		for side := range from {
			var names mapping.Names
			for _, name := range row.Side(connector.Side(side)) {
				here, ok := connector.FieldNamed(from[side], name)
				if !ok {
					here = connector.Field{Name: name, Label: name}
				}
				x, gap := f.counterpart(connector.Side(side), here, to[side])
				if gap.Why != "" {
					gap.Pair = label
					lost = append(lost, gap)
				}
				names, fields[side] = append(names, x.Name), append(fields[side], x)
				if missing := choicesOf(row, connector.Side(side), here, x); gap.Why == "" && len(missing) > 0 {
					gaps = append(gaps, Gap{Pair: label, Why: GapChoices, Side: connector.Side(side), Field: here.Label, Choices: missing})
				}
			}
			if side == 0 {
				there.A = names
			} else {
				there.B = names
			}
		}
		if gaps = append(gaps, lost...); len(lost) > 0 {
			gaps = slices.DeleteFunc(gaps, func(g Gap) bool { return g.Why == GapChoices && g.Pair == label })
			continue
		}
		copied.Map = append(copied.Map, there)
	}
	return copied, gaps
}

// counterpart is the field over there that means the same.
func (f Flow) counterpart(side connector.Side, here connector.Field, there []connector.Field) (connector.Field, Gap) {
	gap := Gap{Side: side, Field: here.Label, Type: here.Type}
	if !here.Custom {
		x, ok := connector.FieldNamed(there, here.Name)
		if !ok || x.Custom {
			gap.Why = GapField
			return connector.Field{}, gap
		}
		return x, Gap{}
	}
	var called, same []connector.Field
	for _, x := range there {
		if x.Custom && strings.EqualFold(strings.TrimSpace(x.Label), strings.TrimSpace(here.Label)) {
			if called = append(called, x); x.Type == here.Type {
				same = append(same, x)
			}
		}
	}
	made := slices.IndexFunc(f.Extras(), func(e Extra) bool { return e.Side == side && e.Field.Name == here.Name })
	switch {
	case len(same) == 1:
		return same[0], Gap{}
	case len(same) > 1:
		gap.Why = GapSeveral
	case len(called) > 0:
		gap.Why, gap.There = GapType, called[0].Type
	case made >= 0:
		return here, Gap{} // it is made when the flow is switched on
	default:
		gap.Why = GapField
	}
	return connector.Field{}, gap
}

// choicesOf are the values that a field has here, or that a table of the row names for it, and that are no choice there.
func choicesOf(row mapping.Row, side connector.Side, here, there connector.Field) (missing []string) {
	if len(there.Options) == 0 {
		return nil
	}
	named := slices.Clone(here.Options)
	begins := connector.A
	if row.Direction == mapping.BToA {
		begins = connector.B
	}
	chain := row.Chain()
	for i, step := range chain {
		first, last := i == 0 && side == begins, i == len(chain)-1 && side != begins
		if !first && !last {
			continue
		}
		for _, r := range mapping.TableRows(step.With["table"]) {
			named = append(named, map[bool]string{true: r.From, false: r.To}[first])
		}
	}
	for _, v := range named {
		known := func(o string) bool { return strings.EqualFold(strings.TrimSpace(o), strings.TrimSpace(v)) }
		if v != "" && !slices.ContainsFunc(there.Options, known) && !slices.ContainsFunc(missing, known) {
			missing = append(missing, v)
		}
	}
	return missing
}

func labels(fields []connector.Field, names mapping.Names) string {
	var out []string
	for _, name := range names {
		if x, ok := connector.FieldNamed(fields, name); ok {
			name = x.Label
		}
		out = append(out, name)
	}
	return strings.Join(out, " + ")
}
