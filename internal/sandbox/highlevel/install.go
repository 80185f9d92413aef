package highlevel

import (
	"maps"
	"slices"
)

// Install says that the app is installed in a location, or in the whole agency
// when LocationID is empty.
type Install struct {
	LocationID string   `json:"locationId,omitempty"`
	UserID     string   `json:"userId"`
	Scopes     []string `json:"scopes"`
	At         Stamp    `json:"at"`
}

// install remembers a consent and tells of it (section 11.6). Consenting again
// replaces the scopes and tells again [U].
func (a *agency) install(one Install) {
	a.mu.Lock()
	one.At = stampOf(a.now())
	a.installs[one.LocationID] = &one
	a.mu.Unlock()
	body := map[string]any{
		"type": "INSTALL", "installType": "Company", "companyId": a.companyID, "userId": one.UserID,
		"companyName": companyName, "isWhitelabelCompany": false, "whitelabelDetails": map[string]any{},
	}
	if one.LocationID != "" {
		body["installType"], body["locationId"] = LocationClass, one.LocationID
	}
	a.send(body)
}

// installed says when the app came to a location, by itself or with the agency.
func (a *agency) installed(locationID string) (Stamp, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range []string{locationID, ""} {
		if one := a.installs[id]; one != nil {
			return one.At, true
		}
	}
	return 0, false
}

// Installs lists where the app is installed, the agency first.
func (c *CRM) Installs() []Install {
	a := c.agency
	a.mu.Lock()
	defer a.mu.Unlock()
	all := []Install{}
	for _, id := range slices.Sorted(maps.Keys(a.installs)) {
		all = append(all, *a.installs[id])
	}
	return all
}

// RevokeApp kills every token of the app, access and refresh, and codes that wait.
// It returns how many were still good.
func (c *CRM) RevokeApp() int {
	return c.agency.revoke(func(string, string, string) bool { return true })
}

// Uninstall takes the app out of wherever it is: tokens die (section 11.6), and
// every install is told of.
func (c *CRM) Uninstall() int {
	killed := c.RevokeApp()
	for _, one := range c.Installs() {
		c.agency.remove(one.LocationID)
	}
	return killed
}

// uninstall takes the app out of one location.
func (a *agency) uninstall(locationID string) {
	a.revoke(func(_, _, account string) bool { return account == locationID })
	a.remove(locationID)
}

// remove forgets an install and tells of it.
func (a *agency) remove(locationID string) {
	a.mu.Lock()
	_, was := a.installs[locationID]
	delete(a.installs, locationID)
	a.mu.Unlock()
	if !was {
		return
	}
	body := map[string]any{"type": "UNINSTALL", "locationId": locationID}
	if locationID == "" {
		body = map[string]any{"type": "UNINSTALL", "companyId": a.companyID}
	}
	a.send(body)
}

// revoke kills the OAuth tokens that which says yes to, by value, class and
// location, and returns how many were still good.
func (a *agency) revoke(which func(value, class, account string) bool) int {
	killed := a.grants.Drop(func(value string, g grant) bool { return which(value, g.Class, g.Account) })
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.tokens {
		if t.Kind == Access && which(t.Value, t.Class, t.LocationID) && !t.Revoked {
			t.Revoked = true
			if t.Expires == 0 || t.Expires > stampOf(a.now()) {
				killed++
			}
		}
	}
	return killed
}
