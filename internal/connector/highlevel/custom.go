package highlevel

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"couplet/internal/connector"
)

// catalog is what is known of the location's custom fields (7.2). It is never changed once it is in use.
type catalog struct {
	fields []connector.Field
	types  map[string]connector.Type
	// absent are names that were asked for and are not there, so that they are not looked up again and again.
	absent []string
}

// customs keeps the catalog. It is read once, and again only when a field is asked for that it does not have.
type customs struct {
	gate    chan struct{}
	current atomic.Pointer[catalog]
}

// definition is a custom field as the API has it (7.2).
type definition struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	FieldKey string   `json:"fieldKey"`
	DataType string   `json:"dataType"`
	Options  []string `json:"picklistOptions"`
	Model    string   `json:"model"`
}

// dataTypes pairs the vendor's types with ours (4.3). What is missing can be looked at but not written.
var dataTypes = map[string]connector.Type{
	"TEXT": connector.Text, "LARGE_TEXT": connector.Text, "TIME": connector.Text, "NUMERICAL": connector.Number,
	"FLOAT": connector.Number, "MONETORY": connector.Number, "PHONE": connector.Phone, "EMAIL": connector.Email,
	"CHECKBOX": connector.Set, "MULTIPLE_OPTIONS": connector.Set, "SINGLE_OPTIONS": connector.Option,
	"RADIO": connector.Option, "DATE": connector.Day,
}

// catalog returns the custom fields, with those asked for among them if they exist. A key that may not read them gets
// an empty one: records then show what they hold, by the look of the value.
func (c *Connector) catalog(ctx context.Context, asked []string) (*catalog, error) {
	if cat := c.customs.current.Load(); cat != nil && cat.covers(asked, c.object.CustomPrefix) {
		return cat, nil
	}
	select {
	case c.customs.gate <- struct{}{}:
		defer func() { <-c.customs.gate }()
	case <-ctx.Done():
		return nil, &connector.Error{Kind: connector.Temporary, Message: "The call to " + spec.Name + " was stopped.", Err: ctx.Err()}
	}
	if cat := c.customs.current.Load(); cat != nil && cat.covers(asked, c.object.CustomPrefix) {
		return cat, nil
	}
	return c.readCatalog(ctx, asked)
}

// readCatalog asks anew. The caller holds the gate.
func (c *Connector) readCatalog(ctx context.Context, asked []string) (*catalog, error) {
	defs, err := c.definitions(ctx)
	if err != nil && connector.KindOf(err) != connector.Forbidden {
		return nil, err
	}
	cat := &catalog{types: map[string]connector.Type{}}
	for _, def := range defs {
		f := c.field(def)
		cat.fields = append(cat.fields, f)
		cat.types[f.Name] = f.Type
	}
	for _, name := range asked {
		if _, known := cat.types[name]; !known && strings.HasPrefix(name, c.object.CustomPrefix) {
			cat.absent = append(cat.absent, name)
		}
	}
	c.customs.current.Store(cat)
	return cat, nil
}

func (cat *catalog) covers(asked []string, prefix string) bool {
	return !slices.ContainsFunc(asked, func(name string) bool {
		_, known := cat.types[name]
		return strings.HasPrefix(name, prefix) && !known && !slices.Contains(cat.absent, name)
	})
}

func (c *Connector) definitions(ctx context.Context) ([]definition, error) {
	var out struct {
		Fields []definition `json:"customFields"`
	}
	_, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodGet, Path: c.fieldsPath(), Pattern: fieldsPattern, Query: url.Values{"model": {"contact"}}, Out: &out, Scope: scopeFieldsRead,
	})
	return slices.DeleteFunc(out.Fields, func(def definition) bool {
		return def.ID == "" || def.Model != "" && def.Model != "contact"
	}), err
}

func (c *Connector) fieldsPath() string {
	return "/locations/" + url.PathEscape(c.location) + "/customFields"
}

func (c *Connector) field(def definition) connector.Field {
	f := connector.Field{
		ID: def.ID, Name: c.object.CustomPrefix + def.ID, Label: def.Name, Type: dataTypes[def.DataType], Custom: true, Read: true,
		OnCreate: connector.Yes, OnUpdate: connector.Yes, Options: def.Options,
	}
	if f.Type == "" {
		f.Type, f.OnCreate, f.OnUpdate = connector.Text, connector.No, connector.No
		f.Help = "Fields of this kind can be read, but not written."
	}
	return f
}

// Describe lists the standard fields and those of the location (7.2).
func (c *Connector) Describe(ctx context.Context, object string) ([]connector.Field, error) {
	if s, ok := plain(object); ok {
		return slices.Clone(s.object.Fields), nil // the location's fields are of contacts and opportunities
	}
	if err := only(object); err != nil {
		return nil, err
	}
	defs, err := c.definitions(ctx)
	if err != nil {
		return nil, err
	}
	fields := slices.Clone(c.object.Fields)
	for _, def := range defs {
		fields = append(fields, c.field(def))
	}
	return fields, nil
}

// EnsureField creates a custom field unless one of that label is there already (7.2). Calls of one connector wait for
// each other, so that two of them do not both create it.
func (c *Connector) EnsureField(ctx context.Context, object string, want connector.Field) (connector.Field, error) {
	if s, ok := plain(object); ok {
		return connector.Field{}, &connector.Error{Kind: connector.Invalid, Message: "The " + s.many + " of " + spec.Name + " have no custom fields, so " +
			want.Label + " cannot be made there."}
	}
	if err := only(object); err != nil {
		return connector.Field{}, err
	}
	select {
	case c.customs.gate <- struct{}{}:
		defer func() { <-c.customs.gate }()
	case <-ctx.Done():
		return connector.Field{}, &connector.Error{Kind: connector.Temporary, Message: "The call to " + spec.Name + " was stopped.", Err: ctx.Err()}
	}
	defs, err := c.definitions(ctx)
	if err != nil {
		return connector.Field{}, err
	}
	same := func(def definition) bool {
		return strings.EqualFold(strings.TrimSpace(def.Name), strings.TrimSpace(want.Label))
	}
	if i := slices.IndexFunc(defs, same); i >= 0 {
		return c.field(defs[i]), nil
	}
	body := map[string]any{"name": want.Label, "dataType": dataTypeFor(want), "model": "contact"}
	if len(want.Options) > 0 {
		body["textBoxListOptions"] = want.Options // becomes the pick list (7.2, unverified)
	}
	var out struct {
		Field definition `json:"customField"`
	}
	_, err = c.client.Do(ctx, connector.Request{
		Method: http.MethodPost, Path: c.fieldsPath(), Pattern: fieldsPattern, Body: body, Out: &out, Write: true, Scope: scopeFieldsWrite,
	})
	if err != nil {
		return connector.Field{}, err
	}
	c.customs.current.Store(nil) // read again when it is next needed
	return c.field(out.Field), nil
}

// dataTypeFor is the vendor's type for a field to be made. Pick lists need their options; the rest is text.
func dataTypeFor(f connector.Field) string {
	switch f.Type {
	case connector.Number:
		return "NUMERICAL"
	case connector.Email:
		return "EMAIL"
	case connector.Phone:
		return "PHONE"
	case connector.Day:
		return "DATE"
	case connector.HTML:
		return "LARGE_TEXT"
	case connector.Option:
		if len(f.Options) > 0 {
			return "SINGLE_OPTIONS"
		}
	case connector.Set:
		if len(f.Options) > 0 {
			return "MULTIPLE_OPTIONS"
		}
	}
	return "TEXT"
}
