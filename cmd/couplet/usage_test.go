package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"couplet/internal/sandbox"
)

// TestWrongUseExitsWithTwoAndSaysWhatIsRight and what is right but cannot be done exits with one.
func TestWrongUseExitsWithTwoAndSaysWhatIsRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	for _, c := range []struct {
		code int
		says string
		args string
	}{
		{2, "couplet: unknown flag --nothing\nSee couplet run --help.", "run contacts --nothing"},
		{2, "couplet: unexpected argument nothing", "nothing"},
		{2, "See couplet --help.", "nothing"},
		{2, "couplet: --result bad is not known; use one of created, updated, linked, skipped, conflict, needs_review, failed, gone", "runs show run_nothing --result bad"},
		{2, "couplet: --limit 0: give a number from 1 up", "runs show run_nothing --limit 0"},
		{2, "couplet: --limit 0: give a number from 1 up", "runs --limit 0"},
		{1, "couplet: --addr 8080: listen tcp: address 8080: missing port in address; write it like 127.0.0.1:8080", "serve --addr 8080"},
		{2, "couplet: expected \"<flow>\"", "run"},
		{2, "couplet: missing flags: --file=FILE", "apply"},
		{2, "couplet: --log-level must be one of", "runs --log-level loud"},
		{2, "couplet: --settle 2h0m0s is outside 0s to 1h", "runs --settle 2h"},
		{2, "couplet: --database-url is neither sqlite:PATH nor postgres://…", "runs --database-url mysql://x"},
		{2, "COUPLET_ALLOW_PRIVATE_HOSTS holds 127.0.0.1, which is not host:port; write it like 127.0.0.1:9101", "runs --allow-private-hosts 127.0.0.1"},
		{2, "couplet: --roles cook: a role is web or worker", "serve --roles cook"},
		{2, "couplet: --public-url is not an address like https://couplet.example.com", "serve --public-url here"},
		{2, "couplet: --trusted-proxies everybody is not a network like 10.0.0.0/8", "serve --trusted-proxies everybody"},
		{2, "couplet: --fault before=often: give a rate from 0 to 1, as in before=0.05", "sandbox --fault before=often"},
		{2, `couplet: "ana" is not an email address`, "users add ana"},
		{2, "--role must be one of", "users add ana@example.com --role boss"},
		{1, `couplet: there is no flow "nothing" in this workspace; ` + "`couplet apply -f FILE` makes one", "run nothing"},
		{1, `couplet: there is no flow "nothing" in this workspace`, "runs nothing"},
		{1, `couplet: there is no flow "nothing" in this workspace`, "export nothing"},
		{1, `couplet: there is no flow "nothing" in this workspace`, "conflicts nothing"},
		{1, `couplet: there is no flow "nothing" in this workspace`, "review nothing"},
		{1, `couplet: there is no flow "nothing" in this workspace`, "review afresh nothing"},
		{2, "couplet: expected \"<flow>\"", "review afresh"},
		{1, "couplet: no open conflict \"con_nothing\" waits in this workspace; `couplet conflicts` lists them", "conflicts take con_nothing a"},
		{1, "couplet: no record \"nothing\" waits here; `couplet review` lists those that do", "review alone nothing"},
		{2, "couplet: a conflict takes one answer; give a, b, different, or --value VALUE", "conflicts take con_nothing"},
		{2, "couplet: a conflict takes one answer; give a, b, different, or --value VALUE", "conflicts take con_nothing a --value x"},
		{2, "must be one of", "conflicts take con_nothing c"},
		{1, `couplet: there is no automation "nothing" in this workspace; ` + "`couplet automations list` lists those that there are", "automations on nothing"},
		{1, `couplet: there is no automation "nothing" in this workspace`, "firings list nothing"},
		{2, `couplet: there is no state "nothing"; use one of open, waiting, parked`, "firings list --state nothing"},
		{2, "couplet: --since nothing: write it like 24h, 7d or 2026-11-23T10:00:00Z", "firings list --since nothing"},
		{2, "couplet: --limit 0: give a number from 1 up", "firings list --limit 0"},
		{1, `couplet: there is no firing "fire_nothing" in this workspace`, "firings show fire_nothing"},
		{1, `couplet: there is no firing "fire_nothing" in this workspace`, "firings retry fire_nothing"},
		{2, "couplet: name firings by their ids, or say --all", "firings retry"},
		{2, "couplet: name firings by their ids, or say --all", "firings skip fire_nothing --all"},
		{2, "couplet: --automation, --state, --search and --since go with --all", "firings done fire_nothing --state parked"},
		{2, "couplet: expected \"<record> <partner>\"", "review link"},
		{1, `couplet: there is no workspace "nothing"`, "runs --workspace nothing"},
		{1, `couplet: there is no run "run_nothing" in this workspace; ` + "`couplet runs` lists those that are kept, which is 30 days", "runs show run_nothing"},
		{1, "is no couplet backup that can be restored: there is no such file, or it cannot be read. Nothing was changed.", "restore /nothing"},
	} {
		h.refused(c.code, c.says, strings.Fields(c.args)...)
	}
	all := h.refused(2, "--settle", "runs", "--settle", "2h", "--database-url", "mysql://x")
	if !strings.Contains(all, "--database-url") {
		t.Errorf("only one of two problems is told: %s", all)
	}
	h.must("apply", "-f", h.with("enabled: true", "enabled: false"))
	h.refused(1, "couplet: flow contacts is off, so nothing was run; set `enabled: true` in its flow file and apply it, or look at what it would do with --dry-run", "run", "contacts")
}

