package usercom

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"couplet/internal/connector"
)

// createChild makes a task or a note of a person.
func (c *Connector) createChild(ctx context.Context, object, parent string, values connector.Fields) (connector.Record, error) {
	s, err := c.shelf(ctx, object)
	if err != nil {
		return connector.Record{}, err
	}
	if err := s.object.Lacks(spec.Name, values); err != nil {
		return connector.Record{}, err
	}
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	body, err := c.childBody(s, values)
	if err != nil {
		return connector.Record{}, err
	}
	person, err := strconv.ParseInt(parent, 10, 64)
	if err != nil {
		return connector.Record{}, &connector.Error{Kind: connector.Invalid, Message: "A " + s.object.One + " of " + spec.Name +
			" needs the person whom it is about, and none was named."}
	}
	body["user_id"] = person
	if s.kind != "" {
		kind, _ := strconv.ParseInt(s.kind, 10, 64)
		body["activity_type"] = kind
	}
	if s.note && s.kind != "" {
		if err := c.asActivity(body); err != nil {
			return connector.Record{}, err
		}
	}
	var out activity
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodPost, Path: s.path, Body: body, Out: &out, Write: true, Create: true})
	if e, ok := connector.AsError(err); ok && e.Status == http.StatusNotFound {
		// A body that refers to a missing contact is answered like this (section 5).
		e.Kind, e.Message = connector.NotFound, spec.Name+" does not have the person any more whom this "+s.object.One+
			" is about, or does not take "+s.object.Many+" at "+s.path+". Nothing was made."
		return connector.Record{}, e
	}
	if err != nil {
		return connector.Record{}, err
	}
	if out.id() == "" {
		return connector.Record{}, &connector.Error{Kind: connector.Unknown, Status: http.StatusCreated,
			Message: spec.Name + " did not say which " + s.object.One + " it created. Couplet looks before it tries again."}
	}
	rec, err := c.settleChild(ctx, s, connector.Ref{Object: object, ID: out.id(), Parent: parent}, out, values)
	if err != nil {
		return connector.Record{}, connector.Made(spec.Name, err)
	}
	return rec, nil
}

// asActivity adds what makes an activity of a note: a name, done from the start, and the date that every activity must
// have. It lies in the future, because it is described as such (section 8).
func (c *Connector) asActivity(body map[string]any) error {
	if c.acc.Now == nil {
		return &connector.Error{Kind: connector.Config, Message: "A note of " + spec.Name + " needs a date, and there is no clock to take it from."}
	}
	if asText(body["name"]) == "" {
		body["name"] = c.summary(asText(body["description"]))
	}
	now := c.acc.Now().UTC().Truncate(time.Second)
	body["done"], body["done_date"] = true, now.Format(time.RFC3339)
	body["due_date"] = now.Add(time.Hour).Format(time.RFC3339)
	body["datetime"] = body["due_date"]
	return nil
}

// updateChild changes the given fields with PATCH. The table marks the name mandatory on update too, which some servers may
// hold to: the name that is there goes along when one was refused without it (section 8).
func (c *Connector) updateChild(ctx context.Context, ref connector.Ref, values connector.Fields) (connector.Record, error) {
	s, err := c.shelf(ctx, ref.Object)
	if err != nil {
		return connector.Record{}, err
	}
	body, err := c.childBody(s, values)
	if err != nil {
		return connector.Record{}, err
	}
	_, named := values["name"]
	if err := c.rename(ctx, s, ref, values, body); err != nil {
		return connector.Record{}, err
	}
	if len(body) == 0 {
		rec, _, err := c.getChild(ctx, ref)
		return rec, err
	}
	out, err := c.patch(ctx, s, ref.ID, body)
	if e, ok := connector.AsError(err); ok && e.Kind == connector.Invalid && !named && body["name"] == nil && slices.Contains(e.Fields, "name") {
		c.nameNeeded.Store(true)
		if err := c.rename(ctx, s, ref, values, body); err != nil {
			return connector.Record{}, err
		}
		out, err = c.patch(ctx, s, ref.ID, body)
	}
	if err != nil {
		return connector.Record{}, err
	}
	return c.settleChild(ctx, s, ref, out, values)
}

// rename adds the name to a change that needs one: of an activity that is only changed together with its name, and of a
// note whose name was the beginning of a text that changes.
func (c *Connector) rename(ctx context.Context, s shelf, ref connector.Ref, values connector.Fields, body map[string]any) error {
	text, texted := values["description"]
	_, named := values["name"]
	follows := s.note && texted
	if s.kind == "" || named || len(body) == 0 || !follows && !c.nameNeeded.Load() {
		return nil
	}
	_, now, err := c.getChild(ctx, ref)
	if err != nil {
		return err
	}
	name := asText(now["name"])
	if follows && name == c.summary(asText(now["description"])) {
		name = c.summary(asText(text))
	}
	if name != asText(now["name"]) || c.nameNeeded.Load() {
		body["name"] = name
	}
	return nil
}

func (c *Connector) patch(ctx context.Context, s shelf, id string, body map[string]any) (activity, error) {
	path, pattern := s.pathOf(id)
	var out activity
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodPatch, Path: path, Pattern: pattern, Body: body, Out: &out, Write: true})
	return out, err
}

// settleChild makes the record of the answer to a write, and reads the record where the answer lacks something.
func (c *Connector) settleChild(ctx context.Context, s shelf, ref connector.Ref, out activity, values connector.Fields) (connector.Record, error) {
	rec := c.child(s, out)
	whole := out.id() != "" && out.person() != ""
	for name := range values {
		_, shown := rec.Fields[name]
		whole = whole && shown
	}
	if whole {
		return rec, nil
	}
	rec, _, err := c.getChild(ctx, ref)
	return rec, err
}

// childBody writes values in the vendor's form. The date goes under both of its names, because the table and the sample
// contradict each other (section 8).
func (c *Connector) childBody(s shelf, values connector.Fields) (map[string]any, error) {
	body := make(map[string]any, len(values)+1)
	fields := c.fieldsOf(s.object)
	for name, v := range values {
		f, known := connector.FieldNamed(fields, name)
		if !known || f.OnUpdate == connector.No {
			return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
				Message: "The field " + name + " of a " + s.object.One + " of " + spec.Name + " cannot be written."}
		}
		switch {
		case s.kind == "" && name == "description":
			body["content"] = v
		case name == "due_date":
			if v == nil {
				return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
					Message: "Every task of " + spec.Name + " has a due date, so it cannot be emptied. Give the task a date on the other side, or let the flow keep the date here."}
			}
			body["due_date"], body["datetime"] = v, v
		case name == "done":
			body["done"] = v == true
			if body["done_date"] = nil; v == true && c.acc.Now != nil {
				body["done_date"] = c.acc.Now().UTC().Truncate(time.Second).Format(time.RFC3339)
			}
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

// deleteChild removes an activity. One that is gone is a success (section 8).
func (c *Connector) deleteChild(ctx context.Context, ref connector.Ref) error {
	s, err := c.shelf(ctx, ref.Object)
	if err != nil {
		return err
	}
	path, pattern := s.pathOf(ref.ID)
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodDelete, Path: path, Pattern: pattern, Write: true})
	e, ok := connector.AsError(err)
	switch {
	case ok && e.Kind == connector.NotFound:
		return nil
	case ok && e.Status == http.StatusMethodNotAllowed:
		e.Message = "This workspace of " + spec.Name + " does not let others delete its " + s.object.Many + ". Delete it there by hand."
	}
	return err
}
