package highlevel

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"couplet/internal/connector"
)

// nobody is the id of a contact that does not exist, for the write that changes nothing.
const nobody = "CoupletWriteProbe000"

// Check tries the credential: the location's own record (7.6), one search row, and if write is true an empty change of
// a contact that does not exist. The system looks at the scope before it looks for the contact (13.1), so "not found"
// proves that the key may write, and nothing is touched.
func (c *Connector) Check(ctx context.Context, write bool) (connector.Identity, error) {
	key, err := c.token(ctx)
	if err == nil && !c.issued {
		err = spec.CheckKey(key)
	}
	if err != nil {
		return connector.Identity{}, err
	}
	var out struct {
		Location struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			Country  string `json:"country"`
			Timezone string `json:"timezone"`
		} `json:"location"`
	}
	_, err = c.client.Do(ctx, connector.Request{
		Method: http.MethodGet, Path: "/locations/" + url.PathEscape(c.location), Pattern: "/locations/{locationId}", Out: &out, Scope: scopeLocation,
	})
	if err != nil {
		return connector.Identity{}, c.explain(err)
	}
	who := connector.Identity{ID: out.Location.ID, Name: out.Location.Name, Region: out.Location.Country, Zone: out.Location.Timezone}
	if who.ID != c.location {
		return connector.Identity{}, &connector.Error{Kind: connector.Forbidden,
			Message: spec.Name + " answered for another location than the one that was asked for. Check the Location ID."}
	}
	if _, _, _, err := c.find(ctx, map[string]any{"locationId": c.location, "pageLimit": 1}); err != nil {
		return connector.Identity{}, c.explain(err)
	}
	if write {
		if err := c.mayWrite(ctx); err != nil {
			return connector.Identity{}, c.explain(err)
		}
	}
	return who, nil
}

// mayWrite is nil when the key may write contacts.
func (c *Connector) mayWrite(ctx context.Context) error {
	return c.harmless(ctx, contactPath(nobody), contactPattern, scopeWrite)
}

// harmless makes an empty change of something that does not exist. nil means that the key has the scope.
func (c *Connector) harmless(ctx context.Context, path, pattern, scope string) error {
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodPut, Path: path, Pattern: pattern, Body: map[string]any{}, Write: true, Scope: scope})
	if e, ok := connector.AsError(err); ok && (e.Kind == connector.NotFound || e.Kind == connector.Invalid) {
		return nil
	}
	return err
}

// Probe finds out which of the scopes that a sync may need the key has, one cheap call for each (3.5: nothing lists the
// scopes of a private integration). Only a refusal for the lack of a scope counts as one.
func (c *Connector) Probe(ctx context.Context) ([]string, error) {
	location := "/locations/" + url.PathEscape(c.location)
	read := func(path, pattern, scope string) func() error {
		return func() error {
			_, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: path, Pattern: pattern, Scope: scope})
			return err
		}
	}
	var has []string
	for _, one := range []struct {
		scope string
		try   func() error
	}{
		{scopeLocation, read(location, "/locations/{locationId}", scopeLocation)},
		{scopeRead, func() error {
			_, _, _, err := c.find(ctx, map[string]any{"locationId": c.location, "pageLimit": 1})
			return err
		}},
		{scopeFieldsRead, read(location+"/customFields", fieldsPattern, scopeFieldsRead)},
		{scopeWrite, func() error { return c.mayWrite(ctx) }},
		{scopeFieldsWrite, func() error {
			return c.harmless(ctx, location+"/customFields/"+nobody, fieldsPattern+"/{id}", scopeFieldsWrite)
		}},
		{scopeTasks, func() error {
			_, _, err := c.searchTasks(ctx, 0, 1)
			return err
		}},
		{scopeUsers, func() error {
			_, err := c.Owners(ctx)
			return err
		}},
		{scopeCompanies, func() error {
			_, _, err := c.listCompanies(ctx, 0, 1)
			return err
		}},
		{scopeCompaniesWrite, func() error {
			return c.harmless(ctx, "/businesses/"+nobody, companyPattern, scopeCompaniesWrite)
		}},
	} {
		err := one.try()
		switch connector.KindOf(err) {
		case "", connector.NotFound:
			has = append(has, one.scope)
		case connector.Forbidden:
		default:
			return nil, c.explain(err)
		}
	}
	return has, nil
}

// explain turns errors of a first try into what they mean then: an address at which nothing answers is a wrong one,
// and a location that is not found is a wrong Location ID.
func (c *Connector) explain(err error) error {
	e, ok := connector.AsError(err)
	if !ok {
		return err
	}
	switch {
	case errors.Is(e, connector.ErrUnreachable):
		e.Kind = connector.Config
	case e.Kind == connector.NotFound || e.Kind == connector.Invalid:
		e.Kind = connector.Config
		e.Message = spec.Name + " does not know this Location ID. Copy it again from the address of the sub-account, after /location/."
	}
	return e
}
