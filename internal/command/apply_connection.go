package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// connect prepares one connection and tries its key.
func (p *applying) connect(ctx context.Context, c flow.Connection) flow.Errors {
	fail := func(field, text string) flow.Errors {
		return flow.Errors{{File: p.file, Line: c.LineOf(field), Text: fmt.Sprintf("connection %s: %s", c.Name, text)}}
	}
	sys := p.desk.Connect.Systems[c.System]
	old, exists := p.conns[c.Name]
	w := &wanted{lines: c, token: c.Auth.Token, Connection: connection.Connection{
		ID: engine.NewID("con", p.desk.Connect.Now()), Workspace: p.desk.Workspace, Name: c.Name, System: c.System, AuthKind: c.Auth.Kind,
		Params: c.Account, BaseURL: c.BaseURL, PerSecond: c.Limits.PerSecond, Settings: connection.Chosen(c.Settings), Epoch: 1, State: connection.OK}}
	state := "created"
	if exists {
		if old.System != c.System {
			return fail("system", "it exists and is of another system; give the new one another name")
		}
		w.ID, w.Epoch, w.Identity, state = old.ID, old.Epoch, old.Identity, "unchanged"
		w.forget = old.AuthKind != w.AuthKind
		if c.Settings == nil {
			w.Settings = old.Settings
		}
		if w.AuthKind == connection.KindConsent { // what the consent told need not stand in the file
			w.Params = maps.Clone(old.Params)
			maps.Copy(w.Params, c.Account)
		}
		if w.AuthKind == connection.KindToken && !connection.SameTarget(sys.Spec, old.Connection, w.Connection) && w.token == "" {
			return fail("base_url", "its address changed, so its stored key was discarded; give the key again")
		}
		if !connection.SameAccount(sys.Spec, old.Connection, w.Connection) {
			return fail("account", "it exists and is another account. What was agreed about the records of one account says nothing about those of another, so give the new one a name of its own")
		}
	}
	if err := p.prove(ctx, w, old, sys); err != nil {
		return fail("auth", err.Error())
	}
	if exists && (w.token != "" && !p.sameKey(ctx, w) || w.tried != nil || w.forget || !sameConnection(old.Connection, w.Connection)) {
		state = "changed"
	}
	w.changed = state != "unchanged"
	p.conns[c.Name] = w
	note := sys.Spec.Name + ", " + w.Identity.Name
	if w.waits {
		note = sys.Spec.Name + ", waits for you: open Couplet in the browser and connect it there"
	}
	p.changes = append(p.changes, Change{Kind: "connection", Name: c.Name, Change: state, Note: note})
	return nil
}

// prove has a connection prove itself in its own way.
func (p *applying) prove(ctx context.Context, w, old *wanted, sys connection.System) error {
	same := old != nil && old.AuthKind == w.AuthKind
	switch w.AuthKind {
	case connection.KindConsent:
		if !same {
			w.State, w.waits = connection.NeedsKey, true
			return nil
		}
		w.State, w.Problem, w.CheckedAt, w.waits = old.State, old.Problem, old.CheckedAt, old.State != connection.OK
		if w.waits {
			return nil
		}
		return p.tryStored(ctx, w, old)
	case connection.KindClient:
		a := w.lines.Auth
		key := connection.ClientKey{ID: a.ClientID, Secret: a.ClientSecret, TokenURL: a.TokenURL, Scopes: a.Scopes}
		if same {
			known, err := p.desk.Connect.SameClient(ctx, old.Connection, key)
			if err != nil {
				return err
			}
			if known {
				return p.tryStored(ctx, w, old)
			}
		}
		g := connection.GiveKey{Workspace: p.desk.Workspace, System: w.System, Name: w.Name, Params: w.Params, BaseURL: w.BaseURL, PerSecond: w.PerSecond, Settings: w.Settings, Client: &key, For: p.needs(w.Name)}
		if old != nil {
			g.Connection = old.ID
		}
		tried, err := p.desk.Connect.Try(ctx, g)
		if err != nil {
			return err
		}
		w.tried, w.ID, w.Identity = &tried, tried.Connection.ID, tried.Account
		w.open, err = p.desk.Connect.Reach(tried)
		return err
	}
	if w.token == "" {
		return p.tryStored(ctx, w, old)
	}
	return p.try(ctx, w, sys)
}

