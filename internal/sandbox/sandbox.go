package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
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
	UserComLag         time.Duration // as SearchLag for User.com, whose lists are not known to be behind
	RateLimits         string        // "real" (default), "off", or "N/s" for both sides

	WebhookURL     string // HighLevel's webhooks; "/highlevel" is added when it ends in "/hooks"
	UserComHookURL string // where User.com's automation modules call

	RedirectURIs      []string      // registered for both OAuth apps; none accepts any https or loopback address
	AccessLife        time.Duration // of OAuth access tokens; each side's own when zero
	AllowDuplicates   bool          // HighLevel's location takes a second contact of the same address or number (highlevel.md section 4.4)
	DropState         bool          // the consent pages do not send state back (highlevel.md section 3.1, unverified)
	RefuseUnknown     bool          // User.com refuses a key of a contact that it does not know instead of ignoring it (usercom.md section 13, point 11)
	NoLocationRefresh bool          // a location token made from an agency's comes without a refresh token (highlevel.md section 3.4)

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
	Load(raw json.RawMessage) error
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
	s.info.reachedAt("http://"+listeners[0].Addr().String(), "http://"+listeners[1].Addr().String(), "http://"+listeners[2].Addr().String())
	for i, h := range []http.Handler{s.HighLevel.Handler(), s.UserCom.Handler(), s.control()} {
		s.serve(listeners[i], h)
	}
	if o.StateFile != "" {
		s.serving.Go(func() { s.saveLoop(ctx) })
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
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
