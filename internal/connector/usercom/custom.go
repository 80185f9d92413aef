package usercom

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"couplet/internal/connector"
)

// catalog is what is known of the workspace's custom attributes (section 7). It is never changed once it is in use.
type catalog struct {
	fields []connector.Field
	types  map[string]connector.Type
	// absent are names that were asked for and are not there, so that they are not looked up again and again.
	absent []string
}

// customs keeps the catalog. It is read once, and again only when an attribute is asked for that it does not have.
type customs struct {
	gate    chan struct{}
	current atomic.Pointer[catalog]
}

// kind is an object whose records have attributes of the workspace: people, and companies.
type kind struct {
	object *connector.Object
	// types are the content_type of its attributes, in both dialects; the first is written.
	types   []string
	customs customs
}

func newKind(object string, types ...string) *kind {
	k := &kind{types: types, customs: customs{gate: make(chan struct{}, 1)}}
	k.object, _ = spec.Object(object)
	return k
}

// attribute is a custom attribute as the API has it (section 7). value_type is a word or, in the older dialect, a number.
type attribute struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	NameStd     string `json:"name_std"`
	ValueType   any    `json:"value_type"`
	ContentType string `json:"content_type"`
	Choices     []any  `json:"choices"`
	Multiple    bool   `json:"allow_multiple_choices"`
}

// valueTypes pairs the vendor's types, words and numbers (section 7), with ours.
var valueTypes = map[string]connector.Type{
	"boolean": connector.Bool, "1": connector.Bool,
	"integer": connector.Number, "2": connector.Number,
	"date": connector.Day, "3": connector.Day,
	"string": connector.Text, "4": connector.Text,
	"datetime": connector.Instant, "5": connector.Instant,
	"fixed": connector.Option, "6": connector.Option,
	"float": connector.Number, "7": connector.Number,
}

// nameLimit is the longest name of an attribute (section 7).
const nameLimit = 32

// catalog returns the attributes, with those asked for among them if they exist.
func (c *Connector) catalog(ctx context.Context, k *kind, asked []string) (*catalog, error) {
	if cat := k.customs.current.Load(); cat != nil && k.covers(cat, asked) {
		return cat, nil
	}
	if err := k.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { <-k.customs.gate }()
	if cat := k.customs.current.Load(); cat != nil && k.covers(cat, asked) {
		return cat, nil
	}
	list, err := c.attributes(ctx, k)
	if err != nil {
		return nil, err
	}
	cat := &catalog{types: map[string]connector.Type{}}
	for _, a := range list {
		f := field(a)
		cat.fields = append(cat.fields, f)
		cat.types[f.Name] = f.Type
	}
	for _, name := range asked {
		if _, known := cat.types[name]; !known {
			cat.absent = append(cat.absent, name)
		}
	}
	k.customs.current.Store(cat)
	return cat, nil
}

// enter lets one caller at a time read or make attributes.
func (k *kind) enter(ctx context.Context) error {
	select {
	case k.customs.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &connector.Error{Kind: connector.Temporary, Message: "The call to " + spec.Name + " was stopped.", Err: ctx.Err()}
	}
}

func (k *kind) covers(cat *catalog, asked []string) bool {
	return !slices.ContainsFunc(asked, func(name string) bool {
		_, known := cat.types[name]
		_, standard := connector.FieldNamed(k.object.Fields, name)
		return !known && !standard && !slices.Contains(cat.absent, name)
	})
}

// attributes reads all pages of GET /attributes/ and keeps those of the kind.
func (c *Connector) attributes(ctx context.Context, k *kind) ([]attribute, error) {
	var all []attribute
	query := ""
	for {
		var out envelope[attribute]
		_, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/attributes/", RawQuery: query, Out: &out})
		if connector.KindOf(err) == connector.NotFound && query != "" {
			break
		}
		if err != nil {
			return nil, err
		}
		all = append(all, out.Results...)
		if out.Next == "" {
			break
		}
		if query, err = c.next(out.Next); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(a attribute) bool {
		_, standard := connector.FieldNamed(k.object.Fields, a.NameStd)
		return standard || a.NameStd == "" || !slices.Contains(k.types, a.ContentType)
	}), nil
}