// tryStored has a connection prove itself with what is stored.
func (p *applying) tryStored(ctx context.Context, w, old *wanted) error {
	c := old.Connection
	c.State, c.Problem, c.PerSecond, c.Settings = connection.OK, "", w.PerSecond, w.Settings
	return p.check(ctx, w, func() (connector.Connector, error) { return p.desk.Connect.Pool.Open(ctx, c, nil) })
}

func sameConnection(x, y connection.Connection) bool {
	return x.BaseURL == y.BaseURL && x.PerSecond == y.PerSecond && x.AuthKind == y.AuthKind && maps.Equal(x.Params, y.Params) && maps.Equal(x.Settings, y.Settings)
}

func (p *applying) sameKey(ctx context.Context, w *wanted) bool {
	sealed, err := p.desk.Store.Secret(ctx, p.desk.Workspace, w.ID, connection.SecretToken)
	if err != nil || len(sealed) == 0 {
		return false
	}
	plain, err := p.desk.Connect.Sealer.Open(p.desk.Workspace, w.ID, connection.SecretToken, sealed)
	return err == nil && string(plain) == w.token
}

// try proves a pasted key.
func (p *applying) try(ctx context.Context, w *wanted, sys connection.System) error {
	if err := sys.Spec.CheckKey(w.token, p.desk.specs()...); err != nil {
		return err
	}
	return p.check(ctx, w, func() (connector.Connector, error) {
		return sys.New(connector.Account{BaseURL: w.BaseURL, Params: w.Params, Settings: w.Settings, HTTP: p.desk.Connect.HTTP, Now: p.desk.Connect.Now,
			Budget: connection.NewBudget(sys.Spec.Limits, w.PerSecond, p.desk.Connect.Now),
			Token:  func(context.Context) (string, error) { return w.token, nil }})
	})
}

// check has a connector say whose its key is, and prove it for writing too when a flow of the file writes there.
func (p *applying) check(ctx context.Context, w *wanted, open func() (connector.Connector, error)) (err error) {
	if w.open, err = open(); err != nil {
		return err
	}
	check, ok := w.open.(connector.Checker)
	if !ok {
		return nil
	}
	w.Identity, err = check.Check(ctx, slices.Contains(p.needs(w.Name), connector.ToWrite))
	w.CheckedAt = p.desk.Connect.Now()
	return err
}

// scopes are those that a connection was seen to have, or was granted.
func (p *applying) scopes(ctx context.Context, w *wanted) ([]string, error) {
	permit, known, err := p.desk.Store.PermitOf(ctx, p.desk.Workspace, w.ID)
	switch asks, can := w.open.(connector.Prober); {
	case err != nil:
		return nil, err
	case w.has != nil:
	case w.tried != nil:
		for _, s := range w.tried.Granted {
			w.has = append(w.has, s.Name)
		}
	case known && w.AuthKind != connection.KindToken:
		w.has = permit.Scopes
	case can:
		w.has, err = asks.Probe(ctx)
	}
	return w.has, err
}

// needs is what the flows of the file that are on want to do with a connection.
func (p *applying) needs(name string) (needs []connector.Need) {
	for _, f := range p.spec.Flows {
		r, err := flow.Resolve(f)
		if err != nil || !r.Enabled {
			continue
		}
		for side, c := range f.Connections {
			if c == name {
				needs = append(needs, r.Needs(engine.Side(side))...)
			}
		}
	}
	return needs
}

// hookAddresses makes the address of each new connection whose system is told by a person whom to call. It is shown once:
// only a hash of its secret is kept.
func (p *applying) hookAddresses(ctx context.Context) error {
	for i, ch := range p.changes {
		w := p.conns[ch.Name]
		if ch.Kind != "connection" || ch.Change != "created" || p.desk.Public == "" || p.desk.Connect.Systems[w.System].Spec.Hooks.Kind != "manual" {
			continue
		}
		secret, hash := connection.NewHookSecret(p.desk.HookKey)
		if err := p.desk.Store.SaveSetting(ctx, p.desk.Workspace, connection.HookSetting(w.ID), hash); err != nil {
			return err
		}
		p.changes[i].HookURL = strings.TrimSuffix(p.desk.Public, "/") + connection.HookPath(w.System, w.ID, secret, "changed")
	}
	return nil
}
