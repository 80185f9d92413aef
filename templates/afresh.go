package templates

// AfreshNote says why all linked records are compared once more. Back says that a person may take that back.
type AfreshNote struct {
	Kind, Icon, Title, Text string
	Back                    bool
}
