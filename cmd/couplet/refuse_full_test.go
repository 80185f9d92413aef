package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

const full = "The disk or the space allowed to the database is full, so this was not stored, and nothing stored before was lost. Make room; the work goes on from where it stood."

// TestAFullDatabaseFailsTheRunAndTheNextOneCompletesIt limits the size of the file in the middle of a first run.
func TestAFullDatabaseFailsTheRunAndTheNextOneCompletesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 400, Seed: 3, Latency: 5 * time.Millisecond}, "")
	h.must("apply", "-f", h.file)
	a := h.inside()
	f, err := a.desk().Flow(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	type end struct {
		run engine.Run
		err error
	}
	ended := make(chan end)
	go func() {
		r, err := a.engine.Run(t.Context(), engine.Request{Workspace: a.ws, Flow: f, Trigger: "manual", Look: true})
		ended <- end{r, err}
	}()
	eventually(t, 20*time.Second, "the run writes", func() bool { return h.writes() > 30 })
	if _, err := a.db.Writer().Exec("pragma max_page_count = 1"); err != nil { // as many as are used already, that means
		t.Fatal(err)
	}
	e := <-ended
	if e.err != nil || e.run.Status != engine.Failed || !strings.HasPrefix(e.run.Note, full) {
		t.Errorf("%v: %s, %q", e.err, e.run.Status, e.run.Note)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.complete()
}

// TestAFullDiskFailsTheCommandAndTheNextOneGoesOn keeps the data on a disk that is really too small, and then makes room.
func TestAFullDiskFailsTheCommandAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 400, Seed: 3}, "")
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	kept := t.TempDir()
	c := exec.Command("unshare", "-rm", "sh", "-c", `mkdir -p "$COUPLET_DATA" && mount -t tmpfs -o size=1900k,mode=700 none "$COUPLET_DATA" || exit 77
		couplet apply -f "$1" || exit 1
		couplet run contacts --json; echo "code $?"
		mount -o remount,size=64m "$COUPLET_DATA" || exit 77
		couplet run contacts --json && couplet backup "$2/couplet.db"`, "sh", h.file, kept)
	c.Env = append(h.env, "PATH="+filepath.Dir(path)+":"+os.Getenv("PATH"))
	out, err := c.CombinedOutput()
	if x, ok := errors.AsType[*exec.ExitError](err); errors.Is(err, exec.ErrNotFound) || ok && x.ExitCode() == 77 || strings.Contains(string(out), "unshare: ") {
		t.Skipf("this machine does not let tests mount a disk: %v %s", err, out)
	}
	if err != nil || !strings.Contains(string(out), full) || !strings.Contains(string(out), "code 1") {
		t.Fatalf("%v: %s", err, out)
	}
	h.silent(string(out))
	h.data = kept
	h.complete()
}

// inside is the program wired in this process, for what cannot be done to it from outside.
func (h *house) inside() *app {
	h.t.Helper()
	g := &Globals{Data: h.data, DatabaseURL: h.url, Settle: time.Second, LogLevel: "error",
		AllowPrivateHosts: host(h.info.HighLevel.URL) + "," + host(h.info.UserCom.URL)}
	a, err := g.open(h.t.Context(), &terminal{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}
