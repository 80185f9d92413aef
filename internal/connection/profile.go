package connection

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"couplet/internal/connector"
)

// registry finds the app that a workspace uses for a system, with its secret. The service and the pool share it.
type registry struct {
	memory Memory
	sealer *Sealer
	apps   map[string]Client
}

// sealedApp is the secret of an app as it is sealed, with the only address that it may go to.
type sealedApp struct {
	Secret   string `json:"secret"`
	TokenURL string `json:"token_url"`
}

// app returns the app of a workspace, else that of the installation, with its secret. What its own leaves out of
// addresses and manners is taken from the installation's, and then from the spec. The secret is "" when the address that
// it was sealed for is no longer the app's.
func (r registry) app(ctx context.Context, workspace string, spec *connector.Spec) (App, string, error) {
	house := r.apps[spec.ID]
	house.System, house.Installation, house.HasSecret = spec.ID, true, house.Secret != ""
	own, sealed, ok, err := r.memory.AppOf(ctx, workspace, spec.ID)
	if err != nil || !ok {
		return house.App, house.Secret, err
	}
	full := own
	full.under(house.App)
	var opened sealedApp
	if len(sealed) > 0 {
		owner, kind := AppSeal(spec.ID)
		if err := unseal(r.sealer, workspace, owner, kind, sealed, &opened); err != nil {
			full.HasSecret = false
			return full, "", &connector.Error{Kind: connector.Config, Err: err, Message: "The secret of the app for " + spec.Name + " cannot be read: " + err.Error() + "."}
		}
	}
	if opened.TokenURL != full.tokenURL(spec) {
		opened.Secret = ""
	}
	full.HasSecret = opened.Secret != ""
	return full, opened.Secret, nil
}

// under fills in what the app leaves out. The client and what belongs to it is never mixed.
func (a *App) under(house App) {
	if a.InstallLink == "" {
		a.AuthorizeURL = or(a.AuthorizeURL, house.AuthorizeURL)
	}
	a.TokenURL = or(a.TokenURL, house.TokenURL)
	a.HeaderWord = or(a.HeaderWord, house.HeaderWord)
	a.PKCE = or(a.PKCE, house.PKCE)
	if len(a.Scopes) == 0 {
		a.Scopes = house.Scopes
	}
}

