package main

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// TestACallSetsAnAutomationOffInSecondsAndOnceOverKills has HighLevel call about new contacts, and kills the program on the way.
func TestACallSetsAnAutomationOffInSecondsAndOnceOverKills(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		f := newFront(t)
		h := newHouse(t, sandbox.Options{Contacts: 5, Seed: 3, WebhookURL: f.url + "/hooks"}, url(t))
		a := automation.Automation{Name: "greet", Trigger: automation.Trigger{Kind: automation.OnEvent, System: "highlevel", Event: "contact-created"},
			Steps: []automation.Step{{ID: "s1", Kind: automation.Operation, System: "highlevel", Operation: "contact-tag", With: map[string]string{"contactId": "{{contact.id}}", "tags": "greeted"}}}}
		st, ws, id := h.switched(a)
		done := func() int {
			n, err := st.FiringCounts(t.Context(), ws, store.FiringFilter{Automation: id})
			if err != nil {
				t.Fatal(err)
			}
			if n[automation.Parked]+n[automation.Ended]+n[automation.Filtered] > 0 {
				t.Fatalf("they stand so: %v", n)
			}
			return n[automation.Done]
		}
		keys := h.keyFile()
		p := h.serve(f, "--highlevel-webhook-keys", keys)
		eventually(t, 20*time.Second, "it watches", func() bool {
			return value[int](h.raw(), "select count(*) from watch where conn <> '' and held_until = 0") == 1
		})
		began := time.Now()
		add := func(i int) {
			if _, err := h.box.HighLevel.Create("contacts", map[string]any{"firstName": "Maya", "email": fmt.Sprintf("maya%d@example.com", i)}); err != nil {
				t.Fatal(err)
			}
		}
		add(0)
		eventually(t, 20*time.Second, "it was done", func() bool { return done() == 1 })
		t.Logf("from the change to its effect: %s", time.Since(began).Round(time.Millisecond))
		const more = 20
		for i := range more {
			add(i + 1)
		}
		eventually(t, 20*time.Second, "some were done", func() bool { return done() > 1 })
		for range 3 {
			p.kill()
			p = h.serve(f, "--highlevel-webhook-keys", keys)
		}
		eventually(t, 90*time.Second, "all were done", func() bool { return done() == more+1 })
		list, err := st.FiringsOf(t.Context(), ws, id, "", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, f := range list {
			if seen[f.Record] {
				t.Errorf("%s set it off twice", f.Record)
			}
			seen[f.Record] = true
		}
	})
}
