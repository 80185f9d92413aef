package highlevel

import (
	"net/http"
	"slices"
	"strings"

	"couplet/internal/sandbox/kit"
)

// request is what an app asks for at the consent page (section 3.1).
type request struct {
	kit.Asked
	Path string // of the page: two are in use
}

// asks are the parameters that pass through the steps of the page.
var asks = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "loginWindowOpenMode", "version_id"}

// agencyAccount stands for the whole agency where a location is chosen.
const agencyAccount = "agency"

// read checks what an app asks for; whatever is wrong is a page.
func (a *agency) read(r *http.Request) (*request, *kit.Refused) {
	q := &request{kit.ReadAsked(r, asks), r.URL.Path}
	a.mu.Lock()
	app, registered := a.app, a.redirects
	a.mu.Unlock()
	if refused := q.Check(app.ClientID, registered); refused != nil {
		return nil, refused
	}
	if v := q.Get("version_id"); v != "" && v != app.VersionID {
		return nil, kit.Unasked("This version of the app is not known here", "version_id is “"+v+"”.",
			"Leave version_id out, or use the part of the client ID before the hyphen.")
	}
	var unknown []string
	for _, scope := range strings.Fields(q.Get("scope")) {
		if _, ok := scopeWords(scope); !ok {
			unknown = append(unknown, scope)
		} else if !slices.Contains(q.Scopes, scope) {
			q.Scopes = append(q.Scopes, scope)
		}
	}
	if unknown != nil {
		return nil, kit.Unasked("The app asks for something that does not exist", "Unknown scopes: "+strings.Join(unknown, ", ")+".",
			"Correct the scopes that the app asks for.")
	}
	if q.Scopes == nil {
		return nil, kit.Unasked("The app asks for nothing", "No scope is named, so there is nothing to allow.",
			"Name the scopes in the address that the app sends people to.")
	}
	return q, nil
}

// Here is the page's own address with what the app asked for.
func (q *request) Here() string { return q.Path + "?" + q.Encode() }

// asksFor is the page of the last step.
type asksFor struct {
	*request
	Person  string
	Account string
	Where   string
	Offers  []kit.Offer
	Problem string
}

// getConsent shows the steps: sign in, choose a location, see the scopes.
func (p *pages) getConsent(w http.ResponseWriter, r *http.Request) {
	q, refused := p.a.read(r)
	if refused != nil {
		p.Refuse(w, *refused)
		return
	}
	person, ok := p.person(r)
	account := r.Form.Get("account")
	where, known := p.a.accountName(account)
	switch {
	case !ok:
		p.Show(w, kit.View{Page: "signin.html", Data: map[string]any{"Next": q.Here(), "Person": person, "App": q.App()}})
	case account == "":
		p.Show(w, kit.View{Page: "choose.html", Data: map[string]any{
			"Asked": q, "Person": person, "Locations": p.c.Locations(), "Agency": companyName,
		}})
	case !known:
		p.Refuse(w, kit.Refused{Status: http.StatusBadRequest, Title: "This location does not exist",
			Why: "Nothing here has the ID “" + account + "”.", Fix: "Go back and choose one of the list."})
	default:
		p.offer(w, q, person, account, where, nil, "")
	}
}

// offer shows the scopes, all ticked at first.
func (p *pages) offer(w http.ResponseWriter, q *request, person, account, where string, ticked []string, problem string) {
	data := asksFor{request: q, Person: person, Account: account, Where: where, Problem: problem}
	for _, scope := range q.Scopes {
		words, _ := scopeWords(scope)
		data.Offers = append(data.Offers, kit.Offer{Scope: scope, Words: words, Ticked: problem == "" || slices.Contains(ticked, scope)})
	}
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	p.Show(w, kit.View{Status: status, Page: "scopes.html", Data: data, FormTo: q.Redirect})
}

// postConsent takes the answer and sends the browser back to the app.
func (p *pages) postConsent(w http.ResponseWriter, r *http.Request) {
	q, refused := p.a.read(r)
	if refused != nil {
		p.Refuse(w, *refused)
		return
	}
	person, ok := p.person(r)
	account := r.PostForm.Get("account")
	where, known := p.a.accountName(account)
	if !ok || !known {
		http.Redirect(w, r, q.Here(), http.StatusSeeOther)
		return
	}
	if p.a.o.DropState {
		q.State = ""
	}
	if r.PostForm.Get("decision") != "allow" {
		http.Redirect(w, r, kit.WithQuery(q.Redirect, "error", "access_denied", "state", q.State), http.StatusSeeOther) // [U]
		return
	}
	granted := q.Granted(r)
	if len(granted) == 0 {
		p.offer(w, q, person, account, where, granted, "Tick at least one permission, or choose Cancel.")
		return
	}
	http.Redirect(w, r, kit.WithQuery(q.Redirect, "code", p.a.consent(q, account, granted), "state", q.State), http.StatusSeeOther)
}

// consent installs the app and makes a code. Consent for the agency is a Company
// token whatever the app wanted (section 3.2 [M]).
func (a *agency) consent(q *request, account string, granted []string) (code string) {
	g := grant{Client: q.Client, Redirect: q.Redirect, Class: LocationClass, Account: account, Scopes: granted}
	if account == agencyAccount {
		g.Class, g.Account = CompanyClass, ""
	}
	a.install(Install{LocationID: g.Account, UserID: a.personID, Scopes: granted})
	code = a.ids.Hex(40)
	a.grants.AddCode(code, g)
	return code
}

// accountName is what an account is called on the page.
func (a *agency) accountName(account string) (name string, ok bool) {
	if account == agencyAccount {
		return "the whole agency, " + companyName, true
	}
	if c := a.at(account); c != nil {
		return c.location.Name, true
	}
	return "", false
}
