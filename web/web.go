// Package web answers browsers, and the systems when they call. It is the only package that knows echo.
//
// # Terms
//
// A route is a line of the list in routes.go: method, path, handler, and who may come. A handler unpacks a request, asks
// one of the interfaces in [Options], and shows a page of package templates or returns an error. A hook is a call of a
// system that says that something changed.
//
// # What may be counted on
//
//   - Handlers return errors, and one place (error.go) turns them into an answer: a page for people, problem JSON for
//     programs. Only the text of an [Error] is shown; what else is known goes to the log, under the same request number.
//   - Every answer, of any kind, carries the headers of headers.go. Pages have no inline scripts or styles.
//   - Posts from other sites are refused by what the browser says about them; calls of systems carry no such words.
//   - The log has a line per request: the route's pattern, never the address, so that no secret of a hook's address and
//     no search of a person is written down.
//   - A hook is a hint, never data (see hooks.go): it is verified, stored, answered, and the record is read again.
//
// # Where it ends
//
// Listening is the business of the command. [Server.Handler] is the whole web app, [Server.MetricsHandler] is for an
// address of its own, and [HTTP] dresses a handler with the time limits that a public server needs.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/store"
)

// Options say what the web app needs. Store, Connect, Samples, Wake, Ping, Now and Log are required.
type Options struct {
	Store *store.Store
	// Connect connects accounts. Its Systems are those that pages know.
	Connect *connection.Service
	Wake    Waker
	// Bases are the addresses of APIs that new connections get where nothing was typed, by system; the vendor's own unless set.
	Bases map[string]string
	// Accounts is what names a new account where nothing was typed, by system and by the name of the field.
	Accounts map[string]map[string]string
	// Gallery shows the page of components, which is for those who make pages: a demo has it, a real server never.
	Gallery bool
	// Samples reads fields and real records of the accounts, for pages that show them.
	Samples Sampler
	// Tools open accounts for what automations did.
	Tools automation.Accounts
	// Scripts runs the scripts of automations' steps on samples; nil has a try only tell of them.
	Scripts automation.Scripts
	// Starts sets automations off by hand.
	Starts command.Starter
	// Ping asks the database for a sign of life. Workers says why no work is done, nil in a process without workers.
	Ping    func(ctx context.Context) error
	Workers func() error

	// Receivers take the calls of systems, by the name of the system.
	Receivers map[string]Receiver
	// AppCalled obeys a system's call about our app, and returns the connections that it changed; nil takes it for a call
	// about nothing.
	AppCalled func(ctx context.Context, system, account string, call connector.AppCall, sent time.Time) ([]connection.Connection, error)
	// HookKey keys the hashes under which the secrets of hook addresses are stored.
	HookKey []byte
	// RefuseLate turns away hooks whose own time is long past, instead of storing and marking them.
	RefuseLate bool
	// Debounce is how long further hints for a record that was just looked at are gathered; 3 s unless set.
	Debounce time.Duration

	// PublicURL is where people reach the web app, nil when it was not said.
	PublicURL *url.URL
	// TrustedProxies may say for whom they forward a request. From any other, a forwarded address is ignored.
	TrustedProxies []netip.Prefix

	Metrics *Metrics // made when nil
	Now     func() time.Time
	Log     *slog.Logger
}

// Waker has a flow worked on soon.
type Waker interface {
	// Wake is called after the commit of what is to be worked on. by is the person who asks, "" when nobody does.
	Wake(ctx context.Context, workspace, flow, trigger, by string) error
}

// Server is the web app. It is safe for concurrent use.
type Server struct {
	o         Options
	echo      *echo.Echo
	metrics   *Metrics
	sessions  *sessionStore
	draining  atomic.Bool
	storing   time.Duration // how long storing a hook may take
	soon      time.Duration // how long a page waits for a run that was just woken
	looks     *looks
	inquiries *inquiries
	// tests are further records, read when somebody asks for a test.
	tests  *looks
	tokens *tokenPaces
	spec   func() object // describes the API; the same as long as the program runs
}

// New makes the web app.
func New(o Options) (*Server, error) {
	if o.Store == nil || o.Connect == nil || o.Samples == nil || o.Wake == nil || o.Ping == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("web: Store, Connect, Samples, Wake, Ping, Now and Log are needed")
	}
	if len(o.HookKey) < 16 {
		return nil, errors.New("web: HookKey needs 16 bytes or more")
	}
	if o.Debounce <= 0 {
		o.Debounce = 3 * time.Second
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(Build{}, nil)
	}
	s := &Server{o: o, metrics: o.Metrics, echo: echo.New(), storing: storing, soon: soon, looks: &looks{sampler: o.Samples, now: o.Now}, inquiries: &inquiries{now: o.Now}, tests: &looks{sampler: o.Samples, now: o.Now, n: testsReads},
		tokens: &tokenPaces{of: map[string]*rate.Limiter{}}}
	s.spec = sync.OnceValue(func() object { return describe(s.apiRoutes()) })
	s.sessions = &sessionStore{store: o.Store, secure: o.PublicURL != nil && o.PublicURL.Scheme == "https"}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.IPExtractor = clientIP(o.TrustedProxies)
	s.echo.HTTPErrorHandler = s.answerError
	guard, err := s.sameOrigin()
	if err != nil {
		return nil, err
	}
	s.echo.Pre(s.headers, s.logged, s.survive, guard)
	s.register()
	return s, nil
}

// Handler is the whole web app.
func (s *Server) Handler() http.Handler { return s.echo }

// MetricsHandler serves the numbers for Prometheus. It belongs on an address that only the house can reach.
func (s *Server) MetricsHandler() http.Handler { return s.metrics.handler() }

// Drain makes the web app say that it is going away: not ready, and hooks are to come again later. Call it before the
// listener is closed.
func (s *Server) Drain() { s.draining.Store(true) }

// HTTP is a server for a handler with limits on time and size. Whatever takes longer than writing a page, such as a
// stream, lifts the write limit for itself through http.ResponseController.
func HTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
