package usercom

import (
	"context"
	"maps"
	"net/http"

	"couplet/internal/connector"
)

// Companies (section 10) are known from what other clients of the API send and recorded. No search and no list of changes is
// known, so all are read. That PUT touches only what it names is documented for people; the settings say what holds here.

const (
	companyObject  = "company"
	companyPattern = "/companies/{id}/"

	setCompanyUpdate = "company_update"
)

func companyPath(id string) string { return "/companies/" + escaped(id) + "/" }

// company is a company as the API shows it, in either dialect: attributes stand beside the standard fields, or in a list.
type company map[string]any

// company makes a record of a row. Of the phone numbers the first one counts.
func (c *Connector) company(row company, cat *catalog, asked []string) connector.Record {
	p := person(row)
	rec := connector.Record{Ref: connector.Ref{Object: companyObject, ID: p.id()}, Fields: connector.Fields{}}
	rec.Version, _ = row["updated_at"].(string)
	rec.Created = instant(row["created_at"])
	for _, f := range c.firms.object.Fields {
		v, shown := row[f.Name]
		if text, ok := row["company_id"].(string); ok && f.Name == "custom_id" && !shown {
			v, shown = text, true // the older dialect's word (section 2)
		}
		if numbers, ok := v.([]any); ok && f.Name == "phone_numbers" {
			if v = nil; len(numbers) > 0 {
				v = number(numbers[0])
			}
		}
		if shown {
			rec.Fields[f.Name] = value(f.Type, v)
		}
	}
	_, whole := row["name"]
	attributes := p.attributes()
	take := func(name string) {
		if _, standard := connector.FieldNamed(c.firms.object.Fields, name); standard {
			return
		}
		v, shown := attributes[name]
		if !shown {
			v, shown = row[name]
		}
		if shown || whole {
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

// listCompanies is one page of all companies.
func (c *Connector) listCompanies(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	cur, err := decodeCursor(req.After)
	if err != nil {
		return connector.Page{}, err
	}
	cat, err := c.catalog(ctx, c.firms, req.Fields)
	if err != nil {
		return connector.Page{}, err
	}
	var out envelope[company]
	answer, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/companies/", RawQuery: cur.Query, Out: &out})
	if connector.KindOf(err) == connector.NotFound && cur.Query != "" {
		return c.broken(cur, answer)
	}
	if err != nil {
		return connector.Page{}, err
	}
	page := connector.Page{Records: make([]connector.Record, len(out.Results)), Total: out.Count, At: answer.At}
	for i, row := range out.Results {
		page.Records[i] = c.company(row, cat, req.Fields)
	}
	page.Next, err = c.after(cur, out.Next, len(out.Results), out.Count)
	return page, err
}

// findCompanies reads all pages and keeps what holds every value.
func (c *Connector) findCompanies(ctx context.Context, by connector.Fields) ([]connector.Record, error) {
	return c.filtered(ctx, c.firms.object, connector.ListRequest{Object: companyObject, Fields: names(by)}, by, c.listCompanies)
}

// readCompany reads GET /companies/:id/, and gives the row too.
func (c *Connector) readCompany(ctx context.Context, id string, asked ...string) (connector.Record, company, error) {
	cat, err := c.catalog(ctx, c.firms, asked)
	if err != nil {
		return connector.Record{}, nil, err
	}
	var out company
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: companyPath(id), Pattern: companyPattern, Out: &out})
	if err != nil {
		return connector.Record{}, nil, err
	}
	if person(out).id() == "" {
		return connector.Record{}, nil, &connector.Error{Kind: connector.Temporary, Status: http.StatusOK,
			Message: spec.Name + " answered without the company. Couplet tries again later."}
	}
	return c.company(out, cat, asked), out, nil
}

func (c *Connector) createCompany(ctx context.Context, values connector.Fields) (connector.Record, error) {
	if err := c.firms.object.Lacks(spec.Name, values); err != nil {
		return connector.Record{}, err
	}
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	for name, v := range values {
		if delta, ok := v.(connector.Delta); ok {
			values[name] = delta.Add
		}
	}
	body := companyBody(values, nil)
	var out company
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodPost, Path: "/companies/", Body: body, Out: &out, Write: true, Create: true})
	if e, ok := connector.AsError(err); ok && e.Kind == connector.Duplicate {
		e.Kind = connector.Unknown // who has the Company ID is not looked for
		e.Message = spec.Name + " did not create the company, because its Company ID is taken by another one. Look for a duplicate there."
	}
	if err != nil {
		return connector.Record{}, err
	}
	if person(out).id() == "" {
		return connector.Record{}, &connector.Error{Kind: connector.Unknown, Status: http.StatusCreated,
			Message: spec.Name + " did not say which company it created. Couplet looks before it tries again."}
	}
	rec, err := c.settleCompany(ctx, person(out).id(), out, values)
	if err != nil {
		return connector.Record{}, connector.Made(spec.Name, err)
	}
	return rec, nil
}

