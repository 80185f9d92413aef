// Package highlevel connects Couplet to HighLevel. What is regular is data in spec.json; the code beside it is for
// what is odd. Section numbers in comments are those of the fact sheet highlevel.md.
//
// The oddest part is names: the search index shows them in lower case only, so a reading of everything takes a second
// stream (see list.go).
package highlevel

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"

	"couplet/internal/connector"
)

//go:embed spec.json
var specData []byte

var spec = connector.MustLoad(specData)

// Spec is the data that the connector is driven by.
func Spec() *connector.Spec { return spec }

// Connector talks to one location (sub-account). It is safe for concurrent use.
type Connector struct {
	*Hooks
	client   *connector.Client
	token    func(context.Context) (string, error)
	issued   bool
	location string
	object   *connector.Object
	customs  customs
	joins    joins
}

// New makes a connector for the account whose Params hold locationId.
func New(acc connector.Account, options ...Option) (*Connector, error) {
	hooks, err := NewHooks(options...)
	if err != nil {
		return nil, err
	}
	client, err := connector.NewClient(spec, acc)
	if err != nil {
		return nil, err
	}
	object, _ := spec.Object("contact")
	c := &Connector{Hooks: hooks, client: client, token: acc.Token, issued: acc.Issued, location: acc.Params["locationId"], object: object}
	c.customs.gate = make(chan struct{}, 1)
	return c, nil
}

// Spec implements connector.Connector.
func (c *Connector) Spec() *connector.Spec { return spec }

// The permissions that calls need (3.6).
const (
	scopeRead        = "contacts.readonly"
	scopeWrite       = "contacts.write"
	scopeLocation    = "locations.readonly"
	scopeFieldsRead  = "locations/customFields.readonly"
	scopeFieldsWrite = "locations/customFields.write"
	scopeTasks       = "locations/tasks.readonly"
	scopeUsers       = "users.readonly"
)

// only refuses objects that are no contacts, lie on no shelf, and are no companies.
func only(object string) error {
	if object == "contact" {
		return nil
	}
	return &connector.Error{Kind: connector.Invalid, Message: "Couplet does not sync this kind of record with " + spec.Name + " yet."}
}

// The paths without ids, by which calls are counted.
const (
	contactPattern = "/contacts/{contactId}"
	fieldsPattern  = "/locations/{locationId}/customFields"
)

func contactPath(id string) string { return "/contacts/" + url.PathEscape(id) }

// Get reads GET /contacts/{id}, which is the truth while search lags (1.7, 4.1).
func (c *Connector) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	if s, ok := shelves[ref.Object]; ok {
		return c.getChild(ctx, s, ref)
	}
	if ref.Object == company {
		return c.getCompany(ctx, ref.ID)
	}
	if err := only(ref.Object); err != nil {
		return connector.Record{}, err
	}
	return c.get(ctx, ref.ID)
}

func (c *Connector) get(ctx context.Context, id string, asked ...string) (connector.Record, error) {
	cat, err := c.catalog(ctx, asked)
	if err != nil {
		return connector.Record{}, err
	}
	var out struct {
		Contact *row `json:"contact"`
	}
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: contactPath(id), Pattern: contactPattern, Out: &out, Scope: scopeRead})
	if err != nil {
		return connector.Record{}, err
	}
	if out.Contact == nil || out.Contact.ID == "" {
		return connector.Record{}, odd("read", "contact")
	}
	return c.record(out.Contact, "full", cat, asked), nil
}

// Delete removes a record. A contact that is gone answers 400, which is a success here (1.1).
func (c *Connector) Delete(ctx context.Context, ref connector.Ref) error {
	if s, ok := shelves[ref.Object]; ok {
		return c.deleteChild(ctx, s, ref)
	}
	if ref.Object == company {
		return c.deleteCompany(ctx, ref.ID)
	}
	if err := only(ref.Object); err != nil {
		return err
	}
	_, err := c.client.Do(ctx, connector.Request{
		Method: http.MethodDelete, Path: contactPath(ref.ID), Pattern: contactPattern, Write: true, Scope: scopeWrite,
	})
	if connector.KindOf(err) == connector.NotFound {
		return nil
	}
	return err
}

// odd is the error for a success that lacks what every success has.
func odd(what, one string) *connector.Error {
	return &connector.Error{Kind: connector.Temporary, Status: http.StatusOK,
		Message: spec.Name + " answered a call to " + what + " a " + one + " without the " + one + ". Couplet tries again later."}
}
