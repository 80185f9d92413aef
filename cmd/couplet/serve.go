package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/jobs"
	"couplet/static"
	"couplet/web"
)

// serveCmd runs the web app, the scheduler and the workers (cli.md, `couplet serve`).
type serveCmd struct {
	Addr                 string   `default:"127.0.0.1:8080" help:"Where the web app listens."`
	Roles                []string `default:"web,worker" help:"What this process does: web, worker, or both."`
	MetricsAddr          string   `help:"Where numbers for Prometheus are served; nowhere unless set." placeholder:"ADDR"`
	TrustedProxies       []string `help:"Networks whose X-Forwarded-For is believed." placeholder:"CIDR"`
	HighlevelWebhookKeys string   `help:"File of PEM public keys that replace the built-in key for signatures of HighLevel." placeholder:"FILE" type:"existingfile"`

	hookKeys []string          // as HighlevelWebhookKeys, for the demo, whose key is in no file
	bases    map[string]string // web.Options.Bases
	accounts map[string]map[string]string
	gallery  bool // web.Options.Gallery
}

func (serveCmd) Help() string {
	return "Example: couplet serve --addr 127.0.0.1:8080 --data ./data\n\nThe settings for connecting by consent (COUPLET_HIGHLEVEL_CLIENT_ID and others) are in docs/self-hosting.md."
}

func (c *serveCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	s, err := c.build(ctx, a, g)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return cannotListen("--addr", c.Addr, err)
	}
	return s.run(ctx, a, l, func() error {
		t.printf("Couplet listens on http://%s\n", l.Addr())
		return s.sayCode(ctx, t, a.public, l.Addr())
	})
}

// server is a process that serves.
type server struct {
	cmd     *serveCmd
	web     *web.Server
	jobs    *jobs.Jobs
	works   bool
	handler http.Handler
}

func (c *serveCmd) build(ctx context.Context, a *app, g *Globals) (*server, error) {
	s := &server{cmd: c, works: slices.Contains(c.Roles, "worker")}
	serves := slices.Contains(c.Roles, "web")
	for _, r := range c.Roles {
		if r != "web" && r != "worker" {
			return nil, &exit{Code: 2, Text: fmt.Sprintf("--roles %s: a role is web or worker", r)}
		}
	}
	proxies, err := prefixes(c.TrustedProxies)
	if err != nil {
		return nil, err
	}
	var public *url.URL
	if g.PublicURL != "" {
		if public, err = url.Parse(g.PublicURL); err != nil || public.Host == "" {
			return nil, &exit{Code: 2, Text: "--public-url is not an address like https://couplet.example.com"}
		}
	}
	metrics := web.NewMetrics(web.Build{Version: version}, a.budgets)
	a.called = metrics.Call
	if s.jobs, err = a.jobs(metrics.Run); err != nil {
		return nil, err
	}
	if err := s.jobs.Migrate(ctx); err != nil {
		return nil, err
	}
	receivers, err := c.receivers()
	if err != nil {
		return nil, err
	}
	o := web.Options{Store: a.store, Connect: a.connect, Samples: a.engine, Tools: tools{a}, Scripts: a.runner.Scripts, Starts: a.watcher, Bases: c.bases, Accounts: c.accounts, Gallery: c.gallery, Wake: s.jobs, Ping: a.db.Ping, Receivers: receivers, AppCalled: a.connect.AppCalled, HookKey: a.hookKey(),
		PublicURL: public, TrustedProxies: proxies, Metrics: metrics, Now: a.now, Log: a.log}
	if s.works {
		o.Workers = s.jobs.Ready
	}
	if s.web, err = web.New(o); err != nil {
		return nil, err
	}
	s.handler = s.web.Handler()
	if !serves {
		s.handler = healthOnly(s.handler)
	}
	return s, nil
}

// receivers take the calls of the systems.
func (c *serveCmd) receivers() (map[string]web.Receiver, error) {
	var options []highlevel.Option
	pems := c.hookKeys
	if c.HighlevelWebhookKeys != "" {
		var err error
		if pems, err = readPEMs(c.HighlevelWebhookKeys); err != nil {
			return nil, err
		}
	}
	if len(pems) > 0 {
		options = append(options, highlevel.HookKeys(pems...))
	}
	hl, err := highlevel.NewHooks(options...)
	if err != nil {
		return nil, err
	}
	uc, err := usercom.NewHooks()
	if err != nil {
		return nil, err
	}
	return map[string]web.Receiver{"highlevel": {Spec: highlevel.Spec(), Hooks: hl}, "usercom": {Spec: usercom.Spec(), Hooks: uc}}, nil
}

