package usercom

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"couplet/internal/sandbox/kit"
)

// request is what an app asks for at GET /oauth/authorize (oauth.go).
type request struct {
	Client, Redirect, State, Challenge string
	Scopes                             []string
	asked                              url.Values
}

// asks are the parameters that pass through the steps of the page.
var asks = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"}

var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// read checks what an app asks for; whatever is wrong is a page.
func (c *CRM) read(r *http.Request) (*request, *kit.Refused) {
	_ = r.ParseForm()
	q := &request{asked: url.Values{}}
	for _, name := range asks {
		if v := r.Form.Get(name); v != "" {
			q.asked.Set(name, v)
		}
	}
	q.Client, q.Redirect, q.State = q.asked.Get("client_id"), q.asked.Get("redirect_uri"), q.asked.Get("state")
	q.Challenge = q.asked.Get("code_challenge")
	refuse := func(title, why, fix string) (*request, *kit.Refused) {
		return nil, &kit.Refused{Status: http.StatusBadRequest, Title: title, Why: why, Fix: fix}
	}
	if q.Client != c.opts.ClientID {
		return refuse("This app is not known here", "No app has the client ID “"+q.Client+"”.",
			"Give the app the client ID that the sandbox printed when it started, and begin again from the app.")
	}
	if err := kit.CheckRedirect(q.Redirect, c.Redirects()); err != nil {
		return refuse("The app cannot be sent an answer", upper(err.Error())+".",
			"Register the address for the app, or correct it in the app, and begin again from there.")
	}
	if kind := q.asked.Get("response_type"); kind != "code" {
		return refuse("The app asks in a way that is not supported", "response_type is “"+kind+"”, and only code is known.",
			"Correct the address that the app sends people to.")
	}
	if q.asked.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(q.Challenge) {
		return refuse("The app does not protect its code", "PKCE is needed: a code_challenge of 43 characters, and code_challenge_method=S256.",
			"Let the app send both.")
	}
	scopes, ok := scopesOf(q.asked.Get("scope"), nil)
	if !ok || len(scopes) == 0 {
		return refuse("The app asks for something that does not exist", "scope is “"+q.asked.Get("scope")+"”, and the scopes are read and write.",
			"Correct the scopes that the app asks for.")
	}
	q.Scopes = scopes
	return q, nil
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Hidden are the parameters as fields of a form.
func (q *request) Hidden() [][2]string {
	var all [][2]string
	for _, name := range asks {
		if v := q.asked.Get(name); v != "" {
			all = append(all, [2]string{name, v})
		}
	}
	return all
}

// App is who asks, in words: the host that gets the answer.
func (q *request) App() string {
	u, _ := url.Parse(q.Redirect)
	return u.Host
}

type offer struct {
	Scope, Words string
	Ticked       bool
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
		Offers             []offer
	}{request: q, Subdomain: p.c.Subdomain(), Problem: problem}
	for _, scope := range q.Scopes {
		data.Offers = append(data.Offers, offer{scope, scopeWords[scope], slices.Contains(ticked, scope)})
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
	granted := slices.DeleteFunc(slices.Clone(q.Scopes), func(s string) bool { return !slices.Contains(r.PostForm["granted"], s) })
	if len(granted) == 0 {
		p.offer(w, q, granted, "Tick at least one permission, or choose Cancel.")
		return
	}
	code := "ucc_" + p.c.ids.AlphaNum(40)
	p.c.grants.AddCode(code, kit.Grant{Client: q.Client, Redirect: q.Redirect, Challenge: q.Challenge, Scopes: granted})
	http.Redirect(w, r, kit.WithQuery(q.Redirect, "code", code, "state", q.State), http.StatusSeeOther)
}
