package command

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// planFlows checks the maps against both accounts, and the flows against those that exist.
func (p *applying) planFlows(ctx context.Context) (problems flow.Errors, err error) {
	stored, err := p.desk.Store.Flows(ctx, p.desk.Workspace)
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
	for i, f := range p.flows {
		if why := f.Orphaned(append(slices.Clone(stored), p.flows...)); why != "" && f.Enabled && f.Connections[0] != "" {
			s := p.spec.Flows[i]
			problems = append(problems, flow.Error{File: p.file, Line: s.LineOf("template"), Text: fmt.Sprintf("flow %s: %s", s.Name, why)})
		}
	}
	return problems, nil
}

func (p *applying) planFlow(ctx context.Context, s flow.FlowSpec, f *flow.Flow, stored []flow.Flow) (flow.Errors, error) {
	fail := func(field, text string) flow.Errors {
		return flow.Errors{{File: p.file, Line: s.LineOf(field), Text: fmt.Sprintf("flow %s: %s", s.Name, text)}}
	}
	f.Workspace, f.Version = p.desk.Workspace, 1
	var fields [2][]connector.Field
	var names [2]string
	if waits := p.waiting(s); len(waits) > 0 {
		p.keepOff(f, stored, waits)
		return nil, nil
	}
	for side, name := range s.Connections {
		w := p.conns[name]
		f.Connections[side] = w.ID
		names[side] = p.desk.Connect.Systems[w.System].Spec.Name
		if f.Region == "" {
			f.Region = w.Identity.Region
		}
		if w.open == nil {
			if err := p.tryStored(ctx, w, w); err != nil {
				return fail("connections", err.Error()), nil
			}
		}
		have, err := w.open.(connector.Describer).Describe(ctx, f.Object)
		if err != nil {
			return fail("connections", err.Error()), nil
		}
		described := have
		for _, x := range f.Extras() {
			if _, there := connector.FieldNamed(have, x.Field.Name); x.Side == engine.Side(side) && !there {
				have = append(have, x.Field)
			}
		}
		if lacks, err := p.lacks(ctx, f, engine.Side(side), w, described); lacks != "" || err != nil {
			return fail("connections", lacks), err
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
		f.Scope = f.Scope.From(o.Scope)
		if sameFlow(o, *f) {
			state = "unchanged"
		}
		return true
	})
	for _, bad := range flow.WritesConflict(others, *f) {
		problems = append(problems, fail(bad.Field, bad.Text)...)
	}
	if f.Enabled && f.Approval == nil {
		f.Approval = &flow.Approval{By: p.desk.By, At: p.desk.Connect.Now().UTC(), How: "apply"}
	}
	if f.Enabled {
		f.Scope = f.Scope.Begin(p.desk.Connect.Now().UTC())
	}
	p.changes = append(p.changes, Change{Kind: "flow", Name: s.Name, Change: state, Note: onOff(f.Enabled)})
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

// waiting names the connections of a flow that a person must connect in the browser first.
func (p *applying) waiting(s flow.FlowSpec) (names []string) {
	for _, name := range s.Connections {
		w := p.conns[name]
		if w.waits || w.State == connection.NeedsKey || w.State == connection.Reconnect && w.AuthKind == connection.KindConsent {
			names = append(names, name)
		}
	}
	return names
}

// keepOff plans a flow whose map cannot be held against the accounts yet: it is stored, and stays off unless it was on
// already.
func (p *applying) keepOff(f *flow.Flow, stored []flow.Flow, waits []string) {
	state, asked := "created", f.Enabled
	f.Enabled = false
	for side, name := range f.Connections {
		f.Connections[side] = p.conns[name].ID
	}
	for _, o := range stored {
		if o.Name == f.Name {
			f.ID, f.Version, f.Approval, f.Enabled, state = o.ID, o.Version, o.Approval, asked && o.Enabled, "changed"
			f.Region, f.Scope = cmp.Or(f.Region, o.Region), f.Scope.From(o.Scope)
			if sameFlow(o, *f) {
				state = "unchanged"
			}
		}
	}
	note := onOff(f.Enabled)
	if asked && !f.Enabled {
		note = "off; connect " + strings.Join(waits, " and ") + " in the browser, then apply this file again"
	}
	p.changes = append(p.changes, Change{Kind: "flow", Name: f.Name, Change: state, Note: note})
}

// lacks says which scopes the key of a side lacks for a flow that is on, "" when it has all of them.
func (p *applying) lacks(ctx context.Context, f *flow.Flow, side engine.Side, w *wanted, have []connector.Field) (string, error) {
	spec := p.desk.Connect.Systems[w.System].Spec
	object, ok := spec.Object(f.Object)
	if !f.Enabled || !ok {
		return "", nil
	}
	has, err := p.scopes(ctx, w)
	if err != nil {
		return "", err
	}
	var lacks []string
	for _, s := range spec.ScopesFor(f.NeedsGiven(side, object, have)...) {
		if !slices.Contains(has, s.Name) {
			lacks = append(lacks, s.Name+" (to "+s.Why+")")
		}
	}
	if len(lacks) == 0 {
		return "", nil
	}
	return fmt.Sprintf("the key of %s lacks %s; allow that in %s, or connect it again and agree to it", w.Name, strings.Join(lacks, " and "), spec.Name), nil
}
