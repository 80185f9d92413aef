package connection_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/db"
	"couplet/db/dbtest"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

const redirect = "http://127.0.0.1:1/connect/return"

// house is the service on a real database with the two pretend systems behind it.
type house struct {
	*testing.T
	sb    *sandbox.Sandbox
	info  sandbox.Info
	db    *db.DB
	store *store.Store
	svc   *connection.Service
	ws    string
	// said is everything that was said in errors and problems, for the test that no secret is in it.
	said *bytes.Buffer

	mu    sync.Mutex
	ahead time.Duration
	woken []string
}

func newHouse(t *testing.T, o sandbox.Options) *house {
	t.Helper()
	return newHouseOn(t, o, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"))
}

func newHouseOn(t *testing.T, o sandbox.Options, database string) *house {
	t.Helper()
	if o.RateLimits == "" {
		o.RateLimits = "off"
	}
	sb, err := sandbox.Start(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { must(t, sb.Close()) })
	h := &house{T: t, sb: sb, info: sb.Info(), said: &bytes.Buffer{}}
	h.db, err = db.Open(t.Context(), database, db.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, h.db.Close()) })
	must(t, h.db.Migrate(t.Context(), time.Now()))
	h.store = store.New(h.db, h.now)
	ws, err := h.store.Default(t.Context())
	must(t, err)
	h.ws = ws.ID
	key, err := connection.NewKey()
	must(t, err)
	sealer, err := connection.OpenSealer(key)
	must(t, err)
	h.svc = h.process(sealer)
	return h
}

// postgres makes a schema of its own in the database of TEST_POSTGRES_URL.
func postgres(t *testing.T) string {
	t.Helper()
	base := os.Getenv("TEST_POSTGRES_URL")
	if base == "" {
		t.Skip("TEST_POSTGRES_URL is not set")
	}
	return dbtest.Schema(t, base)
}

// process is the service as another process on the same database has it.
func (h *house) process(sealer *connection.Sealer) *connection.Service {
	h.Helper()
	hosts, err := connection.AllowedHosts(strings.Join([]string{hostOf(h.info.HighLevel.URL), hostOf(h.info.UserCom.URL)}, ","))
	must(h, err)
	systems := map[string]connection.System{
		"highlevel": {Spec: highlevel.Spec(), New: func(a connector.Account) (connector.Connector, error) { return highlevel.New(a) }, Agency: highlevel.NewAgency},
		"usercom":   {Spec: usercom.Spec(), New: func(a connector.Account) (connector.Connector, error) { return usercom.New(a) }},
	}
	hl, uc := h.info.HighLevel, h.info.UserCom
	apps := map[string]connection.Client{
		"highlevel": {Secret: hl.ClientSecret, App: connection.App{ClientID: hl.ClientID, AuthorizeURL: hl.URL + "/v2/oauth/chooselocation", TokenURL: hl.OAuthURL + "token"}},
		"usercom": {Secret: uc.ClientSecret, App: connection.App{ClientID: uc.ClientID, AuthorizeURL: uc.OAuthURL + "authorize", TokenURL: uc.OAuthURL + "token",
			Scopes: []string{"read", "write"}, HeaderWord: "Bearer"}},
	}
	client := connection.NewHTTP(connection.Options{Allow: hosts})
	log := slog.New(slog.NewTextHandler(h.said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	pool := &connection.Pool{Systems: systems, Secrets: h.store, Sealer: sealer, HTTP: client, Now: h.now, Memory: h.store, Apps: apps,
		Changed: func(c connection.Connection, s connection.State, problem string) {
			log.Warn("changed", "state", s, "problem", problem)
		}}
	return &connection.Service{Systems: systems, Memory: h.store, Sealer: sealer, HTTP: client, Pool: pool, Now: h.now, Apps: apps, Allow: hosts,
		Reconnected: func(_ context.Context, ws, id string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.woken = append(h.woken, ws+"/"+id)
		}}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Host
}

// now is the clock of our side; pass moves both clocks.
func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.ahead)
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	h.ahead += d
	h.mu.Unlock()
	h.sb.Clock.Advance(d)
}

