package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/sandbox"
)

// TestVersionsAtTheCommandLine: what a file changed is told, and taken back it is a draft that changes nothing by itself.
func TestVersionsAtTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	h.must("apply", "-f", h.file)
	text, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "enabled: true", "enabled: true, conflict: ask, map: [{ a: email, b: email, transform: lowercase }]", 1))
	if err := os.WriteFile(h.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	h.must("apply", "-f", h.file)
	var d command.VersionsDoc
	if err := json.Unmarshal([]byte(h.must("flows", "versions", "contacts", "--json")), &d); err != nil {
		t.Fatal(err)
	}
	if d.Flow != "contacts" || len(d.Versions) != 2 || d.Versions[0].Version != 2 || d.Versions[0].How != "file" || d.Versions[0].By == "" || len(d.Versions[0].Changes) != 5 || len(d.Versions[1].Changes) != 0 {
		t.Errorf("%+v", d)
	}
	out := h.must("flows", "versions", "contacts", "--limit", "1")
	for _, line := range []string{"    - conflict: newest\n    + conflict: ask\n", "    - map: { a: tags, b: tags }\n", "There are more than 1: --limit shows them."} {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
	if out := h.must("flows", "compare", "contacts", "2", "1"); !strings.Contains(out, "    - conflict: ask\n    + conflict: newest\n") {
		t.Error(out)
	}
	if out := h.must("flows", "compare", "contacts", "2"); out != "They do not differ.\n" {
		t.Error(out)
	}
	h.refused(2, `"two" is no version of flow contacts; give the numbers of two versions, or the word draft`, "flows", "compare", "contacts", "1", "two")
	if out := h.must("flows", "restore", "contacts", "1"); !strings.HasPrefix(out, "Version 1 is the draft of contacts now.") {
		t.Error(out)
	}
	if out := h.must("flows", "restore", "contacts", "1"); !strings.HasPrefix(out, "Nothing to do") {
		t.Error(out)
	}
	if out := h.must("export", "contacts"); !strings.Contains(out, "conflict: ask") {
		t.Errorf("a draft changed what runs:\n%s", out)
	}
	h.refused(1, "flow contacts has no version 3, it has 1 to 2; `couplet flows versions` lists them", "flows", "restore", "contacts", "3")
	h.refused(1, `there is no flow "nothing" in this workspace`, "flows", "versions", "nothing")
	h.refused(2, "--limit 0: give a number from 1 up", "flows", "versions", "contacts", "--limit", "0")
}
