package main

import (
	"context"

	"couplet/internal/command"
	"couplet/internal/connector"
)

// operationsCmd is the catalog of the calls that both systems can make, and of what sets automations off (cli.md, `couplet operations`). It reads no
// database: the catalog is part of the program.
type operationsCmd struct {
	Words  []string `arg:"" optional:"" help:"Only operations that have all of these words in their title, text or path."`
	System string   `help:"Only those of this system: highlevel or usercom."`
	Kind   string   `help:"Only this kind: action, find or trigger."`
	JSON   bool     `name:"json" help:"Answer with JSON: everything that each takes and gives."`
}

func (operationsCmd) Help() string {
	return "Example: couplet operations tag --system usercom\nExample: couplet operations --json"
}

func (c *operationsCmd) Run(_ context.Context, t *terminal) error {
	if _, known := systems()[c.System]; c.System != "" && !known {
		return &exit{Code: 2, Text: "--system " + c.System + " is not known; use highlevel or usercom"}
	}
	if c.Kind != "" && c.Kind != connector.Action && c.Kind != connector.Finds && c.Kind != connector.Trigger {
		return &exit{Code: 2, Text: "--kind " + c.Kind + " is not known; use action, find or trigger"}
	}
	docs := command.Operations(systems(), c.System, c.Kind, c.Words)
	if c.JSON {
		return t.json(docs)
	}
	for _, o := range docs.Operations {
		doubt := ""
		if !o.Verified {
			doubt = "  (unverified)"
		}
		t.printf("%-9s  %-7s  %-6s %-62s %s%s\n", o.System, o.Kind, o.Method, o.Path, o.Title, doubt)
	}
	if len(docs.Operations) == 0 {
		t.printf("No operation has these words. `couplet operations` lists all.\n")
	}
	return nil
}