// TestEveryCommandsHelpHasAnExample and no command is without help.
func TestEveryCommandsHelpHasAnExample(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 1}, "")
	for _, command := range []string{"serve", "demo", "sandbox", "apply", "export", "run", "runs", "runs list", "runs show", "undo",
		"conflicts", "conflicts list", "conflicts take", "conflicts rule", "conflicts back", "review", "review list", "review link", "review create", "review alone", "review afresh", "review back",
		"automations", "automations list", "automations show", "automations on", "automations off", "automations start", "firings", "firings list", "firings show", "firings retry", "firings done", "firings skip", "users", "users add", "users password",
		"migrate", "backup", "restore", "rotate-key", "doctor", "version"} {
		out, errs, code := h.call(append(strings.Fields(command), "--help")...)
		if code != 0 || !strings.Contains(out, "Example: ") || !strings.Contains(out, "couplet "+strings.Fields(command)[0]) || errs != "" {
			t.Errorf("couplet %s --help: code %d\n%s%s", command, code, out, errs)
		}
	}
	if _, err := os.Stat(h.data); err == nil {
		t.Error("help made a data folder")
	}
	var v map[string]string
	if err := json.Unmarshal([]byte(h.must("version", "--json")), &v); err != nil || v["version"] == "" || !strings.HasPrefix(v["go"], "go1.") {
		t.Errorf("%v: %v", err, v)
	}
}

// TestAUserIsMadeOnceWithAPasswordThatIsLongEnough reads it from stdin, as scripts do.
func TestAUserIsMadeOnceWithAPasswordThatIsLongEnough(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 1}, "")
	add := func(password string) (string, int) {
		c := h.command("users", "add", "Ana@Example.com")
		c.Stdin = strings.NewReader(password)
		out, _ := c.CombinedOutput()
		if p := strings.TrimSpace(password); p != "" && strings.Contains(string(out), p) {
			t.Errorf("the password is in the output: %s", out)
		}
		return string(out), c.ProcessState.ExitCode()
	}
	for _, c := range []struct {
		password, says string
		code           int
	}{
		{"", "no password came on stdin", 1},
		{"short\n", "couplet: A password has 12 characters or more. Four plain words are easy to keep.", 2},
		{"four words make one\n", "Made user ana@example.com, owner.", 0},
		{"four words make two\n", "exists already", 1},
	} {
		if out, code := add(c.password); code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%q: code %d, %s", c.password, code, out)
		}
	}
	if users := h.content("app_user", "member"); strings.Count(users, "ana@example.com") != 1 || strings.Contains(users, "four words") {
		t.Error(users)
	}
}

// chooses says in the file which activities are tasks and notes.
func (h *house) chooses() {
	h.t.Helper()
	text := h.must("export")
	with := strings.Replace(text, "    system: usercom\n", "    system: usercom\n    settings: { task_type: 3, note_type: 4 }\n", 1)
	if with == text {
		h.t.Fatal(text)
	}
	if out := h.must("apply", "-f", h.written(with)); !strings.Contains(out, "changed   connection uc") {
		h.t.Error(out)
	}
	// A file that says nothing of it leaves it.
	if out := h.must("apply", "-f", h.written(text)); strings.Contains(out, "changed   ") {
		h.t.Error(out)
	}
	if text = h.must("export"); !strings.Contains(text, `settings: { note_type: 4, task_type: 3 }`) && !strings.Contains(text, `settings: { note_type: "4", task_type: "3" }`) {
		h.t.Error(text)
	}
}

// TestAnExportRecreatesTheInstallation on an empty one, and names no key.
func TestAnExportRecreatesTheInstallation(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 20, Seed: 3}, url(t))
		h.must("apply", "-f", h.with("enabled: true", `enabled: true, schedule: { cron: "*/7 * * * *", time_zone: Europe/Lisbon }, conflict: richer, brake: { change: 9% }`))
		h.chooses()
		text := h.must("export")
		h.silent(text)
		h.url, h.data = url(t), filepath.Join(t.TempDir(), "other")
		h.set("COUPLET_DATA", h.data)
		h.set("COUPLET_DATABASE_URL", h.url)
		h.must("apply", "-f", h.written(text))
		if again := h.must("export"); again != text {
			t.Errorf("the export of what an export made is another:\n%s\n%s", text, again)
		}
		h.run()
		h.complete()
	})
}
