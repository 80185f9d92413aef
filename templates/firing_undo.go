package templates

// FiringUndo is the page that takes back what one time of an automation did.
type FiringUndo struct {
	Frame
	Clock            Clock
	Automation, Name string
	ID, About        string
	MayEdit          bool
	// Cannot is why nothing can be taken back, "" when something can.
	Cannot string
	Steps  []FiringBack
	// Can is how many of them can be taken back.
	Can int
}

// FiringBack is what taking back one step comes to.
type FiringBack struct {
	At, Number, Title, System string
	// By is what would be done, "" when nothing is, for which Why is the reason; Does tells more of it.
	By, Does, Why string
	// Values are what would be written, by their labels; Stays tell what is not.
	Values []Fact
	Stays  []string
}

func (v FiringUndo) here() string { return "/automations/" + v.Automation + "/runs/" + v.ID }
