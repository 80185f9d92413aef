package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"couplet/internal/connection"
	"couplet/internal/password"
	"couplet/internal/sandbox"
	"couplet/internal/store"
	"couplet/web"
)

// demoCmd is the web app with the two pretend CRMs beside it and people in both (cli.md, `couplet demo`). All else is as
// in real life: nothing is connected yet, consent is asked on the pretend systems' own pages, limits and settle times are
// the real ones.
type demoCmd struct {
	Addr     string `help:"Where the web app listens. Default: 127.0.0.1:8080, or a free port when that one is taken." placeholder:"ADDR"`
	Contacts int    `default:"250" help:"People to seed, over both sides, when the folder is new."`
	Chaos    bool   `help:"The pretend CRMs misbehave: all faults at moderate rates."`
	FirstRun bool   `help:"Make no owner: begin with the set-up code, as a new installation does."`
	JSON     bool   `name:"json" help:"Print one line of JSON when ready."`
}

func (demoCmd) Help() string {
	return "Everything is in a fresh temporary folder that is removed at the end, or kept in the folder that --data names. Nothing is sent outside this machine.\n\nExample: couplet demo --contacts 500"
}

func (c *demoCmd) Run(ctx context.Context, g *Globals, t *terminal) (err error) {
	if g.DatabaseURL != "" {
		return &exit{Code: 2, Text: "demo keeps its own database in its data folder, so that it never touches a real one; leave out --database-url and COUPLET_DATABASE_URL"}
	}
	place, err := openPlace(g)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.close()) }()
	l, err := c.listen()
	if err != nil {
		return err
	}
	defer l.Close() // closed by the server already, unless it never came to that
	if g.PublicURL = strings.TrimSuffix(g.PublicURL, "/"); g.PublicURL == "" {
		g.PublicURL = "http://" + l.Addr().String()
	}
	box, err := place.sandbox(ctx, c, l.Addr().String())
	if err != nil {
		return err
	}
	defer box.Close()
	return c.serve(ctx, g, t, place, box, l)
}

// serve runs the web app on the sandbox until the context ends.
func (c *demoCmd) serve(ctx context.Context, g *Globals, t *terminal, place *place, box *sandbox.Sandbox, l net.Listener) error {
	info := box.Info()
	if _, _, err := connection.KeyFile(place.file("couplet.key")); err != nil { // made here without the advice to keep a copy
		return err
	}
	g.AllowPrivateHosts = strings.Join([]string{hostOf(info.HighLevel.URL), hostOf(info.UserCom.URL)}, ",")
	g.Consent = pretendApps(info)
	g.now = box.Clock.Now // what the systems' time is moved by has passed here, too
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	a.connect.Known = map[string]map[string]string{"usercom": box.UserComSettings()}
	serve := &serveCmd{Roles: []string{"web", "worker"}, gallery: true, hookKeys: []string{info.HighLevel.WebhookKey},
		bases:    map[string]string{"highlevel": info.HighLevel.URL, "usercom": info.UserCom.URL},
		accounts: map[string]map[string]string{"usercom": {"subdomain": info.UserCom.Subdomain}}}
	s, err := serve.build(ctx, a, g)
	if err != nil {
		return err
	}
	return s.run(ctx, a, l, func() error {
		r := demoReady{URL: g.PublicURL, Info: info}
		if c.FirstRun {
			if r.SetupCode, err = s.web.SetupCode(ctx); err != nil {
				return err
			}
		} else {
			path, secret, err := c.owner(ctx, a)
			if err != nil {
				return err
			}
			r.SignIn, r.Email, r.Password = g.PublicURL+path, demoEmail, secret
		}
		return r.say(c.JSON, t, place)
	})
}

// usual is where the web app listens unless it is told otherwise.
const usual = "127.0.0.1:8080"

// listen opens the address. It must be of this machine, because the pretend CRMs and their consent pages are only there.
func (c *demoCmd) listen() (net.Listener, error) {
	if c.Addr == "" {
		l, err := net.Listen("tcp", usual)
		if errors.Is(err, syscall.EADDRINUSE) {
			return net.Listen("tcp", "127.0.0.1:0")
		}
		return l, err
	}
	host, _, err := net.SplitHostPort(c.Addr)
	if ip := net.ParseIP(host); err == nil && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, &exit{Code: 2, Text: fmt.Sprintf("--addr %s: the demo is for this machine only, because the pretend CRMs are; give an address like %s", c.Addr, usual)}
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, cannotListen("--addr", c.Addr, err)
	}
	return l, nil
}

// demoEmail is the name that the owner of a demo signs in with. The domain is one that nobody can have.
const demoEmail = "owner@couplet.example"

// owner makes the owner and returns a path that signs in, and the password when it was made just now.
func (c *demoCmd) owner(ctx context.Context, a *app) (path, secret string, err error) {
	all, err := a.store.SignIn(ctx, demoEmail)
	if err == nil && len(all) == 0 {
		word := strings.ToLower(rand.Text())
		secret = strings.Join([]string{word[:5], word[5:10], word[10:15], word[15:20]}, "-")
		var hash string
		if hash, err = password.Hash(ctx, secret); err == nil {
			all = make([]store.User, 1)
			all[0], err = a.store.AddUser(ctx, a.ws, demoEmail, "owner", hash)
		}
	}
	if err != nil {
		return "", "", err
	}
	path, err = web.NewSignInLink(ctx, a.store, all[0], a.now())
	return path, secret, err
}

// pretendApps are the apps that the pretend systems know, with their consent pages.
func pretendApps(info sandbox.Info) consentFlags {
	hl, uc := info.HighLevel, info.UserCom
	return consentFlags{
		HighlevelClientID: hl.ClientID, HighlevelClientSecret: hl.ClientSecret,
		HighlevelAuthorizeURL: hl.URL + "/v2/oauth/chooselocation", HighlevelTokenURL: hl.OAuthURL + "token",
		UsercomClientID: uc.ClientID, UsercomClientSecret: uc.ClientSecret,
		UsercomAuthorizeURL: uc.OAuthURL + "authorize", UsercomTokenURL: uc.OAuthURL + "token",
		UsercomScopes: "read write", UsercomHeaderWord: "Bearer",
	}
}
