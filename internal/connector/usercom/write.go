package usercom

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"couplet/internal/connector"
)

// words are written as numbers and read as texts (section 3).
var words = map[string]map[string]int{
	"gender": {"unknown": 1, "male": 2, "female": 3},
	"status": {"visitor": 1, "user": 2},
}

// Create makes a person. It never uses update_or_create, which goes by custom_id alone (6.4). If the answer shows only
// an id, the person is read.
func (c *Connector) Create(ctx context.Context, object, parent string, values connector.Fields) (connector.Record, error) {
	if isChild(object) {
		return c.createChild(ctx, object, parent, values)
	}
	if object == companyObject {
		return c.createCompany(ctx, values)
	}
	if err := only(object); err != nil {
		return connector.Record{}, err
	}
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	if delta, ok := values["tags"].(connector.Delta); ok {
		values["tags"] = delta.Add
	}
	cat, err := c.catalog(ctx, c.people, names(values))
	if err != nil {
		return connector.Record{}, err
	}
	body, err := c.body(values)
	if err != nil {
		return connector.Record{}, err
	}
	joins := values[companiesField]
	delete(body, companiesField)
	var out person
	_, err = c.client.Do(ctx, connector.Request{
		Method: http.MethodPost, Path: "/users/", Body: body, Out: &out, Write: true, Create: true,
	})
	if err != nil {
		return connector.Record{}, c.holder(ctx, values, err)
	}
	if out.id() == "" {
		return connector.Record{}, &connector.Error{Kind: connector.Unknown, Status: http.StatusCreated,
			Message: spec.Name + " did not say which person it created. Couplet looks before it tries again."}
	}
	if joins != nil {
		if err := c.join(ctx, out.id(), joins); err != nil {
			return connector.Record{}, connector.Made(spec.Name, err)
		}
		out = person{"id": out["id"]} // it says nothing of the company
	}
	rec, err := c.settle(ctx, out, cat, values)
	if err != nil {
		return connector.Record{}, connector.Made(spec.Name, err)
	}
	return rec, nil
}

// holder finds out who holds the custom_id that a create was refused for (6.4). If nobody can be found, the outcome
// stays unknown.
func (c *Connector) holder(ctx context.Context, values connector.Fields, err error) error {
	e, ok := connector.AsError(err)
	if !ok || e.Kind != connector.Duplicate {
		return err
	}
	e.Kind = connector.Unknown
	if id, ok := values["custom_id"].(string); ok {
		if found, err := c.lookUp(ctx, "custom_id", id); err == nil && len(found) == 1 {
			e.Kind, e.Existing = connector.Duplicate, found[0].id()
		}
	}
	return e
}

// Update changes only the given fields; PUT is a partial update (6.3). Tags to remove go first, by a call each, because
// PUT only adds them; those to add go with PUT, whose answer is then the last word.
func (c *Connector) Update(ctx context.Context, ref connector.Ref, values connector.Fields) (connector.Record, error) {
	if isChild(ref.Object) {
		return c.updateChild(ctx, ref, values)
	}
	if ref.Object == companyObject {
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
				Message: spec.Name + " has no way to replace all tags of a person, only to add and to remove some."}
		}
		delete(values, "tags")
		if err := c.untag(ctx, ref.ID, delta.Remove); err != nil {
			return connector.Record{}, err
		}
		if len(delta.Add) > 0 {
			values["tags"] = delta.Add
		}
	}
	if v, ok := values[companiesField]; ok {
		if err := c.join(ctx, ref.ID, v); err != nil {
			return connector.Record{}, err
		}
		if delete(values, companiesField); len(values) == 0 {
			return c.get(ctx, ref.ID)
		}
	}
	if len(values) == 0 {
		return c.get(ctx, ref.ID)
	}
	cat, err := c.catalog(ctx, c.people, names(values))
	if err != nil {
		return connector.Record{}, err
	}
	if err := c.mergeSets(ctx, ref.ID, values); err != nil {
		return connector.Record{}, err
	}
	body, err := c.body(values)
	if err != nil {
		return connector.Record{}, err
	}
	var out person
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodPut, Path: personPath(ref.ID), Pattern: personPattern, Body: body, Out: &out, Write: true})
	if err != nil {
		return connector.Record{}, err
	}
	if out.id() == "" {
		return c.get(ctx, ref.ID, names(values)...)
	}
	return c.settle(ctx, out, cat, values)
}

// untag removes tags. "Not found" may mean that the person does not have the tag, which is as it should be, or that the
// person is gone, which the next call tells.
func (c *Connector) untag(ctx context.Context, id string, tags []string) error {
	for _, name := range tags {
		_, err := c.client.Do(ctx, connector.Request{
			Method: http.MethodDelete, Path: personPath(id) + "remove_tag/", Pattern: personPattern + "remove_tag/", Body: map[string]string{"name": name}, Write: true,
		})
		if err != nil && connector.KindOf(err) != connector.NotFound {
			return err
		}
	}
	return nil
}

// mergeSets turns the deltas of attributes with several choices into whole lists, which is the only way to write them.
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
		values[name] = changedSet(had, delta)
	}
	return nil
}

// changedSet is a list of names after a change.
func changedSet(had []string, delta connector.Delta) []string {
	list := slices.DeleteFunc(slices.Clone(had), func(s string) bool { return slices.Contains(delta.Remove, s) })
	for _, add := range delta.Add {
		if !slices.Contains(list, add) {
			list = append(list, add)
		}
	}
	return list
}

// settle makes the record of the answer to a write, and reads the person if the answer lacks a field that was written
// and can be read.
func (c *Connector) settle(ctx context.Context, out person, cat *catalog, values connector.Fields) (connector.Record, error) {
	rec := c.record(out, cat, names(values))
	for name := range values {
		f, standard := connector.FieldNamed(c.object.Fields, name)
		if _, shown := rec.Fields[name]; !shown && (f.Read || !standard) {
			return c.get(ctx, rec.ID, names(values)...)
		}
	}
	if !out.full() {
		return c.get(ctx, rec.ID, names(values)...)
	}
	return rec, nil
}

// body writes values in the vendor's form (section 3). Attributes stand beside the standard fields, by system name.
func (c *Connector) body(values connector.Fields) (map[string]any, error) {
	body := make(map[string]any, len(values))
	for name, v := range values {
		f, standard := connector.FieldNamed(c.object.Fields, name)
		switch {
		case standard && f.OnUpdate == connector.No:
			return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
				Message: "The field " + f.Label + " of " + spec.Name + " cannot be written. " + f.Help}
		case words[name] != nil:
			n, ok := words[name][asText(v)]
			if v == nil && name == "gender" {
				n, ok = 1, true
			}
			if !ok {
				return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
					Message: "The field " + f.Label + " of " + spec.Name + " takes only its own words. Translate the value in the mapping."}
			}
			body[name] = n
		case name == "assigned_to":
			n, err := agent(name, v)
			if err != nil {
				return nil, err
			}
			body[name] = n
		default:
			body[name] = v
		}
	}
	return body, nil
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// names are the keys in order, so that the same change is always the same body.
func names(values connector.Fields) []string { return slices.Sorted(maps.Keys(values)) }
