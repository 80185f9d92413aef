package browsertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// world is a running demo.
type world struct {
	t    testing.TB
	data string
	made ready
	out  text // what it printed
	log  text
	cmd  *exec.Cmd
	over chan struct{}
}

// ready is the line that the demo prints.
type ready struct {
	URL       string `json:"url"`
	SignIn    string `json:"sign_in"`
	Email     string `json:"email"`
	Password  string `json:"password"`
	SetupCode string `json:"setup_code"`
	sandbox.Info
}

// text may be read while it is written.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// newWorld starts the demo and waits until it is ready. At the end it is stopped as Ctrl-C does, which must be clean.
func newWorld(t testing.TB, args ...string) *world {
	t.Helper()
	require(t)
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, data: filepath.Join(t.TempDir(), "data"), over: make(chan struct{})}
	w.cmd = exec.Command(program, append([]string{"demo", "--json", "--addr", "127.0.0.1:0", "--data", w.data, "--log-level", "debug"}, args...)...)
	w.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	w.cmd.Stdout, w.cmd.Stderr = &w.out, &w.log
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = w.cmd.Wait(); close(w.over) }()
	t.Cleanup(w.end)
	within(t, patience, "the demo is ready", func() bool {
		select {
		case <-w.over:
			t.Fatalf("the demo ended: %s%s", w.out.String(), w.log.String())
		default:
		}
		return strings.HasSuffix(w.out.String(), "\n")
	})
	if err := json.Unmarshal([]byte(w.out.String()), &w.made); err != nil {
		t.Fatalf("%v: %s", err, w.out.String())
	}
	return w
}

// end stops the demo as Ctrl-C does.
func (w *world) end() {
	w.t.Helper()
	_ = w.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-w.over:
		if code := w.cmd.ProcessState.ExitCode(); code != 0 {
			w.t.Errorf("after Ctrl-C the demo ended with code %d: %s", code, w.log.String())
		}
	case <-time.After(20 * time.Second):
		_ = w.cmd.Process.Kill()
		<-w.over
		w.t.Errorf("the demo does not end after Ctrl-C: %s", w.log.String())
	}
	if w.t.Failed() {
		w.t.Logf("the demo's log:\n%s", tail(w.log.String(), 60))
	}
}

func tail(s string, lines int) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// tab opens a page of the web app.
func (w *world) tab(t testing.TB) *tab {
	t.Helper()
	return newTab(t, w.made.URL)
}

// control asks the sandbox itself, as its own user would look or change something.
func (w *world) control(method, path string, body, into any) {
	w.t.Helper()
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		send = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.made.Control.URL+"/_sandbox/"+path, send)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("X-Sandbox-Key", w.made.Control.Key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %v %s", method, path, res.StatusCode, err, got)
	}
	if into != nil {
		if err := json.Unmarshal(got, into); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, got)
		}
	}
}
