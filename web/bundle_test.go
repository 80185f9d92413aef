package web

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// bundle is a listening web app on a database of its own, with two connections, a flow between them, and a key that the
// first system signs with.
type bundle struct {
	*Server
	t       testing.TB
	url     string
	db      *db.DB
	store   *store.Store
	now     time.Time
	key     ed25519.PrivateKey
	conns   [2]connection.Connection
	flow    flow.Flow
	pair    engine.Pair
	secret  string // of the second connection's hook address
	woken   chan wakeUp
	log     *buffer
	options Options
	made    map[string]string // what tests made for it, by name
}

const account = "ve9EPM428h8vShlRW1KT"

var hookKey = []byte("a key for the hashes of secrets")

type wakeUp struct{ workspace, flow, trigger, by string }

// waker notes who is woken.
type waker chan wakeUp

// Wake implements Waker.
func (w waker) Wake(_ context.Context, workspace, flow, trigger, by string) error {
	w <- wakeUp{workspace, flow, trigger, by}
	return nil
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func publicPEM(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// clock is the clock of everything in a bundle.
func (b *bundle) clock() func() time.Time { return func() time.Time { return b.now } }

func newBundle(t testing.TB, change ...func(*Options)) *bundle {
	t.Helper()
	ctx := t.Context()
	b := &bundle{t: t, now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), woken: make(chan wakeUp, 100), log: &buffer{}}
	clock := b.clock()
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"), db.Options{})
	must(t, err)
	t.Cleanup(func() { d.Close() })
	must(t, d.Migrate(ctx, b.now))
	b.db, b.store = d, store.New(d, clock)
	b.seed(ctx)

	pub, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	b.key = key
	first, err := highlevel.NewHooks(highlevel.HookKeys(publicPEM(t, pub)))
	must(t, err)
	second, err := usercom.NewHooks()
	must(t, err)
	b.options = Options{Store: b.store, Gallery: true, Connect: connects(t, b.store, clock), Samples: b.engine(), Wake: waker(b.woken), Ping: d.Ping, HookKey: hookKey, Now: clock,
		Receivers: map[string]Receiver{"highlevel": {highlevel.Spec(), first}, "usercom": {usercom.Spec(), second}},
		Log:       slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	b.options.Starts = &automation.Watcher{Store: b.store, Systems: command.AutomationSystems(b.options.Connect.Systems), Owner: "test", Now: clock, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&b.options)
	}
	b.Server, err = New(b.options)
	must(t, err)
	server := httptest.NewUnstartedServer(nil)
	server.Config = HTTP(b.Handler(), b.options.Log)
	server.Start()
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// seed makes what hooks need: a workspace, two connections, a flow, and a pair whose records have been listed.
func (b *bundle) seed(ctx context.Context) {
	t, st := b.t, b.store
	ws, err := st.Default(ctx)
	must(t, err)
	for side, c := range []connection.Connection{
		{Name: "left", System: "highlevel", Identity: connector.Identity{ID: account}}, {Name: "right", System: "usercom"}} {
		c.AuthKind, c.State = "token", connection.OK
		b.conns[side], err = st.SaveConnection(ctx, ws.ID, c)
		must(t, err)
	}
	ids := [2]string{b.conns[0].ID, b.conns[1].ID}
	b.flow, _, err = st.SaveFlow(ctx, ws.ID, flow.Flow{Name: "people", Object: "contact", Connections: ids, Enabled: true, Match: []string{"email"}})
	must(t, err)
	b.pair, err = st.PairFor(ctx, ws.ID, ids, "contact", engine.NewID("pair", b.now))
	must(t, err)
	lease, ok, err := st.Acquire(ctx, ws.ID, "pair/"+b.pair.ID, "test", b.now, b.now.Add(-time.Minute))
	must(t, err)
	if !ok {
		t.Fatal("no lease")
	}
	must(t, st.Seed(ctx, ws.ID, lease, b.pair, b.now))
	must(t, st.Release(ctx, ws.ID, lease))
	secret, hash := connection.NewHookSecret(hookKey)
	must(t, st.SaveSetting(ctx, ws.ID, connection.HookSetting(b.conns[1].ID), hash))
	b.secret = secret
	_, err = st.AddUser(ctx, ws.ID, "first@couplet.test", "owner", "no password") // so that the first steps are done
	must(t, err)
}

// signIn gives a client with the session of a fresh member of the workspace, of a role. It does not follow redirects.
func (b *bundle) signIn(role string) *http.Client {
	b.t.Helper()
	return b.signInTo(b.conns[0].Workspace, role)
}

// signInTo is signIn for any workspace.
func (b *bundle) signInTo(workspace, role string) *http.Client {
	b.t.Helper()
	u, err := b.store.AddUser(b.t.Context(), workspace, strings.ToLower(rand.Text())+"@couplet.test", role, "no password")
	must(b.t, err)
	return b.signInAs(u)
}

// signInAs is signIn for a member that exists.
func (b *bundle) signInAs(u store.User) *http.Client {
	b.t.Helper()
	id, hash := newSecret()
	must(b.t, b.store.StartSession(b.t.Context(), u.Workspace, store.Session{Hash: hash, User: u.ID, Device: "Firefox on Linux"}))
	client := b.nobody()
	at, err := url.Parse(b.url)
	must(b.t, err)
	client.Jar.SetCookies(at, []*http.Cookie{{Name: b.sessions.name(), Value: id, Path: "/", HttpOnly: true, Secure: b.sessions.secure}})
	return client
}

// nobody is a client that keeps cookies and is not signed in. It does not follow redirects.
func (b *bundle) nobody() *http.Client {
	jar, err := cookiejar.New(nil)
	must(b.t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// visit asks for a page as a browser does; the answer is read already.
func (b *bundle) visit(client *http.Client, path string) *http.Response {
	b.t.Helper()
	return b.as(client, http.MethodGet, path, nil, browser)
}

// post sends a form as a browser does from a page of ours; the answer is read already.
func (b *bundle) post(client *http.Client, path string, form url.Values) *http.Response {
	b.t.Helper()
	return b.as(client, http.MethodPost, path, strings.NewReader(form.Encode()), map[string]string{"Accept": "text/html",
		"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Origin": b.url})
}

// event is a call of the first system about one contact.
func (b *bundle) event(change map[string]any) []byte {
	body := map[string]any{"type": "ContactUpdate", "locationId": account, "id": "nmFmQEsNgz6AVpgLVUJ0", "firstName": "John",
		"timestamp": b.now.Format(time.RFC3339), "webhookId": "call-1"}
	for k, v := range change {
		body[k] = v
	}
	text, err := json.Marshal(body)
	must(b.t, err)
	return text
}

func (b *bundle) sign(body []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(b.key, body))
}

// call sends a signed call and returns the status.
func (b *bundle) call(body []byte) int {
	b.t.Helper()
	return b.send("/hooks/highlevel", body, map[string]string{"X-GHL-Signature": b.sign(body)}).StatusCode
}

// send posts a body; the answer is read already.
func (b *bundle) send(path string, body []byte, header map[string]string) *http.Response {
	b.t.Helper()
	return b.do(http.MethodPost, path, bytes.NewReader(body), header)
}

func (b *bundle) get(path string, header map[string]string) *http.Response {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, header)
}

func (b *bundle) do(method, path string, body io.Reader, header map[string]string) *http.Response {
	b.t.Helper()
	return b.as(http.DefaultClient, method, path, body, header)
}

func (b *bundle) as(client *http.Client, method, path string, body io.Reader, header map[string]string) *http.Response {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, body)
	must(b.t, err)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := client.Do(req)
	must(b.t, err)
	text, err := io.ReadAll(res.Body)
	must(b.t, err)
	must(b.t, res.Body.Close())
	res.Body = io.NopCloser(bytes.NewReader(text))
	return res
}

func textOf(res *http.Response) string {
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

// events counts the calls that were stored.
func (b *bundle) events() (n int) {
	b.t.Helper()
	_, err := b.db.Get(b.t.Context(), "select count(*) from event", nil, &n)
	must(b.t, err)
	return n
}

// hints lists what is to be looked at by a time.
func (b *bundle) hints(by time.Time) []engine.Hint {
	b.t.Helper()
	hints, err := b.store.Hints(b.t.Context(), b.conns[0].Workspace, b.pair.ID, by, engine.Place{Side: -1}, 100)
	must(b.t, err)
	return hints
}

// counted checks that a number is shown by the metrics.
func (b *bundle) counted(line string, args ...any) {
	b.t.Helper()
	rec := httptest.NewRecorder()
	b.MetricsHandler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if want := fmt.Sprintf(line, args...); !strings.Contains(rec.Body.String(), want+"\n") {
		b.t.Errorf("metrics lack %s; of hooks they have:\n%s", want, hookLines(rec.Body.String()))
	}
}

func hookLines(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "couplet_hooks_total{") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func (b *bundle) outcome(system, outcome string, n int) {
	b.t.Helper()
	b.counted(`couplet_hooks_total{outcome="%s",system="%s"} %d`, outcome, system, n)
}
