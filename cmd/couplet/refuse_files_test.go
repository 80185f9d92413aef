package main

import (
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// TestAFileThatIsWrongNamesItsLineAndChangesNothing gives an installation that works one wrong file after another.
func TestAFileThatIsWrongNamesItsLineAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	h.must("apply", "-f", h.file)
	before := h.content()
	flow := "  - { name: contacts, template: contact-sync, connections: { a: hl, b: uc }, enabled: true, retry: { base: 100ms, max: 2s } }\n"
	second := strings.Replace(flow, "contacts", "again", 1)
	one := func(row string) string {
		return h.with("retry: {", "map: [ "+row+" ], retry: {")
	}
	for name, c := range map[string]struct{ file, says string }{
		"a brace too many": {
			h.with("base_url: "+h.info.UserCom.URL+" }", "base_url: "+h.info.UserCom.URL+" }}"), ":4: "},
		"a brace too many beside a key that is written out": {
			h.with(`"${HL_TOKEN}" }`, h.info.HighLevel.Token+" }}"), ":3: "},
		"a tab": {
			h.with("  - { name: hl", "\t- { name: hl"), ":3: "},
		"an empty file": {h.written(""), ":1: "},
		"no version":    {h.with("version: 1", "# nothing"), "version is missing; begin the file with version: 1"},
		"a key that is not known": {
			h.with("enabled: true", "enable: true"), `:6: a flow has no "enable"; did you mean "enabled"?`},
		"a setting that is not acted on": {
			h.with("enabled: true", "enabled: true, delete: restore"), ":6: "},
		"a field that HighLevel does not have": {
			one("{ a: emial, b: email }"), `:6: flow contacts: `},
		"a field that User.com does not have": {
			one("{ a: email, b: e_mail }"), `:6: flow contacts: `},
		"a variable that is not set": {
			h.with("${UC_TOKEN}", "${UC_TOKN}"), `:4: `},
		"a field that two flows of the file write": {
			h.with(flow, flow+second), `:7: `},
		"a field that a stored flow writes": {
			h.with("name: contacts", "name: again"), `:6: flow again: flow "contacts" already writes email`},
		"a connection that is not there": {
			h.with("b: uc }", "b: us }"), `:6: `},
		"an interval that is too short": {
			h.with("enabled: true", "enabled: true, schedule: { every: 1s }"), `:6: `},
	} {
		t.Log(name + ":\n" + h.refused(1, c.file+c.says, "apply", "-f", c.file))
	}
	h.refused(1, "no such file", "apply", "-f", h.file+".missing")
	if h.content() != before {
		t.Error("a refused file changed the database")
	}
	if out := h.must("apply", "-f", h.file); strings.Count(out, "unchanged") != 3 {
		t.Errorf("the right file changes something: %s", out)
	}
}
