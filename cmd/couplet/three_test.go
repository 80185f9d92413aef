package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// newThree is a house with the three flows of the example.
func newThree(t testing.TB, o sandbox.Options, database string) *house {
	t.Helper()
	h := newHouse(t, o, database)
	info := h.info
	h.env = append(h.env, "HL_URL="+info.HighLevel.URL, "HL_LOCATION="+info.HighLevel.LocationID, "UC_URL="+info.UserCom.URL, "UC_SUBDOMAIN="+info.UserCom.Subdomain,
		"UC_TASK_TYPE="+info.Settings.TaskType, "UC_NOTE_TYPE="+info.Settings.NoteType, "UC_AGENTS="+info.Settings.Agents)
	example, err := os.ReadFile(filepath.Join("..", "..", "examples", "contacts-tasks-notes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	quick := strings.ReplaceAll(string(example), "    base_url:", "    limits: { per_second: 10000 }\n    base_url:") // nobody limits it here
	if err := os.WriteFile(h.file, []byte(quick), 0o600); err != nil {
		t.Fatal(err)
	}
	h.must("apply", "-f", h.file)
	return h
}

// TestTheThreeFlowsOfTheExample brings people, then their tasks and notes, in step by the flow file that the demo shows, and
// then comes to rest.
func TestTheThreeFlowsOfTheExample(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newThree(t, sandbox.Options{Contacts: 60, Seed: 5}, url(t))
		info := h.info
		first := h.ran("contacts")
		if got := (sandbox.Expected{Linked: first.Linked, CreatedA: first.BToA.Created, CreatedB: first.AToB.Created, Review: first.NeedsReview}); got != info.Expected {
			t.Errorf("contacts came to %+v, the sandbox says %+v", got, info.Expected)
		}
		for flow, want := range map[string]sandbox.ExpectedOf{"tasks": info.Tasks, "notes": info.Notes} {
			r := h.ran(flow)
			got := sandbox.ExpectedOf{Linked: r.Linked, CreatedA: r.BToA.Created, CreatedB: r.AToB.Created}
			if got != want || r.NeedsReview > 0 {
				t.Errorf("%s came to %+v, the sandbox says %+v: %+v", flow, got, want, r)
			}
			if want.Linked == 0 || want.CreatedA == 0 || want.CreatedB == 0 {
				t.Errorf("too few %s to show anything: %+v", flow, want)
			}
		}
		for _, flow := range []string{"contacts", "tasks", "notes"} {
			if r := h.ran(flow); r.APICalls["a"].Write+r.APICalls["b"].Write != 0 {
				t.Errorf("%s do not come to rest: %+v", flow, r)
			}
		}
	})
}
