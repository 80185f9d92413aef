package main

import (
	"context"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// undoCmd takes back what a run wrote (cli.md, `couplet undo`).
type undoCmd struct {
	ID     string `arg:"" name:"run" help:"Id of the run, as couplet runs lists it."`
	DryRun bool   `help:"Say what would go back, and write nothing."`
	Record string `help:"Take back only what was written to this record: its id in either system." placeholder:"ID"`
	Field  string `help:"Take back only this field: its name in either system." placeholder:"NAME"`
	Made   bool   `name:"delete-created" help:"Also delete the records that the run made and nobody touched since."`
	Allow  bool   `help:"Let this undo write beyond the brake."`
	JSON   bool   `name:"json" help:"Answer with JSON."`
}

func (undoCmd) Help() string {
	return "A value goes back only where the system still shows what the run wrote; what somebody changed since stays.\n" +
		"Records that the run made stay, unless --delete-created says otherwise. An undo is a run itself, so it can be undone.\n\nExample: couplet undo run_06h2nx5gnqyr51wgcbfwht0dk0 --dry-run"
}

func (c *undoCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	_, f, u, err := a.desk().Undoing(ctx, c.ID, c.Record, c.Field)
	if err != nil {
		return err
	}
	u.Made = c.Made
	req := engine.Request{Workspace: a.ws, Flow: f, Trigger: engine.Undo, DryRun: c.DryRun, Allow: c.Allow, Undo: &u}
	quiet := a.progress(ctx, t, f)
	r, err := a.runUntil(ctx, req, -1)
	quiet()
	if err != nil {
		return err
	}
	if c.JSON {
		err = t.json(command.RunJSON(r))
	} else {
		a.tell(context.WithoutCancel(ctx), t, f, r)
	}
	if code := codes[r.Status]; err == nil && code != 0 {
		return &exit{Code: code}
	}
	return err
}
