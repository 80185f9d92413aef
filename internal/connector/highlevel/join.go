package highlevel

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"couplet/internal/connector"
)

// businessID is the field of a contact that says which company it belongs to.
const businessID = "businessId"

// mostJoined is how many contacts one call may put into a company (highlevel.md 3, POST /contacts/bulk/business).
const mostJoined = 50

// joins lets contacts of one company share a call: who comes while a call for that company is under way goes along with the next
// one. Nobody waits for company, so a contact alone is written at once, and under load up to fifty cost as much as one.
type joins struct {
	mu    sync.Mutex
	lines map[string]*line
}

// line is what concerns one company: the turn to call, and the party that gathers until it has it.
type line struct {
	turn      chan struct{}
	gathering *party
	users     int
}

// party is who goes along with one call.
type party struct {
	ids  []string
	off  bool // the call has its contacts
	over chan struct{}
	err  error
}

// join has call put a contact into a company, together with others where that comes about. Where a call for several fails, each
// is put there alone, so that nobody gets an answer that is about another one.
func (j *joins) join(ctx context.Context, contact, company string, call func(ctx context.Context, ids []string) error) error {
	l := j.enter(company)
	defer j.leave(company, l)
	p, leads := j.gather(l, contact)
	if leads {
		p.err = j.lead(ctx, l, p, call)
		close(p.over)
	} else {
		select {
		case <-p.over:
		case <-ctx.Done():
			j.part(p, contact)
			return ctx.Err()
		}
	}
	if p.err == nil || len(p.ids) == 1 && leads {
		return p.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return call(ctx, []string{contact})
}

// lead waits for the turn, closes the party and calls.
func (j *joins) lead(ctx context.Context, l *line, p *party, call func(context.Context, []string) error) error {
	var gone error
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		gone = ctx.Err()
	}
	j.mu.Lock()
	p.off = true
	if l.gathering == p {
		l.gathering = nil
	}
	j.mu.Unlock()
	if gone != nil {
		return gone
	}
	return call(ctx, p.ids)
}

// gather adds a contact to the party that gathers, or begins one, which it leads.
func (j *joins) gather(l *line, contact string) (p *party, leads bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if p = l.gathering; p == nil || len(p.ids) == mostJoined || slices.Contains(p.ids, contact) {
		p, leads = &party{over: make(chan struct{})}, true
		l.gathering = p
	}
	p.ids = append(p.ids, contact)
	return p, leads
}

// part takes out who gave up, so that nothing is written for them later; unless the call is under way.
func (j *joins) part(p *party, contact string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if i := slices.Index(p.ids, contact); i >= 0 && !p.off {
		p.ids = slices.Delete(p.ids, i, i+1)
	}
}

func (j *joins) enter(company string) *line {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lines == nil {
		j.lines = map[string]*line{}
	}
	l := j.lines[company]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1)}
		j.lines[company] = l
	}
	l.users++
	return l
}

func (j *joins) leave(company string, l *line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(j.lines, company)
	}
}

// join puts a contact into a company, nil takes it out: the one way to write it is for many contacts at once (4, 4.7). A company
// that is gone meanwhile says nothing about the contact.
func (c *Connector) join(ctx context.Context, contact string, company any) error {
	id, _ := company.(string)
	err := c.joins.join(ctx, contact, id, func(ctx context.Context, ids []string) error {
		_, err := c.client.Do(ctx, connector.Request{
			Method: http.MethodPost, Path: "/contacts/bulk/business", Write: true, Scope: scopeWrite,
			Body: map[string]any{"locationId": c.location, "ids": ids, businessID: company},
		})
		return err
	})
	if e, ok := connector.AsError(err); ok && e.Kind == connector.NotFound {
		if _, gone := c.get(ctx, contact); gone != nil {
			return gone
		}
		e.Kind, e.Message = connector.Temporary, spec.Name+" does not have the company any more that the contact is to belong to. Couplet tries again later."
	}
	return err
}
