package main

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// A person rehearses what is being edited, before it is published and while the flow is off.
func TestARehearsalRunsTheDraftOfAFlowThatIsOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 40, Seed: 3}, "")
	h.must("apply", "-f", h.file)
	a := h.inside()
	defer a.Close()
	f, err := a.desk().Flow(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.store.SetEnabled(t.Context(), a.ws, f.ID, false); err != nil {
		t.Fatal(err)
	}
	draft := f
	draft.Direction = mapping.AToB
	if err := a.store.SaveDraft(t.Context(), a.ws, "test", draft); err != nil {
		t.Fatal(err)
	}
	before := h.writes()
	r, err := a.work(t.Context(), a.ws, f.ID, engine.Rehearse, "Anna")
	if err != nil || r.By != "Anna" || r.Status != engine.Done || !r.DryRun || r.Trigger != engine.Rehearse || r.Revision != draft.Revision() {
		t.Fatalf("%+v %v", r, err)
	}
	if r.To[engine.A] != (engine.Counts{}) || r.To[engine.B].Created == 0 || h.writes() != before {
		t.Errorf("%+v, and %d writes", r.To, h.writes()-before)
	}
	if r, err := a.work(t.Context(), a.ws, f.ID, "manual", ""); err != nil || r.ID != "" {
		t.Errorf("a flow that is off ran: %+v %v", r, err)
	}
	if _, err := a.work(t.Context(), a.ws, "flow_gone", engine.Rehearse, ""); err != nil {
		t.Error(err)
	}
}

func TestARunOfAFlowThatIsOffIsEndedOnceItsWorkerIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 10, Seed: 3}, "")
	h.must("apply", "-f", h.file)
	h.run()
	a := h.inside()
	defer a.Close()
	f, err := a.desk().Flow(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := a.store.Pairs(t.Context(), a.ws)
	if err != nil || len(pairs) != 1 {
		t.Fatal(pairs, err)
	}
	at := a.now().Add(-time.Hour)
	left := engine.Run{ID: engine.NewID("run", at), Workspace: a.ws, Flow: f.ID, FlowName: f.Name, Pair: pairs[0].ID, Status: engine.Running, Started: at, Beat: at, Owner: "gone"}
	if err := a.store.StartRun(t.Context(), left); err != nil {
		t.Fatal(err)
	}
	if err := a.store.SetEnabled(t.Context(), a.ws, f.ID, false); err != nil {
		t.Fatal(err)
	}
	if r, err := a.work(t.Context(), a.ws, f.ID, "recovery", ""); err != nil || r.ID != left.ID || r.Status != engine.Cancelled {
		t.Errorf("%+v %v", r, err)
	}
	if dead, err := a.store.DeadRuns(t.Context(), a.now()); err != nil || len(dead) > 0 {
		t.Errorf("it is found dead again: %+v %v", dead, err)
	}
}