// updateCompany changes the given fields. The company is read first where the settings say that a change empties what it does
// not name, and for what is written as a whole list.
func (c *Connector) updateCompany(ctx context.Context, id string, values connector.Fields) (connector.Record, error) {
	if len(values) == 0 {
		rec, _, err := c.readCompany(ctx, id)
		return rec, err
	}
	values = maps.Clone(values)
	var now company
	_, read := values["phone_numbers"]
	whole := c.acc.Setting(spec, setCompanyUpdate) == "whole"
	for _, v := range values {
		_, set := v.(connector.Delta)
		read = read || set
	}
	if read || whole {
		rec, row, err := c.readCompany(ctx, id, names(values)...)
		if err != nil {
			return connector.Record{}, err
		}
		now = row
		for name, v := range values {
			if delta, ok := v.(connector.Delta); ok {
				had, _ := rec.Fields[name].([]string)
				values[name] = changedSet(had, delta)
			}
		}
	}
	body := companyBody(values, now)
	if whole {
		for name, v := range c.standing(now) {
			if _, given := body[name]; !given {
				body[name] = v
			}
		}
	}
	var out company
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodPut, Path: companyPath(id), Pattern: companyPattern, Body: body, Out: &out, Write: true})
	if err != nil {
		return connector.Record{}, err
	}
	return c.settleCompany(ctx, id, out, values)
}

// standing are the fields and attributes of a company as they would be sent again.
func (c *Connector) standing(now company) map[string]any {
	body := map[string]any{}
	for _, f := range c.firms.object.Fields {
		if v, shown := now[f.Name]; shown {
			body[f.Name] = v
		}
	}
	if cat := c.firms.customs.current.Load(); cat != nil {
		listed := person(now).attributes()
		for _, f := range cat.fields {
			if v, shown := now[f.Name]; shown {
				body[f.Name] = v
			} else if v, shown := listed[f.Name]; shown {
				body[f.Name] = v
			}
		}
	}
	return body
}

// settleCompany makes the record of the answer to a write, and reads the company if the answer lacks something.
func (c *Connector) settleCompany(ctx context.Context, id string, out company, values connector.Fields) (connector.Record, error) {
	cat, err := c.catalog(ctx, c.firms, names(values))
	if err != nil {
		return connector.Record{}, err
	}
	rec := c.company(out, cat, names(values))
	whole := rec.ID != ""
	for name := range values {
		_, shown := rec.Fields[name]
		whole = whole && shown
	}
	if whole {
		return rec, nil
	}
	rec, _, err = c.readCompany(ctx, id, names(values)...)
	return rec, err
}

// companyBody writes values in the vendor's form. Phone numbers are a list, of which the first is the one that is kept in
// step.
func companyBody(values connector.Fields, now company) map[string]any {
	body := make(map[string]any, len(values))
	for name, v := range values {
		body[name] = v
		if name != "phone_numbers" {
			continue
		}
		numbers := []any{}
		if v != nil {
			numbers = append(numbers, v)
		}
		if had, _ := now[name].([]any); len(had) > 1 {
			numbers = append(numbers, had[1:]...)
		}
		body[name] = numbers
	}
	return body
}

// deleteCompany removes a company. One that is gone is a success.
func (c *Connector) deleteCompany(ctx context.Context, id string) error {
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodDelete, Path: companyPath(id), Pattern: companyPattern, Write: true})
	if connector.KindOf(err) == connector.NotFound {
		return nil
	}
	return err
}
