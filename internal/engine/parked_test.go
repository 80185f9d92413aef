package engine_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// picky is a User.com that refuses phone numbers, and ignores the next of the other writes.
type picky struct {
	whole
	ignore *int
}

func (p picky) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if _, has := set["phone_number"]; has {
		return connector.Record{}, &connector.Error{Kind: connector.Invalid, Status: 422, Message: "no valid phone number", Fields: []string{"phone_number"}}
	}
	if *p.ignore > 0 {
		*p.ignore--
		return p.whole.Get(ctx, ref)
	}
	return p.whole.Update(ctx, ref, set)
}

func (w *world) picky(ignores int) (left *int) {
	left = &ignores
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.B {
			return picky{c, left}
		}
		return c
	}
	return left
}

// failures counts what runs told of as failed.
func failures(runs ...engine.Run) (n int) {
	for _, r := range runs {
		n += r.To[engine.A].Failed + r.To[engine.B].Failed
	}
	return n
}

func TestAnIgnoredFieldIsSentAgainThoughAnotherOneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "phone": "+12025550100"})
	w.pass(time.Hour)
	left := w.picky(2)
	w.edit(engine.A, a, fields{"firstName": "Augusta", "phone": "+12025550101"})
	w.pass(time.Minute)
	r := w.run(engine.DoneWithProblems)
	if *left != 0 {
		t.Fatal("nothing was ignored")
	}
	w.want(engine.B, b, fields{"name": "Augusta Byron", "phone_number": "+12025550100"})
	if n := failures(r); n != 1 || len(w.entries(r, engine.ResultFailed)) != 1 {
		t.Errorf("one refused record was told %d times: %+v", n, w.entries(r, engine.ResultFailed))
	}
	needs, err := w.st.Needs(t.Context(), ws)
	if err != nil || len(needs) != 1 {
		t.Errorf("what was refused waits for a person: %+v (%v)", needs, err)
	}
}

// TestACompanyIsAskedForAgainThoughAnotherFieldIsRefused: every day, and what was refused is told once.
func TestACompanyIsAskedForAgainThoughAnotherFieldIsRefused(t *testing.T) {
	t.Parallel()
	m := newMembers(t)
	m.company("Acme")
	a, b := m.person("ada@example.com", fields{"phone": "+12025550100"})
	late := m.as(m.companies).add(engine.A, fields{"name": "Late"})
	w := m.as(m.contacts)
	w.edit(engine.A, a, fields{"phone": "+12025550101", "businessId": late})
	w.picky(0)
	runs := []engine.Run{w.run(engine.DoneWithProblems)}
	for range 2 {
		w.pass(25 * time.Hour)
		runs = append(runs, w.run(engine.Done))
	}
	m.sync(m.companies)
	_, there := m.partner(engine.A, late), m.as(m.contacts)
	there.pass(25 * time.Hour)
	runs = append(runs, there.run(engine.Done))
	m.belongs(a, b, late, m.as(m.companies).partner(engine.A, late))
	if n := failures(runs...); n != 1 {
		t.Errorf("what was refused is told %d times, want once", n)
	}
}

// TestAFieldThatRestsGoesOnThoughAnotherOneIsRefused: nothing else has the record looked at when both have agreed for a day.
func TestAFieldThatRestsGoesOnThoughAnotherOneIsRefused(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	for i := range 5 {
		w.edit(engine.B, b, fields{"tags": [][]any{{"vip"}, {}}[i%2]})
		w.run(engine.Done)
		w.pass(time.Hour)
	}
	if len(w.conflicts(true)) != 1 {
		t.Fatalf("not at rest: %v", w.conflicts(true))
	}
	w.picky(0)
	w.edit(engine.B, b, fields{"tags": []any{}})
	w.edit(engine.A, a, fields{"phone": "+12025550101"})
	w.run(engine.DoneWithProblems)
	w.pass(25 * time.Hour)
	w.run(engine.Done)
	if got := w.conflicts(true); len(got) != 0 {
		t.Errorf("still at rest: %v", got)
	}
}
