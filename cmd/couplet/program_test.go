package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"couplet/db"
	"couplet/db/dbtest"
	"couplet/internal/command"
	"couplet/internal/sandbox"
)

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "couplet-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "couplet")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return path, err
})

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "8") // most of the time they wait: for a settle time, a heartbeat, a schedule
	}
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// house is a program with its data, and the two pretend CRMs that it works on.
type house struct {
	t    testing.TB
	box  *sandbox.Sandbox
	info sandbox.Info
	data string
	url  string // of the database
	file string // flow file
	env  []string

	secrets []string // what no output and no log may name, besides the keys in env
}

// databases are those that the tests of the whole program run on.
func databases(t *testing.T, test func(t *testing.T, url func(t testing.TB) string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, func(testing.TB) string { return "" })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		if os.Getenv("TEST_POSTGRES_URL") == "" {
			t.Skip("TEST_POSTGRES_URL is not set: PostgreSQL is left out")
		}
		test(t, postgres)
	})
}

// postgres makes a schema of its own.
func postgres(t testing.TB) string {
	t.Helper()
	return dbtest.Schema(t, os.Getenv("TEST_POSTGRES_URL"))
}

// newHouse starts the pretend CRMs and writes the flow file.
func newHouse(t testing.TB, o sandbox.Options, database string) *house {
	t.Helper()
	if o.RateLimits == "" {
		o.RateLimits = "off"
	}
	box, err := sandbox.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	h := &house{t: t, box: box, info: box.Info(), data: filepath.Join(t.TempDir(), "data"), url: database}
	h.file = filepath.Join(t.TempDir(), "flow.yaml")
	text := fmt.Sprintf(`version: 1
connections:
  - { name: hl, system: highlevel, auth: { kind: token, token: "${HL_TOKEN}" }, account: { locationId: %s }, base_url: %s }
  - { name: uc, system: usercom, auth: { kind: token, token: "${UC_TOKEN}" }, account: { subdomain: %s }, base_url: %s }
flows:
  - { name: contacts, template: contact-sync, connections: { a: hl, b: uc }, enabled: true, retry: { base: 100ms, max: 2s } }
`, h.info.HighLevel.LocationID, h.info.HighLevel.URL, h.info.UserCom.Subdomain, h.info.UserCom.URL)
	if o.RateLimits == "off" { // the pace is the account's, and nobody limits it here
		text = strings.ReplaceAll(text, "base_url:", "limits: { per_second: 10000 }, base_url:")
	}
	if err := os.WriteFile(h.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "COUPLET_DATA=" + h.data, "COUPLET_SETTLE=1s", "COUPLET_DATABASE_URL=" + database,
		"HL_TOKEN=" + h.info.HighLevel.Token, "UC_TOKEN=" + h.info.UserCom.Token,
		"COUPLET_ALLOW_PRIVATE_HOSTS=" + host(h.info.HighLevel.URL) + "," + host(h.info.UserCom.URL)}
	return h
}

func host(address string) string {
	u, _ := url.Parse(address)
	return u.Host
}

// command is the program with arguments.
func (h *house) command(args ...string) *exec.Cmd {
	h.t.Helper()
	path, err := binary()
	if err != nil {
		h.t.Fatal(err)
	}
	c := exec.Command(path, args...)
	c.Env = h.env
	return c
}

// call runs the program to its end and returns what it printed and its code.
func (h *house) call(args ...string) (out, errs string, code int) {
	h.t.Helper()
	c := h.command(args...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err := c.Run()
	var x *exec.ExitError
	if err != nil && !errors.As(err, &x) {
		h.t.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// must runs the program and fails the test unless it succeeds.
func (h *house) must(args ...string) string {
	h.t.Helper()
	out, errs, code := h.call(args...)
	if code != 0 {
		h.t.Fatalf("couplet %s: code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// run runs the flow to its end.
func (h *house) run(args ...string) command.RunDoc {
	h.t.Helper()
	return h.ran("contacts", args...)
}

// ran runs one of the flows to its end.
func (h *house) ran(flow string, args ...string) command.RunDoc {
	h.t.Helper()
	var d command.RunDoc
	out := h.must(append([]string{"run", flow, "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	return d
}

// db opens the program's database beside it.
func (h *house) db() *db.DB {
	h.t.Helper()
	u := h.url
	if u == "" {
		u = "sqlite:" + filepath.Join(h.data, "couplet.db")
	}
	d, err := db.Open(context.Background(), u, db.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = d.Close() })
	return d
}
