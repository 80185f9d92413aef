package highlevel

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

var locationTokenForm = dto{"companyId": must(text), "locationId": must(text)}

// postLocationToken is POST /oauth/locationToken: an agency's token is turned into
// one for a location where the app is installed (section 3.4; 201 is measured). It
// may do oauth.readonly and oauth.write besides [M].
func (c *CRM) postLocationToken(q *call) (int, any, *apiError) {
	if err := locationTokenForm.validate(q.body); err != nil {
		return 0, nil, err
	}
	a := c.agency
	id := q.body["locationId"].(string)
	if q.body["companyId"] != a.companyID {
		return 0, nil, fail(http.StatusForbidden, "The token does not have access to this company.") // text [U]
	}
	if a.at(id) == nil {
		return 0, nil, fail(http.StatusForbidden, "The token does not have access to this location.")
	}
	if _, ok := a.installed(id); !ok {
		return 0, nil, badRequest("Location is not active") // the text is measured (section 3.3), the cause is [U]
	}
	scopes := slices.Clone(q.token.Scopes)
	for _, one := range []string{oauthRead, oauthWrite} {
		if !slices.Contains(scopes, one) {
			scopes = append(scopes, one)
		}
	}
	g := grant{Client: q.token.ClientID, Class: LocationClass, Account: id, Scopes: scopes}
	pair := a.pair(g)
	refresh := pair.Refresh
	if a.o.NoLocationRefresh {
		refresh = ""
	}
	a.grants.AddRefresh(refresh, pair.Grant)
	out := map[string]any{
		"access_token": pair.Grant.Access, "token_type": "Bearer", "expires_in": int64(a.o.AccessLife / time.Second),
		"scope": strings.Join(scopes, " "), "userType": LocationClass, "companyId": a.companyID, "locationId": id,
		"planId": planID, "userId": a.personID, "appId": c.App().VersionID, "versionId": c.App().VersionID,
		"traceId": a.ids.UUID(),
	}
	if refresh != "" {
		out["refresh_token"] = refresh // since May 2026
	}
	return http.StatusCreated, out, nil
}

// getInstalledLocations is GET /oauth/installedLocations (section 3.4). Its rows
// have _id, and all locations are in it unless isInstalled is asked for [U].
func (c *CRM) getInstalledLocations(q *call) (int, any, *apiError) {
	query, a := q.URL.Query(), c.agency
	var missing []string
	for _, name := range []string{"companyId", "appId"} {
		if query.Get(name) == "" {
			missing = append(missing, name+" must be a string")
		}
	}
	if missing != nil {
		return 0, nil, invalid(missing...)
	}
	if query.Get("companyId") != a.companyID {
		return 0, nil, fail(http.StatusForbidden, "The token does not have access to this company.") // text [U]
	}
	version := c.App().VersionID
	skip, err := queryNumber(query.Get("skip"), 0, "skip")
	if err != nil {
		return 0, nil, err
	}
	limit, err := queryNumber(query.Get("limit"), 20, "limit")
	if err != nil {
		return 0, nil, err
	}
	found := []map[string]any{}
	for _, one := range c.Locations() {
		at, yes := a.installed(one.ID)
		yes = yes && query.Get("appId") == version
		wanted := query.Get("isInstalled")
		if wanted != "" && (wanted == "true") != yes || query.Get("locationId") != "" && query.Get("locationId") != one.ID ||
			!strings.Contains(strings.ToLower(one.Name), strings.ToLower(query.Get("query"))) {
			continue
		}
		row := map[string]any{"_id": one.ID, "name": one.Name, "address": one.Address, "isInstalled": yes}
		if yes {
			row["versionId"], row["installedAt"] = version, at
		}
		found = append(found, row)
	}
	count := len(found)
	found = found[min(max(skip, 0), count):]
	a.mu.Lock()
	everywhere := a.installs[""] != nil
	a.mu.Unlock()
	return http.StatusOK, map[string]any{
		"locations": found[:min(max(limit, 0), len(found))], "count": count, "installToFutureLocations": everywhere,
	}, nil
}

// postReconnect is gone since 2025 (section 3.3 [M #333]).
func (c *CRM) postReconnect(*call) (int, any, *apiError) {
	return 0, nil, badRequest("API endpoint has been removed")
}
