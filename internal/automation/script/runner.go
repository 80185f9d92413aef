package script

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Runner runs scripts, each in a process of its own.
type Runner struct {
	// Time is how long a script may take, its start included: MostTime, where nobody sets another.
	Time    time.Duration
	program []string
	slots   chan struct{}
}

// NewRunner runs scripts with a command line that ends up in [Child].
func NewRunner(program ...string) *Runner {
	return &Runner{Time: MostTime, program: program, slots: make(chan struct{}, AtOnce)}
}

// Run runs a script on an input. Its error is an [Error], or the context's when that ended first. The result holds what was
// printed in any case.
func (r *Runner) Run(ctx context.Context, code string, input map[string]any) (Result, error) {
	if input == nil {
		input = map[string]any{}
	}
	given, err := json.Marshal(input)
	if err != nil {
		return Result{}, failed("what it is given cannot be written as JSON: %s", err)
	}
	if len(given) > MostJSON {
		return Result{}, &Error{Kind: TooLarge, Text: fmt.Sprintf("what it is given is larger than %d MB; give it less", MostJSON>>20)}
	}
	asked, err := json.Marshal(question{Code: code, Input: given})
	if err != nil {
		return Result{}, err
	}
	leave, err := r.enter(ctx)
	if err != nil {
		return Result{}, err
	}
	defer leave()
	answered, err := r.ask(ctx, asked)
	if err != nil {
		return Result{}, err
	}
	out := Result{Printed: answered.Printed}
	if answered.Error != nil {
		return out, answered.Error
	}
	return out, json.Unmarshal(answered.Output, &out.Output)
}

// enter waits until fewer than AtOnce run.
func (r *Runner) enter(ctx context.Context) (leave func(), err error) {
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ask starts the child with a question and waits for its reply or its end.
func (r *Runner) ask(ctx context.Context, asked []byte) (reply, error) {
	timed, cancel := context.WithTimeout(ctx, r.Time)
	defer cancel()
	child := exec.CommandContext(timed, r.program[0], r.program[1:]...)
	child.Env = []string{} // nil would be that of this process, with its keys
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	child.Cancel = func() error { return syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }
	child.WaitDelay = time.Second
	out, errs := &bounded{most: MostJSON + 16*MostPrinted, refuse: true}, &bounded{most: 16 << 10}
	child.Stdin, child.Stdout, child.Stderr = bytes.NewReader(asked), out, errs
	err := child.Run()
	var answered reply
	if err == nil {
		if err = json.Unmarshal(out.kept.Bytes(), &answered); err == nil {
			return answered, nil
		}
	}
	switch {
	case ctx.Err() != nil:
		return answered, ctx.Err()
	case out.over:
		return answered, &Error{Kind: TooLarge, Text: fmt.Sprintf("what it gives is larger than %d MB; return less", MostJSON>>20)}
	case timed.Err() != nil:
		return answered, tooLong(r.Time)
	}
	return answered, ended(err, errs.kept.String())
}

func tooLong(most time.Duration) *Error {
	return &Error{Kind: TooLong, Text: fmt.Sprintf("it took longer than %s and was stopped; look for a loop that does not end, or give it less", most)}
}

// ended says why a child ended without a reply, from how it ended and what it said last.
func ended(err error, said string) *Error {
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	var exit *exec.ExitError
	switch {
	case says("goroutine stack exceeds"):
		return failed("too much stands in each other: a list or a dict holds others so deep that it cannot be worked with")
	case says("out of memory", "cannot allocate memory", "Cannot allocate memory", "failed to create new OS thread", "pthread_create failed"):
		return &Error{Kind: NoMemory, Text: fmt.Sprintf("it needed more than %d MB of memory and was stopped; keep less at a time", MostMemory>>20)}
	case errors.As(err, &exit) && !exit.Exited() && exit.UserTime()+exit.SystemTime() > mostCPU-time.Second:
		return tooLong(mostCPU) // the system ended it, counting whole seconds
	case errors.As(err, &exit) && !exit.Exited():
		return &Error{Kind: Stopped, Text: fmt.Sprintf("its process was ended from outside (%s), which is not the script's doing; the machine may be short of memory. Run it again", exit.ProcessState)}
	case errors.As(err, &exit):
		first, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
		return &Error{Kind: Stopped, Text: fmt.Sprintf("its process ended without a result (%s: %s). Run it again", exit.ProcessState, cut(first))}
	}
	return &Error{Kind: Stopped, Text: fmt.Sprintf("its process could not be started or did not answer: %s. Run it again", err)}
}

// bounded keeps the beginning of what is written to it. refuse ends the writing there, otherwise the rest is dropped.
type bounded struct {
	kept         bytes.Buffer
	most         int
	refuse, over bool
}

var errFull = errors.New("more than is taken")

func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - b.kept.Len()
	if b.over = b.over || len(p) > room; !b.over {
		return b.kept.Write(p)
	}
	if b.refuse {
		return 0, errFull
	}
	b.kept.Write(p[:max(room, 0)])
	return len(p), nil
}
