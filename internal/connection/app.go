package connection

import (
	"context"
	"errors"
	"time"
)

// App is a client that somebody registered with a system, in whose name people are asked to agree. It belongs to one
// workspace, or to the whole installation when it comes from the settings. Its secret is not part of it.
type App struct {
	Workspace string `json:"-"`
	System    string `json:"system"`
	ClientID  string `json:"client_id"`
	// HasSecret says that its secret is stored.
	HasSecret bool `json:"has_secret"`
	// InstallLink is the address that the system's own developer page hands out. It is used instead of AuthorizeURL; its
	// client id, version and scopes are kept.
	InstallLink string `json:"install_link,omitempty"`
	// AuthorizeURL and TokenURL replace the system's own; {params} of the account may stand in them. VersionID is sent
	// along when it is not empty.
	AuthorizeURL string `json:"authorize_url,omitempty"`
	TokenURL     string `json:"token_url,omitempty"`
	VersionID    string `json:"version_id,omitempty"`
	// Scopes are asked for instead of the spec's, where a system has scopes that its spec does not know.
	Scopes []string `json:"scopes,omitempty"`
	// HeaderWord stands before the access token instead of the system's own word: Bearer, Token.
	HeaderWord string `json:"header_word,omitempty"`
	// PKCE is "on", "off", or "" for what the spec says.
	PKCE string `json:"pkce,omitempty"`
	// AllowMissingState accepts an answer without our state, if the person's session has exactly one consent under way for
	// the system. Off unless a system has been seen to lose it.
	AllowMissingState bool `json:"allow_missing_state,omitempty"`
	// Installation says that it comes from the settings of the installation, because the workspace has none of its own.
	Installation bool      `json:"installation,omitempty"`
	Saved        time.Time `json:"saved,omitzero"`
}

// Client is an App with its secret, as the settings of an installation hold it.
type Client struct {
	App
	Secret string
}

// App returns the app that a workspace uses for a system: its own, or that of the installation. Its ClientID is empty
// when there is neither.
func (s *Service) App(ctx context.Context, workspace, system string) (App, error) {
	return App{}, errNotBuilt
}

// SaveApp stores the app of a workspace. An empty secret keeps the stored one, unless its id, an address or the install
// link leads elsewhere now: then the stored secret is discarded, and the App that is returned says so by HasSecret.
// Connections made through the app as it was must then be connected again.
func (s *Service) SaveApp(ctx context.Context, workspace string, app App, secret string) (App, error) {
	return App{}, errNotBuilt
}

// DeleteApp forgets the app of a workspace, which then uses that of the installation.
func (s *Service) DeleteApp(ctx context.Context, workspace, system string) error {
	return errNotBuilt
}

var errNotBuilt = errors.New("not built yet")