// wish is a new connection of a system by Ann.
func (h *house) wish(system string, needs ...connector.Need) connection.Wish {
	w := connection.Wish{Workspace: h.ws, User: "ann", Session: "session of ann", System: system, BaseURL: h.info.HighLevel.URL, For: needs, Redirect: redirect, Back: "/new/a"}
	if system == "usercom" {
		w.BaseURL, w.Params = strings.TrimSuffix(h.info.UserCom.URL, "/"), map[string]string{"subdomain": h.info.UserCom.Subdomain}
	}
	return w
}

// visit is what a person does with the browser at the system.
type visit struct {
	account  string   // "" = the seeded location
	withhold []string // scopes that are unticked
	cancel   bool
}

// agree goes through the system's consent pages and returns what the browser comes back with.
func (h *house) agree(authorizeURL string, v visit) url.Values {
	h.Helper()
	jar, _ := cookiejar.New(nil)
	back := errors.New("back")
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return back
		}
		return nil
	}}
	u, err := url.Parse(authorizeURL)
	must(h, err)
	form := u.Query()
	if strings.Contains(u.Path, "chooselocation") {
		res, err := browser.PostForm(u.Scheme+"://"+u.Host+"/signin", url.Values{"next": {u.RequestURI()}})
		must(h, err)
		must(h, res.Body.Close())
		if v.account == "" {
			v.account = h.info.HighLevel.LocationID
		}
		form.Set("account", v.account)
	}
	for _, scope := range strings.Fields(form.Get("scope")) {
		if !slices.Contains(v.withhold, scope) {
			form.Add("granted", scope)
		}
	}
	form.Set("decision", map[bool]string{false: "allow", true: "cancel"}[v.cancel])
	res, err := browser.PostForm(u.Scheme+"://"+u.Host+u.Path, form)
	if !errors.Is(err, back) {
		h.Fatalf("the consent page did not send the browser back: %v %v", res, err)
	}
	must(h, res.Body.Close())
	to, err := res.Location()
	must(h, err)
	return to.Query()
}

// returned is the answer as it comes to Ann's session.
func (h *house) returned(q url.Values) connection.Returned {
	return connection.Returned{Session: "session of ann", User: "ann", Redirect: redirect,
		State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error")}
}

// consent goes all the way to the question whether that is the right account.
func (h *house) consent(w connection.Wish, v visit) connection.Pending {
	h.Helper()
	link, err := h.svc.Begin(h.Context(), w)
	must(h, err)
	p, err := h.svc.Return(h.Context(), h.returned(h.agree(link, v)))
	must(h, err)
	return p
}

// connected goes all the way.
func (h *house) connected(w connection.Wish, v visit) connection.Connection {
	h.Helper()
	p := h.consent(w, v)
	c, err := h.svc.Accept(h.Context(), h.ws, "session of ann", p.ID)
	must(h, err)
	return c
}

// works makes a call with the stored credential of a connection.
func (h *house) works(s *connection.Service, id string) error {
	h.Helper()
	c, err := h.store.ConnectionByID(h.Context(), h.ws, id)
	must(h, err)
	conn, err := s.Pool.Open(h.Context(), c, nil)
	if err == nil {
		_, err = conn.List(h.Context(), connector.ListRequest{Object: "contact", Since: h.now().Add(time.Hour)})
	}
	h.note(err)
	return err
}

func (h *house) note(err error) {
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.said.WriteString(err.Error() + "\n")
	}
}

// asked counts the calls to a path of a system.
func (h *house) asked(system, path string) int {
	n := 0
	for _, c := range h.sb.Counters(system).Calls {
		if strings.Contains(c.Path, path) {
			n += c.Count
		}
	}
	return n
}

// broken is the reason why a consent came to nothing.
func (h *house) broken(err error, reason connection.Reason, says string) *connection.Broken {
	h.Helper()
	h.note(err)
	var b *connection.Broken
	if !errors.As(err, &b) || b.Reason != reason || !strings.Contains(b.Message, says) {
		h.Fatalf("%v, want reason %s and %q", err, reason, says)
	}
	return b
}

func names(scopes []connector.Scope) string {
	var list []string
	for _, s := range scopes {
		list = append(list, s.Name)
	}
	return strings.Join(list, " ")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
