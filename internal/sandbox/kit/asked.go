package kit

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Asked is what an app asks for in the address to which it sends a person for consent (RFC 6749, section 4.1.1).
type Asked struct {
	Client, Redirect, State string
	Scopes                  []string // as far as they are known
	names                   []string // of the parameters that pass through the steps of the page
	values                  url.Values
}

// ReadAsked takes the named parameters of a request, of its address or its form.
func ReadAsked(r *http.Request, names []string) Asked {
	_ = r.ParseForm()
	q := Asked{names: names, values: url.Values{}}
	for _, name := range names {
		if v := r.Form.Get(name); v != "" {
			q.values.Set(name, v)
		}
	}
	q.Client, q.Redirect, q.State = q.Get("client_id"), q.Get("redirect_uri"), q.Get("state")
	return q
}

// Check holds the app and its address against what is known. What is wrong with these two cannot be told to the app by
// a redirect, so it is a page.
func (q Asked) Check(client string, redirects []string) *Refused {
	if q.Client != client {
		return Unasked("This app is not known here", "No app has the client ID “"+q.Client+"”.",
			"Give the app the client ID that the sandbox printed when it started, and begin again from the app.")
	}
	if err := CheckRedirect(q.Redirect, redirects); err != nil {
		return Unasked("The app cannot be sent an answer", Sentence(err),
			"Register the address for the app, or correct it in the app, and begin again from there.")
	}
	if kind := q.Get("response_type"); kind != "code" {
		return Unasked("The app asks in a way that is not supported", "response_type is “"+kind+"”, and only code is known.",
			"Correct the address that the app sends people to.")
	}
	return nil
}

// Unasked is the page for an app that asks for something that cannot be.
func Unasked(title, why, fix string) *Refused {
	return &Refused{Status: http.StatusBadRequest, Title: title, Why: why, Fix: fix}
}

// Get is one parameter, "" when it was not given.
func (q Asked) Get(name string) string { return q.values.Get(name) }

// Encode is all of it as an address holds it.
func (q Asked) Encode() string { return q.values.Encode() }

// Hidden are the parameters as fields of a form.
func (q Asked) Hidden() [][2]string {
	var all [][2]string
	for _, name := range q.names {
		if v := q.Get(name); v != "" {
			all = append(all, [2]string{name, v})
		}
	}
	return all
}

// App is who asks, in words: the host that gets the answer.
func (q Asked) App() string {
	u, _ := url.Parse(q.Redirect)
	return u.Host
}

// Granted are the scopes that were asked for and ticked.
func (q Asked) Granted(r *http.Request) []string {
	return slices.DeleteFunc(slices.Clone(q.Scopes), func(s string) bool { return !slices.Contains(r.PostForm["granted"], s) })
}

// Offer is a scope on the page.
type Offer struct {
	Scope, Words string
	Ticked       bool
}

// Sentence is an error as people read it.
func Sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
