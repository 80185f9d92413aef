// Package usercom connects Couplet to User.com. What is regular is data in spec.json; the code beside it is for what
// is odd. Section numbers in comments are those of the fact sheet usercom.md.
//
// The oddest parts: first and last name are written but only a joined name is read; writing tags only adds; the answer
// to a search has four shapes; and a path without its last slash loses the call (section 1).
package usercom

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"couplet/internal/connector"
)

//go:embed spec.json
var specData []byte

var spec = connector.MustLoad(specData)

// Spec is the data that the connector is driven by.
func Spec() *connector.Spec { return spec }

// Connector talks to one workspace. It is safe for concurrent use.
type Connector struct {
	*Hooks
	client    *connector.Client
	acc       connector.Account
	token     func(context.Context) (string, error)
	issued    bool
	workspace string
	object    *connector.Object
	people    *kind
	firms     *kind
	// split is set once a contact was seen that shows first and last name, which most workspaces do not (6.1).
	split atomic.Bool
	// nameNeeded is set once an activity was changed only together with its name (section 8).
	nameNeeded atomic.Bool
}

// New makes a connector for the account whose Params hold subdomain: the word itself, or the address of the workspace
// (section 1).
func New(acc connector.Account, options ...Option) (*Connector, error) {
	hooks, err := NewHooks(options...)
	if err != nil {
		return nil, err
	}
	given := acc.Params["subdomain"]
	acc.Params, acc.BaseURL = locate(acc.Params, acc.BaseURL)
	client, err := connector.NewClient(spec, acc)
	if err != nil {
		return nil, err
	}
	object, _ := spec.Object("contact")
	c := &Connector{Hooks: hooks, client: client, acc: acc, token: acc.Token, issued: acc.Issued, workspace: acc.Params["subdomain"], object: object}
	c.people, c.firms = newKind("contact", "clientuser", "user"), newKind(companyObject, companyObject)
	if strings.Contains(given, ".") && acc.BaseURL != "" {
		c.workspace = client.Host() // a host of the customer's own
	}
	return c, nil
}

// locate understands a subdomain, a host and a whole address. A host of the customer's own becomes the address.
func locate(params map[string]string, base string) (map[string]string, string) {
	given := strings.ToLower(strings.TrimSpace(params["subdomain"]))
	if !strings.ContainsAny(given, "./:") {
		return map[string]string{"subdomain": given}, base
	}
	if !strings.Contains(given, "://") {
		given = "https://" + given
	}
	u, err := url.Parse(given)
	if err != nil || u.Hostname() == "" {
		return params, base
	}
	word, own := strings.CutSuffix(u.Hostname(), ".user.com")
	if own {
		return map[string]string{"subdomain": word}, base
	}
	if base == "" {
		base = "https://" + u.Host + "/api/public"
	}
	word, _, _ = strings.Cut(u.Hostname(), ".")
	return map[string]string{"subdomain": word}, base
}

// Spec implements connector.Connector.
func (c *Connector) Spec() *connector.Spec { return spec }

// only refuses objects that this connector does not keep. Tasks, notes and companies are told apart before.
func only(object string) error {
	if object == "contact" {
		return nil
	}
	return &connector.Error{Kind: connector.Invalid, Message: "Couplet does not sync this kind of record with " + spec.Name + " yet."}
}

// isChild reports whether an object lies on a shelf (shelf.go).
func isChild(object string) bool { return object == "task" || object == "note" }

// personPattern is personPath without an id, by which calls are counted.
const personPattern = "/users/{id}/"

// personPath ends in a slash, as every path must (section 1).
func personPath(id string) string { return "/users/" + escaped(id) + "/" }

func escaped(id string) string { return url.PathEscape(id) }

// Get reads one record (6.3, 8).
func (c *Connector) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	if isChild(ref.Object) {
		rec, _, err := c.getChild(ctx, ref)
		return rec, err
	}
	if ref.Object == companyObject {
		rec, _, err := c.readCompany(ctx, ref.ID)
		return rec, err
	}
	if err := only(ref.Object); err != nil {
		return connector.Record{}, err
	}
	return c.get(ctx, ref.ID)
}

func (c *Connector) get(ctx context.Context, id string, asked ...string) (connector.Record, error) {
	cat, err := c.catalog(ctx, c.people, asked)
	if err != nil {
		return connector.Record{}, err
	}
	var out person
	_, err = c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: personPath(id), Pattern: personPattern, Out: &out})
	if err != nil {
		return connector.Record{}, err
	}
	if out.id() == "" {
		return connector.Record{}, &connector.Error{Kind: connector.Temporary, Status: http.StatusOK,
			Message: spec.Name + " answered without the person. Couplet tries again later."}
	}
	return c.record(out, cat, asked), nil
}

// Delete removes a record. One that is gone is a success (6.3).
func (c *Connector) Delete(ctx context.Context, ref connector.Ref) error {
	if isChild(ref.Object) {
		return c.deleteChild(ctx, ref)
	}
	if ref.Object == companyObject {
		return c.deleteCompany(ctx, ref.ID)
	}
	if err := only(ref.Object); err != nil {
		return err
	}
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodDelete, Path: personPath(ref.ID), Pattern: personPattern, Write: true})
	if connector.KindOf(err) == connector.NotFound {
		return nil
	}
	return err
}
