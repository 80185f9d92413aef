package highlevel

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"couplet/internal/connector"
)

const (
	findPage = 20 // more people than this with one email address or stamp are a matter for a person
	longest  = 75 // characters that search takes as a value (4.6)
)

// Find looks a contact up by each of the values and returns those that every look-up gave, read afresh: search rows
// lag and show no real names (1.7, 4.6).
func (c *Connector) Find(ctx context.Context, object, parent string, by connector.Fields) ([]connector.Record, error) {
	if s, ok := plain(object); ok {
		return c.findChildren(ctx, s, parent, by)
	}
	if err := only(object); err != nil {
		return nil, err
	}
	var ids []string
	for i, name := range names(by) {
		found, err := c.lookUp(ctx, name, by[name])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			found = slices.DeleteFunc(found, func(id string) bool { return !slices.Contains(ids, id) })
		}
		ids = found
	}
	var records []connector.Record
	for _, id := range ids {
		rec, err := c.get(ctx, id, names(by)...)
		if connector.KindOf(err) == connector.NotFound {
			continue // the index still has what is deleted (1.7)
		}
		if err != nil {
			return nil, err
		}
		records = append(records, rec)
	}
	return records, nil
}

// lookUp returns the ids that one value leads to. Email and phone are asked for in both places: the search index
// gives all holders, but late, and its phone filter fails at times; the duplicate search is fresh, but gives one.
func (c *Connector) lookUp(ctx context.Context, name string, value any) ([]string, error) {
	text, _ := value.(string)
	if text == "" {
		return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
			Message: "Contacts of " + spec.Name + " cannot be looked up by an empty value of " + name + "."}
	}
	var ids []string
	if len([]rune(text)) <= longest {
		rows, _, _, err := c.find(ctx, map[string]any{
			"locationId": c.location, "pageLimit": findPage, "filters": []any{filter(name, "eq", text)},
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
	}
	param := map[string]string{"email": "email", "phone": "number"}[name]
	if param == "" {
		if len([]rune(text)) > longest {
			return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
				Message: spec.Name + " cannot look up so long a value."}
		}
		return ids, nil
	}
	var out struct {
		Contact *row `json:"contact"`
	}
	_, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodGet, Path: "/contacts/search/duplicate", Out: &out, Scope: scopeRead,
		Query: url.Values{"locationId": {c.location}, param: {text}},
	})
	if err != nil && connector.KindOf(err) != connector.NotFound {
		return nil, err
	}
	if out.Contact != nil && out.Contact.ID != "" && !slices.Contains(ids, out.Contact.ID) {
		ids = append(ids, out.Contact.ID)
	}
	return ids, nil
}
