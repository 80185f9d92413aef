package flow

import (
	"maps"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// as makes a function that takes a scalar's text into any kind of string.
func as[S ~string](r *reader, what string, to *S) func(ast.Node) {
	return func(n ast.Node) {
		s, ok := r.text(n, what)
		if ok && s == "" {
			r.fail(line(n), "%s is empty; give it a value, or remove the line", what)
		}
		*to = S(s)
	}
}

func (r *reader) read(data []byte) *File {
	f := &File{}
	root := r.tree(data)
	if root == nil {
		return f
	}
	have := r.object(root, "a flow file",
		key{"version", func(n ast.Node) { f.Version = r.whole(n, "version") }},
		key{"connections", func(n ast.Node) {
			r.list(n, "connections", func(n ast.Node) { f.Connections = append(f.Connections, r.connection(n)) })
		}},
		key{"flows", func(n ast.Node) {
			r.list(n, "flows", func(n ast.Node) { f.Flows = append(f.Flows, r.flow(n)) })
		}},
	)
	switch at, ok := have["version"]; {
	case !ok:
		r.fail(1, "version is missing; begin the file with version: 1")
	case f.Version != 1 && f.Version != 0:
		r.fail(at, "version %d is not known to this program; it reads version 1", f.Version)
	}
	return f
}

// need reports a key that must be there and is not.
func (r *reader) need(n ast.Node, have map[string]int, what string, keys ...string) {
	for _, k := range keys {
		if _, ok := have[k]; !ok {
			r.fail(line(first(n)), "%s has no %s; every %s needs one", what, k, what)
		}
	}
}

// first is the key that a mapping begins with: its own token is the colon, which may stand on a later line.
func first(n ast.Node) ast.Node {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key
	}
	return n
}

func (r *reader) connection(n ast.Node) Connection {
	c := Connection{Line: line(first(n))}
	inner := map[string]int{}
	c.lines = r.object(n, "a connection",
		key{"name", as(r, "name", &c.Name)},
		key{"system", as(r, "system", &c.System)},
		key{"auth", func(n ast.Node) {
			lines := r.object(n, "auth",
				key{"kind", as(r, "auth.kind", &c.Auth.Kind)},
				key{"token", as(r, "auth.token", &c.Auth.Token)},
				key{"client_id", as(r, "auth.client_id", &c.Auth.ClientID)},
				key{"client_secret", as(r, "auth.client_secret", &c.Auth.ClientSecret)},
				key{"token_url", as(r, "auth.token_url", &c.Auth.TokenURL)},
				key{"scopes", func(n ast.Node) {
					r.list(n, "auth.scopes", func(n ast.Node) {
						s := ""
						as(r, "auth.scopes", &s)(n)
						c.Auth.Scopes = append(c.Auth.Scopes, s)
					})
				}})
			r.need(n, lines, "auth", "kind")
			under(inner, "auth", lines)
		}},
		key{"account", func(n ast.Node) { c.Account = r.words(n, "account", inner) }},
		key{"settings", func(n ast.Node) { c.Settings = r.words(n, "settings", inner) }},
		key{"base_url", as(r, "base_url", &c.BaseURL)},
		key{"limits", func(n ast.Node) {
			under(inner, "limits", r.object(n, "limits",
				key{"per_second", func(n ast.Node) { c.Limits.PerSecond = r.number(n, "limits.per_second") }}))
		}},
	)
	r.need(n, c.lines, "connection", "name", "system", "auth")
	maps.Copy(c.lines, inner)
	return c
}

func under(to map[string]int, parent string, lines map[string]int) {
	for k, v := range lines {
		to[parent+"."+k] = v
	}
}

// words reads a group of names that the system knows.
func (r *reader) words(n ast.Node, what string, lines map[string]int) map[string]string {
	out := map[string]string{}
	for _, e := range r.entries(n, what) {
		s := ""
		as(r, what+"."+e.name, &s)(e.value)
		out[e.name] = s
		lines[what+"."+e.name] = e.line
	}
	return out
}

func (r *reader) flow(n ast.Node) FlowSpec {
	s := FlowSpec{Line: line(first(n))}
	inner := map[string]int{}
	lines := r.object(n, "a flow", append([]key{
		{"name", as(r, "name", &s.Name)},
		{"template", as(r, "template", &s.Template)},
		{"connections", func(n ast.Node) {
			have := r.object(n, "connections",
				key{"a", as(r, "connections.a", &s.Connections[connector.A])},
				key{"b", as(r, "connections.b", &s.Connections[connector.B])})
			r.need(n, have, "connections", "a", "b")
			under(inner, "connections", have)
		}},
	}, r.settings(&s, inner)...)...)
	r.need(n, lines, "flow", "name", "template", "connections")
	maps.Copy(inner, lines)
	s.lines = inner
	return s
}

