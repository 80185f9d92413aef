package templates

// The steps of the way to a flow, as templates.stepper counts them.
const (
	StepA = iota
	StepB
	StepTemplate
	StepMap
	StepPreview
	StepOn
)

// WaySteps are the names of the six steps of the way to a flow between two systems.
func WaySteps(a, b System) []string {
	return []string{"Connect " + a.Name, "Connect " + b.Name, "Choose a template", "Map fields", "Preview", "Turn on"}
}

// Way is what stands on top of a step on the way to a flow: where one is, and the two accounts.
type Way struct {
	Step  int
	Lines [2]WayLine
}

// WayLine is one of the two accounts that are to be kept in step. Name is "" while it is not connected.
type WayLine struct {
	System
	Name string
}

// names are those of the stepper.
func (w Way) names() []string { return WaySteps(w.Lines[0].System, w.Lines[1].System) }

// Choose is the step on which a template becomes a flow.
type Choose struct {
	Frame Frame
	Way   Way
	// Here is the address of this step with its choices, to which a template is posted; Back is the step before.
	Here, Back string
	Cards      []TemplateCard
	// Problem says why what was chosen could not be made, "" when nothing went wrong.
	Problem string
}
