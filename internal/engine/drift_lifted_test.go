package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// missed is a linked person whose field on side a went away and came back, and on whose other side it was edited meanwhile.
func missed(t *testing.T) *drifting {
	t.Helper()
	d := newDrifting(t, sandbox.Options{})
	d.drop(engine.A)
	d.goesOn()
	d.edit(engine.B, d.b, fields{"plan": "silver"})
	d.goesOn()
	d.back(engine.A)
	d.pass(time.Minute)
	return d
}

// Sync-semantics 5.15: what was edited while a pair was paused goes over, also when the run that noticed its return ends early.
func TestARunThatEndsEarlyForgetsNoEditOfAPausedPair(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"SavePage", "Seed"} {
		d := missed(t)
		if !d.dies(method) {
			t.Fatal("it lives")
		}
		d.pass(time.Minute)
		d.run(engine.Done)
		d.wantPlan("silver", "silver")
		d.quiet()
	}
}

func TestAnotherFlowOfTheAccountForgetsNoEditOfAPausedPair(t *testing.T) {
	t.Parallel()
	d := missed(t)
	own := d.flow
	other := own
	other.ID, other.Name, other.Connections, other.Direction = "flow_other", "other", [2]string{"con_a", "con_c"}, mapping.AToB
	other.Map = []mapping.Row{{A: mapping.Names{"email"}, B: mapping.Names{"email"}}, {A: mapping.Names{d.name()}, B: mapping.Names{"city"}}}
	d.flow = other
	d.run(engine.Done)
	d.flow = own
	d.pass(time.Minute)
	d.run(engine.Done)
	d.wantPlan("silver", "silver")
	if pairs, err := d.st.Pairs(t.Context(), ws); err != nil {
		t.Errorf("%+v %v", pairs, err)
	}
}
