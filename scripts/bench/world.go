package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// world is a pair of pretend CRMs and a program with a fresh database that is to keep them in step.
type world struct {
	*crms
	binary string
	dir    string
	env    []string
}

// usage is what a process took. memory is its peak.
type usage struct {
	time, cpu time.Duration
	memory    int64
	calls     int
}

func newWorld(dir, binary string, records int, limits string, latency time.Duration) (*world, error) {
	c, err := startCRMs(records, limits, latency)
	if err != nil {
		return nil, err
	}
	w := &world{crms: c, binary: binary}
	if w.dir, err = os.MkdirTemp(dir, "world-"); err != nil {
		return nil, err
	}
	per, ok := strings.CutSuffix(limits, "/s")
	if !ok {
		per = "10000" // the most that a flow file may say
	}
	hl, uc := w.info.HighLevel, w.info.UserCom
	text := fmt.Sprintf(`version: 1
connections:
  - { name: hl, system: highlevel, auth: { kind: token, token: "${HL_TOKEN}" }, account: { locationId: %s }, limits: { per_second: %s }, base_url: %s }
  - { name: uc, system: usercom, auth: { kind: token, token: "${UC_TOKEN}" }, account: { subdomain: %s }, limits: { per_second: %s }, base_url: %s }
flows:
  - { name: contacts, template: contact-sync, connections: { a: hl, b: uc }, enabled: true }
`, hl.LocationID, per, hl.URL, uc.Subdomain, per, uc.URL)
	file := filepath.Join(w.dir, "flow.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	w.env = []string{"HOME=" + w.dir, "COUPLET_DATA=" + filepath.Join(w.dir, "data"), "HL_TOKEN=" + hl.Token, "UC_TOKEN=" + uc.Token,
		"COUPLET_ALLOW_PRIVATE_HOSTS=" + host(hl.URL) + "," + host(uc.URL)}
	_, _, err = w.run(w.binary, "apply", "-f", file)
	return w, err
}

func host(address string) string {
	u, _ := url.Parse(address)
	return u.Host
}

func (w *world) close() {
	w.crms.close()
	_ = os.RemoveAll(w.dir)
}

// run runs a process to its end and says what it took and printed.
func (w *world) run(name string, args ...string) (usage, []byte, error) {
	c := exec.Command(name, args...)
	c.Env = w.env
	var errs strings.Builder
	c.Stderr = &errs
	before, err := w.total()
	if err != nil {
		return usage{}, nil, err
	}
	begin := time.Now()
	out, err := c.Output()
	u := usage{time: time.Since(begin)}
	if err != nil {
		return u, nil, fmt.Errorf("%s: %w\n%s%s", strings.Join(args, " "), err, out, errs.String())
	}
	u.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if r, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss << 10 // Linux counts in KB
	}
	after, err := w.total()
	u.calls = after - before
	return u, out, err
}

func (w *world) total() (n int, err error) {
	counts, err := w.counts()
	for _, c := range counts {
		n += c.Total
	}
	return n, err
}

// sync runs the flow once, and makes sure that it created as many as it should.
func (w *world) sync(want int) (usage, error) {
	u, out, err := w.run(w.binary, "run", "contacts", "--json")
	if err != nil {
		return u, err
	}
	var doc struct {
		Status string `json:"status"`
		AToB   struct {
			Created int `json:"created"`
		} `json:"a_to_b"`
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		return u, err
	}
	if doc.Status != "done" || doc.AToB.Created != want {
		return u, fmt.Errorf("the run should have created %d contacts: %s", want, out)
	}
	return u, nil
}

// loop runs the plain loop.
func (w *world) loop(workers int) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	hl, uc := w.info.HighLevel, w.info.UserCom
	u, _, err := w.run(self, "loop", hl.URL, hl.LocationID, hl.Token, uc.URL, uc.Token, fmt.Sprint(workers))
	return u, err
}

// middle is the one of middling time.
func middle(all []usage) usage {
	slices.SortFunc(all, func(a, b usage) int { return cmp.Compare(a.time, b.time) })
	return all[len(all)/2]
}
