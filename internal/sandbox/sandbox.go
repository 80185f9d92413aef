package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"couplet/internal/sandbox/highlevel"
	"couplet/internal/sandbox/kit"
	"couplet/internal/sandbox/usercom"
)

// Options are the flags of `couplet sandbox` (cli.md).
type Options struct {
	HighLevelAddr, UserComAddr, ControlAddr string // default 127.0.0.1:0

	Contacts           int   // people over both sides
	Seed               int64 // the same seed gives the same people, ids and tokens
	Latency, SearchLag time.Duration
	RateLimits         string // "real" (default), "off", or "N/s" for both sides

	WebhookURL     string // HighLevel's webhooks; "/highlevel" is added when it ends in "/hooks"
	UserComHookURL string // where User.com's automation modules call

	Faults    map[string]float64
	Chaos     bool   // all faults at their stated rates; Faults go on top
	StateFile string // loaded when it exists, kept up to date while running
	Expose    bool   // allow addresses that are not loopback
}

// saveEvery is how often a changed state is written.
const saveEvery = 3 * time.Second

// Sandbox is a running pair of CRMs.
type Sandbox struct {
	HighLevel *highlevel.CRM
	UserCom   *usercom.CRM
	Clock     *kit.Clock
	Faults    *kit.Faults

	o        Options
	info     Info
	counters map[string]*kit.Counters
	crms     map[string]crm
	hooks    []*kit.Hooks
	servers  []*http.Server
	serving  sync.WaitGroup
	closing  context.CancelFunc
	close    sync.Once
	closeErr error
	saved    savedState
}

// crm is what control can do with either side.
type crm interface {
	Create(object string, fields map[string]any) (map[string]any, error)
	Update(object, id string, fields map[string]any) (map[string]any, error)
	Get(object, id string) (map[string]any, error)
	Delete(object, id string) error
	State() any
}

// Start seeds or loads both CRMs and serves them until ctx ends or Close is called.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	rates, err := parseRates(o.RateLimits)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{
		o: o, Clock: kit.NewClock(), Faults: kit.NewFaults(o.Seed),
		counters: map[string]*kit.Counters{
			"highlevel": kit.NewCounters(), "usercom": kit.NewCounters(), "control": kit.NewCounters(),
		},
	}
	if o.Chaos {
		s.Faults.Chaos()
	}
	for name, rate := range o.Faults {
		if err := s.Faults.Set(name, rate); err != nil {
			return nil, err
		}
	}
	listeners, err := listen(o)
	if err != nil {
		return nil, err
	}
	err = s.fill(rates)
	if err == nil && o.StateFile != "" {
		err = s.save()
	}
	if err != nil {
		for _, l := range listeners {
			_ = l.Close()
		}
		s.stopHooks()
		return nil, err
	}
	ctx, s.closing = context.WithCancel(ctx)
	for i, h := range []http.Handler{s.HighLevel.Handler(), s.UserCom.Handler(), s.control()} {
		s.serve(listeners[i], h)
	}
	s.info.HighLevel.URL = "http://" + listeners[0].Addr().String()
	s.info.UserCom.URL = "http://" + listeners[1].Addr().String() + "/api/public/"
	s.info.Control.URL = "http://" + listeners[2].Addr().String()
	if o.StateFile != "" {
		s.serving.Go(func() { s.saveLoop(ctx) })
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

// fill makes both CRMs out of the state file, or out of the seed.
func (s *Sandbox) fill(rates rates) error {
	saved, err := readState(s.o.StateFile)
	if err != nil {
		return err
	}
	ids := kit.NewIDs(s.o.Seed + 1)
	fresh := saved == nil
	if fresh {
		saved = &savedState{
			UserComToken: ids.AlphaNum(64), Subdomain: "demo",
			UserComClient: ids.Hex(24), UserComSecret: ids.UUID(), ControlKey: randomKey(),
		}
	}
	hook := s.o.WebhookURL
	if strings.HasSuffix(hook, "/hooks") {
		hook += "/highlevel"
	}
	s.hooks = []*kit.Hooks{
		kit.NewHooks(s.Clock, s.Faults, highlevel.HookPolicy),
		kit.NewHooks(s.Clock, s.Faults, kit.Policy{Attempts: 1}), // no retries are known
	}
	s.HighLevel = highlevel.New(highlevel.Options{
		Clock: s.Clock, Faults: s.Faults, Counters: s.counters["highlevel"], Hooks: s.hooks[0], Seed: s.o.Seed,
		Rate: rates.highlevel, Daily: rates.daily, Latency: s.o.Latency, SearchLag: s.o.SearchLag, WebhookURL: hook,
	})
	s.UserCom = usercom.New(usercom.Options{
		Clock: s.Clock, Faults: s.Faults, Counters: s.counters["usercom"], Hooks: s.hooks[1], Seed: s.o.Seed,
		Limit: rates.usercom, Latency: s.o.Latency, HookURL: s.o.UserComHookURL,
		Token: saved.UserComToken, Subdomain: saved.Subdomain,
	})
	s.crms = map[string]crm{"highlevel": s.HighLevel, "usercom": s.UserCom}
	if fresh {
		people := Seed(s.o.Contacts, s.o.Seed)
		for _, p := range people.HighLevel {
			s.HighLevel.Add(p)
		}
		for _, p := range people.UserCom {
			s.UserCom.Add(p)
		}
		saved.Expected = Expect(people.HighLevel, people.UserCom)
	} else if err := errors.Join(s.HighLevel.Load(saved.HighLevel), s.UserCom.Load(saved.UserCom)); err != nil {
		return fmt.Errorf("%s: %w", s.o.StateFile, err)
	}
	saved.HighLevel, saved.UserCom = nil, nil
	s.saved = *saved
	s.info = infoOf(s)
	return nil
}

func randomKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// listen opens the three listeners, or none.
func listen(o Options) ([]net.Listener, error) {
	var open []net.Listener
	for _, addr := range []string{o.HighLevelAddr, o.UserComAddr, o.ControlAddr} {
		if addr == "" {
			addr = "127.0.0.1:0"
		}
		err := loopbackOnly(addr, o.Expose)
		if err == nil {
			var l net.Listener
			if l, err = net.Listen("tcp", addr); err == nil {
				open = append(open, l)
				continue
			}
		}
		for _, l := range open {
			_ = l.Close()
		}
		return nil, err
	}
	return open, nil
}

func loopbackOnly(addr string, expose bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	ip := net.ParseIP(host)
	if !expose && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("address %q is not loopback: the sandbox needs --expose for it", addr)
	}
	return nil
}

func (s *Sandbox) serve(l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { _ = server.Serve(l) })
}

func (s *Sandbox) stopHooks() {
	for _, h := range s.hooks {
		h.Close()
	}
}

// Close stops serving and sending, and writes the state file a last time.
func (s *Sandbox) Close() error {
	s.close.Do(func() {
		s.closing()
		for _, server := range s.servers {
			_ = server.Close()
		}
		s.serving.Wait()
		s.stopHooks()
		if s.o.StateFile != "" {
			s.closeErr = s.save()
		}
	})
	return s.closeErr
}
