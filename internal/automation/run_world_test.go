package automation_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"couplet/db"
	"couplet/db/dbtest"
	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// start is when the clock of a test begins: a Monday, 12:00 in London.
var start = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// shop is a program with a database, both systems and a clock, in which automations run.
type shop struct {
	*testing.T
	st    *store.Store
	ws    string
	conns [2]string
	box   *sandbox.Sandbox
	acc   accounts
	heard *heard
	run   *automation.Runner
	hosts []string
	// closed is the error of opening an account, by system.
	closed map[string]error
	mu     sync.Mutex
	now    time.Time
	tags   int // made by the test of the brake
}

// databases runs a test on a fresh SQLite, and on PostgreSQL when there is one.
func databases(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"))
	})
	url := os.Getenv("TEST_POSTGRES_URL")
	if url == "" {
		t.Log("TEST_POSTGRES_URL is not set: not run on PostgreSQL")
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, dbtest.Schema(t, url))
	})
}

// stocked is a store with both systems connected, and their connections.
func stocked(t *testing.T, url string, now func() time.Time) (st *store.Store, ws string, conns [2]string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := db.Open(t.Context(), url, db.Options{MaxConns: 8})
	must(err)
	t.Cleanup(func() { _ = d.Close() })
	must(d.Migrate(t.Context(), start))
	st = store.New(d, now)
	w, err := st.Default(t.Context())
	must(err)
	for side, system := range []string{"highlevel", "usercom"} {
		c, err := st.SaveConnection(t.Context(), w.ID, connection.Connection{Workspace: w.ID, Name: system, System: system, AuthKind: "token", State: connection.OK})
		must(err)
		conns[side] = c.ID
	}
	return st, w.ID, conns
}

// shops runs a test in a shop on each database.
func shops(t *testing.T, test func(s *shop)) {
	t.Helper()
	databases(t, func(t *testing.T, url string) { test(newShop(t, url)) })
}

func newShop(t *testing.T, url string) *shop {
	t.Helper()
	s := &shop{T: t, now: start, closed: map[string]error{}}
	s.st, s.ws, s.conns = stocked(t, url, s.clock)
	s.box, s.acc, _, s.heard = open(t)
	s.run = &automation.Runner{Store: s.st, Accounts: s, Systems: systems(), Now: s.clock, Random: func() float64 { return 1 }, Owner: "me", Log: slog.New(slog.DiscardHandler)}
	return s
}

func (s *shop) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shop) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Account implements automation.Accounts.
func (s *shop) Account(_ context.Context, _, id string) (automation.Account, error) {
	system := map[string]string{s.conns[0]: "highlevel", s.conns[1]: "usercom"}[id]
	s.mu.Lock()
	defer s.mu.Unlock()
	staff, _ := s.acc[system].(connector.Staff)
	return automation.Account{System: system, Operator: s.acc[system], Staff: staff, Region: "US", Settings: map[string]string{"task_type": "1"}}, s.closed[system]
}

// Hosts implements automation.Accounts.
func (s *shop) Hosts(context.Context, string) ([]string, error) { return s.hosts, nil }

// publish stores an automation that is on, with both accounts.
func (s *shop) publish(a automation.Automation) string {
	s.Helper()
	return s.publishAs("a", a)
}

func (s *shop) publishAs(name string, a automation.Automation) string {
	s.Helper()
	a.Name, a.Connections = name, s.conns
	stored, err := s.st.AddAutomation(s.Context(), s.ws, "ann", a)
	s.must(err)
	_, _, err = s.st.PublishAutomation(s.Context(), s.ws, "ann", stored.Draft.ID, stored.Revision)
	s.must(err)
	s.must(s.st.SwitchAutomation(s.Context(), s.ws, stored.Draft.ID, true))
	return stored.Draft.ID
}

// fire sets an automation off for a contact.
func (s *shop) fire(id, key string, contact map[string]any) automation.Firing {
	s.Helper()
	record, _ := contact["id"].(string)
	fresh, err := s.st.AddFirings(s.Context(), s.ws, []automation.Firing{{Automation: id, Version: 1, Key: key, Thing: "contact", Record: record, Data: automation.Data{"contact": contact}}})
	s.must(err)
	return fresh[0]
}

// work works off what is due, and returns a firing as it stands after.
func (s *shop) work(f automation.Firing) automation.Firing {
	s.Helper()
	s.must(s.run.Work(s.Context(), s.ws, f.Automation))
	return s.stored(f)
}

func (s *shop) stored(f automation.Firing) automation.Firing {
	s.Helper()
	f, err := s.st.Firing(s.Context(), s.ws, f.ID)
	s.must(err)
	return f
}

// entry is what became of the step at a position.
func (s *shop) entry(f automation.Firing, at string) automation.Entry {
	s.Helper()
	all, err := s.st.FiringEntries(s.Context(), s.ws, f.ID)
	s.must(err)
	for _, e := range all {
		if e.At == at {
			return e
		}
	}
	return automation.Entry{}
}

// sent counts the requests of a method whose address holds a text.
func (s *shop) sent(method, part string) (n int) {
	s.heard.mu.Lock()
	defer s.heard.mu.Unlock()
	for _, r := range s.heard.all {
		if r.Method == method && strings.Contains(r.Address, part) {
			n++
		}
	}
	return n
}

// state fails unless a firing stands so.
func (s *shop) state(f automation.Firing, want automation.State) automation.Firing {
	s.Helper()
	f = s.stored(f)
	if f.State != want {
		all, _ := s.st.FiringEntries(s.Context(), s.ws, f.ID)
		s.Fatalf("it stands at %s (%s), want %s; %+v", f.State, f.Reason, want, all)
	}
	return f
}

func step(id, system, operation string, with map[string]string) automation.Step {
	return automation.Step{ID: id, Kind: automation.Operation, System: system, Operation: operation, With: with}
}

func doing(steps ...automation.Step) automation.Automation {
	return automation.Automation{Trigger: automation.Trigger{Kind: automation.OnEvent, System: "highlevel", Event: "contact-created"}, Steps: steps}
}

// answering is an account whose calls a test answers.
type answering func(ctx context.Context, operation string, in map[string]any) (any, error)

func (a answering) Operations() *connector.Catalog { return nil }
func (a answering) Do(ctx context.Context, operation string, in map[string]any) (any, error) {
	if operation == "contact" { // what it was before it is changed
		return map[string]any{"contact": map[string]any{"id": in["contactId"]}}, nil
	}
	return a(ctx, operation, in)
}

func waitOf(d time.Duration) flow.Duration { return flow.Duration(d) }
