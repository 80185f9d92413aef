package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/templates"
)

// appPage shows the app by which a workspace asks for consent: what to copy to the system, and what to bring from there.
func (s *Server) appPage(c echo.Context) error {
	spec, err := s.consentSpec(c)
	if err != nil {
		return err
	}
	app, err := s.o.Connect.App(c.Request().Context(), ws(c), spec.ID)
	if err != nil {
		return err
	}
	if app.Installation {
		app = connection.App{System: spec.ID} // what belongs to the installation is not shown, and a form does not repeat it
	}
	return s.showApp(c, http.StatusOK, spec, app, c.QueryParam("back"), "")
}

// consentSpec is the system of the address, if it has consent at all.
func (s *Server) consentSpec(c echo.Context) (*connector.Spec, error) {
	known, ok := s.o.Connect.Systems[c.Param("system")]
	if !ok || known.Spec.OAuth == nil {
		return nil, &Error{Status: http.StatusNotFound}
	}
	return known.Spec, nil
}

// saveApp stores the app. Its secret is sealed and never shown; an empty one keeps what is stored.
func (s *Server) saveApp(c echo.Context) error {
	ctx := c.Request().Context()
	spec, err := s.consentSpec(c)
	if err != nil {
		return err
	}
	app := connection.App{System: spec.ID, ClientID: c.FormValue("client_id"), InstallLink: c.FormValue("install_link"), AuthorizeURL: c.FormValue("authorize_url"),
		TokenURL: c.FormValue("token_url"), VersionID: c.FormValue("version_id"), Scopes: strings.Fields(c.FormValue("scopes")), HeaderWord: c.FormValue("header_word"),
		PKCE: c.FormValue("pkce"), AllowMissingState: c.FormValue("no_state") == "on"}
	back := c.FormValue("back")
	was, err := s.o.Connect.App(ctx, ws(c), spec.ID)
	if err != nil {
		return err
	}
	saved, err := s.o.Connect.SaveApp(ctx, ws(c), app, c.FormValue("secret"))
	var refused *connector.Error
	switch {
	case errors.As(err, &refused):
		app.HasSecret = was.HasSecret && !was.Installation
		return s.showApp(c, http.StatusUnprocessableEntity, spec, app, back, refused.Message)
	case err != nil:
		return err
	case !saved.HasSecret:
		return s.showApp(c, http.StatusUnprocessableEntity, spec, saved, back, s.noSecret(was))
	}
	return s.sayAndGo(c, "The app is saved. Its secret is sealed and not shown again.", false, inside(back, "/apps/"+spec.ID))
}

// noSecret says why an app that was just saved has no secret.
func (s *Server) noSecret(was connection.App) string {
	if was.HasSecret && !was.Installation {
		return "Everything is saved but the secret. The app leads elsewhere now than it did, so the secret that was stored for it was discarded. Paste the secret of this app."
	}
	return "Everything is saved but the secret, which is missing. Paste it from the place where the app is registered."
}

// forgetApp deletes the app of the workspace.
func (s *Server) forgetApp(c echo.Context) error {
	spec, err := s.consentSpec(c)
	if err != nil {
		return err
	}
	if err := s.o.Connect.DeleteApp(c.Request().Context(), ws(c), spec.ID); err != nil {
		return err
	}
	return s.sayAndGo(c, "The app is forgotten. Accounts that agreed to it have to be connected again.", false, "/apps/"+spec.ID)
}

