package command

import (
	"context"
	"maps"
	"slices"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// Applied is what came of a flow file.
type Applied struct {
	DryRun  bool     `json:"dry_run"`
	Changes []Change `json:"changes"`
}

// Change is one thing that apply did, or would do.
type Change struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Change string `json:"change"` // created, changed, unchanged
	Note   string `json:"note,omitempty"`
	// HookURL is where the system is to call when something changes, for the person to paste there.
	HookURL string `json:"hook_url,omitempty"`
}

// Apply makes what a flow file says, or with dry only says what that would change. Nothing is stored unless all of the file is
// valid: every key is tried, every map is checked against the fields that both accounts really have. env is asked for the
// variables that stand in the file; nil refuses them.
func (d Desk) Apply(ctx context.Context, name string, data []byte, env func(string) (string, bool), dry bool) (Applied, error) {
	p, err := d.plan(ctx, name, data, env)
	if err != nil {
		return Applied{}, err
	}
	if !dry {
		if err := p.store(ctx); err != nil {
			return Applied{}, err
		}
	}
	return Applied{DryRun: dry, Changes: append([]Change{}, p.changes...)}, nil
}

// applying is a flow file that was found to be valid, with what it changes.
type applying struct {
	desk    Desk
	file    string
	spec    *flow.File
	conns   map[string]*wanted // by name
	flows   []flow.Flow
	changes []Change
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
func (d Desk) plan(ctx context.Context, name string, data []byte, env func(string) (string, bool)) (*applying, error) {
	stored, err := d.Store.Connections(ctx, d.Workspace)
	if err != nil {
		return nil, err
	}
	in := flow.Installation{AllowPrivate: d.Connect.Allow}
	for _, s := range d.Connect.Systems {
		in.Systems = append(in.Systems, flow.System{ID: s.Spec.ID, Name: s.Spec.Name, Params: paramNames(s.Spec), Told: told(s.Spec), Consent: s.Spec.OAuth != nil, Settings: s.Spec.Settings})
	}
	for _, c := range stored {
		sealed, err := d.Store.Secret(ctx, d.Workspace, c.ID, connection.SecretToken)
		if err != nil {
			return nil, err
		}
		in.Connections = append(in.Connections, flow.Existing{Name: c.Name, System: c.System, HasKey: len(sealed) > 0})
	}
	spec, err := flow.Load(name, data, env, in)
	if err != nil {
		return nil, err
	}
	p := &applying{desk: d, file: name, spec: spec, conns: map[string]*wanted{}}
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
		if _, _, err := p.desk.Store.SaveFlowBy(ctx, p.desk.Workspace, store.Author{By: p.desk.By, How: store.ByFile}, f); err != nil {
			return err
		}
	}
	return nil
}

func (p *applying) storeConnection(ctx context.Context, w *wanted) error {
	switch {
	case w.tried != nil:
		_, err := p.desk.Connect.Keep(ctx, *w.tried)
		return err
	case w.token != "":
		sealed, err := p.desk.Connect.Sealer.Seal(p.desk.Workspace, w.ID, connection.SecretToken, []byte(w.token))
		if err == nil {
			_, err = p.desk.Store.Connect(ctx, p.desk.Workspace, connection.Connected{Connection: w.Connection, Secrets: map[string][]byte{connection.SecretToken: sealed},
				Permit: connection.Permit{Scopes: w.has, Obtained: p.desk.Connect.Now()}})
		}
		return err
	}
	if _, err := p.desk.Store.SaveConnection(ctx, p.desk.Workspace, w.Connection); err != nil || !w.forget {
		return err
	}
	return p.desk.Store.Disconnect(ctx, p.desk.Workspace, w.ID, connection.NeedsKey, "")
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

func (d Desk) specs() (specs []*connector.Spec) {
	for _, s := range d.Connect.Systems {
		specs = append(specs, s.Spec)
	}
	return specs
}
