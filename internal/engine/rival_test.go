package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// beside is a store with these two flows.
type beside struct {
	engine.Store
	one, two *flow.Flow
}

func (b beside) Flows(context.Context, string) ([]flow.Flow, error) {
	return []flow.Flow{*b.two, *b.one}, nil
}

// TestTwoFlowsForTheSameRecordsDoNotBothRun: they share one inbox. The first one goes on, the second one says what to do, whatever its rows.
func TestTwoFlowsForTheSameRecordsDoNotBothRun(t *testing.T) {
	t.Parallel()
	for _, turned := range []bool{false, true} {
		w := newWorld(t, sandbox.Options{})
		names, rest := w.flow, w.flow
		names.ID, names.Name, rest.ID, rest.Name = "flow_1", "names", "flow_2", "rest"
		names.Map, rest.Map = nil, nil
		for _, r := range w.flow.Map {
			switch r.A[0] {
			case "firstName", "email":
				names.Map = append(names.Map, r)
			case "phone":
				rest.Map = append(rest.Map, r)
			}
		}
		if turned {
			rest.Connections = [2]string{"con_b", "con_a"}
			for i, r := range rest.Map {
				rest.Map[i].A, rest.Map[i].B = r.B, r.A
			}
		}
		w.e.Store = beside{w.e.Store, &names, &rest}
		on := func(f flow.Flow, more engine.Request) engine.Run {
			t.Helper()
			more.Workspace, more.Flow, more.Look = ws, f, true
			r, err := w.e.Run(t.Context(), more)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada"})
		w.pass(time.Minute)
		r := on(rest, engine.Request{})
		if r.Status != engine.Paused || r.Halt.Why != engine.HaltRival || !strings.Contains(r.Note, `flow "names" already keeps`) || !strings.Contains(r.Note, `put the pairs of fields of flow "rest" into that flow`) {
			t.Fatalf("%s %+v %s", r.Status, r.Halt, r.Note)
		}
		if n := len(w.all(engine.B)); n != 0 {
			t.Errorf("it made %d people", n)
		}
		if r := on(names, engine.Request{}); r.Status != engine.Done {
			t.Fatal(r.Status, r.Note)
		}
		if n := len(w.all(engine.B)); n != 1 {
			t.Errorf("the first flow made %d people, want 1", n)
		}
		if turned {
			continue
		}
		// One look at what it would do is no run, and once the first one is off the second one goes on where that was.
		if r := on(rest, engine.Request{DryRun: true}); r.Status != engine.Done {
			t.Error(r.Status, r.Note)
		}
		names.Enabled = false
		if r := on(rest, engine.Request{}); r.Status != engine.Done {
			t.Error(r.Status, r.Note)
		}
		if r := on(names, engine.Request{}); r.Status != engine.Paused {
			t.Errorf("the one that is off is %s beside the other", r.Status)
		}
	}
}
