package connection

import (
	"bytes"
	"context"
	"errors"
	"time"

	"couplet/internal/connector"
)

// How tokens are renewed. A refresh token often works once, and the answer that holds its successor may be lost on the
// way: then the account would be lost, too. So:
//
//   - In a process one renewal is under way per connection, and all callers wait for it (renewing).
//   - Among processes the one that holds the right in the database renews (HoldTokens); the others wait and read what it
//     stored. No transaction is open while the system is asked.
//   - What came is stored before it is used, in the place of exactly what was read.
//   - When nobody knows whether the system has answered, the same refresh is sent again at once: systems repeat their
//     answer for a while (OAuth.Grace, 30 s). The right is held for less than that, so that even after a crash somebody else
//     comes in time.
//   - A refusal means that a person must connect the account again. It is stored, and the system is not asked again but by
//     a check (Service.Check).

const (
	// holding is how long the right to renew is held before it must be taken again, which is done before each try.
	holding = 12 * time.Second
	// tries is how often a refresh is sent whose answer is lost.
	tries = 3
	// asking is how often is looked whether another process is done, waiting for how long at most.
	asking, waitingMost = 50 * time.Millisecond, 60 * time.Second
)

// renewal is a renewal under way.
type renewal struct {
	done chan struct{}
	key  string
	err  error
}

// renewed returns a key other than refused that is not near its end. It joins the renewal under way, or begins one; that
// goes on when the caller has gone.
func (u use) renewed(ctx context.Context, refused string) (string, error) {
	u.e.mu.Lock()
	r := u.e.renewing
	joined := r != nil
	if !joined {
		r = &renewal{done: make(chan struct{})}
		u.e.renewing = r
		go func() {
			c, cancel := context.WithTimeout(context.WithoutCancel(ctx), waitingMost)
			defer cancel()
			r.key, r.err = u.settle(c, refused)
			u.e.mu.Lock()
			u.e.renewing = nil
			u.e.mu.Unlock()
			close(r.done)
		}()
	}
	u.e.mu.Unlock()
	select {
	case <-r.done:
		if joined && r.err == nil && r.key == refused { // whoever began it did not know yet that this one is refused
			return u.renewed(ctx, refused)
		}
		return r.key, r.err
	case <-ctx.Done():
		return "", &connector.Error{Kind: connector.Temporary, Message: "The call to " + u.sys.Spec.Name + " was stopped before it began.", Err: ctx.Err()}
	}
}

// settle waits until there are good tokens, whoever gets them.
func (u use) settle(ctx context.Context, refused string) (string, error) {
	for {
		t, sealed, err := u.read(ctx)
		if err != nil {
			return "", err
		}
		if t.Access != "" && t.Access != refused && !t.stale(u.p.Now(), ahead(u.sys.Spec)) {
			return u.keep(t), nil // somebody else was quicker
		}
		if err := u.hopeless(sealed); err != nil {
			return "", err
		}
		h := u.p.hold(u.c.Workspace, u.c.ID)
		switch ok, err := h.take(ctx); {
		case err != nil:
			return "", err
		case ok:
			key, again, err := u.replace(ctx, h, t, sealed)
			h.let(ctx)
			if !again {
				return key, err
			}
		}
		if err := pause(ctx, asking); err != nil {
			return "", &connector.Error{Kind: connector.Temporary, Err: err, Message: "The key of connection " + u.c.Name + " is being renewed, which takes long. Couplet tries again later."}
		}
	}
}

// replace gets new tokens and stores them in the place of those that were read. again says that these were replaced by
// somebody else.
func (u use) replace(ctx context.Context, h *holder, was tokens, sealed []byte) (key string, again bool, err error) {
	if now, _, err := u.sealed(ctx); err != nil || !bytes.Equal(now, sealed) {
		return "", err == nil, err
	}
	next, ok := u.came(sealed)
	if !ok {
		next, err = u.next(ctx, h, was)
	}
	if err != nil {
		if connector.KindOf(err) == connector.Unauthorized {
			if now, _, e := u.sealed(ctx); e == nil && !bytes.Equal(now, sealed) {
				return "", true, nil // somebody connected anew meanwhile, and these are nobody's any more
			}
			e := u.over(err)
			u.e.mu.Lock()
			u.e.key, u.e.dead, u.e.deadErr = "", sealed, e
			u.e.mu.Unlock()
			u.mark(ctx, Reconnect, e.Message)
			return "", false, e
		}
		return "", false, err
	}
	next.To = u.to
	u.park(&unsaved{sealed, next})
	ok, err = u.save(ctx, sealed, next)
	if err != nil {
		return "", false, err
	}
	u.park(nil)
	if !ok || next.stale(u.p.Now(), ahead(u.sys.Spec)) {
		return "", true, nil
	}
	return u.keep(next), false, nil
}

