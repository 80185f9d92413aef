package main

import (
	"testing"
	"time"

	"couplet/internal/automation"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// switched connects both accounts, and stores an automation with them that is on.
func (h *house) switched(a automation.Automation) (st *store.Store, ws, id string) {
	h.t.Helper()
	h.must("apply", "-f", h.with("enabled: true", "enabled: false"))
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	st = store.New(h.db(), time.Now)
	w, err := st.Default(h.t.Context())
	must(err)
	conns, err := st.Connections(h.t.Context(), w.ID)
	must(err)
	for i, c := range conns {
		a.Connections[i] = c.ID
	}
	stored, err := st.AddAutomation(h.t.Context(), w.ID, "ann", a)
	must(err)
	id = stored.Draft.ID
	_, _, err = st.PublishAutomation(h.t.Context(), w.ID, "ann", id, stored.Revision)
	must(err)
	must(st.SwitchAutomation(h.t.Context(), w.ID, id, true))
	return st, w.ID, id
}

// TestAWaitSurvivesAKillAndFiresOnce kills the program while an automation waits two seconds.
func TestAWaitSurvivesAKillAndFiresOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 5, Seed: 3}, url(t))
		a := automation.Automation{Name: "wait", Trigger: automation.Trigger{Kind: automation.ByHand}, Steps: []automation.Step{
			{ID: "s1", Kind: automation.Script, Code: "def run(input): return \"made-by-\" + input[\"word\"] + \"@example.com\"", With: map[string]string{"word": "automation"}},
			{ID: "s2", Kind: automation.Pause, Wait: automation.Wait{For: flow.Duration(2 * time.Second)}},
			{ID: "s3", Kind: automation.Operation, System: "highlevel", Operation: "contact-create", With: map[string]string{"email": "{{s1.result}}"}},
		}}
		st, ws, id := h.switched(a)
		fresh, err := st.AddFirings(t.Context(), ws, []automation.Firing{{Automation: id, Version: 1, Key: "once"}})
		if err != nil {
			t.Fatal(err)
		}
		stands := func() automation.Firing {
			f, err := st.Firing(t.Context(), ws, fresh[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		f := newFront(t)
		p := h.serve(f)
		eventually(t, 20*time.Second, "it waits", func() bool { return stands().State == automation.Waiting })
		p.kill()
		h.serve(f)
		eventually(t, 40*time.Second, "it is done", func() bool { return stands().State == automation.Done })
		if n := h.created("POST /contacts/ 201"); n != 1 {
			t.Errorf("%d contacts were made", n)
		}
		entries, err := st.FiringEntries(t.Context(), ws, fresh[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != 3 || entries[0].Output["result"] != "made-by-automation@example.com" || entries[2].Made == "" {
			t.Errorf("%+v", entries)
		}
		if took := entries[1].Over.Sub(entries[1].Began); took < 2*time.Second {
			t.Errorf("it waited %s", took)
		}
	})
}
