package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	target, err := a.store.RunByID(ctx, a.ws, c.ID)
	if err != nil {
		return fmt.Errorf("there is no run %s; `couplet runs` lists those that are kept, which is 30 days", c.ID)
	}
	f, err := a.store.FlowByID(ctx, a.ws, target.Flow)
	if err != nil {
		return fmt.Errorf("the flow of run %s is gone, so there is nobody to undo it; make the flow again with couplet apply", c.ID)
	}
	u := engine.Undoing{Run: target.ID, Made: c.Made}
	if u.Link, u.Field, err = a.meant(ctx, target, c.Record, c.Field); err != nil {
		return err
	}
	req := engine.Request{Workspace: a.ws, Flow: f, Trigger: engine.Undo, DryRun: c.DryRun, Allow: c.Allow, Undo: &u}
	quiet := a.progress(ctx, t, f)
	r, err := a.runUntil(ctx, req, -1)
	quiet()
	if err != nil {
		return err
	}
	if c.JSON {
		err = t.json(runJSON(r))
	} else {
		a.tell(context.WithoutCancel(ctx), t, f, r)
	}
	if code := codes[r.Status]; err == nil && code != 0 {
		return &exit{Code: code}
	}
	return err
}

// meant finds the link and the field that a person names in the words of either system.
func (a *app) meant(ctx context.Context, r engine.Run, record, field string) (link, key string, err error) {
	for after := ""; record != "" && link == "" || field != "" && key == ""; {
		page, err := a.store.Entries(ctx, a.ws, r.ID, after, 500, "")
		if err != nil {
			return "", "", err
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
		for _, e := range page {
			if record != "" && slices.Contains([]string{e.IDs[0], e.IDs[1], e.Link}, record) {
				link = e.Link
			}
			for _, x := range e.Fields {
				names := strings.FieldsFunc(x.Field, func(r rune) bool { return r == '=' || r == '+' })
				if field != "" && (x.Field == field || slices.Contains(names, field)) {
					key = x.Field
				}
			}
		}
	}
	switch {
	case record != "" && link == "":
		return "", "", fmt.Errorf("run %s wrote nothing to a record %s; `couplet runs show %s` lists those that it did", r.ID, record, r.ID)
	case field != "" && key == "":
		return "", "", fmt.Errorf("run %s wrote to no field %q; `couplet runs show %s` lists those that it did", r.ID, field, r.ID)
	}
	return link, key, nil
}
