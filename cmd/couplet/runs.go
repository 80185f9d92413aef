package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// runsCmd lists runs or shows one (cli.md, `couplet runs`).
type runsCmd struct {
	List listRunsCmd `cmd:"" default:"withargs" help:"List runs, newest first."`
	Show showRunCmd  `cmd:"" help:"One run with its records and their reasons."`
}

func (runsCmd) Help() string {
	return "Example: couplet runs contacts\nExample: couplet runs show run_…"
}

type listRunsCmd struct {
	Flow  string `arg:"" optional:"" help:"Only runs of this flow."`
	Limit int    `default:"20" help:"How many."`
	JSON  bool   `name:"json" help:"Answer with JSON."`
}

func (listRunsCmd) Help() string { return "Example: couplet runs contacts --limit 5" }

func (c *listRunsCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := atLeastOne(c.Limit); err != nil {
		return err
	}
	runs, err := a.desk().Runs(ctx, c.Flow, "", c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		docs := make([]command.RunDoc, len(runs))
		for i, r := range runs {
			docs[i] = command.RunJSON(r)
		}
		return t.json(command.RunsDoc{Runs: docs})
	}
	if len(runs) == 0 {
		t.printf("No runs yet.\n")
	}
	for _, r := range runs {
		name := r.FlowName
		if r.DryRun {
			name += " (dry run)"
		}
		t.printf("%s  %s  %-18s %-11s %s: %d created, %d updated, %d conflicts, %d failed, %d need review\n", r.ID, r.Started.UTC().Format(time.RFC3339), r.Status, r.Trigger, name,
			r.To[0].Created+r.To[1].Created, r.To[0].Updated+r.To[1].Updated, r.To[0].Conflicts+r.To[1].Conflicts, r.To[0].Failed+r.To[1].Failed, r.Review)
	}
	return nil
}

func atLeastOne(limit int) error {
	if limit < 1 {
		return &exit{Code: 2, Text: fmt.Sprintf("--limit %d: give a number from 1 up", limit)}
	}
	return nil
}

type showRunCmd struct {
	ID     string `arg:"" help:"Id of the run."`
	Result string `help:"Only records of this result: created, updated, linked, skipped, conflict, needs_review, failed, gone, deleted."`
	Limit  int    `default:"50" help:"How many records."`
	JSON   bool   `name:"json" help:"Answer with JSON."`
}

func (showRunCmd) Help() string { return "Example: couplet runs show run_… --result failed" }

func (c *showRunCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	if err := atLeastOne(c.Limit); err != nil {
		return err
	}
	if c.Result != "" && !slices.Contains(command.Results, c.Result) {
		return &exit{Code: 2, Text: fmt.Sprintf("--result %s is not known; use one of %s", c.Result, strings.Join(command.Results, ", "))}
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	shown, err := a.desk().ShowRun(ctx, c.ID, c.Result, "", c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return t.json(shown.JSON())
	}
	a.tell(ctx, t, shown.Flow, shown.Run)
	for _, e := range shown.Entries {
		tellEntry(t, e, shown.Flow.Object, shown.Names)
	}
	if len(shown.Entries) == 0 && c.Result != "" {
		t.printf("No record of this run is %s.\n", c.Result)
	}
	if shown.More {
		t.printf("There are more than %d: --limit shows them, --result only those of one kind.\n", c.Limit)
	}
	return nil
}

// tellEntry prints one record: what happened to it, and field by field why.
func tellEntry(t *terminal, e engine.Entry, object string, names [2]string) {
	t.printf("- %s  %s %s, %s %s", e.Result, names[0], orNone(e.IDs[0]), names[1], orNone(e.IDs[1]))
	if e.Reason != "" {
		t.printf(": %s", engine.ExplainOf(object, e.Reason, names, e.By))
	}
	t.printf("\n")
	for _, f := range e.Fields {
		t.printf("    %-28s %s\n", f.Field, engine.ExplainOf(object, f.Rule, names, f.By))
		for side := range names {
			before, after := showOf(f.Field, f.Before[side]), showOf(f.Field, f.After[side])
			if before != after {
				t.printf("      %s: %s -> %s\n", names[side], before, after)
			}
		}
	}
}

func orNone(id string) string {
	if id == "" {
		return "(none)"
	}
	return id
}

// showOf is a value of a row of the map. Where a row joins several fields, as in firstName+lastName=name, a list is the
// parts of one text.
func showOf(row string, v any) string {
	if parts, ok := v.([]any); ok && strings.Contains(row, "+") {
		var words []string
		for _, p := range parts {
			if w, ok := p.(string); ok && w != "" {
				words = append(words, w)
			}
		}
		return show(strings.Join(words, " "))
	}
	return show(v)
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case string:
		return fmt.Sprintf("%q", v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = fmt.Sprint(e)
		}
		return strings.Join(parts, ", ")
	case []string:
		return strings.Join(v, ", ")
	}
	return fmt.Sprint(v)
}

// exportCmd prints the flow file of what exists (cli.md, `couplet export`).
type exportCmd struct {
	Flows []string `arg:"" optional:"" help:"Only these flows and their connections."`
}

func (exportCmd) Help() string { return "Example: couplet export > couplet.yaml" }

func (c *exportCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	text, err := a.desk().Export(ctx, c.Flows...)
	if err != nil {
		return err
	}
	_, err = t.Out.Write(text)
	return err
}
