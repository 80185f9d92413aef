package mapping

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
)

// Read takes the rule's value out of what a side showed. It reports false when the side did not show it, which is not
// the same as showing it empty.
func (r *Rule) Read(side connector.Side, f connector.Fields) (Value, bool) {
	fields := r.Fields[side]
	if len(fields) == 1 {
		v, ok := f[fields[0].Name]
		return r.listed(side, clean(v)), ok
	}
	parts := make(Parts, len(fields))
	for i, field := range fields {
		v, ok := f[field.Name]
		if !ok {
			return nil, false
		}
		parts[i] = text(v)
	}
	if joined(parts) == "" {
		return nil, true
	}
	return parts, true
}

// Empty reports whether a value is blank: nil, empty text, or an empty set.
func Empty(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []string:
		return len(v) == 0
	case Parts:
		return joined(v) == ""
	}
	return false
}

// Same reports whether two values of one side mean the same there.
func (r *Rule) Same(side connector.Side, x, y Value) bool {
	return r.normal(side, x) == r.normal(side, y)
}

// Agree reports whether a value of side A and one of side B say the same thing (the relation R of sync-semantics 5.2).
func (r *Rule) Agree(a, b Value) bool {
	if r.isLinked() && !Empty(a) && !Empty(b) {
		return r.belongs(a, b)
	}
	if r.staged {
		return r.inSteps([2]Value{a, b})
	}
	// Ids of two staffs may be equal by chance.
	if (!r.isStaff() || Empty(a) || Empty(b)) && r.Same(connector.B, a, b) && r.Same(connector.A, a, b) {
		return true
	}
	toB, err := r.Convert(connector.B, a)
	if err == nil && r.Same(connector.B, toB, b) {
		return true
	}
	if r.transform.lossy {
		return false
	}
	toA, err := r.Convert(connector.A, b)
	return err == nil && r.Same(connector.A, toA, a)
}

// inSteps is Agree where steps make something else of a value: what they make of the one is the other, or what they would
// make of what the other came from.
func (r *Rule) inSteps(v [2]Value) bool {
	to := r.from.Other()
	if Empty(v[to]) && Empty(v[r.from]) { // also where a step has something to use instead: whether it is given is the planner's business
		return true
	}
	out, err := r.Convert(to, v[r.from])
	if err != nil {
		return false
	}
	if r.Same(to, out, v[to]) {
		return true
	}
	if r.oneWay() {
		return false
	}
	source, err := r.Convert(r.from, v[to])
	if err != nil || Empty(source) {
		return false
	}
	again, err := r.Convert(to, source)
	return err == nil && r.Same(to, out, again)
}

// Form is a text by which values of both sides that say the same can be found: the normal form in b's terms. A value that a
// system cut has another one.
func (r *Rule) Form(side connector.Side, v Value) string {
	to := connector.B
	if r.staged {
		to = r.from.Other()
	}
	if side != to {
		if out, err := r.Convert(to, v); err == nil {
			v = out
		}
	}
	return r.normal(to, v)
}

// Owner reports whether the rule is about members of the two accounts' staff.
func (r *Rule) Owner() bool { return r.isStaff() }

// Shortened reports whether one value is a beginning of the other, as a system's length limit leaves it.
func (r *Rule) Shortened(x, y Value) bool {
	if r.Kind != Single || r.Translated() || Empty(x) || Empty(y) {
		return false
	}
	a, b := r.normal(connector.A, x), r.normal(connector.A, y)
	a, b = strings.TrimRight(a, ".… "), strings.TrimRight(b, ".… ")
	if a == "" || b == "" {
		return false
	}
	return a != b && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// Cut reports whether a side holds what it would make of the other side's value by cutting it to the lengths that it is
// known to keep. Such a difference is the system's, not a person's.
func (r *Rule) Cut(side connector.Side, other, holds Value) bool {
	if r.Kind != Single || r.Translated() || Empty(other) || Empty(holds) {
		return false
	}
	v, err := r.Convert(side, other)
	if err != nil {
		return false
	}
	cut := false
	switch x := v.(type) {
	case string:
		v, cut = r.shorten(side, 0, x)
	case Parts:
		parts := make(Parts, len(x))
		for i := range x {
			short, did := r.shorten(side, i, x[i])
			parts[i], cut = short, cut || did
		}
		v = parts
	}
	return cut && r.Same(side, v, holds)
}

// Half reports whether a side holds what was sent in parts with one part lost: the others are new, and in its place is
// what was there before, or nothing.
func (r *Rule) Half(side connector.Side, sent, before, got Value) bool {
	parts, ok := sent.(Parts)
	if !ok || len(parts) < 2 || len(parts) != len(r.longest[side]) {
		return false
	}
	was, now := strings.Fields(text(before)), joined(Parts{text(got)})
	for i := range parts {
		for from := 0; from <= len(was); from++ {
			for to := from; to <= len(was); to++ {
				mixed := make(Parts, len(parts))
				for k := range parts {
					mixed[k], _ = r.shorten(side, k, parts[k])
				}
				mixed[i] = strings.Join(was[from:to], " ")
				if joined(mixed) == now {
					return true
				}
			}
		}
	}
	return false
}

// shorten cuts a text to what a side keeps of the field that it is written to.
func (r *Rule) shorten(side connector.Side, field int, s string) (short string, cut bool) {
	longest := r.longest[side][field]
	if c := []rune(s); longest > 0 && len(c) > longest {
		return string(c[:longest]), true
	}
	return s, false
}

// Size is how much a value says, for the "richer" policy.
func (r *Rule) Size(v Value) int {
	if s, ok := v.([]string); ok {
		return len(s)
	}
	return len([]rune(r.normal(connector.A, v)))
}

// Canon is a text that is equal for equal values of any shape; decisions and hashes use it.
func Canon(v Value) string {
	if s, ok := v.([]string); ok {
		s = slices.Clone(s)
		slices.Sort(s)
		v = s
	}
	b, _ := json.Marshal(v) // strings, numbers, booleans and lists of strings always marshal
	return string(b)
}

// Restore turns a value that went through JSON back into its Go shape.
func (r *Rule) Restore(side connector.Side, v any) Value {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = text(e)
	}
	if r.Kind == Set {
		return out
	}
	return Parts(out)
}

func clean(v any) Value {
	if list, ok := v.([]any); ok {
		out := make([]string, len(list))
		for i, e := range list {
			out[i] = text(e)
		}
		return out
	}
	if s, ok := v.(string); ok && s == "" {
		return nil
	}
	return v
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, ", ")
	case Parts:
		return joined(v)
	}
	return Canon(v)
}

func joined(p Parts) string { return strings.Join(strings.Fields(strings.Join(p, " ")), " ") }
