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
		h.must("apply", "-f", h.with("enabled: true", "enabled: false"))
		st := store.New(h.db(), time.Now)
		w, err := st.Default(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns, err := st.Connections(t.Context(), w.ID)
		if err != nil {
			t.Fatal(err)
		}
		a := automation.Automation{Name: "greet", Trigger: automation.Trigger{Kind: automation.OnEvent, System: "highlevel", Event: "contact-created"},
			Steps: []automation.Step{{ID: "s1", Kind: automation.Operation, System: "highlevel", Operation: "contact-tag", With: map[string]string{"contactId": "{{contact.id}}", "tags": "greeted"}}}}
		for i, c := range conns {
			a.Connections[i] = c.ID
		}
		stored, err := st.AddAutomation(t.Context(), w.ID, "ann", a)
		if err != nil {
			t.Fatal(err)
		}
		id := stored.Draft.ID
		if _, _, err = st.PublishAutomation(t.Context(), w.ID, "ann", id, stored.Revision); err == nil {
			err = st.SwitchAutomation(t.Context(), w.ID, id, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		done := func() int {
			n, err := st.FiringCounts(t.Context(), w.ID, id)
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
		list, err := st.FiringsOf(t.Context(), w.ID, id, "", "", 100)
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