// unsaved are tokens that came in the place of sealed ones. They are kept while they cannot be stored, because the system
// does not give them a second time.
type unsaved struct {
	was []byte
	tokens
}

func (u use) park(x *unsaved) {
	u.e.mu.Lock()
	u.e.unsaved = x
	u.e.mu.Unlock()
}

// came returns the tokens that came already in the place of these, and could not be stored then.
func (u use) came(sealed []byte) (tokens, bool) {
	u.e.mu.Lock()
	defer u.e.mu.Unlock()
	if x := u.e.unsaved; x != nil && bytes.Equal(x.was, sealed) {
		return x.tokens, true
	}
	return tokens{}, false
}

// sealed is what is stored now.
func (u use) sealed(ctx context.Context) ([]byte, bool, error) {
	b, err := u.p.Secrets.Secret(ctx, u.c.Workspace, u.c.ID, SecretTokens)
	if len(b) == 0 {
		b = nil
	}
	return b, b != nil, err
}

// save stores renewed tokens. It tries a few times, because what came cannot be got again.
func (u use) save(ctx context.Context, was []byte, t tokens) (ok bool, err error) {
	is, err := seal(u.p.Sealer, u.c.Workspace, u.c.ID, SecretTokens, t)
	if err != nil {
		return false, err
	}
	for range tries {
		permit, _, e := u.p.Memory.PermitOf(ctx, u.c.Workspace, u.c.ID)
		if err = e; err == nil {
			got := permit.Obtained
			permit = t.permit(u.c.AuthKind)
			permit.Connection, permit.Obtained, permit.Renewed = u.c.ID, got, u.p.Now()
			if ok, err = u.p.Memory.SaveRenewed(ctx, u.c.Workspace, was, is, SecretTokens, permit); err == nil {
				return ok, nil
			}
		}
		if pause(ctx, 4*asking) != nil {
			break
		}
	}
	return false, err
}

// hopeless is the error that the tokens were refused with before.
func (u use) hopeless(sealed []byte) error {
	u.e.mu.Lock()
	defer u.e.mu.Unlock()
	if u.e.deadErr != nil && bytes.Equal(u.e.dead, sealed) {
		return u.e.deadErr
	}
	return nil
}

// over says in one sentence that a person must connect the account again.
func (u use) over(err error) *connector.Error {
	message := u.sys.Spec.Name + " does not renew the key of this account any more: it was withdrawn, or was not used for too long. Connect the account again; nothing else is lost."
	if e, ok := connector.AsError(err); ok && (errors.Is(err, errClient) || errors.Is(err, errRebound)) {
		message = e.Message
	}
	return &connector.Error{Kind: connector.Unauthorized, Message: message, Err: err}
}

// errRebound marks tokens that came from another app, or another address, than the one that would renew them.
var errRebound = errors.New("the app was changed")

// pause waits, unless the context ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// holder is a process's right to renew the tokens of one name.
type holder struct {
	p               *Pool
	workspace, name string
	who             string
}

func (p *Pool) hold(workspace, name string) *holder {
	return &holder{p, workspace, name, newID("h")}
}

// take gets the right, or keeps it for longer.
func (h *holder) take(ctx context.Context) (bool, error) {
	now := h.p.Now()
	return h.p.Memory.HoldTokens(ctx, h.workspace, h.name, h.who, now, now.Add(holding))
}

func (h *holder) let(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noting)
	defer cancel()
	_ = h.p.Memory.LetTokens(ctx, h.workspace, h.name, h.who) // it ends by itself
}
