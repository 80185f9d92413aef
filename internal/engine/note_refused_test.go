package engine_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// bereft does not know, for some creates, whom a task or note is about.
type bereft struct {
	whole
	left *int
}

func (b bereft) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	if *b.left > 0 {
		*b.left--
		return connector.Record{}, &connector.Error{Kind: connector.NotFound, Status: 404, Message: "It does not have the person any more."}
	}
	return b.whole.Create(ctx, object, parent, set)
}

// A person who is merged away while notes are made for them is gone for a while, until the contact has another partner. That
// says nothing against the note, which is not given up for it.
func TestANoteWhoseContactWasGoneForAWhileIsMadeWhenItIsBack(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.as(f.notes)
	left := 4
	f.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.B {
			return bereft{c, &left}
		}
		return c
	}
	one := f.put(engine.A, a, fields{"body": "First"})
	for range 12 {
		if _, err := f.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: f.flow, Trigger: "schedule", Look: true}); err != nil {
			t.Fatal(err)
		}
		f.pass(2 * time.Hour)
	}
	if left != 0 || f.partner(engine.A, one) == "" {
		t.Errorf("%d refusals are left, the note's partner is %q", left, f.partner(engine.A, one))
	}
}
