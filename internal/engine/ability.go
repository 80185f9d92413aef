package engine

import (
	"context"
	"sync"
	"time"

	"couplet/internal/connector"
	"couplet/internal/mapping"
)

// AbilityTTL is how long a lesson counts before it is tried again (I17).
const AbilityTTL = 7 * 24 * time.Hour

// often is how many writes in a row must be ignored before a field counts as not writable. One alone is not enough: a
// system may lose a field once.
const often = 5

// abilities are what each side takes: what its spec says, and what its answers taught.
type abilities struct {
	s  *session
	mu sync.Mutex
	is map[ability]Capability
}

type ability struct {
	side  Side
	verb  string
	field string
}

func learn(s *session, caps []Capability) *abilities {
	a := &abilities{s: s, is: map[ability]Capability{}}
	for _, c := range caps {
		for side, conn := range s.flow.Connections {
			if c.Conn == conn {
				if s.e.Now().Sub(c.Learned) >= AbilityTTL {
					c = c.Again()
				}
				a.is[ability{Side(side), c.Verb, c.Field}] = c
			}
		}
	}
	return a
}

// Closed reports whether a field counts as not writable.
func (c Capability) Closed() bool { return c.Refused || c.Ignored >= often }

// Again is a lesson whose field is tried once more. One answer is enough to learn it again: a field that is always ignored is
// tried once per time that a lesson counts.
func (c Capability) Again() Capability {
	c.Refused, c.Ignored, c.Learned = false, min(c.Ignored, often-1), time.Time{}
	return c
}

// denied reports whether a side does not take a field on update.
func (a *abilities) denied(side Side, field string) bool {
	if f, ok := connector.FieldNamed(a.s.fields[side], field); ok && f.OnUpdate == connector.No {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.is[ability{side, "update", field}]
	return c.Closed()
}

// deniedOnCreate reports whether a side does not take a rule's fields in a create.
func (a *abilities) deniedOnCreate(r *mapping.Rule, side Side) bool {
	for _, name := range r.Writes(side) {
		if f, ok := connector.FieldNamed(a.s.fields[side], name); ok && f.OnCreate == connector.No {
			return true
		}
	}
	return false
}

// refused learns that a side does not take a field, when its spec left that open. A refused value is no lesson.
func (a *abilities) refused(ctx context.Context, side Side, field, evidence string) {
	f, ok := connector.FieldNamed(a.s.fields[side], field)
	if !ok || f.OnUpdate != connector.Try {
		return
	}
	a.change(ctx, ability{side, "update", field}, func(c *Capability) { c.Refused, c.Evidence = true, evidence })
}

// took forgets that a field was ignored.
func (a *abilities) took(r *mapping.Rule, side Side) {
	for _, name := range r.Writes(side) {
		a.mu.Lock()
		c := a.is[ability{side, "update", name}]
		a.mu.Unlock()
		if c.Ignored > 0 {
			a.change(context.Background(), ability{side, "update", name}, func(c *Capability) { c.Ignored = 0 })
		}
	}
}

// ignored counts a write that changed nothing, and reports whether the field now counts as not writable.
func (a *abilities) ignored(r *mapping.Rule, side Side) bool {
	gone := false
	for _, name := range r.Writes(side) {
		a.change(context.Background(), ability{side, "update", name}, func(c *Capability) {
			c.Ignored++
			c.Evidence = "answered with success and changed nothing"
			gone = gone || c.Ignored >= often
		})
	}
	return gone
}

// altered learns the length that a side cuts a field to.
func (a *abilities) altered(r *mapping.Rule, side Side, sent, got mapping.Value) {
	if !r.Shortened(sent, got) || len(r.Writes(side)) != 1 {
		return
	}
	n := r.Size(got)
	a.change(context.Background(), ability{side, "update", r.Writes(side)[0]}, func(c *Capability) {
		c.MaxLen = max(c.MaxLen, n)
		c.Evidence = "came back shortened"
	})
}

func (a *abilities) change(ctx context.Context, key ability, f func(*Capability)) {
	a.mu.Lock()
	c := a.is[key]
	c.Conn, c.Object, c.Field, c.Verb = a.s.flow.Connections[key.side], a.s.flow.Object, key.field, key.verb
	c.Learned = a.s.e.Now()
	f(&c)
	a.is[key] = c
	a.mu.Unlock()
	if err := a.s.e.Store.SaveCapability(ctx, a.s.ws, c); err != nil {
		a.s.e.Log.Warn("lesson not stored", "field", key.field, "error", err)
	}
}
