package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/connector"
	"couplet/internal/sandbox"
)

const atLeast = 126 // as the brief counts

func TestOperationsAreListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	var all struct {
		Operations []struct {
			System, ID, Kind, Method, Path, Title string
			Verified                              *bool
			Takes                                 []connector.Take
		}
	}
	if err := json.Unmarshal([]byte(h.must("operations", "--json")), &all); err != nil {
		t.Fatal(err)
	}
	n, events := map[string]int{}, 0
	for _, o := range all.Operations {
		n[o.Kind]++
	}
	for _, s := range systems() {
		events += len(s.Operations.Events)
	}
	if calls := n[connector.Action] + n[connector.Finds]; calls < atLeast || n[connector.Trigger] != events || calls+events != len(all.Operations) {
		t.Errorf("%v of %d, want %d calls at least and %d triggers", n, len(all.Operations), atLeast, events)
	}
	seen := map[string]bool{}
	for _, o := range all.Operations {
		if o.System == "" || o.Kind == "" || o.Method == "" || o.Path == "" || o.Title == "" || o.Verified == nil || seen[o.System+o.Title] {
			t.Errorf("%+v is not whole, or its title stands there twice", o)
		}
		seen[o.System+o.Title] = true
	}
	for _, line := range strings.Split(strings.TrimSpace(h.must("operations", "tag", "person", "--system", "usercom", "--kind", "action")), "\n") {
		if !strings.Contains(line, "usercom") || !strings.Contains(line, "action") || strings.Contains(line, "stage") {
			t.Errorf("asked for tags of persons: %s", line)
		}
	}
	if out := h.must("operations", "contact", "created", "--kind", "trigger", "--system", "highlevel"); !strings.Contains(out, "/hooks/highlevel") || strings.Contains(out, "action") {
		t.Errorf("asked for triggers: %s", out)
	}
	h.refused(2, "couplet: --system acme is not known; use highlevel or usercom", "operations", "--system", "acme")
	h.refused(2, "couplet: --kind wish is not known; use action, find or trigger", "operations", "--kind", "wish")
	if says := h.must("operations", "nonsense"); !strings.HasPrefix(says, "No operation has these words.") {
		t.Error(says)
	}
}

// TestOperationsPageIsTrue holds docs/operations.md to the catalog; COUPLET_WRITE_DOCS=1 writes it.
func TestOperationsPageIsTrue(t *testing.T) {
	t.Parallel()
	const page = "../../docs/operations.md"
	want := operationsPage()
	if os.Getenv("COUPLET_WRITE_DOCS") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/operations.md is not what the catalog says (%v); COUPLET_WRITE_DOCS=1 go test ./cmd/couplet -run OperationsPage writes it", err)
	}
}

func operationsPage() string {
	var b strings.Builder
	list := slices.DeleteFunc(command.Operations(systems(), "", "", nil).Operations, func(o command.OperationDoc) bool { return o.Kind == connector.Trigger }) // which docs/automations.md lists
	doubts := 0
	for _, o := range list {
		if !o.Verified {
			doubts++
		}
	}
	fmt.Fprintf(&b, "# Operations\n\nThe %d calls that a step may make, besides keeping records the same. `couplet operations` lists them and the [triggers](automations.md), `--json` with all that they take and\n"+
		"give; in the web app they stand under Operations. Each request to HighLevel is held to the vendor's published documents by a test; those of\nUser.com, which publishes none, to our fact sheet. %d are marked with a reason to doubt: the vendor has not documented all of it.\n", len(list), doubts)
	system, group := "", ""
	for _, o := range list {
		if o.System != system {
			system, group = o.System, ""
			fmt.Fprintf(&b, "\n## %s\n", systems()[system].Spec.Name)
		}
		if o.Group != group {
			group = o.Group
			title := ""
			for _, g := range connector.Groups {
				if g.ID == group {
					title = g.Title
				}
			}
			fmt.Fprintf(&b, "\n### %s\n\n| operation | kind | call | what it does |\n|---|---|---|---|\n", title)
		}
		does := o.Does
		if u := systems()[o.System].Operations.Undo[o.ID]; u != nil {
			does += " Taken back by `" + u.By + "`."
		}
		if o.Doubt != "" {
			does += " *Unverified: " + o.Doubt + "*"
		}
		fmt.Fprintf(&b, "| %s (`%s`) | %s | `%s %s` | %s |\n", o.Title, o.ID, o.Kind, o.Method, o.Path, does)
	}
	return b.String()
}