func field(a attribute) connector.Field {
	f := connector.Field{
		ID: strconv.FormatInt(a.ID, 10), Name: a.NameStd, Label: a.Name, Custom: true, Read: true, OnCreate: connector.Yes, OnUpdate: connector.Yes,
		Type: valueTypes[number(a.ValueType)],
	}
	if f.Type == "" {
		f.Type, f.OnCreate, f.OnUpdate = connector.Text, connector.No, connector.No
		f.Help = "Attributes of this kind can be read, but not written."
	}
	if f.Type == connector.Option && len(a.Choices) > 0 {
		f.Options = list(a.Choices)
	}
	if f.Type == connector.Option && a.Multiple {
		f.Type = connector.Set
	}
	return f
}

// kindOf refuses objects that have no attributes.
func (c *Connector) kindOf(object string) (*kind, error) {
	if object == companyObject {
		return c.firms, nil
	}
	return c.people, only(object)
}

// Describe lists the standard fields and the attributes of the workspace. One page of people shows whether this
// workspace lets the first and the last name be read (6.1).
func (c *Connector) Describe(ctx context.Context, object string) ([]connector.Field, error) {
	if isChild(object) {
		s, err := c.shelf(ctx, object)
		if err != nil {
			return nil, err
		}
		return c.fieldsOf(s.object), nil
	}
	k, err := c.kindOf(object)
	if err != nil {
		return nil, err
	}
	list, err := c.attributes(ctx, k)
	if err != nil {
		return nil, err
	}
	if k == c.people && !c.split.Load() {
		var out envelope[person]
		if _, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/users/", Out: &out}); err != nil {
			return nil, err
		}
		c.split.Store(slices.ContainsFunc(out.Results, person.split))
	}
	fields := slices.Clone(k.object.Fields)
	for i := range fields {
		if split := c.split.Load(); split && !fields[i].Read {
			fields[i].Read, fields[i].Help = true, ""
		}
	}
	for _, a := range list {
		fields = append(fields, field(a))
	}
	return fields, nil
}

// EnsureField creates an attribute unless one of that label is there already (section 7). Calls of one connector wait
// for each other, so that two of them do not both create it.
func (c *Connector) EnsureField(ctx context.Context, object string, want connector.Field) (connector.Field, error) {
	if isChild(object) {
		return connector.Field{}, &connector.Error{Kind: connector.Invalid, Fields: []string{"name"},
			Message: "Couplet makes attributes of people and companies only, not of tasks or notes of " + spec.Name + ". Pair a field that is there."}
	}
	k, err := c.kindOf(object)
	if err != nil {
		return connector.Field{}, err
	}
	if n := utf8.RuneCountInString(want.Label); n < 1 || n > nameLimit {
		return connector.Field{}, &connector.Error{Kind: connector.Invalid, Fields: []string{"name"},
			Message: "The name of an attribute in " + spec.Name + " has 1 to 32 characters. Choose a shorter name."}
	}
	if err := k.enter(ctx); err != nil {
		return connector.Field{}, err
	}
	defer func() { <-k.customs.gate }()
	all, err := c.attributes(ctx, k)
	if err != nil {
		return connector.Field{}, err
	}
	same := func(a attribute) bool {
		return strings.EqualFold(a.Name, want.Label) || a.NameStd == standardName(want.Label)
	}
	if i := slices.IndexFunc(all, same); i >= 0 {
		return field(all[i]), nil
	}
	body := map[string]any{"content_type": k.types[0], "name": want.Label, "value_type": valueTypeFor(want)}
	if body["value_type"] == "fixed" {
		body["choices"], body["allow_multiple_choices"] = want.Options, want.Type == connector.Set
	}
	var out attribute
	_, err = c.client.Do(ctx, connector.Request{
		Method: http.MethodPost, Path: "/attributes/", Body: body, Out: &out, Write: true,
	})
	if err != nil {
		return connector.Field{}, err
	}
	if out.NameStd == "" {
		out.NameStd = standardName(want.Label)
	}
	k.customs.current.Store(nil) // read again when it is next needed
	return field(out), nil
}

// standardName is the system name that a label gets (section 7).
func standardName(label string) string { return strings.ReplaceAll(strings.ToLower(label), " ", "_") }

// valueTypeFor is the vendor's type for an attribute to be made.
func valueTypeFor(f connector.Field) string {
	switch f.Type {
	case connector.Number:
		return "float"
	case connector.Bool:
		return "boolean"
	case connector.Day:
		return "date"
	case connector.Instant:
		return "datetime"
	case connector.Option, connector.Set:
		if len(f.Options) > 0 {
			return "fixed"
		}
	}
	return "string"
}
