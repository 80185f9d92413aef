package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// The mapping page shows the draft of a flow's map. Every change of it is a post that names the revision of the draft
// which the person saw, so that nobody overwrites a colleague; what is open on the page travels in its address.

// mapOf is everything that the page of one flow is made of.
type mapOf struct {
	draft store.Draft
	specs [2]*connector.Spec
	conns [2]connection.Connection
	seen  seen
	// rules and problems are the compiled map. Rules are found by their keys.
	rules     *mapping.Map
	problems  []mapping.Problem
	dismissed []string
	// typed is a pair as somebody types it, nil where nobody does.
	typed *typedRow
	// known are the custom fields of the map, as they were agreed and as they are.
	known []engine.Known
}

// prospect is the flow with its accounts.
func (m *mapOf) prospect() prospect { return prospect{flow: m.flow(), conns: m.conns, specs: m.specs} }

func (m *mapOf) flow() flow.Flow          { return m.draft.Flow }
func (m *mapOf) options() mapping.Options { return m.seen.ground.Options(m.draft.Flow) }

// fields are those of a side that can be mapped, and those that a row names all the same.
func (m *mapOf) fields(side connector.Side) []connector.Field { return m.seen.ground.Fields[side] }

// loadMap gathers the page of a flow.
func (s *Server) loadMap(c echo.Context) (*mapOf, error) {
	ctx := c.Request().Context()
	d, err := s.o.Store.DraftState(ctx, ws(c), c.Param("id"))
	if err != nil {
		return nil, err
	}
	m := &mapOf{draft: d}
	for side, id := range d.Flow.Connections {
		x, err := s.o.Store.ConnectionByID(ctx, ws(c), id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, &Error{Status: http.StatusConflict, Text: "One of the two accounts of this flow is no longer connected, so its fields cannot be paired. Connect it again under Connections."}
		}
		if err != nil {
			return nil, err
		}
		r, ok := s.o.Receivers[x.System]
		if !ok {
			return nil, &Error{Status: http.StatusConflict, Text: "One of the two accounts of this flow is of a system that this program does not know. A newer version of Couplet may."}
		}
		m.specs[side], m.conns[side] = r.Spec, x
	}
	if m.dismissed, err = s.dismissed(ctx, ws(c), d.Flow.ID); err != nil {
		return nil, err
	}
	m.see(ctx, s, ws(c))
	return m, m.knowFields(ctx, s, ws(c))
}

// knowFields compares what is known of the custom fields with what both accounts have now. A field that has another name now is
// shown under the one that the map knows it by.
func (m *mapOf) knowFields(ctx context.Context, s *Server, ws string) (err error) {
	m.known, err = s.o.Store.KnownFields(ctx, ws, m.flow().Connections, m.flow().Object)
	if err != nil {
		return err
	}
	for i, k := range m.known {
		side := slices.Index(m.draft.Flow.Connections[:], k.Conn)
		if m.seen.read.Problem[side] == nil && len(m.seen.read.Fields[side]) > 0 {
			m.known[i] = k.Seen(m.seen.read.Fields[side], s.o.Now())
		}
	}
	m.compile()
	return nil
}

// names are what the two systems are called.
func (m *mapOf) names() [2]string { return [2]string{m.specs[0].Name, m.specs[1].Name} }

// see looks at both accounts and compiles the map on what is there.
func (m *mapOf) see(ctx context.Context, s *Server, ws string) {
	m.seen = s.looks.see(ctx, ws, m.draft.Flow, m.specs)
	m.compile()
}

func (m *mapOf) compile() {
	m.seen.ground = m.seen.read.Fit(m.draft.Flow, m.specs)
	for _, k := range m.known {
		if k.Now == nil || k.Name == "" || k.Now.Name == k.Name {
			continue
		}
		fields := m.seen.ground.Fields[slices.Index(m.draft.Flow.Connections[:], k.Conn)]
		if i := slices.IndexFunc(fields, func(f connector.Field) bool { return f.Name == k.Now.Name }); i >= 0 {
			fields[i].Name = k.Name
		}
	}
	m.rules, m.problems = mapping.Compile(m.draft.Flow.Map, m.fields(connector.A), m.fields(connector.B), m.options())
	m.seen.ground.Fields = m.rules.Keyed(m.seen.ground.Fields)
}

// openFlow leads to the part of a flow that a person sees first.
func (s *Server) openFlow(c echo.Context) error {
	if _, err := s.o.Store.FlowByID(c.Request().Context(), ws(c), c.Param("id")); err != nil {
		return err
	}
	return redirect(c, "/flows/"+c.Param("id")+"/map")
}

// mapPage shows the map.
func (s *Server) mapPage(c echo.Context) error {
	m, err := s.loadMap(c)
	if err != nil {
		return err
	}
	return s.showMap(c, http.StatusOK, m, mapState(c), nil)
}

// mapState reads what is open on the page, from its address or from a form.
func mapState(c echo.Context) templates.MapState {
	at := templates.MapState{Open: c.FormValue("open"), Pick: c.QueryParam("pick"), Side: c.FormValue("side"), Match: c.QueryParam("match") != ""}
	at.Sample, _ = strconv.Atoi(c.FormValue("sample"))
	return at
}

// showMap writes the page, or its inner part for htmx. change adds what was just done.
func (s *Server) showMap(c echo.Context, status int, m *mapOf, at templates.MapState, change func(*templates.Mapping)) error {
	view, err := s.viewMap(c, m, at)
	if err != nil {
		return err
	}
	if change != nil {
		change(&view)
	}
	return pageOr(c, status, templates.MappingPage(view), "bld")
}

// dismissedSetting names the setting that holds which suggestions were dismissed for a flow.
func dismissedSetting(flow string) string { return "map_dismissed/" + flow }

func (s *Server) dismissed(ctx context.Context, ws, flow string) (keys []string, err error) {
	text, err := s.o.Store.Setting(ctx, ws, dismissedSetting(flow))
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &keys)
	}
	return keys, err
}
