package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
)

// A template of somebody's own is a file that names the template that it began as, and says every setting: what a flow is without its
// accounts, and without the records that it names. The accounts' own fields go along by what people call them.

// Share writes a flow as a template that others may have. fields are those of its two accounts.
func (f Flow) Share(title, says string, fields [2][]connector.Field) ([]byte, error) {
	s := f.Spec([2]string{})
	off := false
	s.Enabled, s.Records, s.Watch, s.Region = &off, nil, false, "" // the country is that of the accounts
	if s.Scope == ScopeThese {
		s.Scope = ScopeNew // the records it is about are not elsewhere, and all of them were not meant
	}
	w := &writer{}
	w.line(0, "title: %s", scalar(title))
	w.line(0, "description: %s", scalar(says))
	w.line(0, "template: %s", scalar(f.Template))
	w.line(0, "flow:")
	w.settings(s, 1)
	head := false
	for side, known := range fields {
		var seen []string
		for _, row := range f.Map {
			for _, name := range row.Side(connector.Side(side)) {
				x, ok := connector.FieldNamed(known, name)
				if !ok || !x.Custom || slices.Contains(seen, name) {
					continue
				}
				if !head {
					w.line(0, "fields:")
					head = true
				}
				seen = append(seen, name)
				w.line(1, "- %s", group([]string{pair("side", connector.Side(side).String()), pair("name", x.Name), pair("label", x.Label), pair("type", string(x.Type))}))
			}
		}
	}
	if _, err := ReadTemplate("export", w.buf.Bytes()); err != nil { // what cannot be read again must not be handed out
		return nil, fmt.Errorf("this could not be written as a template that can be read again: %w", err)
	}
	return w.buf.Bytes(), nil
}

// ReadTemplate reads a template of somebody's own. It returns all errors at once, as [Errors].
func ReadTemplate(name string, data []byte) (Template, error) {
	r := &reader{file: name}
	t := r.template("", data)
	if len(r.errs) > 0 {
		return t, r.errs
	}
	base, err := TemplateNamed(t.Base)
	at := func(key string) int { return max(lineWith(data, key+":"), 1) }
	switch {
	case t.Base == "":
		r.fail(1, "template is missing; say which template it began as, contact-sync for example")
	case err != nil:
		r.fail(at("template"), "%s", err)
	}
	if strings.TrimSpace(t.Title) == "" {
		r.fail(1, "title is missing; say what it is called")
	}
	for _, key := range []string{"object", "parent", "systems"} {
		if lineWith(data, key+":") > 0 {
			r.fail(at(key), "%s is that of the template %s; take the line out", key, t.Base)
		}
	}
	if t.spec.Scope == ScopeThese || len(t.spec.Records) > 0 {
		r.fail(max(lineWith(data, "  records:"), 1), "records of one account are nobody else's; take scope and records out")
	}
	if len(r.errs) > 0 {
		return t, r.errs
	}
	t.Object, t.Parent, t.Systems = base.Object, base.Parent, base.Systems
	s := t.spec
	s.Template, s.Connections = t.Base, [2]string{}
	f, err := Resolve(s)
	if err != nil {
		return t, err
	}
	f.Name, f.Enabled = t.Title, false
	t.spec = f.Spec([2]string{})
	t.spec.Name = ""
	t.spec.Blank = f.Blank
	for _, bad := range f.Problems() {
		line := 0
		if row, is := strings.CutPrefix(bad.Field, "map."); is {
			number, _, _ := strings.Cut(row, ".")
			if n, err := strconv.Atoi(number); err == nil && n < len(s.Map) {
				line = s.Map[n].Line
			}
		}
		r.fail(max(line, lineWith(data, "  "+bad.Field+":"), 1), "%s", bad.Text)
	}
	return t, r.errs.err()
}

// lineWith is the first line that begins with a text, 0 for none.
func lineWith(data []byte, begins string) int {
	n := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		if n++; strings.HasPrefix(line, begins) {
			return n
		}
	}
	return 0
}

// For is the template's flow for two accounts, given the fields that they have. standard are the fields that every account of the two
// systems has. gaps are what was left out, because an account has no field of that name.
func (t Template) For(standard, there [2][]connector.Field) (Flow, []Gap) {
	f := t.Flow()
	from := standard
	base, _ := TemplateNamed(t.Base)
	for _, e := range append(slices.Clone(t.Extras), base.Extras...) {
		from[e.Side] = append(slices.Clone(from[e.Side]), e.Field)
	}
	made, gaps := f.CopyTo(from, there)
	return made, gaps
}
