package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// told is what a run says about itself, without its calls.
func told(r engine.Run) any {
	return []any{r.To, r.Linked, r.Same, r.Alike, r.Left, r.OneWay, r.Review}
}

func TestADryRunWritesNothingAndTellsWhatTheRunWillDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 700, Seed: 9})
	w.flow.Approval = nil // it needs none
	w.row("companyName", func(r *mapping.Row) { r.Direction = mapping.AToB })
	all := func() (n int) {
		for _, crm := range []string{"highlevel", "usercom"} {
			for _, c := range w.box.Counters(crm).Calls {
				if c.Method != "GET" && c.Path != "/contacts/search" {
					n += c.Count
				}
			}
		}
		return n
	}
	first := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	again := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if n := all(); n != 0 {
		t.Errorf("%d calls that write", n)
	}
	w.flow.Approval = w.approval()
	r := w.run(engine.Done)
	for _, dry := range []engine.Run{first, again} {
		if diff := cmp.Diff(told(dry), told(r)); diff != "" {
			t.Errorf("dry run and run differ: %s", diff)
		}
	}

	w.pass(time.Hour)
	for i, l := range w.links()[:20] {
		w.edit(engine.A, l.IDs[engine.A], fields{"firstName": fmt.Sprint("New", i)})
		w.edit(engine.B, l.IDs[engine.B], fields{"phone_number": fmt.Sprintf("+120255501%02d", i), "name": fmt.Sprint("Other", i)})
	}
	before := all()
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if n := all() - before; n != 0 {
		t.Errorf("%d calls that write", n)
	}
	if diff := cmp.Diff(told(dry), told(w.run(engine.Done))); diff != "" {
		t.Errorf("dry run and run differ: %s", diff)
	}
	w.quiet()
}

func TestAForgottenDryRunIsInNobodysWay(t *testing.T) {
	t.Parallel()
	w, _, _ := ada(t)
	died := w.diesAt(engine.Request{Look: true, DryRun: true}, func(m string) bool { return m == "Hints" })
	if !died {
		t.Fatal("it lives")
	}
	w.run(engine.Done)
	if r, active, err := w.st.ActiveRun(t.Context(), ws, w.flow.ID); active || err != nil {
		t.Errorf("still %s: %+v %v", r.Status, r, err)
	}
}
