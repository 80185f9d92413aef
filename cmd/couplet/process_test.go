package main

import (
	"bytes"
	"os/exec"
	"sync"
	"testing"

	"couplet/internal/sandbox"
)

// process is the program at work beside the test.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	out   safeBuffer // what it printed
	errs  safeBuffer // and logged
	ended chan struct{}
}

// start starts the program and does not wait for it.
func (h *house) start(args ...string) *process {
	h.t.Helper()
	p := &process{t: h.t, cmd: h.command(args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errs
	if err := p.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	h.t.Cleanup(p.kill)
	return p
}

// wait waits for the end and returns all that was printed, and the code.
func (p *process) wait() (text string, code int) {
	<-p.ended
	return p.out.String() + p.errs.String(), p.cmd.ProcessState.ExitCode()
}

// kill ends the program as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// running reports whether the program has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// safeBuffer may be read while it is being written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// complete holds that both sides are in step: every record linked that the sandbox says must be, each made only once.
func (h *house) complete() {
	h.t.Helper()
	want := h.info.Expected
	if n := h.inStep(h.read()); n != want.Linked+want.CreatedA+want.CreatedB {
		h.t.Errorf("%d links, want %d", n, want.Linked+want.CreatedA+want.CreatedB)
	}
	if a, b := h.created("POST /contacts/ 201"), h.created("POST /users/ 201"); a != want.CreatedA || b != want.CreatedB {
		h.t.Errorf("the sandbox was made to create %d and %d, want %d and %d", a, b, want.CreatedA, want.CreatedB)
	}
}

// reopen starts the pretend CRMs again where they were, from their state file.
func (h *house) reopen(o sandbox.Options) {
	h.t.Helper()
	o.HighLevelAddr, o.UserComAddr, o.RateLimits = host(h.info.HighLevel.URL), host(h.info.UserCom.URL), "off"
	box, err := sandbox.Start(h.t.Context(), o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = box.Close() })
	h.box = box
}
