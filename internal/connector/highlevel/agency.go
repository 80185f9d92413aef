package highlevel

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"couplet/internal/connector"
)

// agency turns the token of an agency (Company) into those of its sub-accounts (3.4).
type agency struct {
	client       *connector.Client
	company, app string
}

// NewAgency makes one of an account whose Token is an agency's. company is the agency's id, app that of the app.
func NewAgency(acc connector.Account, company, app string) (connector.Agency, error) {
	own := *spec
	own.Params = nil // an agency is no location
	client, err := connector.NewClient(&own, acc)
	if err != nil {
		return nil, err
	}
	return &agency{client: client, company: company, app: app}, nil
}

const (
	// agencyPage is the number of rows that is asked for at once; agencyMost is where listing ends.
	agencyPage, agencyMost = 100, 2000

	scopeInstalls = "oauth.readonly"
	scopeMint     = "oauth.write"
)

// Accounts lists the sub-accounts in which the app is installed. Rows have _id, not id (3.4).
func (a *agency) Accounts(ctx context.Context) ([]connector.Identity, error) {
	var all []connector.Identity
	for skip := 0; skip < agencyMost; {
		var out struct {
			Locations []struct {
				ID          string `json:"_id"`
				Name        string `json:"name"`
				IsInstalled *bool  `json:"isInstalled"`
			} `json:"locations"`
			Count int `json:"count"`
		}
		_, err := a.client.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/oauth/installedLocations", Out: &out, Scope: scopeInstalls,
			Query: url.Values{"companyId": {a.company}, "appId": {a.app}, "isInstalled": {"true"}, "skip": {strconv.Itoa(skip)}, "limit": {strconv.Itoa(agencyPage)}}})
		if err != nil {
			return nil, err
		}
		for _, l := range out.Locations {
			if l.ID != "" && (l.IsInstalled == nil || *l.IsInstalled) {
				all = append(all, connector.Identity{ID: l.ID, Name: first(l.Name, l.ID)})
			}
		}
		skip += len(out.Locations)
		if len(out.Locations) == 0 || skip >= out.Count {
			break
		}
	}
	return all, nil
}

// Grant mints a token for one sub-account. The answer is read as it is, because what else is in it varies (3.4).
func (a *agency) Grant(ctx context.Context, location string) (map[string]any, error) {
	var out map[string]any
	_, err := a.client.Do(ctx, connector.Request{Method: http.MethodPost, Path: "/oauth/locationToken", Out: &out, Scope: scopeMint,
		Form: url.Values{"companyId": {a.company}, "locationId": {location}}})
	if e, ok := connector.AsError(err); ok && e.Kind == connector.Forbidden && e.Status == http.StatusForbidden {
		e.Message = spec.Name + " gave no key for this sub-account, because the app is not installed there. Install it there, or pick another sub-account."
	}
	return out, err
}
