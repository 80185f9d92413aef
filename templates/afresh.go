package templates

// AfreshNote says why all linked records are compared once more. Back says that a person may take that back.
type AfreshNote struct {
	Kind, Icon, Title, Text string
	Back                    bool
	// Deleted is set where a person may say instead that the records which are gone were really deleted.
	Deleted *AfreshDeleted
}

// AfreshDeleted is that answer: when the question came up, and what follows from it.
type AfreshDeleted struct {
	At      string
	Follows []string
}
