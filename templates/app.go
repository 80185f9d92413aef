package templates

// App is the page on which a workspace gives the client that it registered with a system.
type App struct {
	Frame  Frame
	System System
	// Help says how an app is registered, Steps lead there; Undocumented says that the vendor publishes no consent.
	Help         string
	Steps        []string
	Undocumented bool
	// Redirect and Hook are the addresses to copy; Scopes is the list to tick, as one line. Redirects says what the system
	// refuses as a redirect address, RedirectBad that this one will be refused.
	Redirect, Hook, Scopes string
	Redirects              string
	RedirectBad            string
	Asked                  []Permission
	// The form, with what was typed. HasSecret says that a secret is stored; it is never shown.
	Fields, More []Typed
	Secret       Typed
	HasSecret    bool
	PKCE         string
	NoState      bool
	OpenMore     bool
	// Installation says that the operator of the server set one up for everybody; Own that the workspace has its own.
	Installation, Own bool
	Problem           string
	// Back leads to where one came from.
	Back string
	// Owner says that the visitor may set the app.
	Owner bool
}

// pkceChoices are the ways of the proof key.
var pkceChoices = []Choice{{"", "As the system is known"}, {"on", "Always"}, {"off", "Never"}}
