package highlevel

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

type grant = kit.Grant

// oauthError is an answer of the token endpoint that is no success (section 3.3).
// Shapes other than that of a dead code are [U].
func oauthError(status int, code, description string) *apiError {
	return &apiError{status, map[string]any{"error": code, "error_description": description}}
}

func badClient() *apiError {
	return oauthError(http.StatusUnauthorized, "UnAuthorized!", "Invalid client credentials!")
}

// postToken is POST /oauth/token (section 3.2).
func (c *CRM) postToken(q *call) (int, any, *apiError) {
	maps.DeleteFunc(q.body, func(name string, _ any) bool { _, known := tokenForm[name]; return !known })
	if err := tokenForm.validate(q.body); err != nil {
		return 0, nil, err
	}
	field := func(name string) string { s, _ := q.body[name].(string); return s }
	a := c.agency
	client := func(g grant) error {
		if !a.knows(field("client_id"), field("client_secret")) || g.Client != field("client_id") {
			return badClient()
		}
		return nil
	}
	var answer json.RawMessage
	var err error
	switch field("grant_type") {
	case "authorization_code":
		// The code is looked at before the client (section 3.3 [M]).
		answer, err = a.grants.Redeem(field("code"), func(g grant) (kit.Issued, error) {
			if err := client(g); err != nil {
				return kit.Issued{}, err
			}
			if !a.sameRedirect(field("redirect_uri"), g.Redirect) {
				return kit.Issued{}, oauthError(http.StatusBadRequest, "invalid_grant", "redirect_uri does not match the one the code was given for")
			}
			return a.pair(g), nil
		})
		if errors.Is(err, kit.ErrNoGrant) {
			err = oauthError(http.StatusUnauthorized, "UnAuthorized!", "Authorization code not found")
		}
	case "refresh_token":
		answer, err = a.grants.Rotate(field("refresh_token"), client, func(g grant) (kit.Issued, error) {
			if !a.o.OldAccessLives {
				a.kill(g.Access) // the old pair dies as a pair (section 3.3)
			}
			return a.pair(g), nil
		})
		if errors.Is(err, kit.ErrNoGrant) {
			err = oauthError(http.StatusBadRequest, "invalid_grant", "This refresh token is invalid") // [U]
		}
	case "client_credentials":
		answer, err = a.ownToken(client, field("client_id"), field("user_type"))
	}
	if refused := (*apiError)(nil); errors.As(err, &refused) {
		return 0, nil, refused
	}
	return http.StatusOK, answer, nil
}

// tokenForm is GetAccessCodebodyDto of the vendor's document.
var tokenForm = dto{
	"client_id": must(text), "client_secret": must(text),
	"grant_type": must(oneOf("authorization_code", "refresh_token", "client_credentials")),
	"code":       text, "refresh_token": text, "redirect_uri": text, "user_type": oneOf(CompanyClass, LocationClass),
}

func (a *agency) knows(id, secret string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return id == a.app.ClientID && secret == a.app.ClientSecret
}

// sameRedirect: the address must be the code's; it may be left out when a single
// one is registered [U].
func (a *agency) sameRedirect(given, of string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return given == of || given == "" && len(a.redirects) == 1
}

// ownToken answers client_credentials, which is in the vendor's enumeration and
// described nowhere [U]: an agency token, or one of the first location when asked
// for, and no refresh token. Options.NoClientCredentials refuses it.
func (a *agency) ownToken(client func(grant) error, clientID, class string) (json.RawMessage, error) {
	g := grant{Client: clientID, Class: CompanyClass, Scopes: AllScopes()}
	if err := client(g); err != nil {
		return nil, err
	}
	if a.o.NoClientCredentials {
		return nil, oauthError(http.StatusBadRequest, "unsupported_grant_type", "Grant type is not supported")
	}
	if class == LocationClass {
		g.Class, g.Account = LocationClass, a.locations[0].location.ID
	}
	return encoded(a.answer(g, a.issue(g), "")), nil
}

// pair makes an access and a refresh token.
func (a *agency) pair(g grant) kit.Issued {
	access := a.issue(g)
	g.Access, g.Redirect, g.Challenge = access.Value, "", ""
	refresh := "eyJ" + a.ids.AlphaNum(160)
	return kit.Issued{Answer: encoded(a.answer(g, access, refresh)), Refresh: refresh, Grant: g}
}

// issue makes an access token, and forgets those that expired long ago.
func (a *agency) issue(g grant) Token {
	now := a.now()
	t := Token{
		Value: a.jwt(g, now), Kind: Access, Class: g.Class, ClientID: g.Client, CompanyID: a.companyID,
		LocationID: g.Account, Scopes: g.Scopes, Expires: stampOf(now.Add(a.o.AccessLife)),
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	long := stampOf(now.Add(-time.Hour))
	maps.DeleteFunc(a.tokens, func(_ string, old *Token) bool { return old.Kind == Access && old.Expires != 0 && old.Expires < long })
	a.tokens[t.Value] = &t
	return t
}

// jwt has the look and the payload of a real access token; its signature is made up
// (section 3.2, measured, not to be depended on).
func (a *agency) jwt(g grant, now time.Time) string {
	part := func(v any) string { return base64.RawURLEncoding.EncodeToString(encoded(v)) }
	id := g.Account
	if g.Class == CompanyClass {
		id = a.companyID
	}
	return part(map[string]any{"alg": "HS256", "typ": "JWT"}) + "." + part(map[string]any{
		"authClass": g.Class, "authClassId": id, "primaryAuthClassId": id, "source": "INTEGRATION",
		"sourceId": g.Client, "channel": "OAUTH", "iat": now.Unix(), "exp": now.Add(a.o.AccessLife).Unix(),
		"oauthMeta": map[string]any{"scopes": g.Scopes},
	}) + "." + a.ids.AlphaNum(43)
}

// answer is the body of section 3.2. An agency token has no locationId.
func (a *agency) answer(g grant, access Token, refresh string) map[string]any {
	out := map[string]any{
		"access_token": access.Value, "token_type": "Bearer", "expires_in": int64(a.o.AccessLife / time.Second),
		"scope": strings.Join(g.Scopes, " "), "userType": g.Class, "companyId": a.companyID, "userId": a.personID,
		"planId": planID, "isBulkInstallation": g.Class == CompanyClass, "traceId": a.ids.UUID(),
	}
	if refresh != "" {
		out["refresh_token"], out["refreshTokenId"] = refresh, a.ids.Hex(24)
	}
	if g.Class == LocationClass {
		out["locationId"] = g.Account
		return out
	}
	approved := []string{}
	for _, c := range a.locations {
		if _, ok := a.installed(c.location.ID); ok {
			approved = append(approved, c.location.ID)
		}
	}
	slices.Sort(approved)
	out["approvedLocations"], out["approveAllLocations"] = approved, true
	out["installToFutureLocations"] = true
	return out
}

// encoded is v as JSON; everything given to it can be.
func encoded(v any) json.RawMessage {
	raw, _ := json.Marshal(v)
	return raw
}
