package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
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
	id := ""
	if c.Flow != "" {
		f, err := a.flowNamed(ctx, c.Flow)
		if err != nil {
			return err
		}
		id = f.ID
	}
	if err := atLeastOne(c.Limit); err != nil {
		return err
	}
	runs, err := a.store.Runs(ctx, a.ws, id, c.Limit, "")
	if err != nil {
		return err
	}
	docs := make([]runDoc, len(runs))
	for i, r := range runs {
		docs[i] = runJSON(r)
	}
	if c.JSON {
		return t.json(map[string]any{"runs": docs})
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

// entryDoc is a record of a run in JSON.
type entryDoc struct {
	A       string               `json:"a,omitempty"`
	B       string               `json:"b,omitempty"`
	Result  engine.Result        `json:"result"`
	To      string               `json:"to,omitempty"`
	Reason  string               `json:"reason,omitempty"`
	Why     string               `json:"why,omitempty"`
	Fields  []engine.FieldChange `json:"fields"`
	Calls   []callDoc            `json:"calls,omitempty"`
	At      time.Time            `json:"at"`
	Planned bool                 `json:"planned,omitempty"`
}

type callDoc struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	TookMS int64  `json:"took_ms"`
}

// results are what a record of a run can be.
var results = []string{string(engine.ResultCreated), string(engine.ResultUpdated), string(engine.ResultLinked), string(engine.ResultSkipped),
	string(engine.ResultConflict), string(engine.ResultReview), string(engine.ResultFailed), string(engine.ResultGone), string(engine.ResultDeleted)}

func (c *showRunCmd) Run(ctx context.Context, g *Globals, t *terminal) error {
	if err := atLeastOne(c.Limit); err != nil {
		return err
	}
	if c.Result != "" && !slices.Contains(results, c.Result) {
		return &exit{Code: 2, Text: fmt.Sprintf("--result %s is not known; use one of %s", c.Result, strings.Join(results, ", "))}
	}
	a, err := g.open(ctx, t)
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := a.store.RunByID(ctx, a.ws, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no run %q in this workspace; `couplet runs` lists them", c.ID)
	}
	if err != nil {
		return err
	}
	f, err := a.store.FlowByID(ctx, a.ws, r.Flow)
	if err != nil {
		return err
	}
	names := a.systemNames(ctx, f)
	entries, err := a.store.Entries(ctx, a.ws, r.ID, "", c.Limit+1, engine.Result(c.Result))
	if err != nil {
		return err
	}
	more := len(entries) > c.Limit
	entries = entries[:min(len(entries), c.Limit)]
	if c.JSON {
		docs := make([]entryDoc, len(entries))
		for i, e := range entries {
			docs[i] = entryJSON(e, f.Object, names)
		}
		calls, err := a.callDocs(ctx, r.ID)
		if err != nil {
			return err
		}
		return t.json(map[string]any{"run": runJSON(r), "records": docs, "calls": calls})
	}
	a.tell(ctx, t, f, r)
	for _, e := range entries {
		tellEntry(t, e, f.Object, names)
	}
	if len(entries) == 0 && c.Result != "" {
		t.printf("No record of this run is %s.\n", c.Result)
	}
	if more {
		t.printf("There are more than %d: --limit shows them, --result only those of one kind.\n", c.Limit)
	}
	return nil
}

// pathDoc is how often a run called a path of a side with one outcome.
type pathDoc struct {
	Side   string `json:"side"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	Count  int    `json:"count"`
}

func (a *app) callDocs(ctx context.Context, run string) ([]pathDoc, error) {
	calls, err := a.store.CallCounts(ctx, a.ws, run)
	docs := make([]pathDoc, len(calls))
	for i, c := range calls {
		docs[i] = pathDoc{Side: c.Side.String(), Method: c.Method, Path: c.Path, Status: c.Status, Count: c.N}
	}
	return docs, err
}

func entryJSON(e engine.Entry, object string, names [2]string) entryDoc {
	d := entryDoc{A: e.IDs[0], B: e.IDs[1], Result: e.Result, Reason: e.Reason, At: e.At.UTC(), Planned: e.Planned, Fields: e.Fields}
	if d.Fields == nil {
		d.Fields = []engine.FieldChange{}
	}
	if e.To >= 0 {
		d.To = engine.Side(e.To).String()
	}
	if e.Reason != "" {
		d.Why = engine.ExplainOf(object, e.Reason, names, e.By)
	}
	for _, x := range e.Calls {
		d.Calls = append(d.Calls, callDoc{Method: x.Method, Path: x.Path, Status: x.Status, TookMS: x.Took.Milliseconds()})
	}
	return d
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
	conns, err := a.store.Connections(ctx, a.ws)
	if err != nil {
		return err
	}
	flows, err := a.store.Flows(ctx, a.ws)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, n := range c.Flows {
		if _, err := a.flowNamed(ctx, n); err != nil {
			return err
		}
		wanted[n] = true
	}
	file := flow.File{Version: 1}
	names, used := map[string]string{}, map[string]bool{}
	for _, x := range conns {
		names[x.ID] = x.Name
	}
	for _, f := range flows {
		if len(wanted) > 0 && !wanted[f.Name] {
			continue
		}
		file.Flows = append(file.Flows, f.Spec([2]string{names[f.Connections[0]], names[f.Connections[1]]}))
		used[f.Connections[0]], used[f.Connections[1]] = true, true
	}
	for _, x := range conns {
		if len(wanted) > 0 && !used[x.ID] {
			continue
		}
		auth := flow.Auth{Kind: x.AuthKind}
		if x.AuthKind == connection.KindClient {
			key, err := a.connect.ClientOf(ctx, x)
			if err != nil {
				return err
			}
			auth.ClientID, auth.TokenURL, auth.Scopes = key.ID, key.TokenURL, key.Scopes
		}
		file.Connections = append(file.Connections, flow.Connection{Name: x.Name, System: x.System, Auth: auth,
			Account: x.Params, BaseURL: x.BaseURL, Limits: flow.Limits{PerSecond: x.PerSecond}, Settings: x.Settings})
	}
	text, err := flow.Export(file)
	if err != nil {
		return err
	}
	_, err = t.Out.Write(text)
	return err
}
