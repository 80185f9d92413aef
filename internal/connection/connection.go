// Package connection holds the accounts that Couplet may act in: how each is reached, by which key, and how fast.
//
// A [Connection] is what is stored and shown. It never holds the secret: that lies sealed beside it ([Sealer]) and is
// opened for the moment of a call. A [Pool] makes connectors out of connections. All connectors of one connection in a
// process share one [Budget], so that a run, a webhook and a person on a page together stay under the vendor's limit,
// and all of them reach the network through one guarded client ([NewHTTP]) that cannot be talked into calling a
// private address.
//
// A [Service] is how accounts are connected: by consent in the browser ([Wish], [Pending]), by a pasted key ([GiveKey]),
// or as an app that acts for itself. Whatever the way, the account is named before anything is saved, and an account never
// changes inside a connection. Tokens that a system issued are renewed by the pool, once for all processes, stored before
// they are used (renew.go), and go only where they were issued for: their address, their app and the address of the API
// are sealed with them. When a system no longer takes a key, the connection's state says so once, and its flows hold.
package connection

import (
	"maps"
	"net/url"
	"strings"
	"time"

	"couplet/internal/connector"
)

// Connection is one account of one system. The secret is not part of it.
type Connection struct {
	ID        string `json:"id"`
	Workspace string `json:"-"`
	Name      string `json:"name"`
	System    string `json:"system"`
	// AuthKind is the kind of credential: [KindToken], [KindConsent] or [KindClient].
	AuthKind string `json:"auth_kind"`
	// Params name the account in the system's own terms.
	Params map[string]string `json:"params,omitempty"`
	// BaseURL replaces the vendor's address, "" for the vendor's own.
	BaseURL string `json:"base_url,omitempty"`
	// PerSecond is the allowance of this account where it is not the published one, 0 for the published one.
	PerSecond float64 `json:"per_second,omitempty"`
	// Settings are the choices that the system's API leaves open, by name; one that is absent has its default.
	Settings map[string]string `json:"settings,omitempty"`
	// Identity is whose account the credential turned out to be.
	Identity connector.Identity `json:"identity"`
	// Epoch counts the accounts that this connection has pointed at, from 1. What was learned in one epoch says nothing
	// about the next (sync-semantics 5.10).
	Epoch int   `json:"epoch"`
	State State `json:"state"`
	// Problem says in a sentence why the state is not OK.
	Problem   string    `json:"problem,omitempty"`
	CheckedAt time.Time `json:"checked_at,omitzero"`
}

// State says whether a connection can be used.
type State string

// The states. NeedsKey has no secret stored; Reconnect has one that the system no longer takes.
const (
	OK        State = "ok"
	NeedsKey  State = "needs_key"
	Reconnect State = "reconnect"
)

// The kinds of credential: a key that a person pasted, tokens that a person's consent gave, and the tokens that an app
// gets for itself.
const (
	KindToken   = "token"
	KindConsent = "oauth2"
	KindClient  = "client_credentials"
)

// SecretToken is the kind under which the key of a connection is sealed.
const SecretToken = "token"

// SameTarget reports whether a changed connection still sends its secret to the same place: same system, same host,
// same way of proving itself. Otherwise the stored secret must be discarded and given again, or whoever may edit a
// connection could have its key sent to a server of their own (cli.md, "The flow file"). spec is the system's; it
// knows the vendor's own address and which params are part of it.
func SameTarget(spec *connector.Spec, old, changed Connection) bool {
	return old.System == changed.System && old.AuthKind == changed.AuthKind &&
		target(spec, old) == target(spec, changed)
}

// SameAccount reports whether a changed connection still means the same account, so that what was learned about it
// stays true and its epoch with it. By which kind of key it is reached does not matter, and a param that the first consent
// tells may become known.
func SameAccount(spec *connector.Spec, old, changed Connection) bool {
	known := maps.Clone(changed.Params)
	maps.DeleteFunc(known, func(name, _ string) bool {
		return old.Identity.ID == "" && old.Params[name] == "" && spec.OAuth != nil && spec.OAuth.Account[name] != ""
	})
	return old.System == changed.System && target(spec, old) == target(spec, changed) && maps.Equal(old.Params, known)
}

// target is the address that calls go to, written in one way: case of the host, default port and last slash aside.
func target(spec *connector.Spec, c Connection) string {
	base := c.BaseURL
	if base == "" {
		base = spec.Base
		for name, value := range c.Params {
			base = strings.ReplaceAll(base, "{"+name+"}", value)
		}
	}
	return place(base)
}

// place is an address without its query, written in one way.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Scheme + "://" + hostPort(u) + strings.TrimRight(u.EscapedPath(), "/")
}

// hostPort is the host and port of an address, the port being the scheme's own where none is written.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
