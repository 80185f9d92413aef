package templates

import "time"

// Tokens is the page of the keys by which programs use the API.
type Tokens struct {
	Frame  Frame
	Clock  Clock
	Tokens []Token
	// All says that the keys of everybody are listed, not only those of the visitor.
	All bool
	// Name, Role and Days are what the form for a new one holds.
	Name TextField
	Role string
	Days string
	// Address is where the API is.
	Address string
	// Made is the key that was just made, named MadeName, "" when none was: it is shown this once.
	Made, MadeName string
}

// Token is a key by which a program uses the API.
type Token struct {
	ID, Name, Role string
	// By is who made it, "" for the visitor.
	By                  string
	Created, Used, Ends time.Time
}

// TokenDays are how long a key can be good, the usual one second.
var TokenDays = []Choice{{"30", "For 30 days"}, {"90", "For 90 days"}, {"365", "For a year"}, {"0", "Until somebody revokes it"}}

// mayGive are the roles that a visitor of a role can give to a key.
func (t Tokens) mayGive() []Choice {
	for i, r := range roles {
		if r.ID == t.Frame.Role {
			return roles[:i+1]
		}
	}
	return nil
}

// headline says how many keys there are.
func (t Tokens) headline() string {
	switch {
	case len(t.Tokens) == 0 && t.All:
		return "No program has a key to " + t.Frame.Workspace
	case len(t.Tokens) == 0:
		return "You have made no API key"
	case t.All:
		return Count(len(t.Tokens), "API key opens ", "API keys open ") + t.Frame.Workspace
	}
	return "You have made " + Count(len(t.Tokens), "API key", "API keys")
}
