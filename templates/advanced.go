package templates

// Advanced is the page that says what goes on under a flow.
type Advanced struct {
	Frame   Frame
	Flow    Prospect
	CanEdit bool
	// Runs is how many runs the requests are of.
	Runs  int
	Sides [2]AdvancedSide
	// Settings are those of the whole flow.
	Settings []AdvancedChoice
}

// AdvancedSide is one of the two accounts.
type AdvancedSide struct {
	System  System
	Account string
	// Here is the page of the account.
	Here     string
	Requests []AdvancedRequest
	Choices  []AdvancedChoice
}

// AdvancedRequest is a request that was made N times. What says what it does, "" where the catalog does not list it.
type AdvancedRequest struct {
	What, Method, Path string
	N                  int
}

// AdvancedChoice is something that was chosen, and where.
type AdvancedChoice struct{ Label, Help, Value, Href string }
