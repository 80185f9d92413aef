package templates

// Permits are what an account has to allow.
type Permits struct {
	System  System
	Account string
	// Missing are the permissions that it lacks, each with its reason; Again leads to where they are asked for.
	Missing []Permission
	Again   string
	// Pasted says that the account is connected by a key, which is changed where it was made; Here is the page to look again.
	Pasted bool
	Here   string
	// Automation says that it is an automation that needs them, not a flow.
	Automation bool
	// Problem says why that could not be found out, "" when it could.
	Problem string
}

// again is what stands on the button that mends it.
func (p Permits) again() string {
	switch {
	case len(p.Missing) > 0 && p.Pasted:
		return "Give another key"
	case len(p.Missing) > 0:
		return "Ask " + p.System.Name + " for it"
	}
	return "Connect again"
}

// lead says what the missing permissions are and why nothing is tried without them.
func (p Permits) lead() string {
	what, so := "This flow", "so nothing is tried yet"
	if p.Automation {
		what, so = "This automation", "so it cannot be switched on yet"
	}
	if p.Pasted {
		return what + " needs more than the key of " + p.Account + " allows, " + so + ". Couplet also needs to:"
	}
	return what + " needs more than " + p.Account + " has allowed so far, " + so + ". Couplet also needs to:"
}

// way says what the button leads to.
func (p Permits) way() string {
	if p.Pasted {
		return "Allow it for the key where it was made in " + p.System.Name + ", then look again. Or give another key."
	}
	return "You agree on a page of " + p.System.Name + " and come back here. What is allowed already stays allowed."
}
