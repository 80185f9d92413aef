package highlevel

import (
	"net/http"
	"slices"
	"strings"

	"couplet/internal/sandbox/kit"
)

// Kinds and classes of tokens (sections 3.2, 3.5).
const (
	PIT    = "pit"    // static private integration token
	Access = "access" // OAuth access token: expires

	LocationClass = "Location"
	CompanyClass  = "Company"
)

// Token is one bearer credential.
type Token struct {
	Value      string   `json:"value"`
	Kind       string   `json:"kind"`
	Class      string   `json:"class"`
	ClientID   string   `json:"clientId,omitempty"`
	CompanyID  string   `json:"companyId"`
	LocationID string   `json:"locationId,omitempty"` // only of class Location
	Scopes     []string `json:"scopes"`
	Expires    Stamp    `json:"expires,omitempty"` // 0: never
	Revoked    bool     `json:"revoked,omitempty"`
}

// Issue makes a token valid. Empty parts are filled in: a value, the location or
// company of the sandbox, the expiry of an access token.
func (c *CRM) Issue(t Token) Token {
	a := c.agency
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.Value == "" {
		t.Value = "eyJ" + a.ids.AlphaNum(120)
	}
	if t.CompanyID == "" {
		t.CompanyID = c.location.CompanyID
	}
	if t.LocationID == "" && t.Class == LocationClass {
		t.LocationID = c.location.ID
	}
	if t.Kind == Access && t.Expires == 0 {
		t.Expires = stampOf(c.now().Add(a.o.AccessLife))
	}
	a.tokens[t.Value] = &t
	return t
}

// Token is the first private integration token of the location that is still good.
func (c *CRM) Token() string {
	good := c.keys()
	return strings.Join(good[:min(1, len(good))], "")
}

// keys are the location's private integration tokens that are still good.
func (c *CRM) keys() []string {
	a := c.agency
	a.mu.Lock()
	defer a.mu.Unlock()
	var good []string
	for _, t := range a.tokens {
		if t.Kind == PIT && !t.Revoked && t.LocationID == c.location.ID {
			good = append(good, t.Value)
		}
	}
	slices.Sort(good)
	return good
}

// Revoke kills a token, also a refresh token, and says whether it was known.
func (c *CRM) Revoke(value string) bool {
	return c.agency.kill(value) || c.agency.grants.Drop(func(known string, _ grant) bool { return known == value }) > 0
}

func (a *agency) kill(value string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tokens[value]
	if t == nil {
		return false
	}
	t.Revoked = true
	return true
}

// bearer finds the token of a request and what its calls are counted under.
func (c *CRM) bearer(r *http.Request) (t Token, known bool, key string) {
	value, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a := c.agency
	a.mu.Lock()
	defer a.mu.Unlock()
	found := a.tokens[value]
	if found == nil {
		return Token{Value: value}, false, "unknown"
	}
	// The app's tokens share one allowance per location; a PIT has its own (section 10 [U]).
	key = found.ClientID + "|" + found.CompanyID + "|" + found.LocationID
	if found.Kind == PIT {
		key = found.Value
	}
	return *found, true, key
}

// admit checks version, token, class and scope in the order of section 13.1.
func (c *CRM) admit(r *http.Request, route *route, t Token, known bool) *apiError {
	switch version := r.Header.Get("Version"); version {
	case "2023-02-21", "2021-07-28", "2021-04-15", "legacy":
	case "":
		return bare(http.StatusUnauthorized, "version header was not found.")
	case "v3":
		return fail(http.StatusNotImplemented, "this sandbox does not model version v3")
	default:
		return badRequest("Invalid API version segment '%s' at position 0", version)
	}
	if known && t.Kind == Access && c.o.Faults.Hit(kit.Revoke) {
		c.Revoke(t.Value)
		t.Revoked = true
	}
	if !known || t.Revoked || t.Expires != 0 && t.Expires <= stampOf(c.now()) {
		if strings.HasPrefix(t.Value, "pit-") {
			return fail(http.StatusUnauthorized, "Invalid Private Integration token")
		}
		return fail(http.StatusUnauthorized, "Invalid JWT")
	}
	if t.Class == LocationClass && route.who == agencyOnly {
		return fail(http.StatusUnauthorized, "Token's user type mismatch!")
	}
	if t.Class != LocationClass && route.who == locationOnly {
		return fail(http.StatusForbidden, "This authClass type is not allowed to access this scope. "+
			"Please verify your IAM configuration if this is not the case.")
	}
	if !slices.Contains(t.Scopes, route.scope) {
		return fail(http.StatusUnauthorized, "The token is not authorized for this scope.")
	}
	return nil
}

// inLocation refuses a location that is not the token's (section 9).
func (c *CRM) inLocation(t Token, id string) *apiError {
	if c.At(id) == nil || t.Class == LocationClass && id != t.LocationID {
		return fail(http.StatusForbidden, "The token does not have access to this location.")
	}
	return nil
}