func or(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

// tokenURL and authorizeURL are where the app leads, params not filled in.
func (a App) tokenURL(spec *connector.Spec) string {
	if a.TokenURL == "" && spec.OAuth != nil {
		return spec.OAuth.TokenURL
	}
	return a.TokenURL
}

func (a App) authorizeURL(spec *connector.Spec) string {
	switch {
	case a.InstallLink != "":
		return a.InstallLink
	case a.AuthorizeURL == "" && spec.OAuth != nil:
		return spec.OAuth.AuthorizeURL
	}
	return a.AuthorizeURL
}

// clientID is the app's own, or that of its install link.
func (a App) clientID() string {
	if a.ClientID != "" {
		return a.ClientID
	}
	u, err := url.Parse(a.InstallLink)
	if err != nil {
		return ""
	}
	return u.Query().Get("client_id")
}

// proves reports whether a proof key (PKCE) is used.
func (a App) proves(spec *connector.Spec) bool {
	return a.PKCE == "on" || a.PKCE == "" && spec.OAuth.PKCE
}

// scopes are those to ask for: the app's own words, or the spec's for the needs. Of a system that publishes no consent
// nobody knows which words it has.
func (a App) scopes(spec *connector.Spec, needs []connector.Need) []string {
	if len(a.Scopes) > 0 {
		return a.Scopes
	}
	if spec.OAuth.Undocumented {
		return nil
	}
	var names []string
	for _, scope := range spec.ScopesFor(needs...) {
		names = append(names, scope.Name)
	}
	return names
}

// lacks says in a sentence what an app needs before a person can be asked to agree, "" when it is complete.
func (a App) lacks(spec *connector.Spec) string {
	var what []string
	if a.clientID() == "" {
		what = append(what, "client ID")
	}
	if !a.HasSecret {
		what = append(what, "client secret")
	}
	if a.authorizeURL(spec) == "" {
		what = append(what, "authorize address")
	}
	if a.tokenURL(spec) == "" {
		what = append(what, "token address")
	}
	switch {
	case spec.OAuth == nil:
		return spec.Name + " is connected by a key."
	case len(what) == 0:
		return ""
	case a.clientID() == "" && spec.OAuth.Undocumented:
		return spec.OAuth.Help
	case a.clientID() == "":
		return "Nobody has registered an app with " + spec.Name + " for this installation yet. Register one and set its client ID and client secret, or connect with a key."
	}
	return "The app for " + spec.Name + " is not complete: its " + strings.Join(what, " and its ") + " must be given (again)."
}

// problem says in a sentence what is wrong with an app that a person gives.
func (a App) problem(spec *connector.Spec, allow []string) string {
	if spec.OAuth == nil {
		return spec.Name + " is connected by a key and takes no app."
	}
	examples := map[string]string{}
	for _, p := range spec.Params {
		examples[p.Name] = p.Example
	}
	for what, address := range map[string]string{"install link": a.InstallLink, "authorize address": a.AuthorizeURL, "token address": a.TokenURL} {
		if address, _ = filled(address, spec, examples); address != "" {
			if why := badAddress(address, allow); why != "" {
				return fmt.Sprintf("The %s %s", what, why)
			}
		}
	}
	if strings.ContainsAny(a.TokenURL, "?#") {
		return "The token address may not have a query. Give the address alone."
	}
	if a.InstallLink != "" {
		u, _ := url.Parse(a.InstallLink)
		if in := u.Query().Get("client_id"); in == "" || a.ClientID != "" && in != a.ClientID {
			return "The install link must hold the client ID of this app. Copy it again from the place where the app is registered."
		}
	}
	switch {
	case a.clientID() == "":
		return "The client ID is missing. Copy it from the place where the app is registered."
	case !slices.Contains([]string{"", "on", "off"}, a.PKCE):
		return "PKCE is on or off."
	case strings.ContainsFunc(a.HeaderWord, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' }):
		return "The word before the key is one word of letters, such as Bearer or Token."
	}
	return ""
}

// badAddress says why an address may not be used, "" when it may.
func badAddress(address string, allow []string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return "is not a web address. It must begin with https:// and hold no password."
	case u.Scheme == "http" && !slices.Contains(allow, hostPort(u)):
		return "must begin with https://, or the key would be sent in the open. If " + hostPort(u) + " is this machine, start Couplet with COUPLET_ALLOW_PRIVATE_HOSTS=" + hostPort(u) + "."
	}
	return ""
}

// filled puts the params of an account into an address.
func filled(address string, spec *connector.Spec, params map[string]string) (string, error) {
	for _, p := range spec.Params {
		if !strings.Contains(address, "{"+p.Name+"}") {
			continue
		}
		if !p.Matches(params[p.Name]) {
			return "", &connector.Error{Kind: connector.Config, Fields: []string{p.Name}, Message: "The " + p.Label + " of " + spec.Name +
				" is missing or not in the right form. It looks like " + p.Example + "."}
		}
		address = strings.ReplaceAll(address, "{"+p.Name+"}", params[p.Name])
	}
	return address, nil
}

// issuer makes the issuer of an app for an account.
func (a App) issuer(spec *connector.Spec, secret string, params map[string]string, base issuer) (issuer, error) {
	address, err := filled(a.tokenURL(spec), spec, params)
	base.spec, base.client, base.secret, base.tokenURL = spec, a.clientID(), secret, address
	return base, err
}

// ahead is how long before its end a token of the system is renewed.
func ahead(spec *connector.Spec) time.Duration {
	if spec.OAuth == nil || spec.OAuth.RefreshAhead <= 0 {
		return 5 * time.Minute
	}
	return time.Duration(spec.OAuth.RefreshAhead)
}
