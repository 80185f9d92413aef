package connection

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"couplet/internal/connector"
)

// System is a kind of CRM that connections may be of: its data, and how a connector for one account is made.
type System struct {
	Spec *connector.Spec
	// Operations are the single calls that it offers.
	Operations *connector.Catalog
	New        func(connector.Account) (connector.Connector, error)
	// Agency reaches the accounts of an agency, whose id and whose app's id are given; nil where there are no agencies.
	Agency func(acc connector.Account, agency, app string) (connector.Agency, error)
}

// Secrets is where sealed secrets are kept.
type Secrets interface {
	// Secret returns the sealed secret of a kind, and no bytes when none is stored.
	Secret(ctx context.Context, workspace, connection, kind string) ([]byte, error)
}

// Pool makes connectors of connections. All connectors that one pool makes for one connection share one Budget. Tokens
// that a system issued are renewed by the pool: once, however many callers, connectors and processes need it (renew.go).
// It is safe for concurrent use.
type Pool struct {
	// Systems by id, Secrets, Sealer, HTTP (made by NewHTTP) and Now must be set.
	Systems map[string]System
	Secrets Secrets
	Sealer  *Sealer
	HTTP    *http.Client
	Now     func() time.Time
	// Memory is where tokens and states are kept. Without one only pasted keys can be used, and nobody is told that a key is
	// no longer taken. Apps are those of the installation.
	Memory Memory
	Apps   map[string]Client
	// Paused is told when the calls of a connection stop for a minute or more; it may be nil.
	Paused func(connection string, until time.Time, why string)
	// Changed is told when a connection was found to be usable again or no longer; it may be nil.
	Changed func(c Connection, state State, problem string)

	mu      sync.Mutex
	entries map[string]*entry
}

// entry is what a process keeps of a connection between calls.
type entry struct {
	budget *Budget

	mu   sync.Mutex
	key  string
	read time.Time
	// to is where the key was meant to go when it was read: a connection that was pointed elsewhere since must have a
	// key of its own.
	to string
	// tokens are what key is the access token of, for credentials that a system issued.
	tokens tokens
	// renewing is the renewal under way, nil when there is none. dead are sealed tokens that cannot be renewed, and why.
	renewing *renewal
	dead     []byte
	deadErr  error
	// unsaved are tokens that came in the place of those sealed ones and could not be stored yet.
	unsaved *unsaved
	// later is when the tokens are renewed that could not be just now.
	later time.Time
}

// fresh is how long an opened key is used before the store is asked again: another process may have changed it, and
// asking before every call would cost more than the call.
const fresh = 5 * time.Second

// Open makes a connector for a connection. observe is called after each of its calls, for the counts of a run; it may
// be nil.
func (p *Pool) Open(ctx context.Context, c Connection, observe func(connector.Exchange)) (connector.Connector, error) {
	system, ok := p.Systems[c.System]
	if !ok {
		return nil, &connector.Error{Kind: connector.Config, Message: "Connection " + c.Name + " is of system " + c.System + ", which this program does not know."}
	}
	u := p.use(c, system)
	acc := connector.Account{
		BaseURL: c.BaseURL,
		Params:  maps.Clone(c.Params), Settings: maps.Clone(c.Settings),
		Token:   u.token,
		Renew:   u.renew,
		Refused: u.refused,
		HTTP:    p.HTTP,
		Budget:  u.e.budget,
		Observe: u.observe(observe),
		Now:     p.Now,
	}
	if _, err := u.token(ctx); err != nil && !passing(err) {
		return nil, err
	}
	if u.issued() {
		t, _, err := u.read(ctx)
		if err != nil {
			return nil, err
		}
		acc.Issued, acc.Scheme = true, t.Word
	}
	return system.New(acc)
}

// passing reports whether a key could not be renewed just now: each call tries again, and whoever makes it knows how long
// to be patient.
func passing(err error) bool {
	e, ok := connector.AsError(err)
	return ok && (e.Kind == connector.Temporary || e.Kind == connector.RateLimited)
}

// entry returns what the process keeps of a connection, with the pace that the connection has now.
func (p *Pool) entry(c Connection, spec *connector.Spec) *entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.entries[c.ID]; ok {
		e.budget.SetPerSecond(c.PerSecond)
		return e
	}
	e := &entry{budget: NewBudget(spec.Limits, c.PerSecond, p.Now)}
	if p.Paused != nil {
		e.budget.said = func(until time.Time, why string) { p.Paused(c.ID, until, why) }
	}
	if p.entries == nil {
		p.entries = map[string]*entry{}
	}
	p.entries[c.ID] = e
	return e
}

// Forget drops the opened key of a connection, so that one that was just stored is used at once. The budget stays: the
// calls that were made still count at the vendor.
func (p *Pool) Forget(connectionID string) {
	p.mu.Lock()
	e := p.entries[connectionID]
	p.mu.Unlock()
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.key, e.dead, e.deadErr, e.later = "", nil, nil, time.Time{}
}

// Rest waits until the renewals under way have stored what came, or the context ends. Call it before the database is
// closed: an answer that nobody stores may be the last one that the system gives.
func (p *Pool) Rest(ctx context.Context) {
	p.mu.Lock()
	entries := maps.Clone(p.entries)
	p.mu.Unlock()
	for _, e := range entries {
		e.mu.Lock()
		r := e.renewing
		e.mu.Unlock()
		if r == nil {
			continue
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			return
		}
	}
}

// Snapshots are the states of all budgets in use, by connection id.
func (p *Pool) Snapshots() map[string]Snapshot {
	p.mu.Lock()
	entries := maps.Clone(p.entries)
	p.mu.Unlock()
	out := make(map[string]Snapshot, len(entries))
	for id, e := range entries {
		out[id] = e.budget.Snapshot()
	}
	return out
}

// Stopped says why calls of a class do not start on a connection, see [Budget.Stopped]; nothing when it is not in use.
func (p *Pool) Stopped(conn string, c connector.Class) (until time.Time, why string, held bool) {
	p.mu.Lock()
	e, ok := p.entries[conn]
	p.mu.Unlock()
	if !ok {
		return time.Time{}, "", false
	}
	return e.budget.Stopped(c)
}
