package highlevel

import (
	"strings"
	"time"

	"couplet/internal/connector"
)

// whole makes a record of an answer that is about a contact's own tasks and notes, where absent is empty. Such answers give
// a task no date of its own (5), and a note only that of its making (6).
func (s shelf) whole(ref connector.Ref, row map[string]any, what string) (connector.Record, error) {
	rec := s.row(row)
	if rec.ID == "" {
		return connector.Record{}, odd(what, s.one)
	}
	rec.Parent = ref.Parent
	for _, f := range s.object.Fields {
		if _, shown := rec.Fields[f.Name]; !shown {
			rec.Fields[f.Name] = childValue(f.Type, nil)
		}
	}
	return rec, nil
}

// row makes a record of what is there. Rows of the location's search have _id, and dates (5).
func (s shelf) row(row map[string]any) connector.Record {
	rec := connector.Record{Ref: connector.Ref{Object: s.object.Name, ID: first(text(row["id"]), text(row["_id"])), Parent: text(row["contactId"])}, Fields: connector.Fields{}}
	for _, name := range []string{"dateUpdated", "updatedAt"} {
		if at := instant(row[name]); at != "" && rec.Version == "" {
			rec.Version = at
		}
	}
	rec.Created, _ = time.Parse(time.RFC3339Nano, first(instant(row["dateAdded"]), instant(row["createdAt"])))
	for _, f := range s.object.Fields {
		if v, shown := row[f.Name]; shown {
			rec.Fields[f.Name] = childValue(f.Type, v)
		}
	}
	return rec
}

// childValue is a value as Couplet holds it. A task that does not say whether it is done is not done.
func childValue(kind connector.Type, v any) any {
	switch kind {
	case connector.Bool:
		done, _ := v.(bool)
		return done
	case connector.Instant:
		if at := instant(v); at != "" {
			return at
		}
	default:
		if s := text(v); s != "" {
			return s
		}
	}
	return nil
}

// body writes values in the vendor's form. Nothing there may be null: an empty text takes its place.
func (s shelf) body(values connector.Fields) (map[string]any, error) {
	body := make(map[string]any, len(values))
	for name, v := range values {
		f, known := connector.FieldNamed(s.object.Fields, name)
		if !known || f.OnCreate == connector.No && f.OnUpdate == connector.No {
			return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
				Message: "The " + s.many + " of " + spec.Name + " have no field " + name + " that can be written. Take it out of the mapping."}
		}
		if v == nil {
			v = ""
			if f.Type == connector.Bool {
				v = false
			}
		}
		body[name] = v
	}
	return body, nil
}

// holds reports whether a record has the values, case and spaces around them aside. Two ways to write one instant are the same.
func holds(have, by connector.Fields) bool {
	for name, want := range by {
		got := have[name]
		if a := instant(got); a != "" && a == instant(want) {
			continue
		}
		if w, ok := want.(bool); ok && got == w {
			continue
		}
		if !strings.EqualFold(strings.TrimSpace(text(got)), strings.TrimSpace(text(want))) {
			return false
		}
	}
	return true
}

// text is a value that is a text, "" for others; true and false count as texts.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// instant is a point in time as Couplet writes it, "" when it is none. Numbers are milliseconds since 1970.
func instant(v any) string {
	var at time.Time
	switch v := v.(type) {
	case string:
		at, _ = time.Parse(time.RFC3339Nano, v)
	case float64:
		at = time.UnixMilli(int64(v))
	}
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
