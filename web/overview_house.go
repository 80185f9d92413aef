package web

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// house is what a workspace consists of: what pages need to call things by their names.
type house struct {
	flows []flow.Flow
	conns map[string]connection.Connection
	pairs map[string]engine.Pair
	autos []store.AutomationName
	// permits are what is known of the keys of the connections.
	permits map[string]connection.Permit
	specs   func(system string) *connector.Spec
	named   namer
}

// house reads what a workspace consists of. All of it is small.
func (s *Server) house(ctx context.Context, ws string) (h house, err error) {
	h = house{conns: map[string]connection.Connection{}, pairs: map[string]engine.Pair{}, specs: s.specNamed}
	if h.flows, err = s.o.Store.Flows(ctx, ws); err != nil {
		return h, err
	}
	conns, err := s.o.Store.Connections(ctx, ws)
	if err != nil {
		return h, err
	}
	for _, c := range conns {
		h.conns[c.ID] = c
	}
	if h.permits, err = s.o.Connect.Permits(ctx, ws); err != nil {
		return h, err
	}
	if h.autos, err = s.o.Store.AutomationNames(ctx, ws); err != nil {
		return h, err
	}
	pairs, err := s.o.Store.Pairs(ctx, ws)
	for _, p := range pairs {
		h.pairs[p.ID] = p
	}
	h.named = s.namer(ctx, ws, h)
	return h, err
}

// specNamed is the data of a system, an empty one for a system that this program does not know.
func (s *Server) specNamed(system string) *connector.Spec {
	if known, ok := s.o.Connect.Systems[system]; ok {
		return known.Spec
	}
	return &connector.Spec{ID: system, Name: system, Mark: "uc"}
}

// system is how a connection's system is shown, with its words for an object.
func (h house) system(conn, object string) templates.System {
	spec := h.specs(h.conns[conn].System)
	return systemOf(spec, object)
}

// systems are those of the two sides of a pair of connections.
func (h house) systems(conns [2]string, object string) [2]templates.System {
	return [2]templates.System{h.system(conns[0], object), h.system(conns[1], object)}
}

// names are what the two systems of a pair of connections are called.
func (h house) names(conns [2]string) [2]string {
	return [2]string{h.system(conns[0], "").Name, h.system(conns[1], "").Name}
}

// ends are the two lines of a couplet.
func (h house) ends(conns [2]string, object string) (ends [2]templates.End) {
	for side, x := range h.systems(conns, object) {
		ends[side] = templates.End{System: x, Label: templates.Capital(x.Many)}
	}
	return ends
}

// flow is the flow of an id; a run may outlive its flow.
func (h house) flow(id string) (flow.Flow, bool) {
	i := slices.IndexFunc(h.flows, func(f flow.Flow) bool { return f.ID == id })
	if i < 0 {
		return flow.Flow{}, false
	}
	return h.flows[i], true
}

// automation is what is called so by its id.
func (h house) automation(id string) (store.AutomationName, bool) {
	i := slices.IndexFunc(h.autos, func(a store.AutomationName) bool { return a.ID == id })
	if i < 0 {
		return store.AutomationName{}, false
	}
	return h.autos[i], true
}

// on reports whether a flow works on a pair.
func (h house) on(f flow.Flow, pair string) bool {
	p, ok := h.pairs[pair]
	return ok && p.Conns == f.Connections && p.Object == f.Object
}

// of is the flow that works on a pair: of several, one that is on.
func (h house) of(pair string) (found flow.Flow, ok bool) {
	for _, f := range h.flows {
		if h.on(f, pair) && (!ok || f.Enabled && !found.Enabled) {
			found, ok = f, true
		}
	}
	return found, ok
}

// label is what a field of the map is called on a side, by the system's data; an account's own field by its name.
func (h house) label(conns [2]string, object string, row mapping.Row, side connector.Side) string {
	text := ""
	o, known := h.specs(h.conns[conns[side]].System).Object(object)
	for i, name := range row.Side(side) {
		if i > 0 {
			text += " + "
		}
		label := name
		if known {
			if f, ok := connector.FieldNamed(o.Fields, name); ok {
				label = f.Label
			}
		}
		text += label
	}
	return text
}

// rowOf is the row of a map that has a key. A row may be gone from the map while its decisions are still shown.
func rowOf(key string) mapping.Row {
	a, b, _ := strings.Cut(key, "=")
	return mapping.Row{A: strings.Split(a, "+"), B: strings.Split(b, "+")}
}

// way is the direction of a flow's couplet.
func way(d mapping.Direction) string {
	switch d {
	case mapping.AToB:
		return "to"
	case mapping.BToA:
		return "from"
	}
	return "both"
}

func sortedConnections(all map[string]connection.Connection) []connection.Connection {
	return slices.SortedFunc(maps.Values(all), func(x, y connection.Connection) int { return cmp.Compare(x.Name, y.Name) })
}
