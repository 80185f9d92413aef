package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/command"
	"couplet/internal/sandbox"
)

// said is what a command answers with --json.
func said[T any](h *house, args ...string) (v T) {
	h.t.Helper()
	if err := json.Unmarshal([]byte(h.must(append(args, "--json")...)), &v); err != nil {
		h.t.Fatal(err)
	}
	return v
}

// TestAutomationsAreSwitchedStartedAndAnsweredAtTheCommandLine from the start to what stands and goes on.
func TestAutomationsAreSwitchedStartedAndAnsweredAtTheCommandLine(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 5, Seed: 3}, url(t))
		a := automation.Automation{Name: "say hello", Trigger: automation.Trigger{Kind: automation.ByHand}, Steps: []automation.Step{{ID: "s1", Kind: automation.Operation, System: "highlevel", Operation: "contact-create",
			With: map[string]string{"email": "hello@example.com"}}}}
		st, ws, id := h.switched(a)
		h.must("automations", "off", "say hello")
		h.refused(1, "couplet: it was not started: it is switched off, so nothing would be done", "automations", "start", "say hello")
		if doc := said[command.AutomationDoc](h, "automations", "on", id); !doc.Enabled || doc.Version != 1 || doc.Draft || len(doc.Steps) != 1 || strings.Join(doc.Connections, " ") != "hl uc" {
			t.Errorf("%+v", doc)
		}
		begun := said[command.ShownFiringDoc](h, "automations", "start", "say hello").Firing
		if begun.State != automation.Open || begun.Automation != "say hello" || begun.Trigger != automation.ByPerson {
			t.Errorf("%+v", begun)
		}
		parked := func(state automation.StepState) {
			t.Helper()
			_, err := st.ChangeFiring(t.Context(), ws, begun.Firing, func(f *automation.Firing, _ []automation.Entry) ([]automation.Entry, error) {
				f.State, f.Reason, f.Step = automation.Parked, "No such thing.", "s1"
				return []automation.Entry{{At: "s1", Step: "s1", State: state, Text: "No such thing.", Input: map[string]any{"email": "hello@example.com"}}}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		stands := func() automation.State {
			return said[command.ShownFiringDoc](h, "firings", "show", begun.Firing).Firing.State
		}
		parked(automation.StepWaits)
		if out := h.must("automations"); !strings.Contains(out, "on   say hello:") || !strings.Contains(out, "1 parked") {
			t.Error(out)
		}
		if out := h.must("firings", "list", "say hello", "--state", "parked", "--search", "such THING", "--since", "7d"); !strings.Contains(out, begun.Firing) || !strings.Contains(out, "No such thing.") {
			t.Error(out)
		}
		if doc := said[command.FiringsDoc](h, "firings", "list", "--search", "another"); len(doc.Firings) != 0 || doc.Next != "" {
			t.Errorf("%+v", doc)
		}
		if out := h.must("firings", "show", begun.Firing); !strings.Contains(out, `given {"email":"hello@example.com"}`) {
			t.Error(out)
		}
		h.refused(1, "couplet: that does not fit how the firing stands", "firings", "done", begun.Firing)
		if doc := said[command.AnsweredDoc](h, "firings", "retry", begun.Firing); doc.Changed != 1 || stands() != automation.Waiting {
			t.Errorf("%+v, it stands at %s", doc, stands())
		}
		parked(automation.InDoubt)
		if doc := said[command.AnsweredDoc](h, "firings", "retry", "--all", "--state", "parked"); doc.Changed != 0 || doc.Left != 1 || doc.Doubt != 1 {
			t.Errorf("%+v", doc)
		}
		if out := h.must("firings", "done", begun.Firing); !strings.Contains(out, "1 go on.") {
			t.Error(out)
		}
		parked(automation.StepWaits)
		if doc := said[command.AnsweredDoc](h, "firings", "skip", "--all", "--automation", "say hello", "--end"); doc.Changed != 1 || stands() != automation.Ended {
			t.Errorf("%+v, it stands at %s", doc, stands())
		}
		again := said[command.AnsweredDoc](h, "firings", "retry", begun.Firing, "--from-start")
		if len(again.Begun) != 1 {
			t.Fatalf("%+v", again)
		}
		h.serve(newFront(t))
		eventually(t, 40*time.Second, "it is done", func() bool {
			f, err := st.Firing(t.Context(), ws, again.Begun[0])
			return err == nil && f.State == automation.Done
		})
		if n := h.created("POST /contacts/ 201"); n != 1 {
			t.Errorf("%d contacts were made", n)
		}
	})
}
