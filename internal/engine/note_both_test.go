package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

func TestANoteThatWasEditedOnBothSidesKeepsBothTexts(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "<p>Asked about prices.</p>"})
	f.sync(f.notes)
	two := f.partner(engine.A, one)
	f.turn(engine.A, one, fields{"body": "<p>Got the <b>big</b> offer.</p>"})
	f.turn(engine.B, two, fields{"description": "<p>Wants a demo.</p>"})
	f.hint(engine.A, one)
	f.sync(f.notes)
	for side, field := range [2]string{"body", "description"} {
		got := f.raw(engine.Side(side), field)
		if len(got) != 1 || !strings.Contains(got[0], "<b>big</b>") || !strings.Contains(got[0], "Wants a demo.") {
			t.Errorf("side %s keeps %q", engine.Side(side), got)
		}
	}
	if open := f.conflicts(true); len(open) != 0 {
		t.Errorf("waiting: %q", open)
	}
	f.togetherKids()
	f.quietKids()
}

// unheard writes what it is asked to write, and does not say so.
type unheard struct{ whole }

func (u unheard) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	_, _ = u.whole.Update(ctx, ref, set)
	return connector.Record{}, &connector.Error{Kind: connector.Unknown, Message: "no answer"}
}

// Both sides are sent both texts. When nobody knows what became of the first call, the second is not made in that turn.
func TestANoteWithBothTextsArrivesOnBothSidesThoughACallWasNotAnswered(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "First"})
	f.sync(f.notes)
	two := f.partner(engine.A, one)
	f.turn(engine.A, one, fields{"body": "From here"})
	f.turn(engine.B, two, fields{"description": "From there"})
	f.hint(engine.A, one)
	unanswered := true
	f.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.B && unanswered {
			unanswered = false
			return unheard{c}
		}
		return c
	}
	f.bothArrive()
}

// unmoved answers with success and leaves everything as it was.
type unmoved struct{ whole }

func (u unmoved) Update(ctx context.Context, ref connector.Ref, _ connector.Fields) (connector.Record, error) {
	return u.whole.Get(ctx, ref)
}

func TestANoteWithBothTextsArrivesOnBothSidesThoughBothIgnoredItAtFirst(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "First"})
	f.sync(f.notes)
	two := f.partner(engine.A, one)
	f.turn(engine.A, one, fields{"body": "From here"})
	f.turn(engine.B, two, fields{"description": "From there"})
	f.hint(engine.A, one)
	left := 2
	f.veil = func(_ engine.Side, c whole) connector.Connector {
		if left--; left >= 0 {
			return unmoved{c}
		}
		return c
	}
	f.bothArrive()
}

// bothArrive lets a run go wrong, and holds that both texts of the note are on both sides after the next.
func (f *family) bothArrive() {
	f.t.Helper()
	f.flow.Retry.Base, f.flow.Retry.Max = flow.Duration(time.Hour), flow.Duration(time.Hour)
	f.request(engine.Request{Look: true}, engine.Done)
	for range 2 {
		f.pass(2 * time.Hour)
		f.request(engine.Request{Look: true}, engine.Done)
	}
	for side, field := range [2]string{"body", "description"} {
		f.wantKids(engine.Side(side), field, "From here\n\n— — —\n\nFrom there")
	}
	f.togetherKids()
	f.quietKids()
}

// clumsy goes wrong as it is told, call by call: "ignores" answers with success and leaves all as it was, "fails" does nothing
// and says so, "unheard" does it and says nothing.
type clumsy struct {
	whole
	wrongs *[]string
}

func (c clumsy) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if len(*c.wrongs) == 0 {
		return c.whole.Update(ctx, ref, set)
	}
	next := (*c.wrongs)[0]
	*c.wrongs = (*c.wrongs)[1:]
	if next == "ignores" {
		return c.whole.Get(ctx, ref)
	}
	if next == "unheard" {
		return unheard{c.whole}.Update(ctx, ref, set)
	}
	return connector.Record{}, &connector.Error{Kind: connector.Temporary, Status: 500, Message: "broken"}
}

// One call may be without effect, the other fail, and be without effect when it is sent again: neither text is forgotten.
func TestANoteWithBothTextsArrivesOnBothSidesWhateverEachCallDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b []string }{
		{[]string{"fails", "ignores"}, []string{"ignores"}},
		{[]string{"fails", "ignores", "ignores"}, []string{"ignores", "ignores"}},
		{[]string{"ignores", "fails", "ignores"}, []string{"fails", "ignores", "fails"}},
		{[]string{"unheard"}, []string{"ignores"}},
		{[]string{"ignores", "unheard"}, []string{"unheard", "ignores"}},
	} {
		f := newFamily(t, sandbox.Options{Seed: 3})
		a, _ := f.couple("ada@example.com")
		f.as(f.notes)
		one := f.put(engine.A, a, fields{"body": "First"})
		f.sync(f.notes)
		two := f.partner(engine.A, one)
		f.turn(engine.A, one, fields{"body": "From here"})
		f.turn(engine.B, two, fields{"description": "From there"})
		f.hint(engine.A, one)
		wrongs := [2]*[]string{&c.a, &c.b}
		f.veil = func(side engine.Side, c whole) connector.Connector { return clumsy{c, wrongs[side]} }
		f.flow.Retry.MaxAttempts = 100
		for range 6 {
			f.request(engine.Request{Look: true}, engine.Done)
			f.pass(2 * time.Hour)
		}
		f.bothArrive()
	}
}
