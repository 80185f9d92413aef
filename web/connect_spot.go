package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/flow"
)

// spot is where an account is connected: a step of the way to a flow, a page of its own, or that of a connection that has
// to be connected again. It is named by an address of this web app, so that whoever was sent away comes back to it.
type spot struct {
	spec *connector.Spec
	// side is the step of the way, -1 outside of it; journey is set on the way.
	side    int
	journey journey
	// again is the connection that is connected again, nil for a new one; then is the page that sent the person here and waits, ""
	// for none.
	again *connection.Connection
	then  string
}

// spotAt finds the spot that an address names. It fails with a 404 when the address names none, so that nobody can be sent
// anywhere else by it.
func (s *Server) spotAt(ctx context.Context, ws, address string) (spot, error) {
	nowhere := &Error{Status: http.StatusNotFound}
	u, err := url.Parse(inside(address, ""))
	if err != nil {
		return spot{}, nowhere
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case len(parts) == 2 && parts[0] == "new" && slices.Contains(sides[:], parts[1]):
		j, err := s.journey(ctx, ws, choicesIn(u.Query()))
		if err != nil {
			return spot{}, err
		}
		side := slices.Index(sides[:], parts[1])
		return spot{spec: j.specs[side], side: side, journey: j}, nil
	case len(parts) == 2 && parts[0] == "connect":
		if known, ok := s.o.Connect.Systems[parts[1]]; ok {
			return spot{spec: known.Spec, side: -1, then: inside(u.Query().Get("then"), "")}, nil
		}
	case len(parts) == 3 && parts[0] == "connections" && parts[2] == "key":
		c, err := s.o.Store.ConnectionByID(ctx, ws, parts[1])
		if err != nil {
			return spot{}, err
		}
		if known, ok := s.o.Connect.Systems[c.System]; ok {
			return spot{spec: known.Spec, side: -1, again: &c, then: inside(u.Query().Get("then"), "")}, nil
		}
	}
	return spot{}, nowhere
}

// here is the address of the spot.
func (p spot) here() string {
	switch {
	case p.side >= 0:
		return p.journey.at(sides[p.side])
	case p.again != nil:
		return mending(*p.again, p.then)
	}
	return connecting(p.spec.ID, p.then)
}

// connecting is the spot where an account of a system is connected, for the sake of a page that waits for it; "" for none.
func connecting(system, then string) string {
	q := url.Values{}
	if then != "" {
		q.Set("then", then)
	}
	return address("/connect/"+system, q)
}

// mending is the spot where a connection is connected again, for the sake of a page that waits for it; "" for none.
func mending(c connection.Connection, then string) string {
	q := url.Values{}
	if then != "" {
		q.Set("then", then)
	}
	return address("/connections/"+c.ID+"/key", q)
}

// again is where a connection is connected again, at once: on the system's own page where the person agreed there before.
func again(c connection.Connection, then string) string {
	spot := mending(c, then)
	if c.AuthKind == connection.KindConsent {
		return address("/connect/"+c.System+"/start", url.Values{"back": {spot}})
	}
	return spot
}

// showing is the address of the spot with one of the two ways shown.
func (p spot) showing(way string, more url.Values) string {
	path, query, _ := strings.Cut(p.here(), "?")
	q, _ := url.ParseQuery(query) // it was made by Encode
	q.Set("way", way)
	for name := range more {
		q.Set(name, more.Get(name))
	}
	return address(path, q)
}

// back is where one came from.
func (p spot) back() string {
	switch {
	case p.side == 0:
		return "/flows"
	case p.side == 1:
		return p.journey.at(sides[0])
	case p.then != "":
		return p.then
	case p.again != nil:
		return "/connections/" + p.again.ID
	}
	return "/connect"
}

// onward is where one goes with an account that was connected here.
func (p spot) onward(conn string) string {
	switch {
	case p.side >= 0:
		return p.journey.with(p.side, conn).at("")
	case p.then != "" && (p.again == nil || conn == p.again.ID):
		return p.then
	}
	return "/connections/" + conn
}

// needs are what flows will want to do with the account, and purpose says it. For a connection that flows use already it
// is what those want; else what the template that was chosen wants, or any there is.
func (s *Server) needs(ctx context.Context, ws string, p spot) (needs []connector.Need, purpose string, err error) {
	if p.again != nil {
		needs, names, err := s.needed(ctx, ws, p.again.ID)
		if err != nil {
			return nil, "", err
		}
		if len(names) > 0 {
			if len(names) == 1 {
				return heard(p.spec, needs), "It is what the flow “" + names[0] + "” needs.", nil
			}
			return heard(p.spec, needs), "It is what these flows need: " + strings.Join(names, ", ") + ".", nil
		}
	}
	chosen := p.side >= 0 && p.journey.Template != ""
	var writes bool
	for _, t := range flow.Templates() {
		// Contacts come first, and what comes after them asks for more then. Whoever has chosen what hangs on others needs those
		// others too.
		picked := cmp.Or(p.journey.template.Base, p.journey.template.ID)
		own, above := p.journey.Template != "" && t.ID == picked, t.Parent == "" && t.Object == p.journey.template.Parent
		if chosen && !own && !above || !chosen && p.side >= 0 && t.ID != picked {
			continue
		}
		for side, system := range t.Systems {
			if system != p.spec.ID || p.side >= 0 && side != p.side {
				continue
			}
			f := t.Flow()
			needs = append(needs, f.Needs(connector.Side(side))...)
			writes = writes || f.Direction.To(connector.Side(side))
		}
	}
	switch {
	case writes && chosen:
		purpose = "The template “" + p.journey.template.Title + "” keeps both sides the same, so it writes to " + p.spec.Name + " too. Nothing is written before you have seen it and switched the flow on."
	case writes:
		purpose = "A flow that keeps both sides the same writes to " + p.spec.Name + " too, so writing is asked for now and not a second time later. Nothing is written before you have seen it and switched a flow on."
	default:
		purpose = "Nothing here writes to " + p.spec.Name + ", so only reading is asked for. A flow that writes asks for more before it is tried."
	}
	return heard(p.spec, needs), purpose, nil
}

// needed is what the flows that use a connection want to do with it, also as they are edited, with the names of the flows. Automations are
// flows, too.
func (s *Server) needed(ctx context.Context, ws, conn string) (needs []connector.Need, names []string, err error) {
	flows, err := s.flowsOf(ctx, ws, conn)
	for _, f := range flows {
		names = append(names, f.Name)
		edited, _, err := s.o.Store.Draft(ctx, ws, f.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range []flow.Flow{f, edited} {
			for side, id := range f.Connections {
				if id == conn {
					needs = append(needs, f.Needs(connector.Side(side))...)
				}
			}
		}
	}
	if err != nil {
		return nil, nil, err
	}
	more, err := s.automationNeeds(ctx, ws, conn)
	for _, n := range more {
		names, needs = append(names, n.name), append(needs, n.needs...)
	}
	return needs, names, err
}

// heard are the needs, and that of being told of changes where that comes with an app.
func heard(spec *connector.Spec, needs []connector.Need) []connector.Need {
	needs = append([]connector.Need{connector.ToRead}, needs...)
	if spec.Hooks.Kind == "app" {
		needs = append(needs, connector.ToHear)
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}

// flowsOf lists the flows that use a connection, by name.
func (s *Server) flowsOf(ctx context.Context, ws, conn string) ([]flow.Flow, error) {
	all, err := s.o.Store.Flows(ctx, ws)
	return slices.DeleteFunc(all, func(f flow.Flow) bool { return !slices.Contains(f.Connections[:], conn) }), err
}
