package usercom

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// Find looks people up by each of the values and returns those that every look-up gave (section 4, 6.4). Tasks, notes
// and companies are looked for by reading all of them.
func (c *Connector) Find(ctx context.Context, object, parent string, by connector.Fields) ([]connector.Record, error) {
	if isChild(object) {
		return c.findChildren(ctx, object, parent, by)
	}
	if object == companyObject {
		return c.findCompanies(ctx, by)
	}
	if err := only(object); err != nil {
		return nil, err
	}
	cat, err := c.catalog(ctx, c.people, names(by))
	if err != nil {
		return nil, err
	}
	var people []person
	for i, name := range names(by) {
		found, err := c.lookUp(ctx, name, by[name])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			found = slices.DeleteFunc(found, func(p person) bool {
				return !slices.ContainsFunc(people, func(q person) bool { return p.id() == q.id() })
			})
		}
		people = found
	}
	var records []connector.Record
	for _, p := range people {
		if p.full() {
			records = append(records, c.record(p, cat, names(by)))
			continue
		}
		rec, err := c.get(ctx, p.id(), names(by)...)
		if connector.KindOf(err) == connector.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		records = append(records, rec)
	}
	return records, nil
}

// lookUp returns the people that hold one value.
func (c *Connector) lookUp(ctx context.Context, name string, v any) ([]person, error) {
	value := asText(v)
	if value == "" {
		return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name},
			Message: "People of " + spec.Name + " cannot be looked up by an empty value of " + name + "."}
	}
	call := connector.Request{Method: http.MethodGet, Path: "/users/search/", Query: url.Values{name: {value}}}
	switch name {
	case "email":
		call.Query.Set("many", "true") // addresses are not unique (6.4)
	case "custom_id":
		// Ids may be addresses and hold slashes (6.3), so they are kept out of the log.
		call.Path, call.Route, call.Query = "/users-by-id/"+url.PathEscape(value)+"/", "/users-by-id/{custom_id}/", nil
	}
	found, err := c.search(ctx, call)
	if err != nil {
		return nil, err
	}
	// Addresses compare with case; we keep those that people wrote in another case than ours (6.4).
	if lower := strings.ToLower(value); name == "email" && lower != value {
		call.Query.Set(name, lower)
		more, err := c.search(ctx, call)
		if err != nil {
			return nil, err
		}
		for _, p := range more {
			if !slices.ContainsFunc(found, func(q person) bool { return p.id() == q.id() }) {
				found = append(found, p)
			}
		}
	}
	hits := slices.DeleteFunc(slices.Clone(found), func(p person) bool { return !p.holds(name, value) })
	if len(hits) == 0 && len(found) > 0 {
		// An unknown filter may be left out of account, and then anybody comes back. That proves nothing.
		return nil, &connector.Error{Kind: connector.Invalid, Fields: []string{name}, Message: spec.Name +
			" did not search by " + name + " but gave other people, so it is not known whether the person is there. " +
			"Check that the attribute exists and can be searched."}
	}
	return hits, nil
}

// search accepts the four shapes of an answer (section 4): an envelope, a list, one person, and 404 for nobody.
func (c *Connector) search(ctx context.Context, call connector.Request) ([]person, error) {
	var raw json.RawMessage
	call.Out = &raw
	_, err := c.client.Do(ctx, call)
	if connector.KindOf(err) == connector.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []person
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		err = json.Unmarshal(raw, &found)
	} else {
		var one struct {
			ID      json.RawMessage `json:"id"`
			Results []person        `json:"results"`
		}
		if err = json.Unmarshal(raw, &one); err == nil && one.ID != nil {
			found = make([]person, 1)
			err = json.Unmarshal(raw, &found[0])
		} else {
			found = one.Results
		}
	}
	if err != nil {
		return nil, &connector.Error{Kind: connector.Temporary, Status: http.StatusOK,
			Message: spec.Name + " gave an answer to a search that cannot be read. Couplet tries again later."}
	}
	return found, nil
}

// holds reports whether a person has the value, loosely: case does not count, and of a phone number only digits do.
func (p person) holds(name, value string) bool {
	v, shown := p.standard(name)
	if attribute, ok := p.attributes()[name]; ok {
		v, shown = attribute, true
	}
	if !shown {
		return true // a search that does not show what it went by
	}
	have := number(v)
	if name == "phone_number" {
		return strings.HasSuffix(digits(have), strings.TrimLeft(digits(value), "0")) && digits(have) != ""
	}
	return strings.EqualFold(strings.TrimSpace(have), strings.TrimSpace(value))
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// split reports whether the person shows first and last name apart (6.1).
func (p person) split() bool {
	_, shown := p["first_name"]
	return shown
}
