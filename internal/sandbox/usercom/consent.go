package usercom

import (
	"net/http"
	"regexp"
	"slices"

	"couplet/internal/sandbox/kit"
)

// request is what an app asks for at GET /oauth/authorize (oauth.go).
type request struct {
	kit.Asked
	Challenge string
}

// asks are the parameters that pass through the steps of the page.
var asks = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"}

var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// read checks what an app asks for; whatever is wrong is a page.
func (c *CRM) read(r *http.Request) (*request, *kit.Refused) {
	q := &request{Asked: kit.ReadAsked(r, asks)}
	q.Challenge = q.Get("code_challenge")
	if refused := q.Check(c.opts.ClientID, c.Redirects()); refused != nil {
		return nil, refused
	}
	if q.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(q.Challenge) {
		return nil, kit.Unasked("The app does not protect its code", "PKCE is needed: a code_challenge of 43 characters, and code_challenge_method=S256.",
			"Let the app send both.")
	}
	scopes, ok := scopesOf(q.Get("scope"), nil)
	if !ok || len(scopes) == 0 {
		return nil, kit.Unasked("The app asks for something that does not exist", "scope is “"+q.Get("scope")+"”, and the scopes are read and write.",
			"Correct the scopes that the app asks for.")
	}
	q.Scopes = scopes
	return q, nil
}

var scopeWords = map[string]string{
	"read":  "See contacts, companies, tags and activities",
	"write": "Create, change and delete contacts, companies, tags and activities",
}

func (p *pages) getConsent(w http.ResponseWriter, r *http.Request) {
	q, refused := p.c.read(r)
	if refused != nil {
		p.Refuse(w, *refused)
		return
	}
	p.offer(w, q, q.Scopes, "")
}

// offer shows the scopes and which of them are ticked.
func (p *pages) offer(w http.ResponseWriter, q *request, ticked []string, problem string) {
	data := struct {
		*request
		Subdomain, Problem string
		Offers             []kit.Offer
	}{request: q, Subdomain: p.c.Subdomain(), Problem: problem}
	for _, scope := range q.Scopes {
		data.Offers = append(data.Offers, kit.Offer{Scope: scope, Words: scopeWords[scope], Ticked: slices.Contains(ticked, scope)})
	}
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	p.Show(w, kit.View{Status: status, Page: "consent.html", Data: data, FormTo: q.Redirect})
}

// postConsent takes the answer and sends the browser back to the app.
func (p *pages) postConsent(w http.ResponseWriter, r *http.Request) {
	q, refused := p.c.read(r)
	if refused != nil {
		p.Refuse(w, *refused)
		return
	}
	if p.c.opts.DropState {
		q.State = ""
	}
	if r.PostForm.Get("decision") != "allow" {
		http.Redirect(w, r, kit.WithQuery(q.Redirect, "error", "access_denied", "state", q.State), http.StatusSeeOther)
		return
	}
	granted := q.Granted(r)
	if len(granted) == 0 {
		p.offer(w, q, granted, "Tick at least one permission, or choose Cancel.")
		return
	}
	code := "ucc_" + p.c.ids.AlphaNum(40)
	p.c.grants.AddCode(code, kit.Grant{Client: q.Client, Redirect: q.Redirect, Challenge: q.Challenge, Scopes: granted})
	http.Redirect(w, r, kit.WithQuery(q.Redirect, "code", code, "state", q.State), http.StatusSeeOther)
}
