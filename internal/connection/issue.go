package connection

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"couplet/internal/connector"
)

// issuer gets tokens from a system. It makes one call per method and stores nothing: the library's own clients and token
// sources would refresh by themselves, keep tokens in memory only, and cannot send what some systems want with a refresh.
type issuer struct {
	spec     *connector.Spec
	http     *http.Client
	now      func() time.Time
	client   string
	secret   string
	tokenURL string
}

// tokenPatience is how long one call to a token address may take: several must fit into the time in which a system lets a
// refresh be repeated.
const tokenPatience = 8 * time.Second

// errLost marks an error after which nobody knows whether the system has answered: the call may be repeated, and for a
// refresh must be.
var errLost = errors.New("the answer was lost")

// exchange turns a code into a token answer.
func (i issuer) exchange(ctx context.Context, code, redirect, verifier string) (map[string]any, error) {
	config := oauth2.Config{ClientID: i.client, ClientSecret: i.secret, RedirectURL: redirect,
		Endpoint: oauth2.Endpoint{TokenURL: i.tokenURL, AuthStyle: oauth2.AuthStyleInParams}}
	var options []oauth2.AuthCodeOption
	for name, value := range i.spec.OAuth.TokenParams {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	if verifier != "" {
		options = append(options, oauth2.VerifierOption(verifier))
	}
	return i.answer(ctx, func(ctx context.Context) (*oauth2.Token, error) { return config.Exchange(ctx, code, options...) })
}

// refresh turns a refresh token into a token answer.
func (i issuer) refresh(ctx context.Context, token string, params map[string]string) (map[string]any, error) {
	return i.grant(ctx, "refresh_token", nil, map[string]string{"refresh_token": token}, params)
}

// own gets a token for the app itself.
func (i issuer) own(ctx context.Context, scopes []string, params map[string]string) (map[string]any, error) {
	return i.grant(ctx, "client_credentials", scopes, params)
}

// grant makes a call of any other grant. The library lets the word for the grant be replaced for this.
func (i issuer) grant(ctx context.Context, grant string, scopes []string, params ...map[string]string) (map[string]any, error) {
	form := url.Values{"grant_type": {grant}}
	for _, some := range params {
		for name, value := range some {
			form.Set(name, value)
		}
	}
	config := clientcredentials.Config{ClientID: i.client, ClientSecret: i.secret, TokenURL: i.tokenURL, Scopes: scopes,
		EndpointParams: form, AuthStyle: oauth2.AuthStyleInParams}
	return i.answer(ctx, config.Token)
}

func (i issuer) answer(ctx context.Context, call func(context.Context) (*oauth2.Token, error)) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	noted := &noted{base: i.http.Transport}
	client := *i.http
	client.Transport = noted
	token, err := call(context.WithValue(ctx, oauth2.HTTPClient, &client))
	if err != nil {
		return nil, i.refusal(err, noted)
	}
	return raw(token, i.spec.OAuth), nil
}

// noted remembers how far a call came, because the library's errors do not tell it.
type noted struct {
	base http.RoundTripper
	err  error
	res  *http.Response
}

// RoundTrip makes the call.
func (n *noted) RoundTrip(req *http.Request) (*http.Response, error) {
	base := n.base
	if base == nil {
		base = http.DefaultTransport
	}
	n.res, n.err = base.RoundTrip(req)
	return n.res, n.err
}

// refusal puts a failed call into words of our own: the library's repeat the whole answer, which may hold a token.
func (i issuer) refusal(err error, n *noted) *connector.Error {
	name := i.spec.Name
	var said *oauth2.RetrieveError
	errors.As(err, &said)
	switch {
	case n.err != nil:
		if e, ok := connector.AsError(n.err); ok { // of the guard, or of the handshake: nothing has left
			return e
		}
		if connector.NeverLeft(n.err) {
			return &connector.Error{Kind: connector.Temporary, Err: connector.ErrUnreachable,
				Message: name + " could not be reached to get a key. Couplet tries again later; if this lasts, check the token address of the app."}
		}
		return i.lost(0)
	case n.res == nil:
		return &connector.Error{Kind: connector.Config, Message: "The token address of the app for " + name + " is not a web address. Correct it in the settings of the app."}
	case n.res.StatusCode == http.StatusTooManyRequests:
		after, _ := connector.RetryAfter(n.res.Header, i.now())
		return &connector.Error{Kind: connector.RateLimited, Status: n.res.StatusCode, After: after,
			Message: name + " asks us to slow down (429). Couplet waits and goes on by itself."}
	case n.res.StatusCode >= 500, n.res.StatusCode == http.StatusRequestTimeout, n.res.StatusCode < 300 && (said == nil || said.ErrorCode == ""):
		return i.lost(n.res.StatusCode)
	case n.res.StatusCode >= 300 && n.res.StatusCode < 400:
		return &connector.Error{Kind: connector.Config, Status: n.res.StatusCode,
			Message: name + " sent us to another address instead of giving a key, which is never followed. Check the token address of the app."}
	case said != nil && (said.ErrorCode == "invalid_client" || said.ErrorCode == "unauthorized_client"):
		return &connector.Error{Kind: connector.Unauthorized, Status: n.res.StatusCode, Err: errClient,
			Message: name + " does not accept the client ID and secret of the app. Check them in the settings of the app, then connect again."}
	}
	return &connector.Error{Kind: connector.Unauthorized, Status: n.res.StatusCode, Message: name + " gave no key."}
}

// errClient marks a refusal of the app itself.
var errClient = errors.New("the app is not accepted")

func (i issuer) lost(status int) *connector.Error {
	return &connector.Error{Kind: connector.Temporary, Status: status, Err: errLost,
		Message: i.spec.Name + " did not answer whether it gives a key. Couplet tries again by itself."}
}

// raw is the token answer. What the library keeps apart is put back; the rest is what the spec asks for.
func raw(t *oauth2.Token, o *connector.OAuth) map[string]any {
	answer := map[string]any{"access_token": t.AccessToken, "refresh_token": t.RefreshToken,
		"scope": t.Extra("scope"), "expires_in": t.Extra("expires_in")}
	names := []string{}
	for key := range maps.Values(o.Account) {
		names = append(names, key)
	}
	for key := range o.Expect {
		names = append(names, key)
	}
	if o.Agency != nil {
		names = append(names, o.Agency.ID)
		for key := range o.Agency.Expect {
			names = append(names, key)
		}
	}
	for _, name := range names {
		answer[name] = t.Extra(name)
	}
	return answer
}

// fits reports whether a token answer has the values that are expected.
func fits(answer map[string]any, expect map[string]string) bool {
	for key, want := range expect {
		if !strings.EqualFold(text(answer[key]), want) {
			return false
		}
	}
	return true
}
