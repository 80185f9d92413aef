package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// demo starts the demo and waits for its line. It leaves the folder to the demo unless one is named.
func demo(t *testing.T, args ...string) (*process, demoReady) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, env: []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}}
	p := &process{t: t, cmd: exec.Command(path, append([]string{"demo", "--addr", "127.0.0.1:0", "--contacts", "10", "--json"}, args...)...), ended: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = h.env, &p.out, &p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(p.kill)
	var r demoReady
	eventually(t, 20*time.Second, "the demo is ready", func() bool {
		if !p.running() {
			t.Fatal(p.wait())
		}
		return json.Unmarshal([]byte(p.out.String()), &r) == nil
	})
	return p, r
}

// interrupt is Ctrl-C.
func (p *process) interrupt() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		p.t.Fatal("it does not end")
	}
	if out, code := p.wait(); code != 0 {
		p.t.Errorf("code %d: %s", code, out)
	}
}

// follow opens an address without following where it leads, and returns that and the status.
func follow(t *testing.T, address string) (status int, to string, cookies []*http.Cookie) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode, res.Header.Get("Location"), res.Cookies()
}

// TestTheDemoSignsItsOwnerInOnceAndLeavesNothingBehind when nobody named a folder.
func TestTheDemoSignsItsOwnerInOnceAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	p, r := demo(t)
	var tmp string
	for _, e := range p.cmd.Env {
		if dir, ok := strings.CutPrefix(e, "TMPDIR="); ok {
			tmp = dir
		}
	}
	if left, _ := os.ReadDir(tmp); len(left) != 1 {
		t.Fatalf("%d folders in the temporary one, want the demo's", len(left))
	}
	if r.Password == "" || r.Email != demoEmail || !strings.HasPrefix(r.SignIn, r.URL+"/sign-in/link/") {
		t.Errorf("%+v", r)
	}
	if status, _, _ := follow(t, r.URL+"/settings/account"); status != http.StatusSeeOther {
		t.Errorf("somebody who is not signed in gets %d", status)
	}
	status, to, cookies := follow(t, r.SignIn)
	if status != http.StatusSeeOther || to != "/" || len(cookies) == 0 {
		t.Errorf("the link answers %d, leads to %q and sets %v", status, to, cookies)
	}
	if _, _, again := follow(t, r.SignIn); len(again) > 0 {
		t.Errorf("the link signs in a second time: %v", again)
	}
	if status, _, _ := follow(t, r.Control.Page); status != http.StatusSeeOther {
		t.Errorf("the page of the pretend CRMs answers %d", status)
	}
	if status, _, _ := follow(t, r.URL+"/_sandbox/state"); status != http.StatusNotFound {
		t.Errorf("the web app answers the sandbox's control with %d", status)
	}
	p.interrupt()
	if left, _ := os.ReadDir(tmp); len(left) != 0 {
		t.Errorf("%v is left behind", left[0])
	}
	if p.errs.String() != "" {
		t.Errorf("it complains: %s", p.errs.String())
	}
}

// TestADemoThatIsStartedAgainInItsFolderGoesOn with the same people at the same addresses and the same owner, whom it
// signs in again; the password was told the first time.
func TestADemoThatIsStartedAgainInItsFolderGoesOn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	p, first := demo(t, "--data", dir)
	p.interrupt()
	_, again := demo(t, "--data", dir)
	if again.Info != first.Info {
		t.Errorf("the pretend CRMs were %+v and are %+v", first.Info, again.Info)
	}
	if again.Password != "" || again.Email != demoEmail {
		t.Errorf("%+v", again)
	}
	if status, _, cookies := follow(t, again.SignIn); status != http.StatusSeeOther || len(cookies) == 0 {
		t.Errorf("the new link answers %d and sets %v", status, cookies)
	}
}

// TestTheDemoHasOneTimeWithItsPretendSystems: when theirs is moved, the same has passed for the program, here for a link that
// is good for ten minutes.
func TestTheDemoHasOneTimeWithItsPretendSystems(t *testing.T) {
	t.Parallel()
	_, r := demo(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.Control.URL+"/_sandbox/clock", strings.NewReader(`{"advance":"11m"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Sandbox-Key", r.Control.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the clock answers %d", res.StatusCode)
	}
	if status, to, cookies := follow(t, r.SignIn); status == http.StatusSeeOther || len(cookies) > 0 {
		t.Errorf("a link of eleven minutes ago answers %d, leads to %q and sets %v", status, to, cookies)
	}
}

// TestTheDemoTouchesNothingReal neither a real installation's folder nor its database, and is for this machine only.
func TestTheDemoTouchesNothingReal(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	h.must("migrate")
	h.refused(2, "holds an installation that is no demo; give --data another folder", "demo", "--addr", "127.0.0.1:0")
	h.refused(2, "demo keeps its own database in its data folder, so that it never touches a real one", "demo", "--database-url", "sqlite:"+filepath.Join(h.data, "couplet.db"))
	h.refused(2, "--addr 0.0.0.0:8080: the demo is for this machine only", "demo", "--data", filepath.Join(t.TempDir(), "new"), "--addr", "0.0.0.0:8080")
}
