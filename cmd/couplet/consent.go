package main

import (
	"context"
	"slices"
	"strings"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// consentFlags are the apps of the installation, for connecting by consent. A workspace can have its own instead, given in
// the browser. What User.com takes is published by nobody, so there is nothing unless all of it is set.
type consentFlags struct {
	HighlevelClientID          string `name:"highlevel-client-id" hidden:"" help:"Client ID of the HighLevel app." placeholder:"ID"`
	HighlevelClientSecret      string `name:"highlevel-client-secret" hidden:"" help:"Its client secret; better given as COUPLET_HIGHLEVEL_CLIENT_SECRET." placeholder:"SECRET"`
	HighlevelInstallLink       string `name:"highlevel-install-link" hidden:"" help:"The install link of the developer portal, used instead of the authorize address." placeholder:"URL"`
	HighlevelVersionID         string `name:"highlevel-version-id" hidden:"" help:"Version ID of the app, where its consent page wants one." placeholder:"ID"`
	HighlevelAuthorizeURL      string `name:"highlevel-authorize-url" hidden:"" help:"Another consent page than HighLevel's." placeholder:"URL"`
	HighlevelTokenURL          string `name:"highlevel-token-url" hidden:"" help:"Another token address than HighLevel's." placeholder:"URL"`
	HighlevelAllowMissingState bool   `name:"highlevel-allow-missing-state" hidden:"" help:"Accept an answer that lost its state, for a session with one consent under way."`
	UsercomClientID            string `name:"usercom-client-id" hidden:"" help:"Client ID for User.com, which publishes no consent: only where your contract has one." placeholder:"ID"`
	UsercomClientSecret        string `name:"usercom-client-secret" hidden:"" help:"Its client secret; better given as COUPLET_USERCOM_CLIENT_SECRET." placeholder:"SECRET"`
	UsercomAuthorizeURL        string `name:"usercom-authorize-url" hidden:"" help:"Its consent page; {subdomain} may stand in it." placeholder:"URL"`
	UsercomTokenURL            string `name:"usercom-token-url" hidden:"" help:"Its token address; {subdomain} may stand in it." placeholder:"URL"`
	UsercomScopes              string `name:"usercom-scopes" hidden:"" help:"Scopes to ask for, separated by blanks." placeholder:"LIST"`
	UsercomHeaderWord          string `name:"usercom-header-word" hidden:"" help:"Word before the access token: Bearer, or Token." placeholder:"WORD"`
	UsercomPKCE                string `name:"usercom-pkce" hidden:"" help:"on or off: whether a proof key is sent. Default: on." placeholder:"on|off"`
}

// apps are the apps of the installation, by system. problems are sentences about what cannot be.
func (f consentFlags) apps(allow []string) (apps map[string]connection.Client, problems []string) {
	apps = map[string]connection.Client{
		"highlevel": {Secret: f.HighlevelClientSecret, App: connection.App{ClientID: f.HighlevelClientID, InstallLink: f.HighlevelInstallLink,
			VersionID: f.HighlevelVersionID, AuthorizeURL: f.HighlevelAuthorizeURL, TokenURL: f.HighlevelTokenURL, AllowMissingState: f.HighlevelAllowMissingState}},
		"usercom": {Secret: f.UsercomClientSecret, App: connection.App{ClientID: f.UsercomClientID, AuthorizeURL: f.UsercomAuthorizeURL, TokenURL: f.UsercomTokenURL,
			Scopes: strings.Fields(f.UsercomScopes), HeaderWord: f.UsercomHeaderWord, PKCE: f.UsercomPKCE}},
	}
	for id, system := range systems() {
		if why := apps[id].Problem(system.Spec, allow); why != "" {
			problems = append(problems, "the app for "+system.Spec.Name+": "+why)
		}
	}
	return apps, problems
}

// connections wires what connects accounts.
func (a *app) connections() {
	a.pool = &connection.Pool{Systems: systems(), Secrets: a.store, Sealer: a.sealer, HTTP: a.http, Now: a.now, Memory: a.store, Apps: a.set.Apps,
		Changed: func(c connection.Connection, state connection.State, problem string) {
			a.log.Warn("a connection changed its state", "connection", c.Name, "system", c.System, "state", state, "problem", problem)
			if state == connection.OK { // a call found it usable again before anybody checked
				a.reconnected(context.Background(), c.Workspace, c.ID)
			}
		}}
	a.connect = &connection.Service{Systems: a.pool.Systems, Memory: a.store, Sealer: a.sealer, HTTP: a.http, Pool: a.pool, Now: a.now,
		Apps: a.set.Apps, Allow: a.set.Allow, Needs: a.needs, Reconnected: a.reconnected}
}

// needs is what the flows and automations that use a connection want to do with it.
func (a *app) needs(ctx context.Context, ws, conn string) (needs []connector.Need, err error) {
	flows, err := a.store.Flows(ctx, ws)
	for _, f := range flows {
		for side, id := range f.Connections {
			if id == conn {
				needs = append(needs, f.Needs(engine.Side(side))...)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	c, err := a.store.ConnectionByID(ctx, ws, conn)
	if err != nil {
		return nil, err
	}
	all, err := a.store.Automations(ctx, ws)
	for _, x := range all {
		for _, v := range []automation.Automation{x.Draft, x.Published} {
			if slices.Contains(v.Connections[:], conn) {
				needs = append(needs, automation.Needs(v, c.System, a.watcher.Systems)...)
			}
		}
	}
	return needs, err
}

// reconnected has the flows of a connection run soon: their time is set to now, and the scheduler comes by.
func (a *app) reconnected(ctx context.Context, ws, conn string) {
	flows, err := a.store.Flows(ctx, ws)
	for _, f := range flows {
		if f.Enabled && (f.Connections[0] == conn || f.Connections[1] == conn) && err == nil {
			err = a.store.SetNext(ctx, ws, f.ID, a.now())
		}
	}
	if err != nil { // they run when their time comes
		a.log.Warn("flows were not woken", "connection", conn, "error", err)
	}
}

// held reports whether one of the accounts of a flow must be connected again before anything can be done.
func (a *app) held(ctx context.Context, ws string, conns [2]string) (bool, error) {
	for _, id := range conns {
		c, err := a.store.ConnectionByID(ctx, ws, id)
		if err != nil {
			return false, err
		}
		if c.State == connection.Reconnect || c.State == connection.NeedsKey {
			return true, nil
		}
	}
	return false, nil
}

// recheck tries the keys that were not taken any more: what was a fault of the system is over some time.
func (a *app) recheck(ctx context.Context, ws string) error {
	all, err := a.store.Connections(ctx, ws)
	for _, c := range all {
		if c.State == connection.Reconnect && ctx.Err() == nil {
			_, _ = a.connect.Check(ctx, ws, c.ID) // what it found is stored
		}
	}
	return err
}
