package templates

// OwnTemplateCard is a template of the workspace's own as the gallery shows it.
type OwnTemplateCard struct {
	ID, Title, Description string
	Ends                   [2]End
	// Direction is that of a flow, "to" for an automation.
	Direction string
	// Facts are the line below it, Use is where something is made of it.
	Facts, Use string
	// Broken says why this version cannot read it, "" when it can.
	Broken string
}

// SaveTemplate is the page on which a flow or an automation becomes a template.
type SaveTemplate struct {
	Frame
	// Of is the name of what it is made of, Back its page, Here this one.
	Of, Back, Here string
	// Name and Says are what is in the form, File what would be kept.
	Name, Says, File string
	// Left is what is not kept, because it belongs to one account or is for nobody else's eyes.
	Left    []string
	Problem string
}

// OpenTemplate is the page on which a template is opened from a file.
type OpenTemplate struct {
	Frame
	Text string
	// Problems are what is wrong with it, each with its place.
	Problems []FileProblem
}

// FileProblem is one thing that is wrong with a file. Line is 0 where it is about all of it.
type FileProblem struct {
	Line int
	Text string
}
