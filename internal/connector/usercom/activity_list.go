package usercom

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"couplet/internal/connector"
)

// children is List for tasks and notes. There is neither a filter nor a known order (section 8): all pages are read, and
// of each page the records of the shelf are kept.
func (c *Connector) children(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	s, err := c.shelf(ctx, req.Object)
	if err != nil {
		return connector.Page{}, err
	}
	cur, err := decodeCursor(req.After)
	if err != nil {
		return connector.Page{}, err
	}
	var out envelope[activity]
	answer, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: s.path, RawQuery: cur.Query, Out: &out})
	if connector.KindOf(err) == connector.NotFound && cur.Query != "" {
		page, err := c.broken(cur, answer)
		page.Total = -1
		return page, err
	}
	if err != nil {
		return connector.Page{}, s.missing(err, "list")
	}
	page := connector.Page{Total: -1, At: answer.At} // the count is that of all activities
	for _, a := range out.Results {
		if s.holds(a) && (req.Parent == "" || a.person() == req.Parent) {
			page.Records = append(page.Records, c.child(s, a))
		}
	}
	page.Next, err = c.after(cur, out.Next, len(out.Results), out.Count)
	return page, err
}

// findChildren reads all pages, because nothing can be searched for (section 8), and keeps what holds every value.
func (c *Connector) findChildren(ctx context.Context, object, parent string, by connector.Fields) ([]connector.Record, error) {
	s, err := c.shelf(ctx, object)
	if err != nil {
		return nil, err
	}
	return c.filtered(ctx, s.object, connector.ListRequest{Object: object, Parent: parent}, by, c.children)
}

// filtered reads all pages of a list and keeps what holds every value.
func (c *Connector) filtered(ctx context.Context, o *connector.Object, req connector.ListRequest, by connector.Fields,
	list func(context.Context, connector.ListRequest) (connector.Page, error)) ([]connector.Record, error) {
	for name, v := range by {
		if asText(v) == "" {
			return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name}, Message: "The " + o.Many + " of " + spec.Name +
				" cannot be looked up by an empty value of " + name + "."}
		}
	}
	var found []connector.Record
	seen := map[string]bool{}
	for {
		page, err := list(ctx, req)
		if err != nil {
			return nil, err
		}
		for _, rec := range page.Records {
			if !seen[rec.ID] && alike(rec.Fields, by) {
				found = append(found, rec)
				seen[rec.ID] = true
			}
		}
		if page.Partial {
			return nil, &connector.Error{Kind: connector.Temporary, Message: spec.Name + " broke off the list of " + o.Many +
				", so it is not known whether the one that is looked for is there. Couplet tries again later."}
		}
		if page.Next == "" {
			return found, nil
		}
		req.After = page.Next
	}
}

// alike reports whether a record holds the values, case and spaces around them aside. Two ways to write one instant are
// the same.
func alike(have, by connector.Fields) bool {
	for name, want := range by {
		got := strings.TrimSpace(asText(have[name]))
		if a, b := instant(got), instant(asText(want)); !a.IsZero() && a.Equal(b) {
			continue
		}
		if !strings.EqualFold(got, strings.TrimSpace(asText(want))) {
			return false
		}
	}
	return true
}

// getChild reads GET /activities/:id/. An activity that is no longer of the type, or about nobody, is gone for us.
func (c *Connector) getChild(ctx context.Context, ref connector.Ref) (connector.Record, activity, error) {
	s, err := c.shelf(ctx, ref.Object)
	if err != nil {
		return connector.Record{}, nil, err
	}
	path, pattern := s.pathOf(ref.ID)
	var out activity
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: path, Pattern: pattern, Out: &out})
	if err != nil {
		if e, ok := connector.AsError(err); ok && e.Status == http.StatusMethodNotAllowed {
			err = s.missing(err, "read")
		}
		return connector.Record{}, nil, err
	}
	if out.id() == "" {
		return connector.Record{}, nil, &connector.Error{Kind: connector.Temporary, Status: http.StatusOK,
			Message: spec.Name + " answered without the " + s.object.One + ". Couplet tries again later."}
	}
	if !s.holds(out) {
		return connector.Record{}, nil, &connector.Error{Kind: connector.NotFound, Status: http.StatusOK, Message: spec.Name +
			" does not have this " + s.object.One + " any more. It was deleted, taken off its person, or given another type."}
	}
	return c.child(s, out), out, nil
}

// decodeCursor reads where to go on.
func decodeCursor(after connector.Cursor) (cur cursor, err error) {
	if after == "" {
		return cur, nil
	}
	if err := json.Unmarshal([]byte(after), &cur); err != nil {
		return cur, &connector.Error{Kind: connector.Invalid, Message: "The place to go on reading is not one of " + spec.Name + ".", Err: err}
	}
	return cur, nil
}

// after is the cursor of the page that follows, "" when there is none.
func (c *Connector) after(cur cursor, next string, rows, count int) (connector.Cursor, error) {
	if next == "" {
		return "", nil
	}
	query, err := c.next(next)
	if err != nil {
		return "", err
	}
	return cursor{Query: query, Seen: cur.Seen + rows, Total: count, Again: cur.Again, Broke: cur.Broke}.encode(), nil
}
