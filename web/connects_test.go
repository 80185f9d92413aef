package web

import (
	"net/url"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/db"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// connects is the service that connects accounts, on a store, with both systems.
func connects(t testing.TB, st *store.Store, clock func() time.Time, allow ...string) *connection.Service {
	t.Helper()
	key, err := connection.NewKey()
	must(t, err)
	sealer, err := connection.OpenSealer(key)
	must(t, err)
	systems := map[string]connection.System{
		"highlevel": {Spec: highlevel.Spec(), Operations: highlevel.Operations(), New: func(a connector.Account) (connector.Connector, error) { return highlevel.New(a) }, Agency: highlevel.NewAgency},
		"usercom":   {Spec: usercom.Spec(), Operations: usercom.Operations(), New: func(a connector.Account) (connector.Connector, error) { return usercom.New(a) }},
	}
	web := connection.NewHTTP(connection.Options{Allow: allow})
	pool := &connection.Pool{Systems: systems, Secrets: st, Memory: st, Sealer: sealer, HTTP: web, Now: clock}
	return &connection.Service{Systems: systems, Memory: st, Sealer: sealer, HTTP: web, Pool: pool, Now: clock, Allow: allow}
}

// pretended is a web app beside both pretend systems, with an app registered with each, and nothing connected yet.
type pretended struct {
	*bundle
	sandbox *sandbox.Sandbox
	info    sandbox.Info
}

// pretend starts one. The clock is the real one, because the pretend systems have one of their own.
func pretend(t testing.TB, change ...func(*Options)) *pretended {
	t.Helper()
	box, err := sandbox.Start(t.Context(), sandbox.Options{Contacts: 20, Seed: 1, RateLimits: "off"})
	must(t, err)
	t.Cleanup(func() { box.Close() })
	p := &pretended{sandbox: box, info: box.Info()}
	hl, uc := p.info.HighLevel, p.info.UserCom
	p.bundle = newBundle(t, append([]func(*Options){func(o *Options) {
		o.Now = time.Now
		o.Connect = connects(t, o.Store, time.Now, hostOf(t, hl.URL), hostOf(t, uc.URL))
		o.Connect.Apps = map[string]connection.Client{
			"highlevel": {Secret: hl.ClientSecret, App: connection.App{ClientID: hl.ClientID, AuthorizeURL: hl.OAuthURL + "chooselocation", TokenURL: hl.OAuthURL + "token"}},
			"usercom": {Secret: uc.ClientSecret, App: connection.App{ClientID: uc.ClientID, AuthorizeURL: uc.OAuthURL + "authorize", TokenURL: uc.OAuthURL + "token",
				Scopes: []string{"read", "write"}, HeaderWord: "Bearer"}},
		}
		o.Connect.Pool.Apps = o.Connect.Apps
		o.Bases = map[string]string{"highlevel": hl.URL, "usercom": uc.URL}
	}}, change...)...)
	must(t, p.db.Write(t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{"flow", "connection"} {
			if _, err := tx.Exec(t.Context(), "delete from "+table); err != nil {
				return err
			}
		}
		return nil
	}))
	return p
}

func hostOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u.Host
}

// ws is the workspace of everything.
func (p *pretended) ws() string { return p.conns[0].Workspace }

// stored are the connections that are kept, by system.
func (p *pretended) stored() map[string][]connection.Connection {
	p.t.Helper()
	all, err := p.store.Connections(p.t.Context(), p.ws())
	must(p.t, err)
	out := map[string][]connection.Connection{}
	for _, c := range all {
		out[c.System] = append(out[c.System], c)
	}
	return out
}

func (p *pretended) flows() []flow.Flow {
	p.t.Helper()
	all, err := p.store.Flows(p.t.Context(), p.ws())
	must(p.t, err)
	return all
}

// agree goes through the pages of the pretend HighLevel: sign in, choose the account (a location, or "agency"; "" for the
// first one), and allow what is asked but for what is withheld.
func (w *walker) agree(account string, withhold ...string) *walker {
	w.t.Helper()
	if w.doc.Find("[data-testid=signin]").Length() > 0 {
		w.send("[data-testid=signin]", nil)
	}
	if w.doc.Find("[data-testid=choose]").Length() > 0 {
		var choice url.Values
		if account != "" {
			choice = url.Values{"account": {account}}
		}
		w.send("[data-testid=choose]", choice)
	}
	granted := url.Values{}
	w.doc.Find("input[name=granted]").Each(func(_ int, n *goquery.Selection) {
		for _, x := range withhold {
			if n.AttrOr("value", "") == x {
				return
			}
		}
		granted.Add("granted", n.AttrOr("value", ""))
	})
	return w.send("[data-testid=allow]", granted)
}
