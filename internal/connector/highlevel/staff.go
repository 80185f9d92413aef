package highlevel

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"couplet/internal/connector"
)

// Owners lists the users of the location. This list is deprecated, but it is the one that a location's key needs no
// company for (7.4).
func (c *Connector) Owners(ctx context.Context) ([]connector.Owner, error) {
	var out struct {
		Users []struct {
			ID        string `json:"id"`
			Name      string `json:"name"`
			FirstName string `json:"firstName"`
			LastName  string `json:"lastName"`
			Email     string `json:"email"`
			Deleted   bool   `json:"deleted"`
		} `json:"users"`
	}
	_, err := c.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/users/", Query: url.Values{"locationId": {c.location}}, Out: &out, Scope: scopeUsers})
	if err != nil {
		return nil, err
	}
	var owners []connector.Owner
	for _, u := range out.Users {
		if u.ID != "" && !u.Deleted {
			owners = append(owners, connector.Owner{ID: u.ID, Name: first(u.Name, strings.TrimSpace(u.FirstName+" "+u.LastName)), Email: u.Email})
		}
	}
	return owners, nil
}