// settings are the keys that a flow shares with the template it comes from.
func (r *reader) settings(s *FlowSpec, lines map[string]int) []key {
	return []key{
		{"enabled", func(n ast.Node) { s.Enabled = r.bool(n, "enabled") }},
		{"direction", as(r, "direction", &s.Direction)},
		{"schedule", func(n ast.Node) { s.Schedule = r.schedule(n, lines) }},
		{"match", func(n ast.Node) {
			s.Match = []string{}
			r.list(n, "match", func(n ast.Node) {
				m := ""
				as(r, "match", &m)(n)
				s.Match = append(s.Match, m)
			})
		}},
		{"map", func(n ast.Node) {
			s.Map = []Row{}
			r.list(n, "map", func(n ast.Node) {
				row := r.row(n)
				lines["map."+strconv.Itoa(len(s.Map))] = row.Line
				s.Map = append(s.Map, row)
			})
		}},
		{"conflict", as(r, "conflict", &s.Conflict)},
		{"blank", as(r, "blank", &s.Blank)},
		{"delete", as(r, "delete", &s.Delete)},
		{"scope", as(r, "scope", &s.Scope)},
		{"records", func(n ast.Node) {
			s.Records = []string{}
			r.list(n, "records", func(n ast.Node) {
				one := ""
				as(r, "records", &one)(n)
				s.Records = append(s.Records, one)
			})
		}},
		{"watch", func(n ast.Node) {
			if b := r.bool(n, "watch"); b != nil {
				s.Watch = *b
			}
		}},
		{"region", as(r, "region", &s.Region)},
		{"brake", func(n ast.Node) {
			under(lines, "brake", r.object(n, "brake",
				key{"change", func(n ast.Node) { s.Brake.Change = r.share(n, "brake.change") }},
				key{"delete", func(n ast.Node) { s.Brake.Delete = r.share(n, "brake.delete") }}))
		}},
		{"retry", func(n ast.Node) {
			under(lines, "retry", r.object(n, "retry",
				key{"max_attempts", func(n ast.Node) { s.Retry.MaxAttempts = r.whole(n, "retry.max_attempts") }},
				key{"base", func(n ast.Node) { s.Retry.Base = r.duration(n, "retry.base") }},
				key{"max", func(n ast.Node) { s.Retry.Max = r.duration(n, "retry.max") }}))
		}},
	}
}

func (r *reader) schedule(n ast.Node, lines map[string]int) *Schedule {
	before := len(r.errs)
	s := &Schedule{}
	under(lines, "schedule", r.object(n, "schedule",
		key{"every", func(n ast.Node) { s.Every = r.duration(n, "schedule.every") }},
		key{"cron", as(r, "schedule.cron", &s.Cron)},
		key{"time_zone", as(r, "schedule.time_zone", &s.TimeZone)}))
	if len(r.errs) > before {
		return nil // said already; the whole-file check would only say it again in other words
	}
	return s
}

func (r *reader) row(n ast.Node) Row {
	row := Row{Line: line(first(n))}
	names := func(what string, to *mapping.Names) func(ast.Node) {
		return func(n ast.Node) {
			one := func(n ast.Node) {
				s := ""
				as(r, what, &s)(n)
				*to = append(*to, s)
			}
			if list, ok := n.(*ast.SequenceNode); ok {
				for _, n := range list.Values {
					one(n)
				}
				return
			}
			one(n)
		}
	}
	have := r.object(n, "a row of the map",
		key{"a", names("a", &row.A)},
		key{"b", names("b", &row.B)},
		key{"direction", as(r, "direction", &row.Direction)},
		key{"transform", as(r, "transform", &row.Transform)},
		key{"steps", func(n ast.Node) {
			r.list(n, "steps", func(n ast.Node) { row.Steps = append(row.Steps, r.step(n)) })
		}},
		key{"conflict", as(r, "conflict", &row.Conflict)},
		key{"blank", as(r, "blank", &row.Blank)},
	)
	r.need(n, have, "row of the map", "a", "b")
	return row
}

// step reads a step: its name alone, or a group of its name (do) and its settings.
func (r *reader) step(n ast.Node) mapping.Step {
	st := mapping.Step{}
	if _, group := n.(*ast.MappingNode); !group {
		as(r, "a step", &st.Do)(n)
		return st
	}
	st.With = r.words(n, "a step", map[string]int{})
	st.Do = st.With["do"]
	delete(st.With, "do")
	if st.Do == "" {
		r.fail(line(first(n)), "a step has no do; every step that has settings needs one")
	}
	return st
}
