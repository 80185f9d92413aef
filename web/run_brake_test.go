package web

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

func TestWhatGoesBeyondTheBrakeIsShownRecordByRecord(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	phone := engine.FieldChange{Field: "phone=phone_number", Outcome: engine.Write, Rule: "changed_a", Before: [2]any{"1", "2"}, After: [2]any{"1", "1"}}
	r := b.ran(time.Hour, func(r *engine.Run) {
		r.Status, r.Halt = engine.Paused, engine.Halt{Why: engine.HaltBrake, Side: -1, N: 31, Most: 25}
	}, engine.Entry{Result: engine.ResultUpdated, IDs: [2]string{"a1", "b1"}, Sides: [2]bool{false, true}, To: 1, Planned: true, Fields: []engine.FieldChange{phone}},
		engine.Entry{Result: engine.ResultCreated, IDs: [2]string{"a2", ""}, Sides: [2]bool{false, true}, To: 1, Planned: true})
	doc := b.see(b.signIn("editor"), "/runs/"+r.ID)
	beyond := tidyText(doc.Find("[data-testid=beyond]"))
	for _, want := range []string{"would be made in User.com", "would change in 1 record", "Nothing of it was written"} {
		if !strings.Contains(beyond, want) {
			t.Errorf("%q is not in %q", want, beyond)
		}
	}
	if got := tidyText(doc.Find("[data-testid=tab-changed]")); got != "Would change 2" {
		t.Errorf("tab %q", got)
	}
	list := tidyText(doc.Find("main"))
	if !strings.Contains(list, "Would be updated") || !strings.Contains(list, "Would be created") || strings.Contains(list, "Undo") {
		t.Errorf("the records say %s", list)
	}
	if got := textsOf(doc, "[data-testid=stopped] .btn"); len(got) != 3 || got[1] != "Carry these changes out once" || got[2] != "Switch the flow off" {
		t.Errorf("buttons %q", got)
	}
}

// What looking takes in a day, by how a system tells of changes.
func TestWhatAFlowTakesEachDay(t *testing.T) {
	t.Parallel()
	every := flow.Schedule{Every: flow.Duration(time.Hour)}
	for name, c := range map[string]struct {
		object connector.Object
		when   flow.Schedule
		want   int
	}{
		"it says what changed":          {connector.Object{Changes: true}, every, 24 + 100},
		"names take a second list":      {connector.Object{Changes: true, Views: map[string][]string{"x": nil, "y": nil}}, every, 48 + 100},
		"everything is read each time":  {connector.Object{}, every, 2400},
		"contact by contact, in a turn": {connector.Object{PerParent: true}, every, 24 + 8},
		"once a day, by a cron line":    {connector.Object{Changes: true}, flow.Schedule{Cron: "0 2 * * *"}, 1 + 100},
	} {
		c.object.Name = "thing"
		p := prospect{flow: flow.Flow{Object: "thing", Schedule: c.when}}
		p.specs[0] = &connector.Spec{Objects: []connector.Object{c.object}}
		if got := p.daily(0, 100); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
