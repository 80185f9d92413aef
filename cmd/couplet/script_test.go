package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"couplet/internal/automation/script"
)

// TestTheProgramRunsScriptsInProcessesOfItsOwn uses the real binary, one bad script after the other and a good one after each.
func TestTheProgramRunsScriptsInProcessesOfItsOwn(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	r := script.NewRunner(path, "script-child")
	r.Time = 10 * time.Minute // a busy machine is not what this is about
	for kind, code := range map[string]string{
		script.NoMemory: "def run(input):\n    x = []\n    for i in range(40):\n        x.append(\"a\" * (100 << 20))\n    return len(x)",
		script.TooLong:  "def run(input):\n    while True: pass",
		script.Failed:   "def run(input):\n    fail(\"no\")",
	} {
		var e *script.Error
		if _, err := r.Run(t.Context(), code, nil); !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%v, want %s", err, kind)
		}
		if got, err := r.Run(t.Context(), "def run(input): return input[\"name\"].upper()", map[string]any{"name": "ana"}); err != nil || got.Output != "ANA" {
			t.Errorf("%v, %v", got.Output, err)
		}
	}
}

func TestOnlyTheProgramItselfIsToldOfItsChild(t *testing.T) {
	t.Parallel()
	var out, errs strings.Builder
	if code := Main(t.Context(), []string{"--help"}, strings.NewReader(""), &out, &errs); code != 0 || strings.Contains(out.String(), "script-child") {
		t.Errorf("%d: %s", code, out.String())
	}
}
