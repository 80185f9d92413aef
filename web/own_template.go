package web

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// isOwn reports whether an id is that of a template of a workspace's own.
func isOwn(id string) bool { return strings.HasPrefix(id, "tpl_") }

// flowTemplates are the templates of flows that come with the program, and those of the workspace that this version can read.
func (s *Server) flowTemplates(ctx context.Context, ws string) ([]flow.Template, error) {
	all, err := s.o.Store.OwnTemplates(ctx, ws)
	out := flow.Templates()[:len(flow.Templates()):len(flow.Templates())]
	for _, own := range all {
		if own.Kind != store.OfFlow {
			continue
		}
		if t, err := flow.ReadTemplate(own.Name, []byte(own.Body)); err == nil {
			t.ID = own.ID
			out = append(out, t)
		}
	}
	return out, err
}

// automationTemplate is a template of an automation: one that comes with the program, or one of the workspace's own.
func (s *Server) automationTemplate(ctx context.Context, ws, id string) (t automation.Template, err error) {
	if !isOwn(id) {
		return automation.TemplateNamed(id)
	}
	own, err := s.o.Store.OwnTemplate(ctx, ws, id)
	if err == nil && own.Kind != store.OfAutomation {
		err = store.ErrNotFound
	}
	if err != nil {
		return t, err
	}
	if t, err = automation.ReadTemplate(own.Name, []byte(own.Body), s.automationSystems()); err != nil {
		return t, err
	}
	t.ID, t.Automation.Template = own.ID, own.ID
	return t, nil
}

// ownCards are the workspace's own templates as the gallery shows them.
func (s *Server) ownCards(ctx context.Context, ws string) (cards []templates.OwnTemplateCard, err error) {
	all, err := s.o.Store.OwnTemplates(ctx, ws)
	systems := s.automationSystems()
	for _, own := range all {
		card := templates.OwnTemplateCard{ID: own.ID, Title: own.Name, Description: own.Says}
		if own.Kind == store.OfFlow {
			t, bad := flow.ReadTemplate(own.Name, []byte(own.Body))
			if card.Broken = unreadable(bad); bad == nil {
				of := s.templateCard(t, nil)
				card.Ends, card.Direction, card.Use = of.Ends, of.Direction, "/new?template="+own.ID
				card.Facts = "Flow · " + templates.Count(of.Pairs, "pair", "pairs") + " ready"
			}
		} else {
			t, bad := automation.ReadTemplate(own.Name, []byte(own.Body), systems)
			if card.Broken = unreadable(bad); bad == nil {
				card.Ends, card.Direction, card.Use = endsOf(t.Automation, systems), "to", "/automations/new?template="+own.ID
				card.Facts = "Automation · " + templates.Count(countSteps(t.Automation), "step", "steps")
			}
		}
		cards = append(cards, card)
	}
	return cards, err
}

// unreadable says why a template cannot be read any more, "" when it can.
func unreadable(err error) string {
	if err == nil {
		return ""
	}
	why := err.Error()
	if problems := faultsOf(err); len(problems) > 0 {
		why = problems[0].Text
	}
	return "This version of Couplet cannot read it: " + sentence(why)
}

// faultsOf are the faults of a file, each with its line.
func faultsOf(err error) (out []templates.FileProblem) {
	var all flow.Errors
	if !errors.As(err, &all) {
		return []templates.FileProblem{{Text: err.Error()}}
	}
	for _, e := range all {
		out = append(out, templates.FileProblem{Line: e.Line, Text: e.Text})
	}
	return out
}

// ofFlow and ofFlowFile tell a template of a flow, and a whole flow file, from a template of an automation.
var (
	ofFlow     = regexp.MustCompile(`(?m)^(title|flow):`)
	ofFlowFile = regexp.MustCompile(`(?m)^(version|connections|flows):`)
)

// readOwn reads a file that somebody opened as a template. What only one account or one person may know does not come in with it.
func (s *Server) readOwn(data []byte) (t store.OwnTemplate, err error) {
	switch {
	case ofFlow.Match(data):
		of, err := flow.ReadTemplate("file", data)
		return store.OwnTemplate{Kind: store.OfFlow, Name: of.Title, Says: of.Description, Body: string(data)}, err
	case ofFlowFile.Match(data) && !strings.Contains(string(data), "\nsteps:"):
		return t, flow.Errors{{File: "file", Line: 1, Text: "this is a flow file, which names accounts: couplet apply takes it. A template is what “Save as a template” makes, and what its card downloads"}}
	}
	of, err := automation.ReadTemplate("file", data, s.automationSystems())
	if err != nil {
		return t, err
	}
	body, err := automation.WriteTemplate(of.Description, of.Automation)
	return store.OwnTemplate{Kind: store.OfAutomation, Name: of.Title, Says: of.Description, Body: string(body)}, err
}

// groundOf asks the two accounts of a flow for their fields, for as long as a page may take.
func (s *Server) groundOf(ctx context.Context, ws string, f flow.Flow) engine.Ground {
	ctx, cancel := context.WithTimeout(connector.As(ctx, connector.Interactive), fieldsWait)
	defer cancel()
	return s.o.Samples.Ground(ctx, ws, f)
}

// ofOwn is the flow that one of the workspace's own templates gives for two accounts, with what it had to leave out, in words. problem
// says why there is none.
func (s *Server) ofOwn(ctx context.Context, ws string, j journey) (made flow.Flow, left, problem string) {
	asked := j.template.Flow()
	asked.Connections = j.Conns
	ground := s.groundOf(ctx, ws, asked)
	var standard [2][]connector.Field
	for side, spec := range j.specs {
		if ground.Problem[side] != nil {
			return made, "", "The fields of " + spec.Name + " could not be read, so nothing was made: " + sayProblem(ground.Problem[side])
		}
		if o, ok := spec.Object(asked.Object); ok {
			standard[side] = o.Fields
		}
	}
	made, gaps := j.template.For(standard, ground.Fields)
	var lost []string
	for _, g := range gaps {
		if g.Why != flow.GapChoices {
			lost = append(lost, g.Pair[engine.A]+" and "+g.Pair[engine.B])
		}
	}
	if len(lost) > 0 {
		left = templates.Count(len(lost), "pair was", "pairs were") + " left out, because an account has no such field: " + strings.Join(lost, "; ") + "."
	}
	made.Connections = j.Conns
	return made, left, ""
}
