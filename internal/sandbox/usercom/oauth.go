package usercom

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"couplet/internal/sandbox/kit"
)

// What follows is an OAuth profile that the real service has NOT documented
// (section 1, "OAuth 2.0: plain statement"; section 13, point 14). It follows RFC
// 6749 and RFC 7636: code with PKCE S256, refresh tokens that are used once, client
// credentials. Its two scopes are the two halves of a key's shield. Nothing about
// the real service can be learned from it.
const (
	tokenPath = "/oauth/token"

	codeLife    = 10 * time.Minute
	accessLife  = time.Hour
	refreshLife = 365 * 24 * time.Hour
	grace       = 30 * time.Second // a refresh repeated in this time gets the same answer
)

// oauthScopes are all there are, in the order in which answers name them.
var oauthScopes = []string{"read", "write"}

// oauthError is an error of the token endpoint (RFC 6749, 5.2).
type oauthError struct {
	status            int
	code, description string
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

func badGrant(description string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_grant", description}
}

// serveToken is POST /oauth/token. The client names itself in the form or with
// HTTP's basic scheme.
func (c *CRM) serveToken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	raw, err := c.tokenAnswer(w, r)
	refused := (*oauthError)(nil)
	if errors.As(err, &refused) {
		if refused.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Basic")
		}
		raw = encode(map[string]string{"error": refused.code, "error_description": refused.description})
		send(w, reply{refused.status, raw})
		return
	}
	send(w, reply{http.StatusOK, raw})
}

func (c *CRM) tokenAnswer(w http.ResponseWriter, r *http.Request) (json.RawMessage, error) {
	if r.Method != http.MethodPost {
		return nil, &oauthError{http.StatusMethodNotAllowed, "invalid_request", "use POST"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil, &oauthError{http.StatusBadRequest, "invalid_request", "send a urlencoded form"}
	}
	form := r.PostForm
	id, ok := c.client(r)
	if !ok {
		return nil, &oauthError{http.StatusUnauthorized, "invalid_client", "unknown client_id or wrong client_secret"}
	}
	mine := func(g kit.Grant) error {
		if g.Client != id {
			return badGrant("it was given to another client")
		}
		return nil
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		raw, err := c.grants.Redeem(form.Get("code"), func(g kit.Grant) (kit.Issued, error) {
			if err := mine(g); err != nil {
				return kit.Issued{}, err
			}
			if form.Get("redirect_uri") != g.Redirect {
				return kit.Issued{}, badGrant("redirect_uri is not the one that the code was given for")
			}
			if !verifies(form.Get("code_verifier"), g.Challenge) {
				return kit.Issued{}, badGrant("code_verifier does not fit the code_challenge")
			}
			return c.pair(g), nil
		})
		return raw, worded(err, "the code is unknown, used or older than 10 minutes")
	case "refresh_token":
		raw, err := c.grants.Rotate(form.Get("refresh_token"), mine, func(g kit.Grant) (kit.Issued, error) {
			c.forget(g.Access)
			return c.pair(g), nil
		})
		return raw, worded(err, "the refresh token is unknown, used or expired")
	case "client_credentials":
		scopes, ok := scopesOf(form.Get("scope"), oauthScopes)
		if !ok {
			return nil, &oauthError{http.StatusBadRequest, "invalid_scope", "the scopes are read and write"}
		}
		g := kit.Grant{Client: id, Scopes: scopes}
		return c.tokenBody(g, c.access(g), ""), nil
	}
	return nil, &oauthError{http.StatusBadRequest, "unsupported_grant_type", "authorization_code, refresh_token or client_credentials"}
}

// worded words the refusal of a dead code or refresh token.
func worded(err error, text string) error {
	if errors.Is(err, kit.ErrNoGrant) {
		return badGrant(text)
	}
	return err
}

// client is who calls, when the secret is right.
func (c *CRM) client(r *http.Request) (id string, ok bool) {
	id, secret, basic := r.BasicAuth()
	if basic { // each half is urlencoded (RFC 6749, 2.3.1)
		for _, half := range []*string{&id, &secret} {
			if plain, err := url.QueryUnescape(*half); err == nil {
				*half = plain
			}
		}
	} else {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return id, id == c.opts.ClientID && subtle.ConstantTimeCompare([]byte(secret), []byte(c.opts.ClientSecret)) == 1
}

// verifies says whether a verifier is the one whose S256 challenge came before (RFC 7636, 4.6).
func verifies(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return verifier != "" && base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
}

// scopesOf reads a list of scopes; none given is fallback.
func scopesOf(given string, fallback []string) (scopes []string, ok bool) {
	asked := strings.Fields(given)
	if len(asked) == 0 {
		return fallback, true
	}
	for _, one := range asked {
		if !slices.Contains(oauthScopes, one) {
			return nil, false
		}
	}
	for _, one := range oauthScopes {
		if slices.Contains(asked, one) {
			scopes = append(scopes, one)
		}
	}
	return scopes, true
}

// shieldOf is the setting of a key that may do what the scopes say.
func shieldOf(scopes []string) Scope {
	if len(scopes) == len(oauthScopes) {
		return ScopeBoth
	}
	return Scope(scopes[0])
}

// pair makes an access and a refresh token.
func (c *CRM) pair(g kit.Grant) kit.Issued {
	access := c.access(g)
	g.Access, g.Redirect, g.Challenge = access, "", ""
	refresh := "ucr_" + c.ids.AlphaNum(60)
	return kit.Issued{Answer: c.tokenBody(g, access, refresh), Refresh: refresh, Grant: g}
}

// access makes an access token, and forgets those that expired long ago.
func (c *CRM) access(g kit.Grant) string {
	t := Token{
		Value: "uca_" + c.ids.AlphaNum(60), Scope: shieldOf(g.Scopes), OAuth: true,
		Expires: c.opts.Clock.Now().Add(c.opts.AccessLife).UnixMicro(),
	}
	long := t.Expires - (c.opts.AccessLife + time.Hour).Microseconds()
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.tokens, func(_ string, old Token) bool { return old.OAuth && old.Expires < long })
	c.tokens[t.Value] = t
	return t.Value
}

func (c *CRM) tokenBody(g kit.Grant, access, refresh string) json.RawMessage {
	body := map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int64(c.opts.AccessLife / time.Second),
		"scope": strings.Join(g.Scopes, " "), "subdomain": c.Subdomain(),
	}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return encode(body)
}

// RevokeApp kills every token of the OAuth app and returns how many were still good.
func (c *CRM) RevokeApp() int {
	killed := c.grants.Drop(func(string, kit.Grant) bool { return true })
	now := c.opts.Clock.Now().UnixMicro()
	c.mu.Lock()
	defer c.mu.Unlock()
	for value, t := range c.tokens {
		if t.OAuth {
			delete(c.tokens, value)
			if t.Expires > now {
				killed++
			}
		}
	}
	return killed
}

// Redirects are the addresses registered for the app; none accepts any https or
// loopback address.
func (c *CRM) Redirects() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.redirects)
}

// SetRedirects registers addresses instead of those there are.
func (c *CRM) SetRedirects(uris []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.redirects = slices.Clone(uris)
}
