package connectortest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"couplet/internal/connector"
)

// warm makes a contact, so that whatever the connector reads once has been read.
func (b *bench) warm() connector.Record {
	b.Helper()
	b.stamp()
	made := b.create(b.person("warm@example.com"))
	b.get(made.ID)
	return made
}

func lostAnswer(b *bench) {
	stamp := b.stamp()
	made := b.warm()
	for name, fate := range map[string]Fate{"lost": Lost, "torn": Torn} {
		values := b.person(name + "@example.com")
		values[stamp] = name
		b.tap.Plan(fate)
		_, err := b.conn.Create(b.ctx(), "contact", "", values)
		b.wantKind(err, connector.Unknown)
		b.eventually("the stamp shows that it happened", func() bool {
			found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{stamp: name})
			b.must(err)
			return len(found) == 1
		})
		b.tap.Plan(fate)
		_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: name})
		b.wantKind(err, connector.Unknown)
		if got := b.get(made.ID).Fields[b.City]; got != name {
			b.Errorf("the check is wrong: the lost write did not happen, %v", got)
		}
		b.tap.Plan(fate)
		_, err = b.conn.Get(b.ctx(), ref(made.ID))
		b.wantKind(err, connector.Temporary)
	}
	b.tap.Plan(Lost)
	b.wantKind(b.conn.Delete(b.ctx(), ref(made.ID)), connector.Unknown)
}

func serverFault(b *bench) {
	made := b.warm()
	for _, status := range []int{500, 502, 503, 504} {
		fault := Answer(status, "<html>Bad Gateway</html>")
		b.tap.Plan(fault)
		_, err := b.conn.Get(b.ctx(), ref(made.ID))
		if e := b.wantKind(err, connector.Temporary); e.Status != status {
			b.Errorf("status %d, want %d", e.Status, status)
		}
		b.tap.Plan(fault)
		_, err = b.conn.List(b.ctx(), connector.ListRequest{Object: "contact"})
		b.wantKind(err, connector.Temporary)
		b.tap.Plan(fault)
		_, err = b.conn.Create(b.ctx(), "contact", "", b.person("fault@example.com"))
		b.wantKind(err, connector.Unknown)
		b.tap.Plan(fault)
		_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: "x"})
		b.wantKind(err, connector.Unknown)
		b.tap.Plan(fault)
		b.wantKind(b.conn.Delete(b.ctx(), ref(made.ID)), connector.Unknown)
	}
}

func refusal(b *bench) {
	made := b.warm()
	for _, status := range []int{400, 409, 422} {
		b.tap.Plan(Answer(status, `{"message":"no","detail":"no"}`))
		_, err := b.conn.Create(b.ctx(), "contact", "", b.person("refused@example.com"))
		if e := b.wantKind(err, connector.Unknown); e.Status != status {
			b.Errorf("status %d, want %d", e.Status, status)
		}
		b.tap.Plan(Answer(status, `{"message":"no","detail":"no"}`))
		_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: "x"})
		if e := b.wantKind(err, connector.Invalid); e.Status != status {
			b.Errorf("status %d, want %d", e.Status, status)
		}
	}
	for status, kind := range map[int]connector.Kind{401: connector.Unauthorized, 403: connector.Forbidden} {
		b.tap.Plan(Answer(status, `{"message":"no","detail":"no"}`))
		_, err := b.conn.Create(b.ctx(), "contact", "", b.person("refused@example.com"))
		b.wantKind(err, kind)
	}
}

func turnedAway(b *bench) {
	b.warm()
	away := Answer(429, `{"message":"Too Many Requests"}`, "Retry-After", "3")
	b.tap.Plan(away, away)
	made := b.create(b.person("patient@example.com"))
	b.budget.mu.Lock()
	waits := strings.Join(b.budget.waits, " ")
	b.budget.mu.Unlock()
	if waits != "3 3" {
		b.Errorf("the budget was told %q, want two waits of 3", waits)
	}
	found, err := b.conn.Find(b.ctx(), "contact", "", connector.Fields{b.Email: "patient@example.com"})
	b.must(err)
	if len(found) != 1 || found[0].ID != made.ID {
		b.Errorf("%d records were made", len(found))
	}
}

func alwaysTurnedAway(b *bench) {
	made := b.warm()
	b.tap.Always(Answer(429, `{"detail":"Request was throttled."}`, "Retry-After", "7"))
	before := b.tap.Sent()
	_, err := b.conn.Get(b.ctx(), ref(made.ID))
	if e := b.wantKind(err, connector.RateLimited); e.After != 7*time.Second {
		b.Errorf("wait %v, want 7s", e.After)
	}
	if n := b.tap.Sent() - before; n < 2 || n > 10 {
		b.Errorf("%d tries", n)
	}
}

func stopped(b *bench) {
	made := b.warm()
	ctx, cancel := context.WithCancel(b.ctx())
	cancel()
	sent := b.tap.Sent()
	_, err := b.conn.Get(ctx, ref(made.ID))
	if !errors.Is(err, context.Canceled) {
		b.Errorf("a read that never began: %v", err)
	}
	_, err = b.conn.Create(ctx, "contact", "", b.person("never@example.com"))
	if !errors.Is(err, context.Canceled) || connector.KindOf(err) == connector.Unknown {
		b.Errorf("a create that never began: %v of kind %q", err, connector.KindOf(err))
	}
	if b.tap.Sent() != sent {
		b.Errorf("calls were made for a stopped caller")
	}
	for kind, run := range map[connector.Kind]func(context.Context) error{
		connector.Temporary: func(ctx context.Context) error { _, err := b.conn.Get(ctx, ref(made.ID)); return err },
		connector.Unknown: func(ctx context.Context) error {
			_, err := b.conn.Update(ctx, ref(made.ID), connector.Fields{b.City: "x"})
			return err
		},
	} {
		ctx, cancel := context.WithCancel(b.ctx())
		started := make(chan struct{})
		b.tap.Plan(Held(started))
		go func() {
			<-started
			cancel()
		}()
		err := run(ctx)
		b.wantKind(err, kind)
		if !errors.Is(err, context.Canceled) {
			b.Errorf("the error does not say that it was stopped: %v", err)
		}
	}
}

func redirect(b *bench) {
	made := b.warm()
	for _, status := range []int{301, 302, 307, 308} {
		sent := b.tap.Sent()
		b.tap.Plan(Answer(status, "", "Location", "http://127.0.0.1:1/elsewhere/"))
		_, err := b.conn.Get(b.ctx(), ref(made.ID))
		b.wantKind(err, connector.Config)
		b.tap.Plan(Answer(status, "", "Location", "http://127.0.0.1:1/elsewhere/"))
		_, err = b.conn.Update(b.ctx(), ref(made.ID), connector.Fields{b.City: "x"})
		b.wantKind(err, connector.Config)
		if n := b.tap.Sent() - sent; n != 2 {
			b.Errorf("%d calls for two redirects", n)
		}
	}
}

func nobodyHome(b *bench) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	address := l.Addr().String()
	l.Close()
	acc := b.account(b.Token)
	acc.BaseURL = "http://" + address
	acc.HTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	conn, err := b.New(acc)
	b.must(err)
	_, err = b.checker(conn).Check(b.ctx(), false)
	b.wantKind(err, connector.Config)
	_, err = conn.Create(b.ctx(), "contact", "", b.person("nowhere@example.com"))
	if kind := connector.KindOf(err); kind == connector.Unknown || err == nil {
		b.Errorf("nothing was sent, and yet the outcome is %q", kind)
	}
}
