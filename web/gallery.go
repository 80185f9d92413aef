package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/templates"
)

// flows lists the flows and the templates for more.
func (s *Server) flows(c echo.Context) error {
	ctx := c.Request().Context()
	clock, err := s.clock(ctx, ws(c))
	if err != nil {
		return err
	}
	w, err := s.watched(ctx, ws(c), clock)
	if err != nil {
		return err
	}
	p := templates.Gallery{Frame: frame(c, "Flows", "flows"), Clock: clock, Editor: may(visitorOf(c).Role, editor)}
	for _, f := range w.flows {
		p.Flows = append(p.Flows, templates.FlowLine{OverviewFlow: w.line(f, templates.Bars{})})
	}
	for _, t := range flow.Templates() {
		p.Cards = append(p.Cards, s.templateCard(t, w.flows))
	}
	if p.Automations, p.Kits, err = s.automations(ctx, ws(c)); err != nil {
		return err
	}
	if p.Own, err = s.ownCards(ctx, ws(c)); err != nil {
		return err
	}
	return page(c, http.StatusOK, templates.Flows(p))
}

// endOf is one line of a couplet: what is kept in step in which system.
func endOf(spec *connector.Spec, object string) templates.End {
	x := systemOf(spec, object)
	return templates.End{System: x, Label: templates.Capital(x.Many)}
}

func (s *Server) templateCard(t flow.Template, flows []flow.Flow) templates.TemplateCard {
	f := t.Flow()
	card := templates.TemplateCard{ID: t.ID, Title: t.Title, Description: t.Description, Direction: way(f.Direction), Pairs: len(f.Map),
		InUse: slices.ContainsFunc(flows, func(f flow.Flow) bool { return f.Template == t.ID })}
	for side, system := range t.Systems {
		if known, ok := s.o.Connect.Systems[system]; ok {
			card.Ends[side] = endOf(known.Spec, t.Object)
		}
	}
	return card
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?…") {
		return text
	}
	return text + "."
}
