package automation

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/flow"
)

// Share is an automation as others may have it: without accounts, and without what means something in one account alone or is for
// nobody else's eyes. left are the values that were taken out, in words, which whoever uses it fills in.
func Share(a Automation, s Systems) (out Automation, left []string) {
	out = Clone(a)
	out.ID, out.Workspace, out.Version, out.Enabled, out.Template, out.Connections = "", "", 0, false, "", [2]string{}
	out.TimeZone = "" // days begin where whoever uses it lives
	out.Trigger.Sample = blanked(a.Trigger.Sample)
	x := &sharing{a: a, s: s}
	x.filter("Only if", &out.Filter)
	x.steps(out.Steps, "")
	return out, x.left
}

// sharing takes out of an automation what it must not tell.
type sharing struct {
	a    Automation
	s    Systems
	left []string
}

func (x *sharing) steps(steps []Step, under string) {
	for i := range steps {
		st, place := &steps[i], under+fmt.Sprint(i)
		where := "Step " + Number(x.a, place) + " (" + x.s.Title(*st) + ")"
		x.filter(where, &st.If)
		x.values(where, st)
		st.HTTP.URL = x.without(where, "address", st.HTTP.URL, st.HTTP.URL != "")
		st.HTTP.Body = x.without(where, "body", st.HTTP.Body, secretive.MatchString(st.HTTP.Body))
		for _, name := range slices.Sorted(maps.Keys(st.HTTP.Headers)) {
			v := st.HTTP.Headers[name]
			if st.HTTP.Headers[name] = x.without(where, name, v, !harmless[strings.ToLower(name)]); st.HTTP.Headers[name] == "" {
				delete(st.HTTP.Headers, name)
			}
		}
		for _, name := range []string{InThen, InElse, InDo} {
			x.steps(*st.list(name), place+"/"+name+"/")
		}
	}
}

// values takes out what names a record or a person of one account: ids, addresses and numbers that somebody typed or chose.
func (x *sharing) values(where string, st *Step) {
	var takes []connector.Take
	if o, ok := x.s.Find(*st); ok {
		takes = o.Takes
	}
	for _, name := range slices.Sorted(maps.Keys(st.With)) {
		label, private := name, idLike.MatchString(name) || secretive.MatchString(name)
		if i := slices.IndexFunc(takes, func(t connector.Take) bool { return t.Name == name }); i >= 0 {
			t := takes[i]
			label = t.Label
			private = private || t.Type == "email" || t.Type == "phone" || x.s[st.System].Catalog.Lists[t.From].Value == "id"
		}
		if v := x.without(where, label, st.With[name], private && !hasPill(st.With[name])); v == "" {
			delete(st.With, name)
		}
	}
}

// filter takes out what values are compared with that are ids, addresses or numbers of people.
func (x *sharing) filter(where string, f *Filter) {
	last := f.Value[strings.LastIndex(f.Value, ".")+1:]
	f.Than = x.without(where, last, f.Than, !hasPill(f.Than) && (idLike.MatchString(last) || personal.MatchString(last)))
	for _, list := range [][]Filter{f.All, f.Any} {
		for i := range list {
			x.filter(where, &list[i])
		}
	}
}

// without is a value, or nothing where it must not be told.
func (x *sharing) without(where, what, v string, private bool) string {
	if v == "" || !private {
		return v
	}
	x.left = append(x.left, where+": “"+what+"”")
	return ""
}

var (
	idLike    = regexp.MustCompile(`(^|_)(id|ids)$|I[dD]s?$|^(assigned_?to|owner|user|agent)$|^assignedTo$`)
	personal  = regexp.MustCompile(`(?i)e?mail|phone`)
	secretive = regexp.MustCompile(`(?i)token|secret|passw|api[-_ ]?key|authori[sz]ation|bearer|credential`)
	harmless  = map[string]bool{"accept": true, "accept-language": true, "content-type": true, "user-agent": true}
)

func hasPill(text string) bool { return strings.Contains(text, "{{") }

// blanked is the sample of a call with its names and without its values.
func blanked(sample string) string {
	var v any
	if json.Unmarshal([]byte(sample), &v) != nil {
		return ""
	}
	var empty func(v any) any
	empty = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = empty(v[k])
			}
			return v
		case []any:
			for i := range v {
				v[i] = empty(v[i])
			}
			return v[:min(len(v), 1)] // one shows how they all look
		case string:
			return "text"
		case float64:
			return 0
		}
		return v
	}
	out, err := json.Marshal(empty(v))
	if err != nil {
		return ""
	}
	return string(out)
}

// WriteTemplate writes a template of somebody's own: what is said about it, and what [Share] leaves of the automation.
func WriteTemplate(says string, shared Automation) ([]byte, error) {
	data, err := Write(shared)
	if says = strings.Join(strings.Fields(says), " "); says == "" || err != nil {
		return data, err
	}
	return append([]byte("# "+says+"\n"), data...), nil
}

// ReadTemplate reads a template of somebody's own. It returns all errors at once, as [flow.Errors]: also those for what the systems
// cannot do. What only one account or one person may know is left out, whoever wrote it in.
func ReadTemplate(name string, data []byte, s Systems) (Template, error) {
	a, err := Read(name, data)
	if err != nil {
		return Template{}, err
	}
	var errs flow.Errors
	for _, bad := range Check(a, s) {
		key := bad.Field[strings.LastIndex(bad.Field, ".")+1:]
		if bad.Field == "trigger.kind" {
			key = "trigger"
		}
		switch {
		case !slices.Contains(structure, bad.Field):
			continue // it is mended where it is edited
		case bad.Step != "":
			errs = append(errs, flow.Error{File: name, Line: lineOf(data, "id", bad.Step), Text: "step " + bad.Step + ": " + bad.Text})
		default:
			errs = append(errs, flow.Error{File: name, Line: lineOf(data, key, ""), Text: bad.Text})
		}
	}
	if len(errs) > 0 {
		return Template{}, errs
	}
	shared, _ := Share(a, s)
	return Template{Title: a.Name, Description: comment(data), Automation: shared}, nil
}

// structure are the fields without which nobody can go on editing, and what only another version of the program knows.
var structure = []string{"name", "trigger.kind", "trigger.system", "trigger.event", "trigger.object", "steps", "id", "kind", "system", "operation"}

// lineOf is the first line of a file that holds a key with a value, 1 for none.
func lineOf(data []byte, key, value string) int {
	n := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		if n++; strings.Contains(line, key+":") && strings.Contains(line, value) {
			return n
		}
	}
	return 1
}
