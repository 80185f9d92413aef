package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// written counts the changes that both systems were asked for.
func (w *world) written() int { return w.writes(engine.A) + w.writes(engine.B) }

// halves are ten pairs that match and say otherwise, and ten people of each side that are nowhere else.
func halves(t *testing.T) (w *world, ids [2][]string, alone [2][]string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	for i := range 10 {
		mail := fmt.Sprintf("p%d@example.com", i)
		ids[engine.A] = append(ids[engine.A], w.add(engine.A, fields{"firstName": "Ann", "phone": phoneA, "email": mail}))
		ids[engine.B] = append(ids[engine.B], w.add(engine.B, fields{"first_name": "Bea", "email": mail}))
		alone[engine.A] = append(alone[engine.A], w.add(engine.A, fields{"firstName": "Cleo", "email": fmt.Sprintf("a%d@example.com", i)}))
		alone[engine.B] = append(alone[engine.B], w.add(engine.B, fields{"first_name": "Dora", "email": fmt.Sprintf("b%d@example.com", i)}))
	}
	w.pass(time.Minute)
	return w, ids, alone
}

func TestOnlyWhatIsNewOrChangesFromNowOnIsWritten(t *testing.T) {
	t.Parallel()
	w, ids, alone := halves(t)
	w.flow.Scope = flow.Scope{Only: flow.ScopeNew}
	dry := w.approve()
	if dry.To != [2]engine.Counts{} || dry.Linked != 10 || dry.Left != 10 || dry.Outside != [2]int{10, 10} {
		t.Errorf("the preview says %+v", dry)
	}
	w.flow.Scope = w.flow.Scope.Begin(w.box.Clock.Now())
	w.pass(time.Second)
	r := w.run(engine.Done)
	if n := w.written(); n != 0 || r.Linked != 10 || len(w.links()) != 10 || r.Outside != [2]int{10, 10} {
		t.Errorf("%d writes, %+v", n, r)
	}
	// A call about a record in which nothing changed makes it no new one, and no complete reading does.
	w.pass(time.Hour)
	w.hint(engine.A, alone[engine.A][0])
	w.request(engine.Request{}, engine.Done)
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	if n := w.written(); n != 0 {
		t.Errorf("%d writes, and nobody changed anything", n)
	}
	// What changes travels, field by field; what is new is made.
	w.edit(engine.A, ids[engine.A][0], fields{"phone": phoneB})
	w.edit(engine.B, alone[engine.B][0], fields{"phone_number": phoneA})
	fresh := w.add(engine.A, fields{"firstName": "Eve", "email": "eve@example.com"})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.want(engine.B, ids[engine.B][0], fields{"phone_number": phoneB, "name": "Bea"})
	for _, x := range []struct {
		side engine.Side
		id   string
	}{{engine.A, fresh}, {engine.B, alone[engine.B][0]}} {
		if w.partner(x.side, x.id) == "" {
			t.Errorf("%s has no partner", x.id)
		}
	}
	if n := w.written(); n != 3 {
		t.Errorf("%d writes, want 3", n)
	}
	// With everything in the scope the others are made, and what was left different stays so.
	w.flow.Scope = flow.Scope{}
	w.approve()
	w.run(engine.Done)
	if n := len(w.links()); n != 31 {
		t.Errorf("%d links, want 31", n)
	}
	w.want(engine.B, ids[engine.B][1], fields{"name": "Bea"})
	w.quiet()
}

func TestAWishNotToBeContactedGoesOverFromTheFirstDay(t *testing.T) {
	t.Parallel()
	w, ids, _ := halves(t)
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"dnd"}, B: mapping.Names{"unsubscribed"}})
	w.flow.Scope = flow.Scope{Only: flow.ScopeNew}
	w.edit(engine.A, ids[engine.A][3], fields{"dnd": true})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.want(engine.B, ids[engine.B][3], fields{"unsubscribed": true, "name": "Bea"})
	if n := w.written(); n != 1 {
		t.Errorf("%d writes", n)
	}
}

