package highlevel

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
)

// Create makes a contact. It never uses upsert, which may hit another person (4.4). A refused duplicate is an error
// of kind Duplicate that names the contact in the way.
func (c *Connector) Create(ctx context.Context, object, parent string, values connector.Fields) (connector.Record, error) {
	if s, ok := shelves[object]; ok {
		return c.createChild(ctx, s, parent, values)
	}
	if object == company {
		return c.createCompany(ctx, values)
	}
	if err := only(object); err != nil {
		return connector.Record{}, err
	}
	cat, err := c.catalog(ctx, names(values))
	if err != nil {
		return connector.Record{}, err
	}
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	if delta, ok := values["tags"].(connector.Delta); ok {
		values["tags"] = delta.Add
	}
	body, customs, err := c.body(cat, values)
	if err != nil {
		return connector.Record{}, err
	}
	body["locationId"] = c.location
	business := body[businessID]
	delete(body, businessID) // has a call of its own
	var out struct {
		Contact *row `json:"contact"`
	}
	_, err = c.client.Do(ctx, connector.Request{
		Method: http.MethodPost, Path: "/contacts/", Body: body, Out: &out, Write: true, Create: true, Scope: scopeWrite,
	})
	if err != nil {
		return connector.Record{}, rename(err, customs)
	}
	if out.Contact == nil || out.Contact.ID == "" {
		e := odd("create", "contact")
		e.Kind = connector.Unknown
		return connector.Record{}, e
	}
	if business != nil {
		if err := c.join(ctx, out.Contact.ID, business); err != nil {
			return connector.Record{}, connector.Made(spec.Name, err)
		}
	}
	rec, err := c.complete(ctx, c.record(out.Contact, "created", cat, names(values)), values)
	if err != nil {
		return connector.Record{}, connector.Made(spec.Name, err)
	}
	return rec, nil
}

// Update changes only the given fields. PUT replaces tags as a whole (1.3), so they go by calls of their own, and
// first, so that the answer of PUT is the last word. If only tags change, the contact is read: the answer to a tag call shows
// neither the other fields nor the stamp that the contact has now.
func (c *Connector) Update(ctx context.Context, ref connector.Ref, values connector.Fields) (connector.Record, error) {
	if s, ok := shelves[ref.Object]; ok {
		return c.updateChild(ctx, s, ref, values)
	}
	if ref.Object == company {
		return c.updateCompany(ctx, ref.ID, values)
	}
	if err := only(ref.Object); err != nil {
		return connector.Record{}, err
	}
	values = maps.Clone(values)
	if v, ok := values["tags"]; ok {
		delta, ok := v.(connector.Delta)
		if !ok {
			return connector.Record{}, &connector.Error{Kind: connector.Invalid, Fields: []string{"tags"},
				Message: spec.Name + " has no safe way to replace all tags of a contact, only to add and to remove some."}
		}
		delete(values, "tags")
		if err := c.tag(ctx, ref.ID, delta); err != nil {
			return connector.Record{}, err
		}
	}
	if v, ok := values[businessID]; ok {
		delete(values, businessID)
		if err := c.join(ctx, ref.ID, v); err != nil {
			return connector.Record{}, err
		}
		if len(values) > 0 {
			if _, err := c.put(ctx, ref.ID, values); err != nil { // whether its answer shows the company is not documented
				return connector.Record{}, err
			}
		}
		return c.get(ctx, ref.ID, names(values)...)
	}
	if len(values) == 0 {
		return c.get(ctx, ref.ID)
	}
	return c.put(ctx, ref.ID, values)
}

func (c *Connector) put(ctx context.Context, id string, values connector.Fields) (connector.Record, error) {
	cat, err := c.catalog(ctx, names(values))
	if err != nil {
		return connector.Record{}, err
	}
	if err := c.mergeSets(ctx, id, values); err != nil {
		return connector.Record{}, err
	}
	body, customs, err := c.body(cat, values)
	if err != nil {
		return connector.Record{}, err
	}
	var out struct {
		Contact *row `json:"contact"`
	}
	_, err = c.client.Do(ctx, connector.Request{
		Method: http.MethodPut, Path: contactPath(id), Pattern: contactPattern, Body: body, Out: &out, Write: true, Scope: scopeWrite,
	})
	if err != nil {
		return connector.Record{}, rename(err, customs)
	}
	if out.Contact == nil || out.Contact.ID == "" {
		return c.get(ctx, id, names(values)...)
	}
	return c.complete(ctx, c.record(out.Contact, "full", cat, names(values)), values)
}

