package web

import (
	"context"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

var systemsHere = map[string]connection.System{
	"highlevel": {Spec: highlevel.Spec(), Operations: highlevel.Operations(), New: func(a connector.Account) (connector.Connector, error) { return highlevel.New(a) }},
	"usercom":   {Spec: usercom.Spec(), Operations: usercom.Operations(), New: func(a connector.Account) (connector.Connector, error) { return usercom.New(a) }},
}

// accounts reaches the connections that a bundle has stored, with the keys that are sealed beside them.
type accounts struct {
	b    *bundle
	pool *connection.Pool
}

// Open implements engine.Links.
func (a accounts) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := a.b.store.ConnectionByID(ctx, ws, conn)
	if err != nil {
		return nil, err
	}
	return a.pool.Open(ctx, c, observe)
}

// engine is one on the bundle's database. It may call the addresses that are named, and no key is stored yet.
func (b *bundle) engine(allow ...string) *engine.Engine {
	b.t.Helper()
	key, err := connection.NewKey()
	must(b.t, err)
	sealer, err := connection.OpenSealer(key)
	must(b.t, err)
	pool := &connection.Pool{Systems: systemsHere, Secrets: b.store, Sealer: sealer, HTTP: connection.NewHTTP(connection.Options{Allow: allow}), Now: time.Now} // a pace is kept by real time
	b.t.Cleanup(pool.HTTP.CloseIdleConnections)
	return &engine.Engine{Store: b.store, Links: accounts{b, pool}, Now: b.clock(), Log: slog.New(slog.DiscardHandler), Owner: "test", HashKey: hookKey, Random: func() float64 { return 0 }}
}

// crms is a bundle whose flow stands between two pretend accounts with real people in them.
type crms struct {
	*bundle
	box *sandbox.Sandbox
	eng *engine.Engine
}

// newCRMs starts the pretend accounts with n people and makes a flow between them from a template, switched off.
func newCRMs(t testing.TB, n int, change ...func(*flow.Flow)) *crms {
	t.Helper()
	box, err := sandbox.Start(t.Context(), sandbox.Options{Contacts: n, Seed: 4, RateLimits: "off"})
	must(t, err)
	t.Cleanup(func() { _ = box.Close() })
	info := box.Info()
	var allow []string
	for _, address := range []string{info.HighLevel.URL, info.UserCom.URL} {
		u, err := url.Parse(address)
		must(t, err)
		allow = append(allow, u.Host)
	}
	c := &crms{box: box}
	c.bundle = newBundle(t, func(o *Options) {
		// The bundle is not there yet; its engine is made once it is.
		o.Samples = &lateEngine{}
	})
	c.eng = c.bundle.engine(allow...)
	c.options.Samples.(*lateEngine).Engine = c.eng
	ctx, ws := t.Context(), c.conns[0].Workspace
	for side, x := range []connection.Connection{
		{Name: "Brightsmile", System: "highlevel", BaseURL: info.HighLevel.URL, Params: map[string]string{"locationId": info.HighLevel.LocationID}, Identity: connector.Identity{ID: "one", Region: "US"}},
		{Name: "Brightsmile people", System: "usercom", BaseURL: info.UserCom.URL, Params: map[string]string{"subdomain": info.UserCom.Subdomain}, Settings: box.UserComSettings(), Identity: connector.Identity{ID: "two"}},
	} {
		x.AuthKind, x.State, x.PerSecond = connection.KindToken, connection.OK, 1000
		c.conns[side], err = c.store.SaveConnection(ctx, ws, x)
		must(t, err)
		token := []string{info.HighLevel.Token, info.UserCom.Token}[side]
		sealed, err := c.eng.Links.(accounts).pool.Sealer.Seal(ws, c.conns[side].ID, connection.SecretToken, []byte(token))
		must(t, err)
		must(t, c.store.SaveSecret(ctx, ws, c.conns[side].ID, connection.SecretToken, sealed))
	}
	f, err := flow.Resolve(flow.FlowSpec{Name: "Contacts in step", Template: "contact-sync"})
	must(t, err)
	f.Connections = [2]string{c.conns[0].ID, c.conns[1].ID}
	f.Region = "US"
	for _, change := range change {
		change(&f)
	}
	c.flow, _, err = c.store.SaveFlow(ctx, ws, f)
	must(t, err)
	return c
}

// lateEngine is an engine that is named after the server was made.
type lateEngine struct{ *engine.Engine }
