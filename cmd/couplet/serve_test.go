package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// front is an address that stays while servers behind it come and go, as a proxy in front of an installation does.
type front struct {
	url    string
	behind atomic.Pointer[url.URL]
}

func newFront(t testing.TB) *front {
	f := &front{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(f.behind.Load()) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.behind.Load() == nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

var listens = regexp.MustCompile(`listens on (http://\S+)`)

// serve starts the server and waits until it is ready.
func (h *house) serve(f *front, args ...string) *process {
	h.t.Helper()
	p := h.start(append([]string{"serve", "--addr", "127.0.0.1:0", "--log-level", "debug"}, args...)...)
	eventually(h.t, 20*time.Second, "the server is ready", func() bool {
		m := listens.FindStringSubmatch(p.out.String())
		if m == nil {
			if !p.running() {
				h.t.Fatal(p.wait())
			}
			return false
		}
		u, _ := url.Parse(m[1])
		f.behind.Store(u)
		res, err := http.Get(m[1] + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	h.t.Cleanup(func() {
		p.kill()
		h.private(p.out.String() + p.errs.String())
	})
	return p
}

// private holds that a log names no key, no email address and no phone number of anybody.
func (h *house) private(log string) {
	h.t.Helper()
	h.silent(log)
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "+", "", "/", "", ".", "")
	for side, records := range h.read() {
		for _, r := range records {
			for _, field := range [][]string{{"email", "phone"}, {"email", "phone_number"}}[side] {
				v, _ := r[field].(string)
				if len(v) > 6 && (strings.Contains(log, v) || field != "email" && strings.Contains(log, digits.Replace(v))) {
					h.t.Errorf("the log names %s", v)
				}
			}
		}
	}
	if m := regexp.MustCompile(`[\w.+-]+@[\w-]+\.\w+`).FindString(log); m != "" {
		h.t.Errorf("the log names %s", m)
	}
}

// last is the newest run that the database has, and when its owner last gave a sign of life.
type last struct {
	id, status, owner string
	beat, started     int64
}

func (h *house) last() (l last) {
	d := h.raw()
	defer d.Close()
	_ = d.QueryRow("select id, status, owner, beat_at, started_at from run order by started_at desc, id desc limit 1").Scan(&l.id, &l.status, &l.owner, &l.beat, &l.started)
	return l
}

// TestANewFlowIsRunByTheServerAtOnceAndThenByItsSchedule needs nobody to type anything.
func TestANewFlowIsRunByTheServerAtOnceAndThenByItsSchedule(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 40, Seed: 3}, url(t))
		h.serve(newFront(t))
		h.must("apply", "-f", h.with("enabled: true", "enabled: true, schedule: { every: 30s }"))
		eventually(t, 20*time.Second, "the first run is done", func() bool { return h.last().status == "done" })
		h.complete()
		first := h.last()
		l := h.links()[0]
		if _, err := h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{"phone": "+12015557001"}); err != nil {
			t.Fatal(err)
		}
		eventually(t, 45*time.Second, "the schedule finds the change", func() bool {
			r, err := h.box.UserCom.Get("users", l.IDs[1])
			return err == nil && strings.HasSuffix(text(r["phone_number"]), "2015557001") && h.last().id != first.id
		})
	})
}

func text(v any) string { s, _ := v.(string); return s }

// TestAServerThatIsKilledInMidRunGoesOnByItselfAfterItsStart holds the time that is promised: a sign of life within
// twenty seconds, by the same run, and nothing doubled.
func TestAServerThatIsKilledInMidRunGoesOnByItselfAfterItsStart(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 300, Seed: 5}, url(t))
		h.must("apply", "-f", h.with("per_second: 10000", "per_second: 45"))
		f := newFront(t)
		server := h.serve(f)
		eventually(t, 20*time.Second, "the run writes", func() bool { return h.writes() > 40 })
		server.kill()
		cut := h.last()
		if cut.status != "running" && cut.status != "waiting" {
			t.Fatalf("the kill did not hit the run: %+v", cut)
		}
		again := time.Now()
		h.serve(f)
		eventually(t, 20*time.Second-time.Since(again), "the run shows a sign of life", func() bool {
			now := h.last()
			return now.id == cut.id && now.beat > again.UnixMilli() && now.owner != cut.owner
		})
		t.Logf("a sign of life %s after the start", time.Since(again).Round(time.Millisecond))
		h.ends(cut.id)
	})
}

// TestAServerThatIsStoppedInMidRunEndsInGoodOrderAndTheNextOneGoesOn is what an upgrade does.
func TestAServerThatIsStoppedInMidRunEndsInGoodOrderAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 300, Seed: 5}, url(t))
		h.must("apply", "-f", h.with("per_second: 10000", "per_second: 45"))
		f := newFront(t)
		server := h.serve(f)
		eventually(t, 20*time.Second, "the run writes", func() bool { return h.writes() > 40 })
		began := time.Now()
		if err := server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		select {
		case <-server.ended:
		case <-time.After(20 * time.Second):
			t.Fatal("the server does not end")
		}
		if out, code := server.wait(); code != 0 {
			t.Errorf("code %d: %s", code, out)
		}
		cut := h.last()
		if cut.status != "waiting" {
			t.Fatalf("after %s the run is %+v", time.Since(began), cut)
		}
		h.serve(f)
		h.ends(cut.id)
	})
}

// ends waits for a run that was taken over, and holds that it is the only one and complete.
func (h *house) ends(id string) {
	h.t.Helper()
	eventually(h.t, 40*time.Second, "the run is done", func() bool { return h.last().status == "done" })
	if now := h.last(); now.id != id {
		h.t.Errorf("another run did it: %s, not %s", now.id, id)
	}
	if out := h.must("runs", "show", id, "--limit", "1", "--json"); !strings.Contains(out, `"recovered":true`) {
		h.t.Errorf("the run does not say that it was taken over: %s", out)
	}
	h.complete()
}

// TestARunBesideAServerFollowsTheServersRun so that nothing is done twice.
func TestARunBesideAServerFollowsTheServersRun(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 150, Seed: 5}, url(t))
		h.must("apply", "-f", h.with("per_second: 10000", "per_second: 45"))
		h.serve(newFront(t))
		eventually(t, 20*time.Second, "the run writes", func() bool { return h.writes() > 20 })
		active := h.last()
		one, two := h.start("run", "contacts", "--json"), h.start("run", "contacts", "--json")
		for _, p := range []*process{one, two} {
			out, code := p.wait()
			if code != 0 || !strings.Contains(out, active.id) {
				t.Errorf("code %d, and not run %s: %s", code, active.id, out)
			}
		}
		h.complete()
	})
}

// keyFile writes the key with which the pretend HighLevel signs its calls.
func (h *house) keyFile() string {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "keys.pem")
	if err := os.WriteFile(path, []byte(h.box.HighLevel.PublicKeyPEM()), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}
