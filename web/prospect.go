package web

import (
	"context"
	"fmt"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/templates"
)

// prospect is a flow as somebody would switch it on: its draft, and the two accounts that it is between.
type prospect struct {
	flow      flow.Flow // the draft, or what is published where there is none
	published flow.Flow
	pair      engine.Pair // the zero one before the first run
	conns     [2]connection.Connection
	specs     [2]*connector.Spec
}

func (s *Server) prospect(ctx context.Context, ws, id string) (p prospect, err error) {
	if p.flow, _, err = s.o.Store.Draft(ctx, ws, id); err != nil {
		return p, err
	}
	if p.published, err = s.o.Store.FlowByID(ctx, ws, id); err != nil {
		return p, err
	}
	for side, conn := range p.flow.Connections {
		if p.conns[side], err = s.o.Store.ConnectionByID(ctx, ws, conn); err != nil {
			return p, err
		}
		system, ok := s.o.Connect.Systems[p.conns[side].System]
		if !ok {
			return p, fmt.Errorf("connection %s is of system %s, which this program does not know", conn, p.conns[side].System)
		}
		p.specs[side] = system.Spec
	}
	pairs, err := s.o.Store.Pairs(ctx, ws)
	for _, x := range pairs {
		if x.Conns == p.flow.Connections && x.Object == p.flow.Object {
			p.pair = x
		}
	}
	return p, err
}

func (p prospect) path(page string) string { return "/flows/" + p.flow.ID + "/" + page }

// names are what the two systems are called.
func (p prospect) names() [2]string { return [2]string{p.specs[0].Name, p.specs[1].Name} }

func (p prospect) systems() (x [2]templates.System) {
	for side, spec := range p.specs {
		x[side] = systemOf(spec, p.flow.Object)
	}
	return x
}

// shown is what stands around a page about it.
func (p prospect) shown() templates.Prospect {
	_, before := p.approved()
	out := templates.Prospect{ID: p.flow.ID, Name: p.flow.Name, Direction: way(p.flow.Direction), On: p.published.Enabled, Changed: !before,
		Was: p.published.Enabled || p.published.Approval != nil}
	for side, x := range p.systems() {
		out.Ends[side] = templates.End{System: x, Label: templates.Capital(x.Many)}
	}
	return out
}

// approved is the approval that holds for the flow as it is edited: one that was given for just that, or by a flow file for
// what is published.
func (p prospect) approved() (flow.Approval, bool) {
	a := p.published.Approval
	if a == nil || a.Revision != p.flow.Revision() && (a.Revision != "" || p.published.Revision() != p.flow.Revision()) {
		return flow.Approval{}, false
	}
	if !p.allows(a) {
		return flow.Approval{}, false
	}
	was := *a
	was.Revision = p.flow.Revision()
	return was, true
}

// title is what a person knows a record of one side by.
func (p prospect) title(side int, m engine.Mirror) (name, address string) {
	object, ok := p.specs[side].Object(p.flow.Object)
	if !ok {
		return "", ""
	}
	return titleOf(object, m.Fields)
}

// titles is what a person knows a pair of records by: as the given side has it, and as the other where that says nothing.
func (p prospect) titles(side int, m [2]engine.Mirror) (name, address string) {
	name, address = p.title(side, m[side])
	more, elsewhere := p.title(1-side, m[1-side])
	if name == "" {
		name = more
	}
	if address == "" {
		address = elsewhere
	}
	return name, address
}

// rehearsed is the newest rehearsal of the flow, and whether it is over, came to its end, and is about the flow as it is.
type rehearsed struct {
	run engine.Run
	is  bool
}

func (s *Server) rehearsed(ctx context.Context, ws, id string) (r rehearsed, err error) {
	r.run, r.is, err = s.o.Store.Rehearsal(ctx, ws, id)
	return r, err
}

// whole reports whether there is a rehearsal that came to its end.
func (r rehearsed) whole() bool {
	return r.is && (r.run.Status == engine.Done || r.run.Status == engine.DoneWithProblems)
}

// of reports whether it shows what the flow would do.
func (r rehearsed) of(p prospect) bool {
	return r.whole() && r.run.Revision == p.flow.Revision() && (!p.compares() || r.run.Started.After(p.pair.Afresh.At)) && !r.run.Started.Before(p.pair.Deleted)
}

// since says what came up since then, of a rehearsal that does not show any more what the flow would do.
func (r rehearsed) since(p prospect) string {
	switch {
	case r.run.Revision != p.flow.Revision():
		return "Somebody changed which fields are paired, or how."
	case p.compares() && !r.run.Started.After(p.pair.Afresh.At):
		return "All linked records are to be compared anew since then."
	}
	return "Somebody said since then that the records which are gone were really deleted, so they are handled as deletes."
}

// changes is how many records it would change.
func (r rehearsed) changes() (n int) {
	for _, c := range r.run.To {
		n += c.Created + c.Updated
	}
	return n
}

// specOnly finds one system, whatever is asked for.
func specOnly(spec *connector.Spec) func(string) *connector.Spec {
	return func(string) *connector.Spec { return spec }
}
