package main

import (
	"context"
	"fmt"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/web"
)

// connect prepares one connection and tries its key.
func (p *applying) connect(ctx context.Context, c flow.Connection) flow.Errors {
	fail := func(field, text string) flow.Errors {
		return flow.Errors{{File: p.file, Line: c.LineOf(field), Text: fmt.Sprintf("connection %s: %s", c.Name, text)}}
	}
	sys := systems()[c.System]
	old, exists := p.conns[c.Name]
	w := &wanted{lines: c, token: c.Auth.Token, Connection: connection.Connection{
		ID: engine.NewID("con", p.a.now()), Workspace: p.a.ws, Name: c.Name, System: c.System, AuthKind: c.Auth.Kind,
		Params: c.Account, BaseURL: c.BaseURL, PerSecond: c.Limits.PerSecond, Epoch: 1, State: connection.OK}}
	state := "created"
	if exists {
		if old.System != c.System {
			return fail("system", "it exists and is of another system; give the new one another name")
		}
		w.ID, w.Epoch, w.Identity, state = old.ID, old.Epoch, old.Identity, "unchanged"
		if !connection.SameTarget(sys.Spec, old.Connection, w.Connection) && w.token == "" {
			return fail("base_url", "its address changed, so its stored key was discarded; give the key again")
		}
		if !connection.SameAccount(sys.Spec, old.Connection, w.Connection) {
			return fail("account", "it exists and is another account. What was agreed about the records of one account says nothing about those of another, so give the new one a name of its own")
		}
	}
	if err := p.try(ctx, w, sys); err != nil {
		return fail("auth", err.Error())
	}
	if exists && (w.token != "" && !p.sameKey(ctx, w) || !sameConnection(old.Connection, w.Connection)) {
		state = "changed"
	}
	w.changed = state != "unchanged"
	p.conns[c.Name] = w
	p.changes = append(p.changes, change{Kind: "connection", Name: c.Name, Change: state, Note: sys.Spec.Name + ", " + w.Identity.Name})
	return nil
}

func sameConnection(x, y connection.Connection) bool {
	return x.BaseURL == y.BaseURL && x.PerSecond == y.PerSecond && x.AuthKind == y.AuthKind && fmt.Sprint(x.Params) == fmt.Sprint(y.Params)
}

func (p *applying) sameKey(ctx context.Context, w *wanted) bool {
	sealed, err := p.a.store.Secret(ctx, p.a.ws, w.ID, connection.SecretToken)
	if err != nil || len(sealed) == 0 {
		return false
	}
	plain, err := p.a.sealer.Open(p.a.ws, w.ID, connection.SecretToken, sealed)
	return err == nil && string(plain) == w.token
}

// try makes the connector and has it prove the key, for writing too when a flow of the file writes there.
func (p *applying) try(ctx context.Context, w *wanted, sys connection.System) error {
	token := w.token
	if token == "" {
		sealed, err := p.a.store.Secret(ctx, p.a.ws, w.ID, connection.SecretToken)
		if err != nil {
			return err
		}
		plain, err := p.a.sealer.Open(p.a.ws, w.ID, connection.SecretToken, sealed)
		if err != nil {
			return err
		}
		token = string(plain)
	} else if err := sys.Spec.CheckKey(token, systemSpecs()...); err != nil {
		return err
	}
	c, err := sys.New(connector.Account{BaseURL: w.BaseURL, Params: w.Params, HTTP: p.a.http, Now: p.a.now,
		Budget: connection.NewBudget(sys.Spec.Limits, w.PerSecond, p.a.now),
		Token:  func(context.Context) (string, error) { return token, nil }})
	if err != nil {
		return err
	}
	w.open = c
	check, ok := c.(connector.Checker)
	if !ok {
		return nil
	}
	w.Identity, err = check.Check(ctx, p.writes(w.Name))
	w.CheckedAt = p.a.now()
	return err
}

// writes reports whether a flow of the file that is on writes to the connection.
func (p *applying) writes(name string) bool {
	for _, f := range p.spec.Flows {
		r, err := flow.Resolve(f)
		if err != nil || !r.Enabled {
			continue
		}
		for side, c := range f.Connections {
			if c == name && r.Direction.To(engine.Side(side)) {
				return true
			}
		}
	}
	return false
}

// hookAddresses makes the address of each new connection whose system is told by a person whom to call. It is shown once:
// only a hash of its secret is kept.
func (p *applying) hookAddresses(ctx context.Context) error {
	for i, ch := range p.changes {
		w := p.conns[ch.Name]
		if ch.Kind != "connection" || ch.Change != "created" || p.a.public == "" || systems()[w.System].Spec.Hooks.Kind != "manual" {
			continue
		}
		secret, hash := web.NewHookSecret(p.a.hookKey())
		if err := p.a.store.SaveSetting(ctx, p.a.ws, web.HookSetting(w.ID), hash); err != nil {
			return err
		}
		p.changes[i].HookURL = strings.TrimSuffix(p.a.public, "/") + web.HookPath(w.System, w.ID, secret, "changed")
	}
	return nil
}