// complete reads the contact if the answer to a write did not show all that was written.
func (c *Connector) complete(ctx context.Context, rec connector.Record, values connector.Fields) (connector.Record, error) {
	for name := range values {
		if _, shown := rec.Fields[name]; !shown {
			return c.get(ctx, rec.ID, names(values)...)
		}
	}
	return rec, nil
}

// tag adds and removes tags, one call for each direction that is needed (4).
func (c *Connector) tag(ctx context.Context, id string, delta connector.Delta) error {
	for _, step := range []struct {
		method string
		names  []string
	}{{http.MethodPost, delta.Add}, {http.MethodDelete, delta.Remove}} {
		if len(step.names) == 0 {
			continue
		}
		_, err := c.client.Do(ctx, connector.Request{
			Method: step.method, Path: contactPath(id) + "/tags", Pattern: contactPattern + "/tags", Body: map[string]any{"tags": step.names},
			Write: true, Scope: scopeWrite,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mergeSets turns the deltas of custom pick lists into whole lists, which is the only way to write them (4.3).
func (c *Connector) mergeSets(ctx context.Context, id string, values connector.Fields) error {
	var now *connector.Record
	for name, v := range values {
		delta, ok := v.(connector.Delta)
		if !ok {
			continue
		}
		if now == nil {
			rec, err := c.get(ctx, id, names(values)...)
			if err != nil {
				return err
			}
			now = &rec
		}
		had, _ := now.Fields[name].([]string)
		list := slices.DeleteFunc(slices.Clone(had), func(s string) bool { return slices.Contains(delta.Remove, s) })
		for _, add := range delta.Add {
			if !slices.Contains(list, add) {
				list = append(list, add)
			}
		}
		values[name] = list
	}
	return nil
}

// body writes values in the vendor's form (4.2, 4.3). It also returns the names of the custom fields in the order in
// which they stand in the body, by which error messages name them.
func (c *Connector) body(cat *catalog, values connector.Fields) (body map[string]any, customs []string, err error) {
	body = make(map[string]any, len(values)+1)
	var fields []any
	for _, name := range names(values) {
		v := values[name]
		id, custom := strings.CutPrefix(name, c.object.CustomPrefix)
		switch {
		case custom:
			fields = append(fields, map[string]any{"id": id, "field_value": customValue(cat.types[name], v)})
			customs = append(customs, name)
		case readers[name] == nil:
			return nil, nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
				Message: spec.Name + " contacts have no field " + name + ". Take it out of the mapping."}
		case v == nil && name == "postalCode":
			body[name] = "" // the one text that may not be null
		default:
			body[name] = v
		}
	}
	if fields != nil {
		body["customFields"] = fields
	}
	return body, customs, nil
}

// customValue is a value as a custom field takes it: numbers as numbers, lists as lists, and to clear an empty text,
// list or null (4.3).
func customValue(kind connector.Type, v any) any {
	switch kind {
	case connector.Number:
		if s, ok := v.(string); ok {
			if n, err := strconv.ParseFloat(s, 64); err == nil {
				return n
			}
		}
		return v
	case connector.Set:
		if v == nil {
			return []string{}
		}
		return v
	}
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, ", ")
	}
	return v
}

// rename puts our names in place of positions such as customFields.0.field_value.
func rename(err error, customs []string) error {
	e, ok := connector.AsError(err)
	if !ok {
		return err
	}
	for i, name := range e.Fields {
		parts := strings.SplitN(name, ".", 3)
		if len(parts) < 2 || parts[0] != "customFields" {
			continue
		}
		if n, err := strconv.Atoi(parts[1]); err == nil && n < len(customs) {
			e.Fields[i] = customs[n]
		}
	}
	return err
}

// names are the keys in order, so that the same change is always the same body.
func names(values connector.Fields) []string { return slices.Sorted(maps.Keys(values)) }
