package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"go.starlark.net/starlark"
)

// question is what the child is asked, and reply what it answers, as JSON.
type question struct {
	Code  string          `json:"code"`
	Input json.RawMessage `json:"input"`
}

type reply struct {
	Output  json.RawMessage `json:"output,omitempty"`
	Printed string          `json:"printed,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Child runs one script: it reads a question and writes a reply, as JSON. It is for a process of its own, whose memory and time
// it limits for good before it reads anything.
func Child(in io.Reader, out io.Writer) error {
	if err := limit(); err != nil {
		return err
	}
	var q question
	if err := json.NewDecoder(in).Decode(&q); err != nil {
		return fmt.Errorf("the question cannot be read: %w", err)
	}
	return json.NewEncoder(out).Encode(answer(q))
}

// limit takes from this process what a script has no use for. The hard limits hold even where the program that would end it is
// gone.
func limit() error {
	runtime.GOMAXPROCS(1)
	debug.SetMemoryLimit(MostMemory * 3 / 4) // from here on garbage is collected as often as it takes
	debug.SetMaxStack(MostMemory / 8)
	limits := map[int]uint64{syscall.RLIMIT_CPU: uint64(mostCPU.Seconds()), syscall.RLIMIT_FSIZE: 0, syscall.RLIMIT_CORE: 0}
	if runtime.GOOS == "linux" {
		has, err := reserved()
		if err != nil {
			return fmt.Errorf("nothing tells how much memory the process of a script has: %w", err)
		}
		// Data (RLIMIT_DATA) would be nearer to what is meant, but one large block passes by it: the runtime reserves its addresses
		// first, and Linux does not count what is put in the place of something reserved.
		limits[syscall.RLIMIT_AS] = has + MostMemory
	}
	for what, most := range limits {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("the system does not limit the process of a script (%d): %w", what, err)
		}
	}
	return nil
}

// reserved is the size of all addresses that this process has. The runtime reserves gigabytes from its start and uses little of
// them.
func reserved() (uint64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), " ")
	pages, err := strconv.ParseUint(first, 10, 64)
	return pages * uint64(os.Getpagesize()), err
}

// answer runs the script of a question.
func answer(q question) (r reply) {
	var printed strings.Builder
	thread := &starlark.Thread{Name: name, Print: func(_ *starlark.Thread, text string) {
		if room := MostPrinted - printed.Len(); room > 0 {
			printed.WriteString(strings.ToValidUTF8(text[:min(len(text), room-1)], "…") + "\n")
		}
	}}
	thread.SetMaxExecutionSteps(MostSteps)
	value, err := run(thread, q)
	if err == nil {
		r.Output, err = write(value)
	}
	if r.Printed = printed.String(); err != nil && !errors.As(err, &r.Error) {
		r.Error = problemsOf(err)[0]
	}
	return r
}

func run(thread *starlark.Thread, q question) (starlark.Value, error) {
	program, problems := compile(q.Code)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	input, err := read(q.Input)
	if err != nil {
		return nil, err
	}
	globals, err := program.Init(thread, given)
	if err != nil {
		return nil, err
	}
	globals.Freeze()
	return starlark.Call(thread, globals["run"], starlark.Tuple{input}, nil)
}
