package highlevel

import (
	"embed"
	"net/http"
	"net/url"
	"slices"

	"couplet/internal/sandbox/kit"
)

//go:embed pages
var pageFiles embed.FS

// pages are what a person sees in a browser: consent, keys, installed apps. They
// stand beside the API on the same listener and meet no limit and no fault.
type pages struct {
	*kit.Pages
	c   *CRM
	a   *agency
	all http.Handler
}

// consentPaths are both in use (section 3.1).
var consentPaths = []string{"/v2/oauth/chooselocation", "/oauth/chooselocation"}

// personCookie remembers the pretend person who signed in.
const personCookie = "sandbox_highlevel_person"

func newPages(c *CRM) *pages {
	p := &pages{c: c, a: c.agency, Pages: kit.NewPages(kit.Site{
		Name: "Pretend HighLevel", Note: "part of the sandbox, not the real service", Look: "look-a",
		Nav: []kit.Link{{Text: "Keys", To: "/settings/private-integrations"}, {Text: "Installed apps", To: "/settings/apps"}},
	}, pageFiles, "pages")}
	for _, path := range consentPaths {
		p.Mux.HandleFunc("GET "+path, p.getConsent)
		p.Mux.HandleFunc("POST "+path, p.postConsent)
	}
	p.Mux.HandleFunc("POST /signin", p.postSignIn)
	p.Mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/settings/private-integrations", http.StatusSeeOther)
	})
	p.Mux.HandleFunc("GET /settings/private-integrations", p.getKeys)
	p.Mux.HandleFunc("POST /settings/private-integrations", p.postKey)
	p.Mux.HandleFunc("GET /settings/apps", p.getApps)
	p.Mux.HandleFunc("POST /settings/apps/uninstall", p.postUninstall)
	p.all = p.Guarded()
	return p
}

// person is the pretend user, and whether the browser has signed in as one.
func (p *pages) person(r *http.Request) (name string, signedIn bool) {
	cookie, err := r.Cookie(personCookie)
	return "Olivia Owner", err == nil && cookie.Value == "olivia"
}

// postSignIn signs in with one click and goes on with what was asked.
func (p *pages) postSignIn(w http.ResponseWriter, r *http.Request) {
	next, err := url.Parse(r.PostFormValue("next"))
	if err != nil || next.Host != "" || next.Scheme != "" || !slices.Contains(consentPaths, next.Path) {
		p.Refuse(w, kit.Refused{Status: http.StatusBadRequest, Title: "There is nothing to go on with",
			Why: "Signing in belongs to the page on which an app asks for access.", Fix: "Begin again from the app."})
		return
	}
	http.SetCookie(w, &http.Cookie{Name: personCookie, Value: "olivia", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, next.Path+"?"+next.RawQuery, http.StatusSeeOther)
}

// getKeys is Settings > Private Integrations (section 3.5).
func (p *pages) getKeys(w http.ResponseWriter, _ *http.Request) {
	type row struct {
		Location
		Keys []string
	}
	var rows []row
	for _, one := range p.a.locations {
		rows = append(rows, row{one.location, one.keys()})
	}
	p.Show(w, kit.View{Page: "keys.html", Data: map[string]any{"Rows": rows, "App": p.c.App()}})
}

// postKey makes a private integration token for a location.
func (p *pages) postKey(w http.ResponseWriter, r *http.Request) {
	one := p.a.at(r.PostFormValue("location"))
	if one == nil {
		p.Refuse(w, kit.Refused{Status: http.StatusBadRequest, Title: "This location does not exist",
			Why: "The key must be for one of the locations.", Fix: "Go back and choose one of the list."})
		return
	}
	one.Issue(Token{Value: "pit-" + p.a.ids.UUID(), Kind: PIT, Class: LocationClass, LocationID: one.location.ID, Scopes: AllScopes()})
	http.Redirect(w, r, "/settings/private-integrations", http.StatusSeeOther)
}

// getApps lists where the app is installed.
func (p *pages) getApps(w http.ResponseWriter, _ *http.Request) {
	type row struct {
		Install
		Where, Account string
	}
	var rows []row
	for _, one := range p.c.Installs() {
		account := one.LocationID
		if account == "" {
			account = agencyAccount
		}
		where, _ := p.a.accountName(account)
		rows = append(rows, row{one, where, account})
	}
	p.Show(w, kit.View{Page: "apps.html", Data: map[string]any{"Rows": rows}})
}

// postUninstall takes the app out of one place, as its user would.
func (p *pages) postUninstall(w http.ResponseWriter, r *http.Request) {
	if account := r.PostFormValue("account"); account == agencyAccount {
		p.c.Uninstall()
	} else if p.a.at(account) != nil {
		p.a.uninstall(account)
	}
	http.Redirect(w, r, "/settings/apps", http.StatusSeeOther)
}
