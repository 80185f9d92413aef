package highlevel

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"couplet/internal/connector"
)

// Companies are businesses here (7.5). They hang on nothing and have neither a search nor a list of changes: all are read, by
// limit and skip like tasks. Their custom fields are reachable as object records only, which a sync does not need.

const (
	companyPage    = 100 // the default; what more would do is not documented
	companyPattern = "/businesses/{businessId}"

	scopeCompanies      = "businesses.readonly"
	scopeCompaniesWrite = "businesses.write"
)

// company is the object's name.
const company = "company"

// firms tells how rows of companies are read; the paths of a shelf are not theirs.
var firms shelf

func init() {
	o, _ := spec.Object(company)
	firms = shelf{object: o, one: o.One, many: o.Many}
}

// plain finds the objects of which the system's own fields are all there is.
func plain(object string) (shelf, bool) {
	if object == company {
		return firms, true
	}
	s, ok := shelves[object]
	return s, ok
}

// companyCall makes one call about companies and returns the one that it answers with. Answers to writes misspell the key.
func (c *Connector) companyCall(ctx context.Context, call connector.Request) (map[string]any, error) {
	var out struct {
		Business  map[string]any `json:"business"`
		Buiseness map[string]any `json:"buiseness"`
	}
	call.Out, call.Scope = &out, scopeCompanies
	if call.Write {
		call.Scope = scopeCompaniesWrite
	}
	if _, err := c.client.Do(ctx, call); err != nil {
		return nil, err
	}
	if out.Business == nil {
		return out.Buiseness, nil
	}
	return out.Business, nil
}

func companyPath(id string) string { return "/businesses/" + url.PathEscape(id) }

// listCompanies is one page of GET /businesses/.
func (c *Connector) listCompanies(ctx context.Context, skip, limit int) ([]map[string]any, time.Time, error) {
	var out struct {
		Businesses []map[string]any `json:"businesses"`
	}
	answer, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodGet, Path: "/businesses/", Out: &out, Scope: scopeCompanies,
		Query: url.Values{"locationId": {c.location}, "limit": {strconv.Itoa(limit)}, "skip": {strconv.Itoa(skip)}},
	})
	return out.Businesses, answer.At, err
}

func (c *Connector) getCompany(ctx context.Context, id string) (connector.Record, error) {
	row, err := c.companyCall(ctx, connector.Request{Method: http.MethodGet, Path: companyPath(id), Pattern: companyPattern})
	if err != nil {
		return connector.Record{}, err
	}
	return firms.whole(connector.Ref{}, row, "read")
}

// createCompany makes a company. A refusal leaves it open whether there is one now (sync-semantics 5.6).
func (c *Connector) createCompany(ctx context.Context, values connector.Fields) (connector.Record, error) {
	if err := firms.object.Lacks(spec.Name, values); err != nil {
		return connector.Record{}, err
	}
	body, err := firms.body(values)
	if err != nil {
		return connector.Record{}, err
	}
	for name, v := range values {
		if v == nil {
			delete(body, name)
		}
	}
	body["locationId"] = c.location
	row, err := c.companyCall(ctx, connector.Request{Method: http.MethodPost, Path: "/businesses/", Body: body, Write: true, Create: true})
	if err != nil {
		return connector.Record{}, err
	}
	rec, err := firms.whole(connector.Ref{}, row, "create")
	if e, ok := connector.AsError(err); ok {
		e.Kind = connector.Unknown
	}
	return rec, err
}

// updateCompany changes the given fields. An empty text clears one; the name cannot be emptied.
func (c *Connector) updateCompany(ctx context.Context, id string, values connector.Fields) (connector.Record, error) {
	body, err := firms.body(values)
	if err != nil {
		return connector.Record{}, err
	}
	if len(body) == 0 {
		return c.getCompany(ctx, id)
	}
	row, err := c.companyCall(ctx, connector.Request{Method: http.MethodPut, Path: companyPath(id), Pattern: companyPattern, Body: body, Write: true})
	if err != nil {
		return connector.Record{}, err
	}
	if row == nil {
		return c.getCompany(ctx, id)
	}
	return firms.whole(connector.Ref{}, row, "change")
}

// deleteCompany removes a company. One that is gone is a success.
func (c *Connector) deleteCompany(ctx context.Context, id string) error {
	_, err := c.companyCall(ctx, connector.Request{Method: http.MethodDelete, Path: companyPath(id), Pattern: companyPattern, Write: true})
	if connector.KindOf(err) == connector.NotFound {
		return nil
	}
	return err
}
