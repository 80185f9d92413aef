package connection

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"couplet/internal/connector"
)

// System is a kind of CRM that connections may be of: its data, and how a connector for one account is made.
type System struct {
	Spec *connector.Spec
	New  func(connector.Account) (connector.Connector, error)
}

// Secrets is where sealed secrets are kept.
type Secrets interface {
	// Secret returns the sealed secret of a kind, and no bytes when none is stored.
	Secret(ctx context.Context, workspace, connection, kind string) ([]byte, error)
}

// Pool makes connectors of connections. All connectors that one pool makes for one connection share one Budget. It is
// safe for concurrent use.
type Pool struct {
	// Systems by id, Secrets, Sealer, HTTP (made by NewHTTP) and Now must be set.
	Systems map[string]System
	Secrets Secrets
	Sealer  *Sealer
	HTTP    *http.Client
	Now     func() time.Time
	// Paused is told when the calls of a connection stop for a minute or more; it may be nil.
	Paused func(connection string, until time.Time, why string)

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
	e := p.entry(c, system.Spec)
	to := target(system.Spec, c)
	if _, err := p.token(ctx, e, c, system.Spec.Name, to); err != nil {
		return nil, err
	}
	return system.New(connector.Account{
		BaseURL: c.BaseURL,
		Params:  maps.Clone(c.Params),
		Token:   func(ctx context.Context) (string, error) { return p.token(ctx, e, c, system.Spec.Name, to) },
		HTTP:    p.HTTP,
		Budget:  e.budget,
		Observe: observe,
		Now:     p.Now,
	})
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

// token opens the key of a connection, or takes the one that was opened a moment ago.
func (p *Pool) token(ctx context.Context, e *entry, c Connection, system, to string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := p.Now()
	if e.key != "" && e.to == to && now.Sub(e.read) < fresh {
		return e.key, nil
	}
	sealed, err := p.Secrets.Secret(ctx, c.Workspace, c.ID, SecretToken)
	if err != nil {
		return "", err
	}
	e.key = ""
	if len(sealed) == 0 {
		return "", &connector.Error{Kind: connector.Unauthorized, Message: "Connection " + c.Name + " has no key of " + system + " stored. Give it one, then try again."}
	}
	plain, err := p.Sealer.Open(c.Workspace, c.ID, SecretToken, sealed)
	if err != nil {
		return "", &connector.Error{Kind: connector.Config, Message: "The key of connection " + c.Name + " cannot be read: " + err.Error() + ".", Err: err}
	}
	e.key, e.read, e.to = strings.TrimSpace(string(plain)), now, to
	return e.key, nil
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
	e.key = ""
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
