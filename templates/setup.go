package templates

// SetupForm is the page of a new installation, on which the first owner is made.
type SetupForm struct {
	Auth
	Name, Email, Workspace, Code TextField
	Password                     TextField
	// Wait says how long it has to wait, "" when it does not.
	Wait string
}

// InvitePage is what somebody sees who was invited.
type InvitePage struct {
	Auth
	// Action is where the form goes.
	Action string
	// By invites Email into Workspace, to do what Role may.
	By, Email, Workspace, Role string
	// Person is who is signed in, "" when nobody is. Theirs says that the invitation is for that person.
	Person string
	Theirs bool
	// Known says that the address has a password already.
	Known          bool
	Name, Password TextField
	// Wait says how long it has to wait, "" when it does not.
	Wait string
}

// roleMay says what a role may, as the end of "You may …".
func roleMay(role string) string {
	switch role {
	case "owner":
		return "do everything, and decide who else may come in"
	case "editor":
		return "look at everything, and change connections and flows"
	}
	return "look at everything, and change nothing"
}

// roleName is a role with its article.
func roleName(role string) string {
	if role == "viewer" {
		return "a viewer"
	}
	return "an " + role
}
