package connection

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
)

var small = &connector.Spec{
	ID: "small", Name: "Small CRM", Base: "https://{place}.small.example",
	Params: []connector.Param{{Name: "place", Label: "place", Pattern: `[a-z]+`}},
	Auth:   connector.Auth{Header: "Authorization", Scheme: "Bearer"},
	Limits: connector.Limits{Max: 10, Window: connector.Duration(time.Second), Share: 0.9},
}

// client is the least that is a connector: it gets one record, over the real client of the connector package.
type client struct {
	connector.Connector
	c *connector.Client
}

func (c *client) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	_, err := c.c.Do(ctx, connector.Request{Method: http.MethodGet, Path: "/" + ref.ID})
	return connector.Record{Ref: ref}, err
}

func newClient(acc connector.Account) (connector.Connector, error) {
	c, err := connector.NewClient(small, acc)
	return &client{c: c}, err
}

// vault keeps sealed secrets in memory, as a store keeps them in its table.
type vault struct {
	mu    sync.Mutex
	rows  map[string][]byte
	reads int
	err   error
}

func (v *vault) Secret(_ context.Context, workspace, connection, kind string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reads++
	return v.rows[workspace+"/"+connection+"/"+kind], v.err
}

func (v *vault) put(t *testing.T, s *Sealer, c Connection, key string) {
	t.Helper()
	sealed, err := s.Seal(c.Workspace, c.ID, SecretToken, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rows[c.Workspace+"/"+c.ID+"/"+SecretToken] = sealed
}

func newPool(t *testing.T, srv *httptest.Server) (*Pool, *vault) {
	t.Helper()
	_, s := newSealer(t)
	v := &vault{rows: map[string][]byte{}}
	o := Options{}
	if srv != nil {
		o.Allow = []string{srv.Listener.Addr().String()}
	}
	return &Pool{Systems: map[string]System{"small": {Spec: small, New: newClient}}, Secrets: v, Sealer: s, HTTP: NewHTTP(o), Now: time.Now}, v
}

func TestAConnectionIsCalledWithItsOwnKeyAndItsCallsAreObserved(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var keys []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		keys = append(keys, r.Header.Get("Authorization"))
		mu.Unlock()
		fmt.Fprint(w, "{}")
	}))
	t.Cleanup(srv.Close)
	p, v := newPool(t, srv)
	a := Connection{ID: "con_a", Workspace: "ws", Name: "a", System: "small", Params: map[string]string{"place": "here"}, BaseURL: srv.URL, PerSecond: 1000}
	b := a
	b.ID, b.Name = "con_b", "b"
	v.put(t, p.Sealer, a, "key-a")
	v.put(t, p.Sealer, b, "key-b\n")
	var seen []connector.Exchange
	for _, c := range []Connection{a, b, a} {
		conn, err := p.Open(t.Context(), c, func(e connector.Exchange) { seen = append(seen, e) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Get(t.Context(), connector.Ref{ID: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(keys); got != "[Bearer key-a Bearer key-b Bearer key-a]" {
		t.Errorf("keys are %s", got)
	}
	if len(seen) != 3 || seen[0].Write || seen[0].Status != 200 {
		t.Errorf("observed %+v", seen)
	}
	if len(p.Snapshots()) != 2 || v.reads != 2 {
		t.Errorf("%d budgets, %d reads of the store", len(p.Snapshots()), v.reads)
	}
}

func TestAllConnectorsOfAConnectionShareOneBudget(t *testing.T) {
	t.Parallel()
	p, v := newPool(t, nil)
	c := Connection{ID: "con", Workspace: "ws", Name: "c", System: "small"}
	v.put(t, p.Sealer, c, "k")
	first := p.entry(c, small).budget
	if p.entry(c, small).budget != first {
		t.Error("there are two budgets")
	}
	c.PerSecond = 100
	if p.entry(c, small).budget != first || first.Snapshot().Rate != 98 {
		t.Errorf("after a change the rate is %v", first.Snapshot().Rate)
	}
}

func TestAConnectionThatCannotBeUsedSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	p, v := newPool(t, nil)
	c := Connection{ID: "con", Workspace: "ws", Name: "agency", System: "small", Params: map[string]string{"place": "here"}}
	for name, want := range map[string]struct {
		prepare func(*Connection)
		kind    connector.Kind
		says    string
	}{
		"unknown system":       {func(c *Connection) { c.System = "huge" }, connector.Config, "system huge"},
		"no key":               {func(c *Connection) { c.ID = "other" }, connector.Unauthorized, "agency has no key of Small CRM"},
		"key of another place": {func(c *Connection) { v.rows["ws/moved/token"] = v.rows["ws/con/token"]; c.ID = "moved" }, connector.Config, "COUPLET_SECRET_KEY"},
		"params missing":       {func(c *Connection) { c.Params = nil }, connector.Config, "place"},
	} {
		v.put(t, p.Sealer, c, "k")
		bad := c
		want.prepare(&bad)
		_, err := p.Open(t.Context(), bad, nil)
		if e, ok := connector.AsError(err); !ok || e.Kind != want.kind || !strings.Contains(e.Message, want.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v.err = errors.New("disk full")
	p.Forget(c.ID)
	if _, err := p.Open(t.Context(), c, nil); err == nil || connector.KindOf(err) != connector.Temporary {
		t.Errorf("a store that fails: %v", err)
	}
}

func TestAKeyThatWasChangedElsewhereIsUsedSoonAndOneChangedHereAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, v := newPool(t, nil)
		c := Connection{ID: "con", Workspace: "ws", Name: "c", System: "small"}
		key := func() string {
			t.Helper()
			k, err := p.use(c, p.Systems["small"]).token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		v.put(t, p.Sealer, c, "one")
		if key() != "one" {
			t.Error("the first key is wrong")
		}
		v.put(t, p.Sealer, c, "two")
		if key() != "one" || v.reads != 1 {
			t.Error("the store is asked before every call")
		}
		time.Sleep(fresh)
		if key() != "two" {
			t.Error("an old key is used for ever")
		}
		v.put(t, p.Sealer, c, "three")
		p.Forget(c.ID)
		p.Forget("nobody")
		if key() != "three" {
			t.Error("a key that was forgotten is used")
		}
		delete(v.rows, "ws/con/token")
		c.BaseURL = "https://attacker.example"
		if k, err := p.use(c, p.Systems["small"]).token(t.Context()); err == nil {
			t.Errorf("a connection that was pointed elsewhere got the key %q", k)
		}
	})
}

func TestALongStopIsToldWithTheConnection(t *testing.T) {
	t.Parallel()
	p, _ := newPool(t, nil)
	told := ""
	p.Paused = func(id string, until time.Time, why string) { told = id + " " + why }
	b := p.entry(Connection{ID: "con"}, small).budget
	b.Done(429, http.Header{"Retry-After": {"30"}})
	if told != "" {
		t.Errorf("told of half a minute: %s", told)
	}
	b.Done(429, http.Header{"Retry-After": {"3600"}})
	b.Done(429, http.Header{"Retry-After": {"3600"}})
	if !strings.HasPrefix(told, "con the system answered") {
		t.Errorf("told %q", told)
	}
}

func TestTheSecretStaysOnlyWhereItGoesToTheSamePlace(t *testing.T) {
	t.Parallel()
	old := Connection{System: "small", AuthKind: "token", Params: map[string]string{"place": "acme"}}
	for name, c := range map[string]struct {
		change          func(*Connection)
		target, account bool
	}{
		"nothing":                           {func(*Connection) {}, true, true},
		"name, pace and state":              {func(c *Connection) { c.Name, c.PerSecond, c.State = "x", 5, Reconnect }, true, true},
		"place in the vendor's address":     {func(c *Connection) { c.Params = map[string]string{"place": "evil"} }, false, false},
		"a param that is in no address":     {func(c *Connection) { c.Params = map[string]string{"place": "acme", "team": "2"} }, true, false},
		"an address of one's own":           {func(c *Connection) { c.BaseURL = "https://evil.example" }, false, false},
		"the same address written out":      {func(c *Connection) { c.BaseURL = "https://ACME.small.example:443/" }, true, true},
		"the same host without TLS":         {func(c *Connection) { c.BaseURL = "http://acme.small.example" }, false, false},
		"another port":                      {func(c *Connection) { c.BaseURL = "https://acme.small.example:8443" }, false, false},
		"another path":                      {func(c *Connection) { c.BaseURL = "https://acme.small.example/v2" }, false, false},
		"another system":                    {func(c *Connection) { c.System = "huge" }, false, false},
		"another way of proving oneself":    {func(c *Connection) { c.AuthKind = "oauth" }, false, true},
		"an address that cannot be read":    {func(c *Connection) { c.BaseURL = "://" }, false, false},
		"a user hidden before the old host": {func(c *Connection) { c.BaseURL = "https://acme.small.example@evil.example" }, false, false},
	} {
		changed := old
		c.change(&changed)
		if got := SameTarget(small, old, changed); got != c.target {
			t.Errorf("%s: same target is %v", name, got)
		}
		if got := SameAccount(small, old, changed); got != c.account {
			t.Errorf("%s: same account is %v", name, got)
		}
	}
}

func TestAConnectionAsJSONShowsNoMoreThanItShould(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Connection{ID: "con_1", Workspace: "ws", Name: "a", System: "small", AuthKind: "token", State: OK, Epoch: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s := string(data); strings.Contains(s, "ws") || strings.Contains(s, "checked_at") || !strings.Contains(s, `"state":"ok"`) {
		t.Error(s)
	}
}

func TestAMaskedKeyCanBeToldFromOthersButNotUsed(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"": "", "pit-0a1b2c3d-4e5f-6789-abcd-ef0123454f2a": "pit-…4f2a", " pit-0a1b2c3d-4e5f-6789-abcd-ef0123454f2a\n": "pit-…4f2a",
		strings.Repeat("x", 60) + "wxyz": "…wxyz", "short": "…", "pit-short": "pit-…", "0a1b2c3d-4e5f-6789-abcd-ef0123454f2a": "…4f2a",
	} {
		if got := Mask(key); got != want {
			t.Errorf("%q is shown as %q, want %q", key, got, want)
		}
	}
}

// A renewal whose process ends is taken over while the system still repeats its answer (renew.go).
func TestTheRightToRenewIsHeldForLessThanARefreshMayBeRepeated(t *testing.T) {
	t.Parallel()
	for _, spec := range []*connector.Spec{highlevel.Spec(), usercom.Spec()} {
		if grace := time.Duration(spec.OAuth.Grace); grace <= holding || holding <= tokenPatience {
			t.Errorf("%s repeats its answer for %s, the right is held for %s, and a call may take %s", spec.Name, grace, holding, tokenPatience)
		}
	}
}

// An account may be called by signs that no flow file can hold; what Couplet calls the connection can be written in one.
func TestANameThatIsFoundCanBeWrittenInAFlowFile(t *testing.T) {
	t.Parallel()
	spec := highlevel.Spec()
	var all []Connection
	for range 3 {
		name := freeName(all, connector.Identity{ID: "x", Name: "$ $"}, spec)
		if why := badName(name); why != "" || named(all, name) {
			t.Errorf("%q: %s", name, why)
		}
		all = append(all, Connection{Name: name})
	}
}
