package automation

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// Value is something that a text may hold at a place.
type Value struct {
	// Path is what a pill names: contact.firstName, s1.id.
	Path  string `json:"path"`
	Label string `json:"label"`
	// Type is one of what operations take, "" where it is not known before.
	Type string `json:"type"`
	// Sample is what it may look like, nil where nobody knows.
	Sample any `json:"sample,omitempty"`
	// Step is the id of the step that gives it, "" for the trigger.
	Step string `json:"step,omitempty"`
	// Open says that there is more below it that nobody knows before: a path may go on.
	Open bool `json:"open,omitempty"`
	// Maybe says that it may be empty, because the step that gives it stands in a branch that was not taken. It is used with
	// another one beside it: {{s2.id or s3.id}}.
	Maybe bool `json:"maybe,omitempty"`
}

// AtEnd asks [Values] for what is known after the last step.
const AtEnd = "end"

// Values are what the texts of a step may hold: what the trigger gives, then what each step before it gives. For "" they are
// what the filter may look at.
func Values(a Automation, step string, s Systems) []Value {
	return s.values(a, step, s.given(a))
}

// values are Values where what the trigger gives is known.
func (s Systems) values(a Automation, step string, given []Value) []Value {
	if step == "" {
		return given
	}
	more, _ := s.until(a.Steps, step, given)
	return slices.Concat(given, more)
}

// until collects what the steps of a list give before a step, and reports whether it is in there. before is what was given
// before the list.
func (s Systems) until(steps []Step, step string, before []Value) (out []Value, found bool) {
	for _, st := range steps {
		if st.ID == step {
			return out, true
		}
		known := before
		if len(st.Then)+len(st.Else)+len(st.Do) > 0 || st.Kind == Each {
			known = slices.Concat(before, out)
		}
		var branched []Value
		for _, branch := range [][]Step{st.Then, st.Else} {
			in, found := s.until(branch, step, known)
			if found {
				return append(out, in...), true
			}
			branched = append(branched, in...)
		}
		items := s.item(st, known)
		if in, found := s.until(st.Do, step, slices.Concat(known, items)); found {
			return append(append(out, items...), in...), true
		}
		for i := range branched {
			branched[i].Maybe = true
		}
		out = append(out, branched...)
		gives := s.gives(st)
		for i := range gives {
			gives[i].Maybe = st.Kind != Condition && !st.If.IsZero()
		}
		out = append(out, gives...)
	}
	return out, false
}

// given is what the trigger gives.
func (s Systems) given(a Automation) (out []Value) {
	t := a.Trigger
	if sys, ok := s[t.System]; ok {
		var things []string
		for thing := s.about(t); thing != ""; thing = sys.Catalog.Things[thing].Parent {
			out = append(out, sys.record(thing, thing, "")...)
			things = append(things, thing)
		}
		out = append(out, own(a, out, things)...)
	}
	if e, ok := s.Event(t); ok {
		for _, g := range e.Gives {
			out = append(out, Value{Path: g.Name, Label: g.Label, Type: g.Type, Sample: g.Sample, Open: g.Type == "data"})
		}
	}
	if t.Kind == OnHook {
		var sample any
		_ = json.Unmarshal([]byte(t.Sample), &sample) // one that is no JSON is a problem of its own
		out = append(out, Value{Path: "call", Label: "The call", Type: "data", Sample: sample, Open: true})
		fields, _ := sample.(map[string]any)
		for _, k := range sorted(fields) {
			out = append(out, Value{Path: "call." + k, Label: k, Type: typeOf(fields[k]), Sample: fields[k], Open: typeOf(fields[k]) == "data"})
		}
	}
	out = append(out, Value{Path: "now", Label: "This moment", Type: "time", Sample: "2026-03-02T09:30:00Z"})
	for _, id := range sorted(s) {
		for _, x := range s[id].Spec.Settings {
			var sample any
			if x.Default != "" {
				sample = x.Default
			}
			out = append(out, Value{Path: "settings." + id + "." + x.Name, Label: x.Label + " (" + s[id].Spec.Name + ")", Type: "text", Sample: sample})
		}
	}
	return out
}

// record are the values of a thing under a path.
func (sys System) record(thing, path, step string) []Value {
	t := sys.Catalog.Things[thing]
	out := []Value{{Path: path + ".id", Label: "ID of the " + t.One, Type: "text", Sample: t.Sample["id"], Step: step}}
	for _, f := range sys.Catalog.FieldsOf(thing, sys.Spec, sys.Fields) {
		if f.Read && f.Name != "id" && (step == "" || !f.Custom) { // answers of operations write an account's own fields in another way
			out = append(out, Value{Path: path + "." + f.Name, Label: f.Label, Type: takes(f.Type), Sample: t.Sample[f.Name], Step: step})
		}
	}
	return out
}

