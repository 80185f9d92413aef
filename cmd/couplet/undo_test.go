package main

import (
	"encoding/json"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/sandbox"
)

// TestUndoAtTheCommandLine: an edit arrives, the run is undone, and the next run writes nothing.
func TestUndoAtTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 12, Seed: 4}, "")
	h.must("apply", "-f", h.file)
	h.run()
	l := h.links()[0]
	was := h.read()[1][l.IDs[1]]["phone_number"]
	if _, err := h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{"phone": "+12025550177"}); err != nil {
		t.Fatal(err)
	}
	run := h.run()
	if got := h.read()[1][l.IDs[1]]["phone_number"]; got != "+12025550177" {
		t.Fatal("it did not arrive: ", got)
	}
	undo := func(args ...string) (d command.RunDoc) {
		t.Helper()
		if err := json.Unmarshal([]byte(h.must(append([]string{"undo", run.Run, "--json"}, args...)...)), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := undo("--dry-run", "--record", l.IDs[1], "--field", "phone"); d.AToB.Updated != 1 || !d.DryRun || d.Trigger != "undo" {
		t.Errorf("%+v", d)
	}
	d := undo()
	if got := h.read()[1][l.IDs[1]]["phone_number"]; got != was || d.AToB.Updated != 1 {
		t.Errorf("it shows %v, before it was %v: %+v", got, was, d)
	}
	if again := h.run(); again.APICalls["a"].Write+again.APICalls["b"].Write != 0 {
		t.Errorf("something flowed back: %+v", again)
	}
	if out := h.must("runs", "show", d.Run); !strings.Contains(out, "given back what was there before") {
		t.Error(out)
	}
	h.refused(1, "there is no run \"run_nothing\" in this workspace; `couplet runs` lists those that are kept, which is 30 days", "undo", "run_nothing")
	h.refused(1, "wrote nothing to a record nobody", "undo", run.Run, "--record", "nobody")
	h.refused(1, `wrote to no field "city"`, "undo", run.Run, "--field", "city")
	dry := h.run("--dry-run")
	h.refused(1, "was a dry run, so it wrote nothing", "undo", dry.Run)
	h.refused(2, "expected \"<run>\"", "undo")
}
