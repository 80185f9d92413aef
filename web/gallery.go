package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/templates"
)

// flows lists the flows and the templates for more.
func (s *Server) flows(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.o.Store.Flows(ctx, ws(c))
	if err != nil {
		return err
	}
	conns, err := s.connectionsByID(ctx, ws(c))
	if err != nil {
		return err
	}
	clock, err := s.clock(ctx, ws(c))
	if err != nil {
		return err
	}
	p := templates.Gallery{Frame: frame(c, "Flows", "flows"), Editor: may(visitorOf(c).Role, editor)}
	for _, f := range all {
		line, err := s.flowLine(ctx, f, conns, clock)
		if err != nil {
			return err
		}
		p.Flows = append(p.Flows, line)
	}
	for _, t := range flow.Templates() {
		p.Cards = append(p.Cards, s.templateCard(t, all))
	}
	return page(c, http.StatusOK, templates.Flows(p))
}

func (s *Server) connectionsByID(ctx context.Context, ws string) (map[string]connection.Connection, error) {
	all, err := s.o.Store.Connections(ctx, ws)
	byID := make(map[string]connection.Connection, len(all))
	for _, c := range all {
		byID[c.ID] = c
	}
	return byID, err
}

// flowLine is a flow with how it is: what stops it first, then its last run.
func (s *Server) flowLine(ctx context.Context, f flow.Flow, conns map[string]connection.Connection, clock templates.Clock) (templates.FlowLine, error) {
	line := templates.FlowLine{ID: f.ID, Name: f.Name, Direction: directionWord(f.Direction), On: f.Enabled, WasOn: f.Approval != nil}
	for side, id := range f.Connections {
		system, object := conns[id].System, f.Object
		if known, ok := s.o.Connect.Systems[system]; ok {
			line.Ends[side] = endOf(known.Spec, object)
		}
	}
	for _, id := range f.Connections {
		if c, ok := conns[id]; !ok || c.State != connection.OK {
			line.State, line.Says, line.More = templates.Attention, "Waits for an account", "Connect "+or(c.Name, "the account that is gone")+" again"
			if !f.Enabled {
				line.State, line.Says = templates.Off, "Off"
			}
			return line, nil
		}
	}
	runs, err := s.o.Store.Runs(ctx, f.Workspace, f.ID, 20, "")
	if err != nil {
		return line, err
	}
	runs = slices.DeleteFunc(runs, func(r engine.Run) bool { return r.DryRun })
	if !f.Enabled {
		line.State, line.Says = templates.Off, "Off"
		if f.Approval == nil {
			line.More = "Never switched on"
		}
		return line, nil
	}
	if len(runs) == 0 {
		line.State, line.Says = templates.Running, "First run to come"
		return line, nil
	}
	line.State, line.Says, line.More = runState(runs[0], clock)
	return line, nil
}

// runState is what the last run of a flow says about it: state, words, and when.
func runState(r engine.Run, clock templates.Clock) (state, says, more string) {
	at := r.Finished
	if at.IsZero() {
		at = r.Started
	}
	more = clock.Ago(at)
	switch r.Status {
	case engine.Queued, engine.Running, engine.Waiting:
		return templates.Running, "Running", "since " + clock.Hour(r.Started)
	case engine.Paused:
		return templates.Attention, "Needs you", more
	case engine.DoneWithProblems:
		return templates.Attention, "In step, with problems", more
	case engine.Failed:
		return templates.Failed, "Last run failed", more
	case engine.Cancelled:
		return templates.Attention, "Last run was stopped", more
	}
	return templates.InStep, "In step", more
}

// endOf is one line of a couplet: what is kept in step in which system.
func endOf(spec *connector.Spec, object string) templates.End {
	x := systemOf(spec, object)
	return templates.End{System: x, Label: capital(x.Many)}
}

// directionWord is a direction as couplets say it.
func directionWord(d mapping.Direction) string {
	switch {
	case d.To(connector.A) && d.To(connector.B):
		return "both"
	case d.To(connector.A):
		return "from"
	}
	return "to"
}

func (s *Server) templateCard(t flow.Template, flows []flow.Flow) templates.TemplateCard {
	f := t.Flow()
	card := templates.TemplateCard{ID: t.ID, Title: t.Title, Description: t.Description, Direction: directionWord(f.Direction), Pairs: len(f.Map),
		InUse: slices.ContainsFunc(flows, func(f flow.Flow) bool { return f.Template == t.ID })}
	for side, system := range t.Systems {
		if known, ok := s.o.Connect.Systems[system]; ok {
			card.Ends[side] = endOf(known.Spec, t.Object)
		}
	}
	return card
}

// capital is a text that begins a sentence.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?…") {
		return text
	}
	return text + "."
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
