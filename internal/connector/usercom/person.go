package usercom

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"couplet/internal/connector"
)

// person is a contact as the API shows it, in either dialect (section 2). Its keys depend on the workspace, because
// custom attributes stand beside the standard ones (6.2), so it stays a map.
type person map[string]any

// older are the names that the older dialect gives to fields (section 2).
var older = map[string]string{"custom_id": "user_id"}

func (p person) id() string { return number(p["id"]) }

// full reports whether this is a whole contact, so that an attribute that is not there is empty rather than unknown.
// Unset values are explicit nulls (section 3), so a whole contact always has these keys.
func (p person) full() bool {
	_, email := p["email"]
	_, tags := p["tags"]
	return email && tags
}

// record makes a record of a person. Standard fields that the answer does not have are unknown; attributes that are
// asked for or in the catalog are empty when a whole contact lacks them.
func (c *Connector) record(p person, cat *catalog, asked []string) connector.Record {
	rec := connector.Record{
		Ref:    connector.Ref{Object: "contact", ID: p.id()},
		Fields: make(connector.Fields, len(c.object.Fields)+len(asked)+len(cat.fields)),
	}
	rec.Version, _ = p["updated_at"].(string)
	rec.Created = instant(p["created_at"])
	for i := range c.object.Fields {
		f := &c.object.Fields[i]
		if v, shown := p.standard(f.Name); shown {
			if f.Type == connector.Linked {
				v = memberships(v)
			}
			rec.Fields[f.Name] = value(f.Type, v)
		}
	}
	if _, shown := p["first_name"]; shown && !c.split.Load() {
		c.split.Store(true)
	}
	attributes := p.attributes()
	take := func(name string) {
		if _, standard := connector.FieldNamed(c.object.Fields, name); standard {
			return
		}
		v, shown := attributes[name]
		if !shown {
			v, shown = p[name]
		}
		if shown || p.full() {
			rec.Fields[name] = value(cat.types[name], v)
		}
	}
	for _, f := range cat.fields {
		take(f.Name)
	}
	for _, name := range asked {
		take(name)
	}
	return rec
}

// standard finds a standard field under its name in either dialect.
func (p person) standard(name string) (v any, shown bool) {
	if v, shown = p[name]; shown {
		return v, true
	}
	if old, ok := older[name]; ok {
		// user_id is the client's own text in one dialect and the vendor's number in the other.
		if text, ok := p[old].(string); ok {
			return text, true
		}
	}
	return nil, false
}

// attributes reads the older form, a list of {name_std, value}; nil when the answer has the flat form.
func (p person) attributes() map[string]any {
	list, ok := p["attributes"].([]any)
	if !ok {
		return nil
	}
	out := make(map[string]any, len(list))
	for _, item := range list {
		if row, ok := item.(map[string]any); ok {
			if name, ok := row["name_std"].(string); ok {
				out[name] = row["value"]
			}
		}
	}
	return out
}

// value turns a value, as it is read, into the form that its type has in Fields.
func value(kind connector.Type, v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return text(kind, v)
	case float64:
		if kind == connector.Number || kind == "" {
			return v
		}
		return number(v) // ids of agents, and anything that is text to us
	case bool:
		if kind == connector.Bool || kind == "" {
			return v
		}
		return strconv.FormatBool(v)
	case []any:
		if len(v) == 0 {
			return nil
		}
		return list(v)
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

func text(kind connector.Type, s string) any {
	if s == "" {
		return nil
	}
	switch kind {
	case connector.Number:
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	case connector.Bool:
		switch strings.ToLower(s) {
		case "true", "yes", "1":
			return true
		case "false", "no", "0":
			return false
		}
	case connector.Day:
		if len(s) > 10 && s[4] == '-' && s[10] == 'T' {
			return s[:10]
		}
	case connector.Set:
		return []string{s}
	}
	return s
}

// list makes names of a list: tags are objects {id, name} when read (6.1), options are texts.
func list(items []any) []string {
	names := make([]string, 0, len(items))
	for _, item := range items {
		switch item := item.(type) {
		case map[string]any:
			if name, ok := item["name"].(string); ok {
				names = append(names, name)
			}
		case float64:
			names = append(names, number(item))
		default:
			names = append(names, fmt.Sprint(item))
		}
	}
	return names
}

// number writes an id, which JSON gives as a number, as text.
func number(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return v
	}
	return ""
}

func instant(v any) time.Time {
	s, _ := v.(string)
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}
