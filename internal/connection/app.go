package connection

import (
	"context"
	"errors"
	"strings"
	"time"

	"couplet/internal/connector"
)

// App is a client that somebody registered with a system, in whose name people are asked to agree. It belongs to one
// workspace, or to the whole installation when it comes from the settings. Its secret is not part of it.
type App struct {
	Workspace string `json:"-"`
	System    string `json:"-"`
	ClientID  string `json:"client_id,omitempty"`
	// HasSecret says that its secret is stored.
	HasSecret bool `json:"-"`
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
	Installation bool      `json:"-"`
	Saved        time.Time `json:"-"`
}

// Client is an App with its secret, as the settings of an installation hold it.
type Client struct {
	App
	Secret string
}

// Problem says in a sentence what is wrong with an app of the settings, "" when nothing is, or when there is none.
func (c Client) Problem(spec *connector.Spec, allow []string) string {
	if c.ClientID == "" && c.Secret == "" && c.InstallLink == "" && c.AuthorizeURL == "" && c.TokenURL == "" {
		return ""
	}
	if c.clientID() == "" && c.Secret == "" { // addresses alone are the place of a system, whose apps come later
		c.App.ClientID = "none"
	}
	return c.App.problem(spec, allow)
}

// App returns the app that a workspace uses for a system: its own, or that of the installation. Its ClientID is empty
// when there is neither. A secret that cannot be read counts as none: it is to be given again.
func (s *Service) App(ctx context.Context, workspace, system string) (App, error) {
	sys, err := s.system(system)
	if err != nil {
		return App{}, err
	}
	app, _, err := s.registry().app(ctx, workspace, sys.Spec)
	if errors.Is(err, ErrCannotOpen) {
		err = nil
	}
	return app, err
}

// SaveApp stores the app of a workspace. An empty secret keeps the stored one, unless its id, an address or the install
// link leads elsewhere now: then the stored secret is discarded, and the App that is returned says so by HasSecret.
// Connections made through the app as it was must then be connected again.
func (s *Service) SaveApp(ctx context.Context, workspace string, app App, secret string) (App, error) {
	sys, err := s.system(app.System)
	if err != nil {
		return App{}, err
	}
	app.trim()
	if why := app.problem(sys.Spec, s.Allow); why != "" {
		return App{}, &connector.Error{Kind: connector.Config, Message: why}
	}
	was, kept, err := s.registry().app(ctx, workspace, sys.Spec)
	if err != nil && was.ClientID == "" {
		return App{}, err
	}
	full := app
	full.under(s.Apps[app.System].App)
	secret = strings.TrimSpace(secret)
	if secret == "" && !was.Installation && sameApp(sys.Spec, was, full) {
		secret = kept
	}
	var sealed []byte
	if secret != "" {
		owner, kind := AppSeal(app.System)
		if sealed, err = seal(s.Sealer, workspace, owner, kind, sealedApp{Secret: secret, TokenURL: full.tokenURL(sys.Spec)}); err != nil {
			return App{}, err
		}
	}
	if err := s.Memory.SaveApp(ctx, workspace, app, sealed); err != nil {
		return App{}, err
	}
	if err := s.orphans(ctx, workspace, sys.Spec); err != nil {
		return App{}, err
	}
	return s.App(ctx, workspace, app.System)
}

// DeleteApp forgets the app of a workspace, which then uses that of the installation.
func (s *Service) DeleteApp(ctx context.Context, workspace, system string) error {
	sys, err := s.system(system)
	if err == nil {
		err = s.Memory.DeleteApp(ctx, workspace, system)
	}
	if err != nil {
		return err
	}
	return s.orphans(ctx, workspace, sys.Spec)
}

func (a *App) trim() {
	for _, field := range []*string{&a.ClientID, &a.InstallLink, &a.AuthorizeURL, &a.TokenURL, &a.VersionID, &a.HeaderWord, &a.PKCE} {
		*field = strings.TrimSpace(*field)
	}
	a.Scopes = strings.Fields(strings.Join(a.Scopes, " "))
	if a.ClientID == "" {
		a.ClientID = a.clientID()
	}
}

// sameApp reports whether a changed app is still the same client and leads to the same places.
func sameApp(spec *connector.Spec, was, is App) bool {
	return was.clientID() == is.clientID() && was.tokenURL(spec) == is.tokenURL(spec) && place(was.authorizeURL(spec)) == place(is.authorizeURL(spec))
}

// orphans are connections whose tokens came from an app that the workspace uses no longer, or from another address. Their
// tokens are discarded, because the next refresh would carry them elsewhere.
func (s *Service) orphans(ctx context.Context, workspace string, spec *connector.Spec) error {
	app, _, err := s.registry().app(ctx, workspace, spec)
	if err != nil {
		return err
	}
	all, err := s.Memory.Connections(ctx, workspace)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.System != spec.ID || c.AuthKind != KindConsent {
			continue
		}
		t, sealed, err := stored(ctx, s.Memory, s.Sealer, c)
		if err != nil || sealed == nil {
			continue // what cannot be opened can go nowhere
		}
		if address, err := filled(app.tokenURL(spec), spec, c.Params); err == nil && t.Client == app.clientID() && t.TokenURL == address {
			continue
		}
		if err := s.Memory.Disconnect(ctx, workspace, c.ID, Reconnect, appChanged(spec)); err != nil {
			return err
		}
		s.Pool.Forget(c.ID)
	}
	return nil
}

func appChanged(spec *connector.Spec) string {
	return "The app for " + spec.Name + " was changed since this account agreed to it. Connect the account again; nothing else is lost."
}
