package connection

import (
	"context"
	"strings"
	"sync"
	"time"

	"couplet/internal/connector"
)

// use is a connection in use: how its connectors come by its key, and what they tell of it.
type use struct {
	p   *Pool
	e   *entry
	c   Connection
	sys System
	// to is where the key may go.
	to string
}

func (p *Pool) use(c Connection, sys System) use {
	return use{p, p.entry(c, sys.Spec), c, sys, target(sys.Spec, c)}
}

// issued reports whether the credential was issued by the system, so that it ends and is renewed.
func (u use) issued() bool { return u.c.AuthKind == KindConsent || u.c.AuthKind == KindClient }

// token returns the key of the connection, or the one that was opened a moment ago.
func (u use) token(ctx context.Context) (string, error) {
	now := u.p.Now()
	u.e.mu.Lock()
	key, later := u.e.key, u.e.later
	usable := key != "" && u.e.to == u.to && now.Sub(u.e.read) < fresh && u.good(u.e.tokens, now, later)
	u.e.mu.Unlock()
	if usable {
		return key, nil
	}
	if !u.issued() {
		return u.pasted(ctx)
	}
	if u.p.Memory == nil {
		return "", &connector.Error{Kind: connector.Config, Message: "Connection " + u.c.Name + " cannot be used by this command."}
	}
	if u.c.State == Reconnect { // until a person or a check says otherwise, nobody asks the system again
		return "", noKey(u.c, u.sys.Spec)
	}
	t, sealed, err := u.read(ctx)
	if err == nil {
		err = u.hopeless(sealed)
	}
	if err != nil {
		return "", err
	}
	if u.good(t, now, later) {
		return u.keep(t), nil
	}
	next, err := u.renewed(ctx, "")
	if err != nil && connector.KindOf(err) != connector.Unauthorized && !t.over(u.p.Now()) {
		u.e.mu.Lock()
		u.e.later = u.p.Now().Add(respite)
		u.e.mu.Unlock()
		return u.keep(t), nil // it is good for some minutes yet
	}
	return next, err
}

// respite is how long a token that could not be renewed is used before that is tried again.
const respite = 30 * time.Second

// good reports whether the access token may be used, or must be renewed first.
func (u use) good(t tokens, now, later time.Time) bool {
	return !t.stale(now, ahead(u.sys.Spec)) || now.Before(later) && !t.over(now)
}

// pasted opens a key that a person gave.
func (u use) pasted(ctx context.Context) (string, error) {
	sealed, err := u.p.Secrets.Secret(ctx, u.c.Workspace, u.c.ID, SecretToken)
	if err != nil {
		return "", err
	}
	if len(sealed) == 0 {
		u.keep(tokens{})
		return "", noKey(u.c, u.sys.Spec)
	}
	plain, err := u.p.Sealer.Open(u.c.Workspace, u.c.ID, SecretToken, sealed)
	if err != nil {
		return "", u.unreadable(err)
	}
	return u.keep(tokens{Access: strings.TrimSpace(string(plain))}), nil
}

// read opens the stored tokens. Tokens for another address are of no use to anybody.
func (u use) read(ctx context.Context) (tokens, []byte, error) {
	t, sealed, err := stored(ctx, u.p.Secrets, u.p.Sealer, u.c)
	switch {
	case err != nil && sealed != nil:
		return t, sealed, u.unreadable(err)
	case err != nil:
		return t, sealed, err
	case sealed == nil:
		u.keep(tokens{})
		return t, nil, noKey(u.c, u.sys.Spec)
	case t.To != u.to:
		return t, nil, &connector.Error{Kind: connector.Unauthorized, Message: "The address of connection " + u.c.Name + " was changed, so its key of " +
			u.sys.Spec.Name + " is not used there. Connect the account again."}
	}
	return t, sealed, nil
}

func (u use) unreadable(err error) error {
	return &connector.Error{Kind: connector.Config, Message: "The key of connection " + u.c.Name + " cannot be read: " + err.Error() + ".", Err: err}
}

// keep remembers an opened key for a moment.
func (u use) keep(t tokens) string {
	u.e.mu.Lock()
	defer u.e.mu.Unlock()
	u.e.key, u.e.read, u.e.to, u.e.tokens = t.Access, u.p.Now(), u.to, t
	return t.Access
}

// renew returns the key to use after one that the system refused: one that somebody else has stored since, or a renewed
// one. Without another it returns the same.
func (u use) renew(ctx context.Context, refused string) (string, error) {
	if u.issued() {
		return u.renewed(ctx, refused)
	}
	return u.pasted(ctx)
}

// noting is how long the store may take to note that a key is not taken.
const noting = 5 * time.Second

// refused notes that the system does not take the key, unless it was replaced meanwhile.
func (u use) refused(key string, err *connector.Error) {
	ctx, cancel := context.WithTimeout(context.Background(), noting)
	defer cancel()
	if current, e := u.current(ctx); e == nil && current == key {
		u.mark(ctx, Reconnect, err.Message)
	}
}

// current is the key that is stored now.
func (u use) current(ctx context.Context) (string, error) {
	if !u.issued() {
		return u.pasted(ctx)
	}
	t, _, err := u.read(ctx)
	return t.Access, err
}

// mark stores the state of the connection, once.
func (u use) mark(ctx context.Context, state State, problem string) {
	if u.p.Memory == nil {
		return
	}
	changed, err := u.p.Memory.MarkConnection(ctx, u.c.Workspace, u.c.ID, state, problem, u.p.Now())
	if err == nil && changed && u.p.Changed != nil {
		u.p.Changed(u.c, state, problem)
	}
}

// observe tells of calls, and notes that a key which was not taken is taken again.
func (u use) observe(observe func(connector.Exchange)) func(connector.Exchange) {
	if u.c.State != Reconnect || u.p.Memory == nil {
		return observe
	}
	var once sync.Once
	return func(x connector.Exchange) {
		if x.Status >= 200 && x.Status < 300 {
			once.Do(func() {
				ctx, cancel := context.WithTimeout(context.Background(), noting)
				defer cancel()
				u.mark(ctx, OK, "")
			})
		}
		if observe != nil {
			observe(x)
		}
	}
}
