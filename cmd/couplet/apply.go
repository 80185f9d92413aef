package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
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
	token   string            // "" keeps the stored one
	tried   *connection.Tried // an app's own id and secret, tried
	open    connector.Connector
	waits   bool // for a person to connect it in the browser
	forget  bool // what was stored is of another kind
	has     []string
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
		in.Systems = append(in.Systems, flow.System{ID: s.Spec.ID, Name: s.Spec.Name, Params: paramNames(s.Spec), Told: told(s.Spec), Consent: s.Spec.OAuth != nil, Settings: s.Spec.Settings})
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

// store keeps everything.
func (p *applying) store(ctx context.Context) error {
	for _, w := range p.conns {
		if w.open == nil && !w.waits || w.lines.Name == "" {
			continue
		}
		if err := p.storeConnection(ctx, w); err != nil {
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

func (p *applying) storeConnection(ctx context.Context, w *wanted) error {
	switch {
	case w.tried != nil:
		_, err := p.a.connect.Keep(ctx, *w.tried)
		return err
	case w.token != "":
		sealed, err := p.a.sealer.Seal(p.a.ws, w.ID, connection.SecretToken, []byte(w.token))
		if err == nil {
			_, err = p.a.store.Connect(ctx, p.a.ws, connection.Connected{Connection: w.Connection, Secrets: map[string][]byte{connection.SecretToken: sealed},
				Permit: connection.Permit{Scopes: w.has, Obtained: p.a.now()}})
		}
		return err
	}
	if _, err := p.a.store.SaveConnection(ctx, p.a.ws, w.Connection); err != nil || !w.forget {
		return err
	}
	return p.a.store.Disconnect(ctx, p.a.ws, w.ID, connection.NeedsKey, "")
}

// told are the params that a system tells when a person agrees.
func told(s *connector.Spec) (names []string) {
	if s.OAuth != nil {
		names = slices.Collect(maps.Keys(s.OAuth.Account))
	}
	return names
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
