package usercom

import (
	"embed"
	"maps"
	"net/http"
	"slices"
	"strings"

	"couplet/internal/sandbox/kit"
)

//go:embed pages
var pageFiles embed.FS

// pages are what a person sees in a browser: keys, automations, and the consent of
// the undocumented OAuth. They stand beside the API and meet no limit and no fault.
type pages struct {
	*kit.Pages
	c   *CRM
	all http.Handler
}

func newPages(c *CRM) *pages {
	p := &pages{c: c, Pages: kit.NewPages(kit.Site{
		Name: "Pretend User.com", Note: "part of the sandbox, not the real service", Look: "look-b",
		Nav: []kit.Link{{Text: "API keys", To: "/settings/api"}, {Text: "Automations", To: "/automations"}, {Text: "Team and activities", To: "/settings/team"}},
	}, pageFiles, "pages")}
	if c.opts.ClientID != "" {
		p.Mux.HandleFunc("GET /oauth/authorize", p.getConsent)
		p.Mux.HandleFunc("POST /oauth/authorize", p.postConsent)
	}
	p.Mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/settings/api", http.StatusSeeOther)
	})
	p.Mux.HandleFunc("GET /settings/api", p.getKeys)
	p.Mux.HandleFunc("POST /settings/api", p.postKey)
	p.Mux.HandleFunc("GET /settings/team", p.getTeam)
	p.Mux.HandleFunc("GET /automations", p.getAutomations)
	p.Mux.HandleFunc("POST /automations", p.postAutomation)
	p.Mux.HandleFunc("POST /automations/test", p.postTest)
	p.Mux.HandleFunc("POST /automations/delete", p.postDelete)
	p.all = p.Guarded()
	return p
}

// getKeys is Settings > App settings > Advanced > Public API (section 1).
func (p *pages) getKeys(w http.ResponseWriter, _ *http.Request) {
	p.Show(w, kit.View{Page: "keys.html", Data: map[string]any{
		"Keys": p.c.keys(), "Subdomain": p.c.Subdomain(), "ClientID": p.c.opts.ClientID, "ClientSecret": p.c.opts.ClientSecret,
	}})
}

// postKey makes a further key with the shield that was chosen.
func (p *pages) postKey(w http.ResponseWriter, r *http.Request) {
	scope := Scope(r.PostFormValue("scope"))
	if !slices.Contains([]Scope{ScopeBoth, ScopeRead, ScopeWrite}, scope) {
		p.Refuse(w, kit.Refused{Status: http.StatusBadRequest, Title: "The key was not made",
			Why: "What it may do was not chosen.", Fix: "Go back and choose one of the list."})
		return
	}
	p.c.AddToken(Token{Value: p.c.ids.AlphaNum(64), Scope: scope})
	http.Redirect(w, r, "/settings/api", http.StatusSeeOther)
}

// getTeam shows the numbers that the API does not tell (section 8).
func (p *pages) getTeam(w http.ResponseWriter, _ *http.Request) {
	p.c.mu.RLock()
	agents := slices.Clone(p.c.agents.rows)
	p.c.mu.RUnlock()
	type kind struct {
		ID   int64
		Name string
	}
	var types []kind
	for _, id := range slices.Sorted(maps.Keys(ActivityTypes)) {
		types = append(types, kind{id, ActivityTypes[id]})
	}
	p.Show(w, kit.View{Page: "team.html", Data: map[string]any{"Agents": agents, "Types": types}})
}

// keys are the workspace's API keys, the first one first.
func (c *CRM) keys() []Token {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var all []Token
	for _, t := range c.tokens {
		if !t.OAuth {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b Token) int {
		if first := c.opts.Token; a.Value == first || b.Value == first {
			if a.Value == first {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Value, b.Value)
	})
	return all
}
