package engine_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"couplet/db"
	"couplet/db/dbtest"
	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// tester is what a world needs of a test: a *testing.T, or one history of many (history_test.go).
type tester interface {
	rapid.TB
	Context() context.Context
	Cleanup(func())
	Output() io.Writer
	TempDir() string
}

// world is both pretend CRMs, a real database, and an engine between them. Everything goes by the sandbox's clock, so
// that a test can move the time (pass).
type world struct {
	t    tester
	box  *sandbox.Sandbox
	st   *store.Store
	e    *engine.Engine
	flow flow.Flow
	http *http.Client
	// under and veil stand between the engine and its store and the two systems (variant_test.go); nil for nothing.
	under func(engine.Store) engine.Store
	veil  func(engine.Side, whole) connector.Connector
	// unsettled engines do not wait for an index.
	unsettled bool
	// heir are ids into which others were merged, whose reference they may carry since.
	heir [2]map[string]bool
	// settings are those of the connection to User.com that differ from what its sandbox is like.
	settings map[string]string
}

const ws = "ws_test"

// newWorld starts everything with n seeded people and short settle times.
func newWorld(t tester, o sandbox.Options) *world {
	t.Helper()
	if o.RateLimits == "" {
		o.RateLimits = "off"
	}
	box, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	d, err := db.Open(t.Context(), databaseOf(t), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, box: box, st: store.New(d, box.Clock.Now), http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	w.e = w.engine()
	f, err := flow.Resolve(flow.FlowSpec{Name: "contacts", Template: "contact-sync"})
	if err != nil {
		t.Fatal(err)
	}
	f.ID, f.Workspace, f.Connections, f.Enabled, f.Region, f.Version = "flow_test", ws, [2]string{"con_a", "con_b"}, true, "US", 1
	f.Retry.Base = flow.Duration(5 * time.Millisecond)
	f.Retry.Max = flow.Duration(200 * time.Millisecond)
	f.Approval = w.approval()
	w.flow = f
	t.Cleanup(w.explained)
	t.Cleanup(w.http.CloseIdleConnections)
	return w
}

// databaseOf is a place for a world: a file, or, with COUPLET_HISTORIES_ON=postgres, a schema of its own.
func databaseOf(t tester) string {
	if os.Getenv("COUPLET_HISTORIES_ON") == "postgres" {
		return dbtest.Schema(t, os.Getenv("TEST_POSTGRES_URL"))
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "couplet.db")
}

func (w *world) approval() *flow.Approval { return &flow.Approval{By: "test", How: "apply"} }

// pass lets time go by for both systems and the engine.
func (w *world) pass(d time.Duration) { w.box.Clock.Advance(d) }

// engine makes one more engine on the same database, as another process would.
func (w *world) engine() *engine.Engine {
	settle := 50 * time.Millisecond
	if w.unsettled {
		settle = 0
	}
	return &engine.Engine{Store: w.store(), Links: w, Now: w.box.Clock.Now, Settle: settle, Owner: fmt.Sprint("test/", rand.Int64()),
		Log: slog.New(slog.NewTextHandler(w.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), HashKey: []byte("k"), Random: rand.Float64}
}

// store is what the engine is shown of the store.
func (w *world) store() engine.Store {
	if w.under != nil {
		return w.under(w.st)
	}
	return w.st
}

// Open implements engine.Links.
func (w *world) Open(_ context.Context, _, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := w.open(conn, observe, &connectortest.Budget{})
	if all, ok := c.(whole); ok && err == nil && w.veil != nil && observe != nil { // observe: the engine asks, not the oracle
		return w.veil(engine.Side(slices.Index(w.flow.Connections[:], conn)), all), nil
	}
	return c, err
}

func (w *world) open(conn string, observe func(connector.Exchange), budget connector.Budget) (connector.Connector, error) {
	info := w.box.Info()
	acc := connector.Account{HTTP: w.http, Budget: budget, Observe: observe, Now: time.Now}
	if conn == "con_a" {
		acc.BaseURL, acc.Params = info.HighLevel.URL, map[string]string{"locationId": info.HighLevel.LocationID}
		acc.Token = func(context.Context) (string, error) { return info.HighLevel.Token, nil }
		return highlevel.New(acc)
	}
	acc.BaseURL, acc.Params, acc.Settings = info.UserCom.URL, map[string]string{"subdomain": info.UserCom.Subdomain}, w.box.UserComSettings()
	acc.Token = func(context.Context) (string, error) { return info.UserCom.Token, nil }
	for name, value := range map[string]string{"task_type": "3", "note_type": "4", "agents": agents} {
		if acc.Settings[name] == "" {
			acc.Settings[name] = value
		}
	}
	maps.Copy(acc.Settings, w.settings)
	return usercom.New(acc)
}

// calm ends all faults.
func (w *world) calm() {
	for name := range w.box.Faults.Rates() {
		if err := w.box.Faults.Set(name, 0); err != nil {
			w.t.Fatal(err)
		}
	}
}

// run runs the flow and fails the test unless it ends as wanted.
func (w *world) run(want engine.Status) engine.Run {
	w.t.Helper()
	return w.request(engine.Request{Look: true}, want)
}

// request is run with settings of its own.
func (w *world) request(req engine.Request, want engine.Status) engine.Run {
	w.t.Helper()
	req.Workspace, req.Flow, req.Trigger = ws, w.flow, "manual"
	r, err := w.e.Run(w.t.Context(), req)
	if err != nil {
		w.t.Fatal(err)
	}
	if r.Status != want {
		for _, e := range w.entries(r, engine.ResultFailed) {
			w.t.Logf("failed: %v %s %+v", e.IDs, e.Reason, e.Fields)
		}
		w.t.Fatalf("run is %s (%s), want %s: %+v", r.Status, r.Note, want, r)
	}
	return r
}

func (w *world) entries(r engine.Run, result engine.Result) []engine.Entry {
	w.t.Helper()
	list, err := w.st.Entries(w.t.Context(), ws, r.ID, "", 100000, result)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// all reads every record of a side through its own API.
func (w *world) all(side engine.Side) map[string]connector.Record {
	w.t.Helper()
	c, err := w.Open(w.t.Context(), ws, [2]string{"con_a", "con_b"}[side], nil)
	if err != nil {
		w.t.Fatal(err)
	}
	fields, err := c.(connector.Describer).Describe(w.t.Context(), w.object())
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	out := map[string]connector.Record{}
	for after := connector.Cursor(""); ; {
		page, err := c.List(w.t.Context(), connector.ListRequest{Object: w.object(), Fields: names, After: after})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range page.Records {
			old := out[r.ID]
			if old.Fields == nil {
				old = r
			}
			for k, v := range r.Fields {
				old.Fields[k] = v
			}
			out[r.ID] = old
		}
		if after = page.Next; after == "" {
			return out
		}
	}
}

// inStep checks through both vendors' APIs that every linked pair agrees in every mapped field, that links are one to
// one, and that no two live records of a side carry the same reference of ours (I1, I2).
func (w *world) inStep() (links []engine.Link) {
	w.t.Helper()
	var err error
	all := [2]map[string]connector.Record{w.all(engine.A), w.all(engine.B)}
	var fields [2][]connector.Field
	for side, id := range w.flow.Connections {
		c, _ := w.Open(w.t.Context(), ws, id, nil)
		if fields[side], err = c.(connector.Describer).Describe(w.t.Context(), w.object()); err != nil {
			w.t.Fatal(err)
		}
	}
	m, problems := mapping.Compile(w.flow.Map, fields[0], fields[1], mapping.Options{Region: "US"})
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	seen := [2]map[string]bool{{}, {}}
	links = w.links()
	open := map[string]bool{}
	waiting, err := w.st.Conflicts(w.t.Context(), ws, w.pair().ID, true, "", 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range waiting {
		open[c.Link+c.Field] = true
	}
	for _, l := range links {
		if l.State != engine.On {
			continue
		}
		for side, id := range l.IDs {
			if seen[side][id] {
				w.t.Errorf("%s is in two links", id)
			}
			seen[side][id] = true
			if _, ok := all[side][id]; !ok {
				w.t.Errorf("linked record %s is not there", id)
			}
		}
		for i := range m.Rules {
			r := &m.Rules[i]
			a, _ := r.Read(engine.A, all[0][l.IDs[0]].Fields)
			b, _ := r.Read(engine.B, all[1][l.IDs[1]].Fields)
			if !r.Agree(a, b) && !accepted(l.Base[r.Key], a, b) && !open[l.ID+r.Key] {
				w.t.Errorf("%v: %s differs: %s and %s (base %+v)", l.IDs, r.Key, mapping.Canon(a), mapping.Canon(b), l.Base[r.Key])
			}
		}
	}
	w.noTwins(all)
	return links
}

// accepted reports whether a difference is one that the engine remembers with its reason: a limit of a system, or a
// value that a person emptied.
func accepted(b engine.Base, now ...any) bool {
	limit := strings.HasPrefix(b.Rule, "altered_") || strings.HasPrefix(b.Rule, "ignored_") || strings.HasPrefix(b.Rule, "not_writable_") || b.Rule == "blank_kept" || b.Rule == "left_different"
	for side, v := range now {
		limit = limit && mapping.Canon(b.V[side]) == mapping.Canon(v)
	}
	return limit
}

func (w *world) noTwins(all [2]map[string]connector.Record) {
	w.t.Helper()
	for side, records := range all {
		stamps := map[string]string{}
		for id, r := range records {
			for name, v := range r.Fields {
				s, ok := v.(string)
				if !ok || !strings.HasPrefix(s, "couplet:") || w.heir[side][id] {
					continue
				}
				if other, dup := stamps[s]; dup {
					w.t.Errorf("side %d: %s and %s were both made from %s (%s)", side, id, other, s, name)
				}
				stamps[s] = id
			}
		}
	}
}
