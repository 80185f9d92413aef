package engine_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// hiding is a User.com that never shows one field, whoever asks.
type hiding struct {
	*world
	field string
}

type hider struct {
	*usercom.Connector
	field string
}

func (h hiding) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := h.world.Open(ctx, ws, conn, observe)
	if u, ok := c.(*usercom.Connector); ok {
		return hider{u, h.field}, err
	}
	return c, err
}

func (h hider) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	p, err := h.Connector.List(ctx, req)
	for _, r := range p.Records {
		delete(r.Fields, h.field)
	}
	return p, err
}

func (h hider) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	r, err := h.Connector.Get(ctx, ref)
	delete(r.Fields, h.field)
	return r, err
}

func TestAFieldThatASystemNeverShowsEndsInNoEndlessLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.e.Links = hiding{w, "phone_number"}
	b := w.add(engine.B, fields{"name": "Ada", "email": "ada@example.com"})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := w.e.Run(ctx, engine.Request{Workspace: ws, Flow: w.flow, Trigger: "manual", Look: true})
	if err != nil || r.Status != engine.Done {
		t.Fatalf("%s (%s) after %+v calls: %v", r.Status, r.Note, r.APICalls, err)
	}
	if w.partner(engine.B, b) == "" {
		t.Errorf("no partner; in review %v", w.reviews())
	}
}

// lagging is a User.com whose index shows a person half a minute late, and whose creates wait long for their turn, after
// which the process dies.
type lagging struct {
	*world
	die func()
}

type laggard struct {
	*usercom.Connector
	l lagging
}

func (l lagging) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := l.world.Open(ctx, ws, conn, observe)
	if u, ok := c.(*usercom.Connector); ok {
		return laggard{u, l}, err
	}
	return c, err
}

func (l laggard) indexed(all []connector.Record) []connector.Record {
	return slices.DeleteFunc(all, func(r connector.Record) bool { return l.l.box.Clock.Now().Sub(r.Created) < 30*time.Second })
}

func (l laggard) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	p, err := l.Connector.List(ctx, req)
	p.Records = l.indexed(p.Records)
	return p, err
}

func (l laggard) Find(ctx context.Context, object, parent string, by connector.Fields) ([]connector.Record, error) {
	all, err := l.Connector.Find(ctx, object, parent, by)
	return l.indexed(all), err
}

func (l laggard) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	if l.l.die == nil {
		return l.Connector.Create(ctx, object, parent, set)
	}
	l.l.pass(70 * time.Second)
	r, err := l.Connector.Create(ctx, object, parent, set)
	l.l.die()
	return r, err
}

// A create waits for its turn at the pace that the system allows, so its call may leave long after its intent was stored:
// only when the dead worker's lease was taken it is certain that no call leaves any more.
func TestACreateThatLeftRightBeforeADeathIsNotDoubled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.e.Settle = time.Minute
	w.run(engine.Done)
	w.add(engine.A, fields{"email": "ada@example.com"})
	w.pass(2 * time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var dead atomic.Bool
	e := w.engine()
	e.Settle = time.Minute
	e.Links = lagging{w, func() { dead.Store(true); cancel() }}
	e.Store = &tap{Store: w.st, on: func(string) error {
		if dead.Load() {
			return errDead
		}
		return nil
	}}
	if _, err := e.Run(ctx, engine.Request{Workspace: ws, Flow: w.flow, Trigger: "manual", Look: true}); !dead.Load() {
		t.Fatal("it lives", err)
	}
	w.e.Dead, w.e.Links = func(string) bool { return true }, lagging{w, nil}
	go func() { // time goes by while the run waits
		for t.Context().Err() == nil {
			time.Sleep(20 * time.Millisecond)
			w.pass(time.Second)
		}
	}()
	w.run(engine.Done)
	if n := w.calls(engine.B, created); n != 1 {
		t.Errorf("%d creates, want 1", n)
	}
}

// A generation that a new field of the map calls for is not forgotten when it is cut off.
func TestAGenerationThatWasCutOffIsEnded(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 4; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Options{Contacts: 120, Seed: 3})
			w.run(engine.Done)
			w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"city"}})
			pages := 0
			if !w.diesAt(engine.Request{Look: true}, func(m string) bool {
				if m == "SavePage" {
					pages++
				}
				return pages == n
			}) {
				t.Skip("it ended before")
			}
			w.request(engine.Request{Look: true, Allow: true}, engine.Done)
			for _, conn := range w.flow.Connections {
				if cur, err := w.st.Cursor(t.Context(), ws, conn, "contact"); err != nil || cur.Generation != 2 || cur.Mode != "" {
					t.Errorf("%s: %+v, %v", conn, cur, err)
				}
			}
		})
	}
}

// dated has page dates of the sandbox's clock.
type dated struct{ *world }

type dater struct {
	*highlevel.Connector
	now func() time.Time
}

func (d dated) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	c, err := d.world.Open(ctx, ws, conn, observe)
	if h, ok := c.(*highlevel.Connector); ok {
		return dater{h, d.box.Clock.Now}, err
	}
	return c, err
}

func (d dater) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	p, err := d.Connector.List(ctx, req)
	p.At = d.now()
	return p, err
}

// Two flows share an account and read different fields of it.
func TestAFlowThatReadsFewerFieldsDoesNotPassOverAnothersChanges(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.e.Links = dated{w}
	other := w.flow
	other.ID, other.Name, other.Connections = "flow_other", "other", [2]string{"con_a", "con_c"}
	other.Map = []mapping.Row{{A: mapping.Names{"email"}, B: mapping.Names{"email"}}}
	own := w.flow
	narrow := func() {
		w.t.Helper()
		r, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: other, Trigger: "manual", Look: true})
		if err != nil || r.Status != engine.Done {
			t.Fatal(r.Status, r.Note, err)
		}
	}
	narrow()
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"companyName": "Engines"})
	w.pass(time.Minute)
	narrow()
	w.pass(20 * time.Minute)
	narrow()
	w.flow = own
	w.run(engine.Done)
	w.want(engine.B, b, fields{"company_name": "Engines"})
}

// An account that suddenly shows nobody is more likely mistaken than empty.
func TestLinksAreNotLetGoOfByTheDozen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	const n = 8
	var partners []string
	for i := range n {
		a := w.add(engine.A, fields{"email": fmt.Sprintf("p%d@example.com", i)})
		partners = append(partners, a)
	}
	w.run(engine.Done)
	for i, a := range partners {
		partners[i] = w.partner(engine.A, a)
	}
	for _, b := range partners {
		w.remove(engine.B, b)
	}
	w.request(engine.Request{Look: true, Full: true}, engine.Done) // suspected
	w.pass(11 * time.Minute)
	for range 2 {
		if r := w.run(engine.Paused); r.Halt.Why != engine.HaltEmptied || r.Halt.Most == 0 {
			t.Errorf("halt %+v", r.Halt)
		}
		if got := len(w.links()); got != n {
			t.Fatalf("%d links, want %d", got, n)
		}
	}
	w.request(engine.Request{Look: true, Allow: true}, engine.Done)
	if got := len(w.links()); got != 0 {
		t.Errorf("%d links, want none", got)
	}
}
