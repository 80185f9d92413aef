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

// accessLife is how long an access token lives, in milliseconds (section 3.3: expires_in 86399).
const accessLife = 86_399_000

// Issue makes a token valid. Empty parts are filled in: a value, the location or
// company of the sandbox, the expiry of an access token.
func (c *CRM) Issue(t Token) Token {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Value == "" {
		t.Value = "eyJ" + c.ids.AlphaNum(120)
	}
	if t.CompanyID == "" {
		t.CompanyID = c.location.CompanyID
	}
	if t.LocationID == "" && t.Class == LocationClass {
		t.LocationID = c.location.ID
	}
	if t.Kind == Access && t.Expires == 0 {
		t.Expires = stampOf(c.now()) + accessLife
	}
	c.tokens[t.Value] = &t
	return t
}

// Token is the first private integration token that is still good.
func (c *CRM) Token() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var good []string
	for _, t := range c.tokens {
		if t.Kind == PIT && !t.Revoked {
			good = append(good, t.Value)
		}
	}
	slices.Sort(good)
	return strings.Join(good[:min(1, len(good))], "")
}

// Revoke kills a token and says whether it was known.
func (c *CRM) Revoke(value string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tokens[value]
	if t == nil {
		return false
	}
	t.Revoked = true
	return true
}

// bearer finds the token of a request and what its calls are counted under.
func (c *CRM) bearer(r *http.Request) (t Token, known bool, key string) {
	value, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.tokens[value]
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
	if t.Class != LocationClass && !route.agency {
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
	if id != c.location.ID || t.Class == LocationClass && id != t.LocationID {
		return fail(http.StatusForbidden, "The token does not have access to this location.")
	}
	return nil
}
