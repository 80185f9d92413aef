package highlevel

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"couplet/internal/connector"
)

// shelf says where the records of an object that hangs on a contact lie (5, 6). one and many are also the keys of answers.
type shelf struct {
	object    *connector.Object
	one, many string
	variable  string // of the id, in the vendor's paths
}

var shelves = map[string]shelf{}

func init() {
	for object, variable := range map[string]string{"task": "{taskId}", "note": "{id}"} {
		o, _ := spec.Object(object)
		shelves[object] = shelf{object: o, one: object, many: object + "s", variable: variable}
	}
}

func (s shelf) path(parent, id string) (path, pattern string) {
	path, pattern = contactPath(parent)+"/"+s.many, contactPattern+"/"+s.many
	if id != "" {
		path, pattern = path+"/"+url.PathEscape(id), pattern+"/"+s.variable
	}
	return path, pattern
}

// do makes a call about one record or, without id, about all of a contact. The call's own path follows theirs.
func (c *Connector) do(ctx context.Context, s shelf, ref connector.Ref, call connector.Request) (row map[string]any, rows []map[string]any, at time.Time, err error) {
	if ref.Parent == "" {
		return nil, nil, at, &connector.Error{Kind: connector.Invalid, Message: "The " + s.many + " of " + spec.Name +
			" can only be reached by their contact, and this call does not say which contact it is."}
	}
	var out map[string]any
	path, pattern := s.path(ref.Parent, ref.ID)
	call.Path, call.Pattern = path+call.Path, pattern+call.Path
	call.Out, call.Scope = &out, scopeRead
	if call.Write {
		call.Scope = scopeWrite
	}
	answer, err := c.client.Do(ctx, call)
	if err != nil {
		return nil, nil, at, err
	}
	row, _ = out[s.one].(map[string]any)
	list, _ := out[s.many].([]any)
	for _, v := range list {
		if one, ok := v.(map[string]any); ok {
			rows = append(rows, one)
		}
	}
	return row, rows, answer.At, nil
}

// getChild reads a task or note by its contact: no search index stands between. A task whose contact nobody knows is looked
// for in the location first, because the call that tells of a new one may not name it (11.5).
func (c *Connector) getChild(ctx context.Context, s shelf, ref connector.Ref) (connector.Record, error) {
	if ref.Parent == "" && s.one == "task" {
		parent, err := c.contactOf(ctx, ref.ID)
		if err != nil {
			return connector.Record{}, err
		}
		ref.Parent = parent
	}
	row, _, _, err := c.do(ctx, s, ref, connector.Request{Method: http.MethodGet})
	if err != nil {
		return connector.Record{}, err
	}
	return s.whole(ref, row, "read")
}

// listChildren is all of one contact, which comes in one answer (12).
func (c *Connector) listChildren(ctx context.Context, s shelf, parent string) (connector.Page, error) {
	_, rows, at, err := c.do(ctx, s, connector.Ref{Parent: parent}, connector.Request{Method: http.MethodGet})
	if err != nil {
		return connector.Page{}, err
	}
	page := connector.Page{At: at, Total: len(rows)}
	for _, row := range rows {
		rec, err := s.whole(connector.Ref{Parent: parent}, row, "list")
		if err != nil {
			return connector.Page{}, err
		}
		page.Records = append(page.Records, rec)
	}
	return page, nil
}

// findChildren compares what a contact has. Tasks can be looked for without one.
func (c *Connector) findChildren(ctx context.Context, s shelf, parent string, by connector.Fields) ([]connector.Record, error) {
	for name, v := range by {
		if text(v) == "" {
			return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
				Message: "The " + s.many + " of " + spec.Name + " cannot be looked up by an empty value of " + name + "."}
		}
	}
	var found []connector.Record
	seen := map[string]bool{}
	req := connector.ListRequest{Object: s.object.Name, Parent: parent}
	for {
		page, err := c.List(ctx, req)
		if err != nil {
			return nil, err
		}
		for _, rec := range page.Records {
			if !seen[rec.ID] && holds(rec.Fields, by) {
				found, seen[rec.ID] = append(found, rec), true
			}
		}
		if page.Partial {
			return nil, &connector.Error{Kind: connector.Temporary, Message: "The " + s.many + " of " + spec.Name +
				" changed all the time while they were read, so it is not known whether the one that is looked for is there. Couplet tries again later."}
		}
		if page.Next == "" {
			return found, nil
		}
		req.After = page.Next
	}
}

// createChild makes one under a contact. A refusal leaves it open whether there is one now (sync-semantics 5.6), unless the
// contact turns out to be gone.
func (c *Connector) createChild(ctx context.Context, s shelf, parent string, values connector.Fields) (connector.Record, error) {
	if err := s.object.Lacks(spec.Name, values); err != nil {
		return connector.Record{}, err
	}
	body, err := s.body(values)
	if err != nil {
		return connector.Record{}, err
	}
	for name, v := range values {
		if v == nil {
			delete(body, name)
		}
	}
	if _, given := body["completed"]; !given && s.one == "task" {
		body["completed"] = false // the document wants it said (5)
	}
	row, _, _, err := c.do(ctx, s, connector.Ref{Parent: parent}, connector.Request{Method: http.MethodPost, Body: body, Write: true, Create: true})
	if e, ok := connector.AsError(err); ok && e.Kind == connector.Unknown && e.Status == http.StatusBadRequest {
		if _, gone := c.get(ctx, parent); connector.KindOf(gone) == connector.NotFound {
			return connector.Record{}, gone
		}
	}
	if err != nil {
		return connector.Record{}, err
	}
	rec, err := s.whole(connector.Ref{Parent: parent}, row, "create")
	if e, ok := connector.AsError(err); ok {
		e.Kind = connector.Unknown
	}
	return rec, err
}

// updateChild changes the given fields. Whether a task is done has a call of its own, which is used when nothing else
// changes (5).
func (c *Connector) updateChild(ctx context.Context, s shelf, ref connector.Ref, values connector.Fields) (connector.Record, error) {
	body, err := s.body(values)
	if err != nil {
		return connector.Record{}, err
	}
	if len(body) == 0 {
		return c.getChild(ctx, s, ref)
	}
	call := connector.Request{Method: http.MethodPut, Body: body, Write: true}
	if _, done := body["completed"]; done && len(body) == 1 {
		call.Path = "/completed"
	}
	row, _, _, err := c.do(ctx, s, ref, call)
	if err != nil {
		return connector.Record{}, err
	}
	if row == nil {
		return c.getChild(ctx, s, ref)
	}
	return s.whole(ref, row, "change")
}

// deleteChild removes one. What is gone, with or without its contact, is a success.
func (c *Connector) deleteChild(ctx context.Context, s shelf, ref connector.Ref) error {
	_, _, _, err := c.do(ctx, s, ref, connector.Request{Method: http.MethodDelete, Write: true})
	if connector.KindOf(err) == connector.NotFound {
		return nil
	}
	return err
}
