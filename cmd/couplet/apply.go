package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// applyCmd makes what a flow file says (cli.md, `couplet apply`). Nothing is stored unless all of the file is valid:
// every key is tried, every map is checked against the fields that both accounts really have.
type applyCmd struct {
	File   string `short:"f" required:"" help:"The flow file, - for stdin." placeholder:"FILE"`
	DryRun bool   `help:"Say what would change, and change nothing."`
	JSON   bool   `name:"json" help:"Answer with JSON."`
}

func (applyCmd) Help() string {
	return "Example: HL_TOKEN=pit-… UC_TOKEN=… couplet apply -f contacts.yaml"
}

func (c *applyCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	name, data, err := c.read(t)
	if err != nil {
		return err
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	done, err := a.desk().Apply(ctx, name, data, os.LookupEnv, c.DryRun)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(done)
	}
	for _, ch := range done.Changes {
		t.printf("%-9s %s %s", ch.Change, ch.Kind, ch.Name)
		if ch.Note != "" {
			t.printf(" (%s)", ch.Note)
		}
		t.printf("\n")
		if ch.HookURL != "" {
			t.printf("          To hear of changes at once, have an automation there call this address, which is shown only now:\n          %s\n", ch.HookURL)
		}
	}
	if c.DryRun {
		t.printf("Dry run: nothing was stored.\n")
	}
	return nil
}

func (c *applyCmd) read(t *terminal) (string, []byte, error) {
	if c.File == "-" {
		data, err := io.ReadAll(t.In)
		return "stdin", data, err
	}
	data, err := os.ReadFile(c.File)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("there is no file %s", c.File)
	}
	return c.File, data, err
}
