package templates

import "time"

// Account is a person's own page.
type Account struct {
	Frame Frame
	Clock Clock
	Email string
	Name  TextField
	// Old and New are the password that is replaced and the one that takes its place.
	Old, New TextField
	// Wait says how long a change of the password has to wait, "" when it does not.
	Wait     string
	Sessions []SessionRow
}

// SessionRow is a browser that is signed in.
type SessionRow struct {
	ID     string
	Device string
	// Here says that it is the one that asks.
	Here      bool
	Workspace string
	Seen      time.Time
	Since     time.Time
}

// others counts the browsers that are not this one.
func (a Account) others() (n int) {
	for _, s := range a.Sessions {
		if !s.Here {
			n++
		}
	}
	return n
}

// headline says how many browsers are signed in.
func (a Account) headline() string {
	switch n := a.others(); n {
	case 0:
		return "You are signed in here, and nowhere else"
	default:
		return "You are signed in here and in " + Count(n, "other browser", "other browsers")
	}
}

// looks are what a person can choose from, with the words for them.
var looks = []Choice{{"", "Like my system"}, {"light", "Light"}, {"dark", "Dark"}}

// pressed is the state of a button that is one of several.
func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