func (s *Server) showApp(c echo.Context, status int, spec *connector.Spec, app connection.App, back, problem string) error {
	ctx := c.Request().Context()
	v := templates.App{Frame: frame(c, "App for "+spec.Name, "connections"), System: systemOf(spec, ""), Help: spec.OAuth.Help, Steps: spec.OAuth.Steps,
		Undocumented: spec.OAuth.Undocumented, Redirect: s.public(c) + returnPath, Problem: problem, Back: inside(back, ""), Owner: may(visitorOf(c).Role, owner),
		HasSecret: app.HasSecret, PKCE: app.PKCE, NoState: app.AllowMissingState}
	if spec.Hooks.Kind == "app" {
		v.Hook = s.public(c) + "/hooks/" + spec.ID
	}
	if spec.OAuth.Redirects != "" {
		v.Redirects, v.RedirectBad = spec.OAuth.Redirects, s.badRedirect(v.Redirect)
	}
	now, err := s.o.Connect.App(ctx, ws(c), spec.ID)
	if err != nil {
		return err
	}
	v.Own, v.Installation = !now.Installation && now.ClientID != "", s.o.Connect.Apps[spec.ID].ClientID != ""
	if err := s.appScopes(ctx, ws(c), spec, &v); err != nil {
		return err
	}
	appFields(&v, app)
	return page(c, status, templates.AppPage(v))
}

// appScopes lists what an app must be allowed to ask for, for a flow in either direction and for an agency.
func (s *Server) appScopes(ctx context.Context, ws string, spec *connector.Spec, v *templates.App) error {
	if spec.OAuth.Undocumented {
		return nil
	}
	needs, _, err := s.needs(ctx, ws, spot{spec: spec, side: -1})
	if err != nil {
		return err
	}
	if spec.OAuth.Agency != nil {
		needs = append(needs, connector.ToInstall)
	}
	var names []string
	for _, x := range spec.ScopesFor(needs...) {
		names = append(names, x.Name)
		v.Asked = append(v.Asked, permission(x, needs))
	}
	v.Scopes = strings.Join(names, " ")
	return nil
}

// badRedirect says why a system that takes only https addresses on the open internet refuses ours, "" when it does not.
func (s *Server) badRedirect(to string) string {
	u, err := url.Parse(to)
	if err != nil {
		return ""
	}
	switch {
	case onThisMachine(to):
		return "This server is reached at " + u.Scheme + "://" + u.Host + ", which is only this machine. Serve it under an https address that others reach, and set COUPLET_PUBLIC_URL to it."
	case u.Scheme != "https":
		return "This server is reached over http. Put it behind https, and set COUPLET_PUBLIC_URL to that address."
	}
	return ""
}

// onThisMachine reports whether an address leads nowhere but to the machine that asks for it.
func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}

// appFields are the fields of the form with what is known or was typed.
func appFields(v *templates.App, app connection.App) {
	v.Fields = []templates.Typed{
		{Name: "client_id", Label: "Client ID", Value: app.ClientID, Help: "It names your app. It is no secret."},
		{Name: "install_link", Label: "Install link", Value: app.InstallLink, Help: "Only where the system hands one out. It is then used as it is, with what stands in it."},
	}
	v.Secret = templates.Typed{Name: "secret", Label: "Client secret", Help: "It is sealed on this server and never shown again."}
	if app.HasSecret {
		v.Secret.Help = "One is stored and not shown. Leave this empty to keep it."
	}
	v.More = []templates.Typed{
		{Name: "authorize_url", Label: "Authorize address", Value: app.AuthorizeURL, Help: "Where people are sent to agree, when it is not the usual place."},
		{Name: "token_url", Label: "Token address", Value: app.TokenURL, Help: "Where the answer is exchanged for a key."},
		{Name: "version_id", Label: "Version ID", Value: app.VersionID, Help: "Only where the system asks for one."},
		{Name: "scopes", Label: "Permissions to ask for instead", Value: strings.Join(app.Scopes, " "), Help: "Names with blanks between them. Empty: those listed here."},
		{Name: "header_word", Label: "Word before the key", Value: app.HeaderWord, Help: "Bearer or Token, when it is not the usual one."},
	}
	for _, f := range v.More {
		v.OpenMore = v.OpenMore || f.Value != ""
	}
	v.OpenMore = v.OpenMore || app.PKCE != "" || app.AllowMissingState || v.Undocumented
}
