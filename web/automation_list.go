package web

import (
	"context"
	"slices"

	"couplet/internal/automation"
	"couplet/internal/store"
	"couplet/templates"
)

// automations are those of a workspace, and the templates of more.
func (s *Server) automations(ctx context.Context, ws string) (lines []templates.AutomationLine, kits []templates.AutomationCard, err error) {
	all, err := s.o.Store.Automations(ctx, ws)
	if err != nil {
		return nil, nil, err
	}
	held, err := s.o.Store.HeldFirings(ctx, ws)
	if err != nil {
		return nil, nil, err
	}
	systems := s.automationSystems()
	for _, stored := range all {
		a := stored.Draft
		l := templates.AutomationLine{ID: a.ID, Name: a.Name, When: systems.TriggerTitle(a.Trigger), Steps: countSteps(a), On: stored.Published.Enabled, Held: held[a.ID]}
		if l.When == "" {
			l.When = "Nothing sets it off yet"
		}
		for _, id := range automation.SystemsOf(a) {
			if sys, ok := systems[id]; ok {
				l.Systems = append(l.Systems, systemOf(sys.Spec, ""))
			}
		}
		lines = append(lines, l)
	}
	for _, t := range automation.Templates() {
		k := templates.AutomationCard{ID: t.ID, Title: t.Title, Description: t.Description, Steps: countSteps(t.Automation),
			InUse: slices.ContainsFunc(all, func(a store.Automation) bool { return a.Draft.Template == t.ID })}
		k.Ends = endsOf(t.Automation, systems)
		kits = append(kits, k)
	}
	return lines, kits, nil
}

func countSteps(a automation.Automation) (n int) {
	automation.Walk(a, func(string, automation.Step) { n++ })
	return n
}

// endsOf are the two lines that stand for an automation: what sets it off, and the last thing that it changes.
func endsOf(a automation.Automation, s automation.Systems) (ends [2]templates.End) {
	if sys, ok := s[a.Trigger.System]; ok {
		ends[0] = templates.End{System: systemOf(sys.Spec, ""), Label: s.TriggerTitle(a.Trigger)}
	}
	automation.Walk(a, func(_ string, st automation.Step) {
		if o, ok := s.Find(st); ok && o.Kind == "action" {
			ends[1] = templates.End{System: systemOf(s[st.System].Spec, ""), Label: s.Title(st)}
		}
	})
	return ends
}
