package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"couplet/db"
	"couplet/db/dbtest"
	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// start is the clock of all tests.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// suite runs a test on SQLite always, and on PostgreSQL when TEST_POSTGRES_URL is set.
func suite(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, openSQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		if os.Getenv("TEST_POSTGRES_URL") == "" {
			t.Skip("TEST_POSTGRES_URL is not set")
		}
		t.Parallel()
		test(t, newWorld(t, openPostgres(t)))
	})
}

// databases are empty ones of each kind that is there.
func databases(t *testing.T) []*db.DB {
	all := []*db.DB{openSQLite(t)}
	if os.Getenv("TEST_POSTGRES_URL") != "" {
		all = append(all, openPostgres(t))
	}
	return all
}

func openSQLite(t testing.TB) *db.DB {
	t.Helper()
	return migrated(t, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"))
}

// openPostgres opens a schema of its own in the given database.
func openPostgres(t testing.TB) *db.DB {
	t.Helper()
	return migrated(t, dbtest.Schema(t, os.Getenv("TEST_POSTGRES_URL")))
}

func migrated(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), address, db.Options{MaxConns: 4})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	must(t, d.Migrate(t.Context(), start))
	return d
}

// world is a store with one workspace that has two connections, a flow between them, and a leased pair.
type world struct {
	*store.Store
	db    *db.DB
	ctx   context.Context
	now   time.Time
	ws    string
	conns [2]string
	flow  flow.Flow
	pair  engine.Pair
	lease engine.Lease
	run   engine.Run
	// silent is another run, plan a dry run and user a member, where a test makes them.
	silent         engine.Run
	plan           engine.Run
	user           store.User
	order          engine.Order
	rule           store.Rule
	loss           store.StoredConflict
	invited        store.Invitation
	token          store.Token
	auto           store.Automation
	template       store.OwnTemplate
	firing, parked automation.Firing
	watch          automation.Watch
	off            flow.Flow // one that is not switched on
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{db: d, ctx: t.Context(), now: start}
	w.Store = store.New(d, func() time.Time { return w.now })
	def, err := w.Default(w.ctx)
	must(t, err)
	w.ws = def.ID
	for side, name := range []string{"left", "right"} {
		c, err := w.SaveConnection(w.ctx, w.ws, connection.Connection{Name: name, System: "sys", AuthKind: "token", State: connection.OK,
			Identity: connector.Identity{ID: "acct-" + name, Name: name}})
		must(t, err)
		w.conns[side] = c.ID
	}
	w.flow, _, err = w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: "contacts", Object: "contact", Connections: w.conns, Enabled: true, Match: []string{"email"}})
	must(t, err)
	w.pair, err = w.PairFor(w.ctx, w.ws, w.conns, "contact", engine.NewID("pair", start))
	must(t, err)
	w.lease = w.acquire(t, "me", start.Add(-time.Minute))
	w.run = engine.Run{ID: engine.NewID("run", start), Workspace: w.ws, Flow: w.flow.ID, FlowName: "contacts", Pair: w.pair.ID, Version: 1,
		Trigger: "manual", Status: engine.Running, Started: start, Beat: start, Owner: "me"}
	must(t, w.StartRun(w.ctx, w.run))
	return w
}

func (w *world) acquire(t testing.TB, owner string, deadBefore time.Time) engine.Lease {
	t.Helper()
	l, ok, err := w.Acquire(w.ctx, w.ws, "pair/"+w.pair.ID, owner, w.now, deadBefore)
	must(t, err)
	if !ok {
		t.Fatalf("%s did not get the lease", owner)
	}
	return l
}

// page stores records of one side.
func (w *world) page(t testing.TB, side engine.Side, gen int64, ms ...engine.Mirror) {
	t.Helper()
	must(t, w.SavePage(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[side], Object: "contact"}, gen, ms, nil, nil))
}

func (w *world) commit(t testing.TB, cs ...engine.Commit) {
	t.Helper()
	must(t, w.Commit(w.ctx, w.ws, w.lease, w.run, cs))
}

func (w *world) hints(t testing.TB) []engine.Hint {
	t.Helper()
	hints, err := w.Hints(w.ctx, w.ws, w.pair.ID, w.now, engine.Place{Side: -1}, 1000)
	must(t, err)
	return hints
}

func mirror(id string, keys ...string) engine.Mirror {
	m := engine.Mirror{ID: id, Fields: connector.Fields{"name": "Name of " + id}, Version: "v1", First: start, Seen: start, Changed: start, Keys: map[string]string{}}
	for i := 0; i < len(keys); i += 2 {
		m.Keys[keys[i]] = keys[i+1]
	}
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
