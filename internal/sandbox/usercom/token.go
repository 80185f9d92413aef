package usercom

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"couplet/internal/sandbox/kit"
)

// Scope is what a key may do: section 1's "API Shield". Scopes are per key,
// never per resource.
type Scope string

// The scope settings of section 1. The name of the third is UNVERIFIED.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
	ScopeBoth  Scope = "both"
)

// Token is an API key with its shield (section 1).
type Token struct {
	Value string   `json:"value"`
	Scope Scope    `json:"scope"`
	IPs   []string `json:"ips,omitempty"` // callers allowed; empty allows all

	OAuth   bool  `json:"oauth,omitempty"`   // follows the word Bearer (oauth.go)
	Expires int64 `json:"expires,omitempty"` // unix microseconds, 0 for never
}

// AddToken makes a further key (section 1).
func (c *CRM) AddToken(t Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[t.Value] = t
}

// Revoke makes a key unknown from now on: 401, section 5. A refresh token too.
func (c *CRM) Revoke(token string) {
	c.grants.Drop(func(value string, _ kit.Grant) bool { return value == token })
	c.forget(token)
}

func (c *CRM) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tokens, token)
}

// authorize checks the header of section 1 (`Token` before keys, and `Bearer` only
// before the tokens of the undocumented OAuth) and the shield; the statuses and bodies are section 5's. That a wrong scope or IP is a
// 403 is UNVERIFIED.
func (c *CRM) authorize(r *http.Request) *Problem {
	word, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	bearer := strings.EqualFold(word, "Bearer") && (c.opts.Bearer || c.opts.ClientID != "")
	if !bearer && !strings.EqualFold(word, "Token") {
		return detail(http.StatusUnauthorized, "Authentication credentials were not provided.")
	}
	c.mu.RLock()
	token, known := c.tokens[strings.TrimSpace(value)]
	c.mu.RUnlock()
	known = known && (token.OAuth == bearer || bearer && c.opts.Bearer)
	if known && token.OAuth && c.opts.Faults.Hit(kit.Revoke) {
		c.forget(token.Value)
		known = false
	}
	if !known || token.Expires != 0 && token.Expires <= c.opts.Clock.Now().UnixMicro() {
		return detail(http.StatusUnauthorized, "Invalid token.")
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	allowed := token.Scope == ScopeBoth || reads && token.Scope == ScopeRead || !reads && token.Scope == ScopeWrite
	if len(token.IPs) > 0 {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		allowed = allowed && slices.Contains(token.IPs, host)
	}
	if !allowed {
		return detail(http.StatusForbidden, "You do not have permission to perform this action.")
	}
	return nil
}
