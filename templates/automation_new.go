package templates

// NewAutomation is the page on which an automation is made of a template, or of nothing.
type NewAutomation struct {
	Frame
	// Template is its id, "" for an empty automation.
	Template, Title, Name, Description string
	Trigger, Filter                    CanvasCard
	Steps                              []CanvasStep
	Accounts                           []NeededAccount
	Typed                              map[string]string
	Problem                            string
}

// NeededAccount is an account that it works with.
type NeededAccount struct {
	System  System
	Choices []Choice
}

// AutomationLine is one automation in the list.
type AutomationLine struct {
	ID, Name, When string
	Systems        []System
	Steps          int
	On             bool
	// Held is how many its brake holds.
	Held int
}

// AutomationCard is a template of an automation as the gallery shows it.
type AutomationCard struct {
	ID, Title, Description string
	Ends                   [2]End
	Steps                  int
	InUse                  bool
}

func (p NewAutomation) headline() string {
	if p.Template == "" {
		return "An automation of your own"
	}
	return p.Title
}

func (p NewAutomation) name() string {
	if p.Typed["name"] != "" {
		return p.Typed["name"]
	}
	return p.Name
}