// run serves until the context ends, then lets running work reach a safe place. ready is called once everything has begun.
func (s *server) run(ctx context.Context, a *app, l net.Listener, ready func() error) error {
	main := &http.Server{Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 2)
	go func() { failed <- main.Serve(l) }()
	var numbers *http.Server
	if s.cmd.MetricsAddr != "" {
		ml, err := net.Listen("tcp", s.cmd.MetricsAddr)
		if err != nil {
			return errors.Join(cannotListen("--metrics-addr", s.cmd.MetricsAddr, err), main.Close())
		}
		numbers = &http.Server{Handler: s.web.MetricsHandler(), ReadHeaderTimeout: 10 * time.Second}
		go func() { failed <- numbers.Serve(ml) }()
	}
	if s.works {
		if err := s.jobs.Start(ctx); err != nil {
			return errors.Join(err, main.Close())
		}
	}
	if missing := static.Missing(); len(missing) > 0 {
		a.log.Warn("pages lack their stylesheet and scripts, everything else works; `make assets build` makes them", "missing", len(missing))
	}
	err := ready()
	tidy := time.NewTicker(time.Hour)
	defer tidy.Stop()
	for err == nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case err = <-failed:
		case <-tidy.C:
			if s.works {
				a.tidy(ctx)
			}
		}
	}
	return errors.Join(err, s.stop(main, numbers))
}

// sayCode prints the set-up code while nobody owns this installation: to stderr whatever the level of the log, because
// without it nobody comes in.
func (s *server) sayCode(ctx context.Context, t *terminal, public string, listens net.Addr) error {
	if !slices.Contains(s.cmd.Roles, "web") {
		return nil
	}
	code, err := s.web.SetupCode(ctx)
	if err != nil || code == "" {
		return err
	}
	fmt.Fprintf(t.Err, "couplet: nobody has an account yet. Open %s/setup; the set-up code is %s\n", strings.TrimSuffix(cmp.Or(public, "http://"+listens.String()), "/"), code)
	return nil
}

func cannotListen(flag, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s %s is in use, perhaps by another couplet; stop that one, or give another address", flag, addr)
	}
	return fmt.Errorf("%s %s: %w; write it like 127.0.0.1:8080", flag, addr, err)
}

// grace is how long a stopping server lets calls and work come to an end.
const grace = 15 * time.Second

func (s *server) stop(listeners ...*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	s.web.Drain()
	var errs []error
	if s.works {
		errs = append(errs, s.jobs.Stop(ctx))
	}
	for _, l := range listeners {
		if l != nil {
			errs = append(errs, l.Shutdown(ctx))
		}
	}
	return errors.Join(errs...)
}

// tidy forgets what is past its time, so that the database does not grow for ever.
func (a *app) tidy(ctx context.Context) {
	all, err := a.store.Workspaces(ctx)
	for _, ws := range all {
		keeps, e := a.store.Keeps(ctx, ws.ID)
		if e == nil {
			_, e = a.store.Prune(ctx, ws.ID, a.now(), keeps)
		}
		if e != nil {
			err = errors.Join(err, e)
		}
		if e := a.recheck(ctx, ws.ID); e != nil {
			err = errors.Join(err, e)
		}
	}
	err = errors.Join(err, a.store.PrunePeople(ctx))
	if err != nil && ctx.Err() == nil {
		a.log.Warn("old entries were not removed", "error", err)
	}
}

// hookKey keys the hashes of the secrets in hook addresses.
func (a *app) hookKey() []byte {
	m := hmac.New(sha256.New, a.engine.HashKey)
	m.Write([]byte("hook addresses"))
	return m.Sum(nil)
}

// budgets are the states of all connections' allowances.
func (a *app) budgets() (list []web.BudgetState) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	system := map[string]string{}
	all, _ := a.store.Workspaces(ctx) // without a database the numbers are still worth something
	for _, ws := range all {
		conns, _ := a.store.Connections(ctx, ws.ID)
		for _, c := range conns {
			system[c.ID] = c.System
		}
	}
	for id, snapshot := range a.pool.Snapshots() {
		list = append(list, web.BudgetState{Connection: id, System: system[id], Snapshot: snapshot})
	}
	return list
}

// healthOnly is what a process without the web role serves.
func healthOnly(h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", h)
	mux.Handle("GET /readyz", h)
	return mux
}

func prefixes(list []string) (out []netip.Prefix, err error) {
	for _, s := range list {
		if !strings.Contains(s, "/") {
			if ip, err := netip.ParseAddr(s); err == nil {
				out = append(out, netip.PrefixFrom(ip, ip.BitLen()))
				continue
			}
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, &exit{Code: 2, Text: fmt.Sprintf("--trusted-proxies %s is not a network like 10.0.0.0/8", s)}
		}
		out = append(out, p)
	}
	return out, nil
}

// readPEMs reads a file of PEM blocks, one text each.
func readPEMs(path string) (list []string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for len(data) > 0 {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			break
		}
		list = append(list, string(pem.EncodeToMemory(b)))
	}
	if len(list) == 0 {
		return nil, &exit{Code: 2, Text: path + " holds no PEM public key"}
	}
	return list, nil
}
