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
			h.with("base_url: "+h.info.UserCom.URL+" }", "base_url: "+h.info.UserCom.URL+" }}"), ":4: this is not valid YAML: "},
		"a brace too many beside a key that is written out": {
			h.with(`"${HL_TOKEN}" }`, h.info.HighLevel.Token+" }}"), ":3: this is not valid YAML: "},
		"a tab": {
			h.with("  - { name: hl", "\t- { name: hl"), ":3: this is not valid YAML: "},
		"an empty file": {h.written(""), ":1: the file is empty; it needs version, connections and flows"},
		"no version":    {h.with("version: 1", "# nothing"), ":1: version is missing; begin the file with version: 1"},
		"a key that is not known": {
			h.with("enabled: true", "enable: true"), `:6: enable is not a key of a flow; known here: name, template, connections, enabled, `},
		"a setting that is not acted on": {
			h.with("enabled: true", "enabled: true, delete: ask"), ":6: delete \"ask\" is not known; use one of detach, tag, approve, restore"},
		"a field that HighLevel does not have": {
			one("{ a: emial, b: email }"), `:6: flow contacts, row 1 of its map: HighLevel has no field "emial"; did you mean "email"?`},
		"a field that User.com does not have": {
			one("{ a: email, b: e_mail }"), `:6: flow contacts, row 1 of its map: User.com has no field "e_mail"; did you mean "email"?`},
		"a variable that is not set": {
			h.with("${UC_TOKEN}", "${UC_TOKN}"), `:4: auth.token needs the variable UC_TOKN, which is not set; set it in the environment of this command`},
		"two flows of the file for the same records": {
			h.with(flow, flow+second), `:7: flow "contacts" already keeps the contact records of these two accounts in step, and of two such flows each would miss what the other one looks at first; put the pairs of fields of flow "again" into that flow, or switch one of the two off`},
		"a second flow beside a stored one": {
			h.with("name: contacts", "name: again"), `:6: flow again: flow "contacts" already keeps the contact records of these two accounts in step, and of two such flows each would miss what the other one looks at first; put the pairs of fields of flow "again" into that flow, or switch one of the two off`},
		"a connection that is not there": {
			h.with("b: uc }", "b: us }"), `:6: connection "us" is not in this file and does not exist; known: hl, uc`},
		"an interval that is too short": {
			h.with("enabled: true", "enabled: true, schedule: { every: 1s }"), `:6: every 1s would spend the accounts' allowance on looking; use 30s or more`},
	} {
		if h.refused(1, c.file+c.says, "apply", "-f", c.file); t.Failed() {
			t.Fatal(name)
		}
	}
	h.refused(1, "there is no file "+h.file+".missing", "apply", "-f", h.file+".missing")
	if h.content() != before {
		t.Error("a refused file changed the database")
	}
	if out := h.must("apply", "-f", h.file); strings.Count(out, "unchanged") != 3 {
		t.Errorf("the right file changes something: %s", out)
	}
}
