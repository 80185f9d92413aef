package templates

// Consented is the page that names the account of a consent and asks whether it is the right one. Nothing is saved yet.
type Consented struct {
	Frame  Frame
	System System
	// Way is set when the consent was begun on the way to a flow.
	Way *Way
	ID  string
	// Name is what the connection is called.
	Name string
	// Facts name the account: label and value.
	Account string
	Facts   []Choice
	// Granted and Withheld are the permissions that were given and not given.
	Granted, Withheld []Permission
	// Was is the account that the connection had before, when it is another one now.
	Was string
	// Twin is the name of another connection that has the same account.
	Twin string
	// Locations are the accounts of an agency to choose from; Chosen is the id of the one that was chosen.
	Agency, AgencyID, AgencyOne, AgencyMany string
	Locations                               []Location
	Chosen                                  string
	// Until is when the consent is forgotten.
	Until string
	// Problem says why the last press came to nothing.
	Problem string
}

// Location is one account of an agency.
type Location struct{ ID, Name, Detail string }

// choosing says that an account of the agency has to be picked first.
func (p Consented) choosing() bool { return len(p.Locations) > 0 && p.Chosen == "" }

func (p Consented) title() string {
	switch {
	case p.choosing():
		return "Which " + p.AgencyOne + " should Couplet work in?"
	case p.Was != "":
		return "This is another account than before"
	}
	return "Is this the right account?"
}

// Broken is the page of a consent that came to nothing.
type Broken struct {
	Frame Frame
	// Title and Text say what happened and what to do.
	Title, Text string
	// Again begins the same consent once more, Back leads to the step it came from. Either may be "".
	Again, AgainText string
	Back             string
	// System may be without a name when nobody knows what the answer was for.
	System System
}
