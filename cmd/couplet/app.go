package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// app is the house, wired: what most commands work with.
type app struct {
	set     settings
	log     *slog.Logger
	db      *db.DB
	store   *store.Store
	sealer  *connection.Sealer
	http    *http.Client
	pool    *connection.Pool
	connect *connection.Service
	engine  *engine.Engine
	runner  *automation.Runner
	watcher *automation.Watcher
	ws      string // workspace id
	public  string // address of this installation, "" when not said
	now     func() time.Time
	called  func(system string, status int) // told each call to a system; may be nil
}

// systems are the kinds of CRM that this program connects.
func systems() map[string]connection.System {
	return map[string]connection.System{
		"highlevel": {Spec: highlevel.Spec(), Operations: highlevel.Operations(), New: func(a connector.Account) (connector.Connector, error) { return highlevel.New(a) }, Agency: highlevel.NewAgency},
		"usercom":   {Spec: usercom.Spec(), Operations: usercom.Operations(), New: func(a connector.Account) (connector.Connector, error) { return usercom.New(a) }},
	}
}

// open checks the settings, opens the database at this program's schema, and wires everything.
func (g *Globals) open(ctx context.Context, t *terminal) (*app, error) {
	set, err := g.check()
	if err != nil {
		return nil, err
	}
	a := &app{set: set, public: g.PublicURL, log: t.logger(g.LogLevel), now: time.Now}
	if g.now != nil {
		a.now = g.now
	}
	if a.db, err = db.Open(ctx, set.Database, db.Options{}); err != nil {
		return nil, err
	}
	if err := a.wire(ctx, g, t); err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	return a, nil
}

func (a *app) wire(ctx context.Context, g *Globals, t *terminal) error {
	if err := a.db.Migrate(ctx, a.now()); err != nil {
		return err
	}
	key := g.SecretKey
	if key == "" {
		var made bool
		var err error
		if key, made, err = connection.KeyFile(a.set.KeyFile); err != nil {
			return err
		}
		if made {
			fmt.Fprintf(t.Err, "couplet: made a new key in %s. Keep a copy elsewhere: without it the stored keys of your accounts cannot be read.\n", a.set.KeyFile)
		}
	}
	sealer, err := connection.OpenSealer(key)
	if err != nil {
		return err
	}
	a.sealer = sealer
	a.store = store.New(a.db, a.now)
	ws, err := a.workspace(ctx, g.Workspace)
	if err != nil {
		return err
	}
	a.ws = ws
	a.http = connection.NewHTTP(connection.Options{Allow: a.set.Allow})
	a.connections()
	hashKey, err := a.hashKey(ctx)
	if err != nil {
		return err
	}
	me := ownerName(engine.NewID("p", a.now()))
	a.engine = &engine.Engine{Store: a.store, Links: links{a}, Now: a.now, Settle: g.Settle, Log: a.log,
		Owner: me, Dead: func(owner string) bool { return owner != me && deadProcess(owner) }, HashKey: hashKey, Random: rand.Float64}
	return a.automations(me)
}

// ownerName names this process in leases: machine, process, and a word of its own, because process numbers come again.
func ownerName(id string) string { return fmt.Sprintf("%s/%d/%s", machine(), os.Getpid(), id) }

// machine names what process numbers are counted in: the host, and on Linux the namespace, because two containers may
// carry one host name and do not see each other's processes. "" when it has no name.
func machine() string {
	host, _ := os.Hostname()
	if space, err := os.Readlink("/proc/self/ns/pid"); err == nil && host != "" {
		host += " " + space
	}
	return host
}

// deadProcess reports whether an owner was a process of this machine that is gone, so that a restart need not wait for
// its heartbeat to grow old.
func deadProcess(owner string) bool {
	parts := strings.Split(owner, "/")
	if here := machine(); len(parts) != 3 || parts[0] != here || here == "" {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	return err == nil && (pid == os.Getpid() || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH))
}

// Close lets keys that are being renewed be stored, then closes the database.
func (a *app) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if a.pool != nil {
		a.pool.Rest(ctx)
	}
	return a.db.Close()
}

func (a *app) workspace(ctx context.Context, name string) (string, error) {
	if name == "" {
		w, err := a.store.Default(ctx)
		return w.ID, err
	}
	w, err := a.store.WorkspaceByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("there is no workspace %q", name)
	}
	return w.ID, err
}

// hashKey is the key of the hashes that tombstones and hook addresses keep. It is one for all workspaces and kept with the
// first: a server serves them all, whichever it was started in. It is sealed like a secret and never changes, so that a
// grave stays known after the key of the house was changed. When the key of the house is lost, a second one is made beside it:
// everything goes on, and the first is good again if the key is found.
func (a *app) hashKey(ctx context.Context) ([]byte, error) {
	first, err := a.store.Default(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"tombstone_key", "tombstone_key_2"} {
		key, err := a.sealedKey(ctx, first.ID, name)
		if err == nil || !errors.Is(err, connection.ErrCannotOpen) {
			return key, err
		}
		a.log.Warn("secrets were sealed with another key; put that key back, or give the keys of the accounts again with apply")
	}
	return nil, errors.New("the secrets of this database were sealed with other keys; put the right couplet.key back, or set COUPLET_SECRET_KEY to it")
}

// sealedKey opens a key that is kept in the settings of a workspace, and makes it when there is none.
func (a *app) sealedKey(ctx context.Context, ws, name string) ([]byte, error) {
	text, err := a.store.Setting(ctx, ws, name)
	if err != nil {
		return nil, err
	}
	if text != "" {
		sealed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		return a.sealer.Open(ws, "", name, sealed)
	}
	fresh, err := connection.NewKey()
	if err != nil {
		return nil, err
	}
	sealed, err := a.sealer.Seal(ws, "", name, []byte(fresh))
	if err != nil {
		return nil, err
	}
	return []byte(fresh), a.store.SaveSetting(ctx, ws, name, base64.StdEncoding.EncodeToString(sealed))
}

// links is how the engine reaches connections.
type links struct{ a *app }

func (l links) Open(ctx context.Context, ws, id string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := l.a.store.ConnectionByID(ctx, ws, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("connection %s of this flow no longer exists", id)
	}
	if err != nil {
		return nil, err
	}
	return l.a.pool.Open(ctx, c, func(x connector.Exchange) {
		if observe != nil {
			observe(x)
		}
		if l.a.called != nil {
			l.a.called(c.System, x.Status)
		}
	})
}

// desk is where commands ask for things of the workspace and have them done.
func (a *app) desk() command.Desk {
	return command.Desk{Store: a.store, Connect: a.connect, Workspace: a.ws, By: whoAmI(), Public: a.public, HookKey: a.hookKey()}
}

// whoAmI names the person at the command line in the log.
func whoAmI() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username + " at the command line"
	}
	return "somebody at the command line"
}
