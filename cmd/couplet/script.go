package main

import (
	"context"

	"couplet/internal/automation/script"
)

// scriptCmd is the process in which a script of an automation runs. The program starts it for each one, with an empty
// environment and with what to run on its input.
type scriptCmd struct{}

func (scriptCmd) Help() string {
	return "Example: echo '{\"code\": \"def run(input): return 1\", \"input\": {}}' | couplet script-child"
}

func (*scriptCmd) Run(_ context.Context, t *terminal) error {
	return script.Child(t.In, t.Out)
}
