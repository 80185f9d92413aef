package engine_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Whom an earlier run saw may be gone since: nobody is joined with a record that is not there, and nothing comes over from it.
func TestNobodyIsJoinedWithARecordThatOnlyADeadRunSaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Conflict = mapping.BWins
	b := w.add(engine.B, fields{"email": "ada@example.com", "first_name": "Grace", "last_name": "Hopper"})
	seen := func() bool {
		found, err := w.st.Mirrors(t.Context(), ws, w.flow.Connections[engine.B], w.flow.Object, []string{b})
		return err == nil && len(found) > 0
	}
	if !w.diesAt(engine.Request{Look: true}, func(m string) bool { return m == "Cursor" && seen() }) {
		t.Fatal("nothing was read")
	}
	a := w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"})
	w.remove(engine.B, b)
	w.pass(5 * time.Second)
	w.run(engine.Done)
	w.want(engine.A, a, fields{"firstName": "Ada", "lastName": "Lovelace"})
	for range 2 { // two reads ten minutes apart: it was deleted, and is not made again
		w.pass(11 * time.Minute)
		w.run(engine.Done)
	}
	if l := w.link(engine.A, a); l.ID != "" {
		t.Errorf("joined: %+v", l)
	}
	w.want(engine.A, a, fields{"firstName": "Ada", "lastName": "Lovelace"})
	w.quiet()
}

// A create that was not answered may have happened, and what it was made from may be gone when that is found out: somebody is
// asked about the one that is left.
func TestWhatWasMadeFromARecordThatIsGoneIsNotForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{AllowDuplicates: true})
	a := w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"})
	w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Bell"})
	w.run(engine.Done) // both wait: nobody knows which one is meant
	var once sync.Once
	w.veil = func(side engine.Side, c whole) connector.Connector {
		return deletesFirst{c, func() { once.Do(func() { w.remove(engine.A, a) }) }}
	}
	w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.A, Record: a})
	w.pass(5 * time.Second)
	w.once(engine.B, "created-422")
	w.request(engine.Request{}, engine.Done)
	made := slices.Collect(maps.Keys(w.all(engine.B)))
	if len(made) != 1 {
		t.Fatalf("%d were made", len(made))
	}
	for range 4 {
		w.pass(11 * time.Minute)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
	}
	if open, err := w.st.OpenOrders(t.Context(), ws, w.pair().ID, "", 9); err != nil || len(open) != 0 {
		t.Errorf("nobody came to %+v, %v", open, err)
	}
	waits, err := w.st.ReviewsOf(t.Context(), ws, w.pair().ID, engine.B, made)
	if err != nil || len(waits) != 1 {
		t.Errorf("%v waits for a person, %v", waits, err)
	}
}

// deletesFirst has somebody do something right before a record is made.
type deletesFirst struct {
	whole
	do func()
}

func (d deletesFirst) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	d.do()
	return d.whole.Create(ctx, object, parent, set)
}