func TestOnlyTheseRecordsAreTouched(t *testing.T) {
	t.Parallel()
	w, ids, alone := halves(t)
	w.flow.Scope = flow.Scope{Only: flow.ScopeThese, Records: []string{"P1@example.com", alone[engine.B][2]}}
	dry := w.approve()
	if dry.To[engine.A].Created+dry.To[engine.B].Created != 1 || dry.Linked != 1 {
		t.Errorf("the preview says %+v", dry)
	}
	r := w.run(engine.Done)
	if len(w.links()) != 2 || w.partner(engine.A, ids[engine.A][1]) != ids[engine.B][1] || w.partner(engine.B, alone[engine.B][2]) == "" {
		t.Errorf("%+v: %+v", r, w.links())
	}
	before := w.written()
	w.edit(engine.A, ids[engine.A][5], fields{"phone": phoneB})
	w.remove(engine.B, alone[engine.B][4])
	w.hint(engine.A, alone[engine.A][0])
	w.pass(time.Hour)
	w.run(engine.Done)
	if n := w.written() - before; n != 0 {
		t.Errorf("%d writes to others", n)
	}
	// One that was left out, and is named now.
	w.flow.Scope.Records = append(w.flow.Scope.Records, ids[engine.A][5])
	w.approve()
	w.run(engine.Done)
	w.want(engine.B, ids[engine.B][5], fields{"phone_number": phoneB})
	// One that was in and is named no more rests, and is not let go.
	w.flow.Scope.Records = w.flow.Scope.Records[1:]
	w.edit(engine.A, ids[engine.A][1], fields{"phone": nil, "firstName": "New"})
	w.pass(time.Hour)
	before = w.written()
	w.run(engine.Done)
	if n := w.written() - before; n != 0 || len(w.links()) != 3 {
		t.Errorf("%d writes, %d links", n, len(w.links()))
	}
}

// A flow that watches tells what it would do, and the pretend systems' own counts say that nothing was written.
func TestAFlowThatWatchesWritesNothing(t *testing.T) {
	t.Parallel()
	w, _, alone := halves(t)
	w.flow.Watch = true
	w.flow.Approval = nil
	for i := range 3 {
		r := w.request(engine.Request{Look: true, Full: i == 1, Allow: i == 2}, engine.Done)
		if !r.DryRun || !r.Watch || r.To[engine.B].Created != 10+i || len(w.entries(r, engine.ResultCreated)) != 20+i {
			t.Errorf("%+v, %d lines", r, len(w.entries(r, engine.ResultCreated)))
		}
		w.add(engine.A, fields{"email": fmt.Sprintf("n%d@example.com", i)})
		w.pass(time.Minute)
	}
	w.hint(engine.A, alone[engine.A][0])
	if r, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: "webhook"}); err != nil || r.ID != "" {
		t.Errorf("a call makes a run: %+v, %v", r, err)
	}
	for _, side := range []engine.Side{engine.A, engine.B} {
		if n := w.calls(side, func(c kit.Call) bool { return c.Method != "GET" && !strings.HasSuffix(c.Path, "/search") }); n != 0 {
			t.Errorf("%d writes to side %s, fields that are made among them", n, side)
		}
	}
	w.flow.Watch = false
	w.approve()
	w.run(engine.Done)
	w.inStep()
}

// A run that was writing when the flow was set to watch ends, and goes on when it writes again.
func TestARunThatWroteEndsWhenTheFlowWatches(t *testing.T) {
	t.Parallel()
	w, _, _ := halves(t)
	if !w.dies("Commit") {
		t.Fatal("it lives")
	}
	before := w.written()
	w.flow.Watch = true
	w.request(engine.Request{Look: true}, engine.Done)
	if n := w.written() - before; n != 0 {
		t.Errorf("%d writes", n)
	}
	if r, active, err := w.st.ActiveRun(t.Context(), ws, w.flow.ID); err != nil || active {
		t.Errorf("%+v goes on, %v", r, err)
	}
	w.flow.Watch = false
	w.pass(time.Minute)
	w.run(engine.Done)
	w.inStep()
}
