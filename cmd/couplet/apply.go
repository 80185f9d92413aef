package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
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

// change is one thing that apply did, or would do.
type change struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Change string `json:"change"` // created, changed, unchanged
	Note   string `json:"note,omitempty"`
	// HookURL is where the system is to call when something changes, for the person to paste there.
	HookURL string `json:"hook_url,omitempty"`
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
	p, err := a.plan(ctx, name, data)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := p.store(ctx); err != nil {
			return err
		}
	}
	changes := p.changes
	if c.JSON {
		return t.json(map[string]any{"dry_run": c.DryRun, "changes": changes})
	}
	for _, ch := range changes {
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

// applying is a flow file that was found to be valid, with what it changes.
type applying struct {
	a       *app
	file    string
	spec    *flow.File
	conns   map[string]*wanted // by name
	flows   []flow.Flow
	changes []change
}

// wanted is a connection as the file wants it.
type wanted struct {
	connection.Connection
	token   string // "" keeps the stored one
	open    connector.Connector
	lines   flow.Connection
	changed bool
}

// plan checks a flow file as a whole: its words, its keys against the systems, its maps against their fields.
func (a *app) plan(ctx context.Context, name string, data []byte) (*applying, error) {
	stored, err := a.store.Connections(ctx, a.ws)
	if err != nil {
		return nil, err
	}
	in := flow.Installation{AllowPrivate: a.set.Allow}
	for _, s := range systems() {
		in.Systems = append(in.Systems, flow.System{ID: s.Spec.ID, Name: s.Spec.Name, Params: paramNames(s.Spec)})
	}
	for _, c := range stored {
		sealed, err := a.store.Secret(ctx, a.ws, c.ID, connection.SecretToken)
		if err != nil {
			return nil, err
		}
		in.Connections = append(in.Connections, flow.Existing{Name: c.Name, System: c.System, HasKey: len(sealed) > 0})
	}
	spec, err := flow.Load(name, data, os.LookupEnv, in)
	if err != nil {
		return nil, err
	}
	p := &applying{a: a, file: name, spec: spec, conns: map[string]*wanted{}}
	var problems flow.Errors
	for _, c := range stored {
		p.conns[c.Name] = &wanted{Connection: c}
	}
	for _, c := range spec.Connections {
		problems = append(problems, p.connect(ctx, c)...)
	}
	if len(problems) == 0 {
		problems, err = p.planFlows(ctx)
	}
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return p, nil
}

// planFlows checks the maps against both accounts, and the flows against those that exist.
func (p *applying) planFlows(ctx context.Context) (problems flow.Errors, err error) {
	stored, err := p.a.store.Flows(ctx, p.a.ws)
	if err != nil {
		return nil, err
	}
	for _, s := range p.spec.Flows {
		f, err := flow.Resolve(s)
		if err != nil {
			return nil, err
		}
		bad, err := p.planFlow(ctx, s, &f, stored)
		if err != nil {
			return nil, err
		}
		problems = append(problems, bad...)
		p.flows = append(p.flows, f)
	}
	return problems, nil
}

func (p *applying) planFlow(ctx context.Context, s flow.FlowSpec, f *flow.Flow, stored []flow.Flow) (flow.Errors, error) {
	fail := func(field, text string) flow.Errors {
		return flow.Errors{{File: p.file, Line: s.LineOf(field), Text: fmt.Sprintf("flow %s: %s", s.Name, text)}}
	}
	f.Workspace, f.Version = p.a.ws, 1
	var fields [2][]connector.Field
	var names [2]string
	for side, name := range s.Connections {
		w := p.conns[name]
		f.Connections[side] = w.ID
		names[side] = systems()[w.System].Spec.Name
		if f.Region == "" {
			f.Region = w.Identity.Region
		}
		if w.open == nil {
			if err := p.try(ctx, w, systems()[w.System]); err != nil {
				return fail("connections", err.Error()), nil
			}
		}
		have, err := w.open.(connector.Describer).Describe(ctx, f.Object)
		if err != nil {
			return fail("connections", err.Error()), nil
		}
		for _, x := range f.Extras() {
			if _, there := connector.FieldNamed(have, x.Field.Name); x.Side == engine.Side(side) && !there {
				have = append(have, x.Field)
			}
		}
		fields[side] = have
	}
	_, bad := mapping.Compile(f.Map, fields[0], fields[1], mapping.Options{Region: f.Region, Systems: names, Direction: f.Direction, Policy: f.Conflict, Blank: f.Blank})
	problems := s.RowErrors(p.file, bad)
	state := "created"
	others := slices.DeleteFunc(slices.Clone(stored), func(o flow.Flow) bool {
		if o.Name != f.Name {
			return false
		}
		f.ID, f.Version, f.Approval, state = o.ID, o.Version, o.Approval, "changed"
		if sameFlow(o, *f) {
			state = "unchanged"
		}
		return true
	})
	for _, bad := range flow.WritesConflict(others, *f) {
		problems = append(problems, fail(bad.Field, bad.Text)...)
	}
	if f.Enabled && f.Approval == nil {
		f.Approval = &flow.Approval{By: person(), At: p.a.now().UTC(), How: "apply"}
	}
	p.changes = append(p.changes, change{Kind: "flow", Name: s.Name, Change: state, Note: onOff(f.Enabled)})
	return problems, nil
}

// sameFlow reports whether a file changes nothing of a stored flow.
func sameFlow(x, y flow.Flow) bool {
	text := func(f flow.Flow) string {
		f.Version, f.Approval = 0, nil
		b, _ := json.Marshal(f) // a flow is plain data
		return string(b)
	}
	return text(x) == text(y)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// person is who applies: the name of the operating system's user.
func person() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "command line"
}

// store keeps everything.
func (p *applying) store(ctx context.Context) error {
	for _, w := range p.conns {
		if w.open == nil || w.lines.Name == "" {
			continue
		}
		if _, err := p.a.store.SaveConnection(ctx, p.a.ws, w.Connection); err != nil {
			return err
		}
		if w.token == "" {
			continue
		}
		sealed, err := p.a.sealer.Seal(p.a.ws, w.ID, connection.SecretToken, []byte(w.token))
		if err != nil {
			return err
		}
		if err := p.a.store.SaveSecret(ctx, p.a.ws, w.ID, connection.SecretToken, sealed); err != nil {
			return err
		}
	}
	if err := p.hookAddresses(ctx); err != nil {
		return err
	}
	for _, f := range p.flows {
		if _, _, err := p.a.store.SaveFlow(ctx, p.a.ws, f); err != nil {
			return err
		}
	}
	return nil
}

func paramNames(s *connector.Spec) []string {
	var names []string
	for _, p := range s.Params {
		names = append(names, p.Name)
	}
	return names
}

func systemSpecs() []*connector.Spec {
	var specs []*connector.Spec
	for _, s := range systems() {
		specs = append(specs, s.Spec)
	}
	return specs
}
