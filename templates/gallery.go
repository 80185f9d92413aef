package templates

// Gallery is the page of flows: those that there are, and the templates for more.
type Gallery struct {
	Frame Frame
	Clock Clock
	Flows []FlowLine
	Cards []TemplateCard
	// Automations are those that there are, Kits the templates of more.
	Automations []AutomationLine
	Kits        []AutomationCard
	// Own are the workspace's own templates, of flows and automations.
	Own []OwnTemplateCard
	// Editor says that the visitor may change flows.
	Editor bool
}

// FlowLine is one flow in the list.
type FlowLine struct {
	OverviewFlow
}

// TemplateCard is one template as the gallery shows it.
type TemplateCard struct {
	ID, Title, Description string
	Ends                   [2]End
	Direction              string
	Pairs                  int
	InUse, Chosen          bool
}

// facts are the line below a template: which way it goes, and how much of it is ready.
func (c TemplateCard) facts() string {
	w := way(c.Ends, c.Direction)
	if c.Direction == "both" {
		w = "Both ways"
	}
	return w + " · " + Count(c.Pairs, "pair", "pairs") + " ready"
}

// headline says how the flows are, in one sentence.
func (p Gallery) headline() string {
	var on, needs int
	for _, f := range p.Flows {
		if f.On {
			on++
		}
		if f.needing() {
			needs++
		}
	}
	switch n := len(p.Flows); {
	case needs == 1:
		return "One flow needs you"
	case needs > 1:
		return Count(needs, "flow needs", "flows need") + " you"
	case on == 0 && n == 1:
		return "Your flow is off"
	case on == 0:
		return "All flows are off"
	case on == n && n == 1:
		return "Your flow is on"
	case on == n:
		return "All " + Number(n) + " flows are on"
	default:
		return Number(on) + " of " + Number(n) + " flows are on"
	}
}
