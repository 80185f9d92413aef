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
	if err == nil {
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
		_, err := c.client.Do(ctx, connector.Request{
			Method: http.MethodPut, Path: contactPath(nobody), Pattern: contactPattern, Body: map[string]any{}, Write: true, Scope: scopeWrite,
		})
		if e, ok := connector.AsError(err); ok && e.Kind != connector.NotFound && e.Kind != connector.Invalid {
			return connector.Identity{}, c.explain(err)
		}
	}
	return who, nil
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