// gives is what a step gives to those after it.
func (s Systems) gives(st Step) []Value {
	own := func(name, label, kind string, sample any) Value {
		return Value{Path: st.ID + "." + name, Label: label, Type: kind, Sample: sample, Step: st.ID, Open: kind == "data"}
	}
	switch st.Kind {
	case Each:
		return []Value{own("count", "How many there were", "number", 2.0)}
	case Request:
		return []Value{own("status", "Status of the answer", "number", 200.0), own("body", "The answer", "data", nil)}
	case Script:
		return []Value{own("result", "The result", "data", nil)}
	}
	o, ok := s.Find(st)
	if !ok {
		return nil
	}
	sys := s[st.System]
	var out []Value
	if o.Kind == connector.Finds {
		out = append(out, own("found", "Found", "yes_no", true))
	}
	for _, g := range o.Gives {
		out = append(out, own(g.Name, words(g.Name), g.Type, nil))
		for name, t := range sys.Catalog.Things {
			if g.Type == "data" && slices.Contains(t.Alone, g.Name) {
				out = append(out, sys.record(name, st.ID+"."+g.Name, st.ID)...)
			}
		}
	}
	if len(o.Gives) == 0 && o.Kind == connector.Finds {
		out = append(out, own("answer", "The answer", "data", nil))
	}
	return out
}

// item is what a loop gives to the steps in it.
func (s Systems) item(st Step, known []Value) []Value {
	if st.Kind != Each {
		return nil
	}
	out := []Value{{Path: st.ID + ".item", Label: "The member of the list", Type: "", Step: st.ID, Open: true},
		{Path: st.ID + ".number", Label: "Its number, from 1", Type: "number", Sample: 1.0, Step: st.ID}}
	v, ok := lookUp(known, onlyPath(st.Over))
	if ok && v.Type == "list" {
		out[0].Type, out[0].Open = "text", false
	}
	for _, id := range sorted(s) {
		sys := s[id]
		_, name, _ := strings.Cut(v.Path, ".")
		for thing, t := range sys.Catalog.Things {
			if ok && slices.Contains(t.Listed, name) {
				out = append(out, sys.record(thing, st.ID+".item", st.ID)...)
			}
		}
	}
	return out
}

// lookUp finds the value of a path: the one of that path, or an open one above it.
func lookUp(values []Value, path string) (Value, bool) {
	best := Value{}
	for _, v := range values {
		switch {
		case v.Path == path:
			return v, true
		case v.Open && strings.HasPrefix(path, v.Path+".") && len(v.Path) > len(best.Path):
			best = Value{Path: path, Label: words(path[strings.LastIndexByte(path, '.')+1:]), Step: v.Step, Maybe: v.Maybe, Sample: dig(v.Sample, path[len(v.Path)+1:]), Open: true}
		}
	}
	return best, best.Path != ""
}

// onlyPath is the path of a text that is one pill of one value and nothing else, "" for any other.
func onlyPath(text string) string {
	p, err := Pieces(text)
	if err != nil || len(p) != 1 || p[0].Pill == nil || len(p[0].Pill.Of) != 1 || len(p[0].Pill.Steps) > 0 {
		return ""
	}
	return p[0].Pill.Of[0].Path
}

// takes is the word of operations for the type of a field.
func takes(t connector.Type) string {
	switch t {
	case connector.Bool:
		return "yes_no"
	case connector.Instant:
		return "time"
	case connector.Set:
		return "list"
	case connector.Option:
		return "choice"
	case connector.Email, connector.Phone, connector.Number, connector.Day:
		return string(t)
	}
	return "text"
}

// typeOf is the type of a value that is known only by what it holds.
func typeOf(v any) string {
	switch v := v.(type) {
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "yes_no"
	case []any:
		if !slices.ContainsFunc(v, func(x any) bool { _, ok := x.(string); return !ok }) {
			return "list"
		}
	}
	return "data"
}

// words are the words of a name in code: "dueDate" is "Due date", "due_date" too.
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case r == '_':
			b.WriteByte(' ')
		case r >= 'A' && r <= 'Z':
			b.WriteString(" " + strings.ToLower(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
