package flow

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml/ast"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

//go:embed templates/*.yaml
var templateFiles embed.FS

// Template is a flow that is ready but for its two accounts.
type Template struct {
	ID, Title, Description string
	// Base is the id of the template that a template of somebody's own began as, "" for one that comes with the program.
	Base   string
	Object string
	// Parent is the object whose records own those of Object, "" when nothing does.
	Parent string
	// Systems are the ids of the systems that the template's own map was written for, by side.
	Systems [2]string
	// Extras are the custom fields that the template's own map needs. Of one of somebody's own they are those that it names, as the
	// accounts knew them that it was made with.
	Extras []Extra

	spec FlowSpec
}

// Extra is a custom field that an account must have and that is created when missing, by a person's consent: applying
// a flow file is one, and so is the button that says so (sync-semantics, Corrections 7).
type Extra struct {
	Side  connector.Side
	Field connector.Field
}

// Templates are all templates: contacts first, then other records that hang on nothing, then those that hang on others.
var Templates = sync.OnceValue(func() []Template {
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var out []Template
	for _, e := range entries {
		data, _ := templateFiles.ReadFile("templates/" + e.Name())
		r := &reader{file: e.Name()}
		t := r.template(strings.TrimSuffix(e.Name(), ".yaml"), data)
		if len(r.errs) > 0 {
			panic(r.errs) // no test run gets past this line
		}
		out = append(out, t)
	}
	rank := func(t Template) int {
		switch {
		case t.Object == "contact":
			return 0
		case t.Parent == "":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(x, y Template) int { return rank(x) - rank(y) })
	return out
})

// TemplateNamed returns the template of that id. Its error names those that exist.
func TemplateNamed(id string) (Template, error) {
	var ids []string
	for _, t := range Templates() {
		if t.ID == id {
			return t, nil
		}
		ids = append(ids, t.ID)
	}
	return Template{}, fmt.Errorf("template %q is not known; use one of %s", id, strings.Join(ids, ", "))
}

func (r *reader) template(id string, data []byte) Template {
	t := Template{ID: id, spec: FlowSpec{Template: id}}
	r.object(r.tree(data), "a template",
		key{"title", as(r, "title", &t.Title)},
		key{"description", as(r, "description", &t.Description)},
		key{"template", as(r, "template", &t.Base)},
		key{"object", as(r, "object", &t.Object)},
		key{"parent", as(r, "parent", &t.Parent)},
		key{"systems", func(n ast.Node) {
			r.object(n, "systems", key{"a", as(r, "a", &t.Systems[connector.A])}, key{"b", as(r, "b", &t.Systems[connector.B])})
		}},
		key{"flow", func(n ast.Node) { r.object(n, "flow", r.settings(&t.spec, map[string]int{})...) }},
		key{"fields", func(n ast.Node) {
			r.list(n, "fields", func(n ast.Node) { t.Extras = append(t.Extras, r.extra(n)) })
		}},
	)
	return t
}

func (r *reader) extra(n ast.Node) Extra {
	side := ""
	e := Extra{Field: connector.Field{Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes, Custom: true}}
	r.object(n, "a field",
		key{"side", as(r, "side", &side)},
		key{"name", as(r, "name", &e.Field.Name)},
		key{"label", as(r, "label", &e.Field.Label)},
		key{"type", as(r, "type", &e.Field.Type)})
	if side == connector.B.String() {
		e.Side = connector.B
	}
	return e
}

// Resolve makes a flow of what a file says and of its template's values for the rest. Connections are still the names
// that the file uses; whoever stores the flow puts ids in their place. It fails only for an unknown template.
func Resolve(s FlowSpec) (Flow, error) {
	t, err := TemplateNamed(s.Template)
	if err != nil {
		return Flow{}, err
	}
	f := t.Flow()
	f.Name, f.Connections = s.Name, s.Connections
	if s.Enabled != nil {
		f.Enabled = *s.Enabled
	}
	if s.Schedule != nil {
		f.Schedule = *s.Schedule
	}
	if s.Match != nil {
		f.Match = s.Match
	}
	if s.Map != nil {
		f.Map = rows(s.Map)
	}
	f.Direction = or(s.Direction, f.Direction)
	f.Conflict = or(s.Conflict, f.Conflict)
	f.Blank = or(s.Blank, f.Blank)
	f.Delete = or(s.Delete, f.Delete)
	f.Region = or(s.Region, f.Region)
	f.Watch = s.Watch
	if f.Scope = (Scope{Only: s.Scope, Records: s.Records}); s.Scope == everything {
		f.Scope.Only = ""
	}
	f.Retry.MaxAttempts = or(s.Retry.MaxAttempts, f.Retry.MaxAttempts)
	f.Retry.Base = or(s.Retry.Base, f.Retry.Base)
	f.Retry.Max = or(s.Retry.Max, f.Retry.Max)
	if s.Brake.Change != nil {
		f.Brake.Change = *s.Brake.Change
	}
	if s.Brake.Delete != nil {
		f.Brake.Delete = *s.Brake.Delete
	}
	return f, nil
}

// Flow is the template's flow, without a name and without accounts.
func (t Template) Flow() Flow {
	s := t.spec
	return Flow{
		Template: or(t.Base, t.ID), Object: t.Object, Enabled: *s.Enabled, Direction: s.Direction, Schedule: *s.Schedule,
		Match: slices.Clone(s.Match), Map: rows(s.Map), Conflict: s.Conflict, Blank: s.Blank, Delete: s.Delete, Region: s.Region,
		Scope: Scope{Only: s.Scope}, Brake: Brake{*s.Brake.Change, *s.Brake.Delete}, Retry: s.Retry,
	}
}

// Spec is the flow as a file writes it, under the names of its connections. It says every value that the documented
// file shows, equal to the template's or not: a later program may ship a template with other values, and an exported
// file means the same for ever. Only blank, which few files need, is left out where it is the template's.
func (f Flow) Spec(names [2]string) FlowSpec {
	s := FlowSpec{
		Name: f.Name, Template: f.Template, Connections: names, Enabled: &f.Enabled, Direction: f.Direction,
		Schedule: &f.Schedule, Match: slices.Clone(f.Match), Conflict: f.Conflict, Delete: f.Delete, Region: f.Region,
		Scope: f.Scope.Only, Records: slices.Clone(f.Scope.Records), Watch: f.Watch,
		Brake: BrakeSpec{&f.Brake.Change, &f.Brake.Delete}, Retry: f.Retry,
	}
	for _, row := range f.Map {
		s.Map = append(s.Map, Row{Row: row})
	}
	if t, err := TemplateNamed(f.Template); err != nil || f.Blank != t.spec.Blank {
		s.Blank = f.Blank
	}
	return s
}

// Extras are the custom fields that the flow's map names and that are created when missing.
func (f Flow) Extras() []Extra {
	t, err := TemplateNamed(f.Template)
	if err != nil {
		return nil
	}
	var out []Extra
	for _, e := range t.Extras {
		if slices.ContainsFunc(f.Map, func(row mapping.Row) bool {
			return slices.Contains([2]mapping.Names{row.A, row.B}[e.Side], e.Field.Name)
		}) {
			out = append(out, e)
		}
	}
	return out
}

func rows(in []Row) []mapping.Row {
	out := make([]mapping.Row, len(in))
	for i, row := range in {
		out[i] = row.Row
		out[i].A, out[i].B, out[i].Steps = slices.Clone(row.A), slices.Clone(row.B), slices.Clone(row.Steps)
	}
	return out
}

func or[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}
