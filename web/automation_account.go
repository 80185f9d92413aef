package web

import (
	"context"
	"strings"
	"sync"
	"time"

	"couplet/internal/automation"
	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// inquiries remembers for a while what accounts said of themselves: which fields and which lists of values they have. Each is asked
// once, however many people look, and nothing of it is stored.
type inquiries struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]*inquiry
}

// inquiry is one question to an account. What it came to is there when done is closed.
type inquiry struct {
	began  time.Time
	done   chan struct{}
	fields []connector.Field
	list   templates.OperationChoices
	err    error
}

// inquiryWait is how long a page waits for an account. What comes later is on the next page.
const inquiryWait = 2500 * time.Millisecond

// ask is the answer to a question about an account, which is asked now unless that was done a while ago, and why there is none, in
// words.
func (l *inquiries) ask(ctx context.Context, conn connection.Connection, about string, question func(context.Context, *inquiry) error) (x *inquiry, problem string) {
	key := conn.Workspace + "|" + conn.ID + "|" + about
	l.mu.Lock()
	x, ok := l.all[key]
	if !ok || l.now().Sub(x.began) >= x.lasts() {
		x = &inquiry{began: l.now(), done: make(chan struct{})}
		if l.all == nil {
			l.all = map[string]*inquiry{}
		}
		for k, old := range l.all {
			if l.now().Sub(old.began) >= lookFresh {
				delete(l.all, k)
			}
		}
		l.all[key] = x
		go func(x *inquiry) {
			ctx, cancel := context.WithTimeout(connector.As(context.Background(), connector.Interactive), lookEnd)
			defer cancel()
			x.err = question(ctx, x)
			close(x.done)
		}(x)
	}
	l.mu.Unlock()
	switch {
	case !within(ctx, x.done, inquiryWait):
		return x, "It did not answer in time; open this again in a moment."
	case x.err == nil:
		return x, ""
	}
	if e, ours := connector.AsError(x.err); ours {
		return x, e.Message
	}
	return x, "Something went wrong while it was asked; try again later."
}

// lasts is how long an answer is shown: only for a while when there is none.
func (x *inquiry) lasts() time.Duration {
	if isClosed(x.done) && x.err != nil {
		return lookRetry
	}
	return lookFresh
}

// connected has an account asked anew: a new key may show more.
func (l *inquiries) connected(ws, conn string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.all {
		if strings.HasPrefix(key, ws+"|"+conn+"|") {
			delete(l.all, key)
		}
	}
}

// ownFields has the values of a canvas hold the fields that the account of the trigger has of its own. Where it cannot be asked, the
// page says so.
func (s *Server) ownFields(ctx context.Context, x *canvasOf) {
	t := x.a().Trigger
	conn, sys := x.account(t.System), x.systems[t.System]
	if conn == nil {
		return
	}
	fields := map[string][]connector.Field{}
	for thing := aboutOf(x.systems, t); thing != ""; thing = sys.Catalog.Things[thing].Parent {
		if _, known := sys.Spec.Object(thing); !known {
			continue
		}
		got, problem := s.inquiries.ask(ctx, *conn, "fields of "+thing, func(ctx context.Context, x *inquiry) (err error) {
			x.fields, err = s.describe(ctx, *conn, thing)
			return err
		})
		if problem != "" {
			x.unasked = problem
			return
		}
		fields[thing] = got.fields
	}
	sys.Fields = fields
	x.systems[t.System] = sys
}

// describe asks an account for the fields of an object.
func (s *Server) describe(ctx context.Context, conn connection.Connection, object string) ([]connector.Field, error) {
	c, err := s.o.Connect.Pool.Open(ctx, conn, nil)
	if err != nil {
		return nil, err
	}
	d, able := c.(connector.Describer)
	if !able {
		return nil, nil
	}
	return d.Describe(ctx, object)
}

// choicesFor are the values of a list of an account, and in words why there are none.
func (s *Server) choicesFor(ctx context.Context, conn connection.Connection, sys automation.System, from string) ([]templates.Choice, string) {
	l := sys.Catalog.Lists[from]
	got, problem := s.inquiries.ask(ctx, conn, "list "+from, func(ctx context.Context, x *inquiry) error {
		said, err := s.askAccount(ctx, conn, l.Operation, nil)
		x.list = valuesIn(said, l)
		return err
	})
	return got.list.List, problem
}
