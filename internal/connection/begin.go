package connection

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"couplet/internal/connector"
)

// consentLife is how long a person may be away, and then how long they may look at what came back.
const consentLife = 10 * time.Minute

// Begin remembers a wish for ten minutes and returns the address to send the browser to. Scopes are asked for only as
// far as there is a need. Its error is a *Broken.
func (s *Service) Begin(ctx context.Context, w Wish) (authorizeURL string, err error) {
	w, sys, err := s.complete(ctx, w)
	if err != nil {
		return "", err
	}
	app, _, err := s.registry().app(ctx, w.Workspace, sys.Spec)
	if err != nil {
		return "", broken(NotOffered, w, err.Error(), err)
	}
	kept, err := s.kept(ctx, w, app, sys.Spec)
	if err != nil {
		return "", err
	}
	if why := app.lacks(sys.Spec); why != "" {
		return "", broken(NotOffered, w, why, nil)
	}
	token, err := filled(app.tokenURL(sys.Spec), sys.Spec, w.Params)
	if err == nil {
		authorizeURL, err = filled(app.authorizeURL(sys.Spec), sys.Spec, w.Params)
	}
	if err != nil {
		return "", broken(NotOffered, w, err.Error(), err)
	}
	state, verifier := secretWord(), ""
	if app.proves(sys.Spec) {
		verifier = oauth2.GenerateVerifier()
	}
	link, asked, err := s.link(app, sys.Spec, authorizeURL, w, kept, state, verifier)
	if err != nil {
		return "", broken(NotOffered, w, "The authorize address of the app for "+sys.Spec.Name+" is not a web address. Correct it in the settings of the app.", err)
	}
	c := Consent{ID: newID("k"), Workspace: w.Workspace, State: hashed(state), Session: hashed(w.Session), User: w.User, System: w.System,
		Connection: w.Connection, Status: ConsentAway, Expires: s.Now().Add(consentLife),
		Body: ConsentBody{Name: w.Name, Params: w.Params, BaseURL: w.BaseURL, PerSecond: w.PerSecond, For: w.For, Redirect: w.Redirect, Back: w.Back,
			Client: app.clientID(), TokenURL: token, Asked: asked}}
	if verifier != "" {
		owner, kind := ConsentSeal(c.ID)
		if c.Sealed, err = s.Sealer.Seal(w.Workspace, owner, kind, []byte(verifier)); err != nil {
			return "", err
		}
	}
	return link, s.Memory.SaveConsent(ctx, w.Workspace, c, s.Now())
}

// complete fills in what the wish leaves out, and refuses what cannot be.
func (s *Service) complete(ctx context.Context, w Wish) (Wish, System, error) {
	if w.Connection != "" {
		c, err := s.Memory.ConnectionByID(ctx, w.Workspace, w.Connection)
		if err != nil {
			return w, System{}, err
		}
		if w.BaseURL != "" && c.Identity.ID != "" && place(w.BaseURL) != place(c.BaseURL) {
			return w, System{}, broken(WrongAccount, w, "Connection "+c.Name+" is an account at another address. Make a new connection for this one.", nil)
		}
		w.System, w.Name, w.BaseURL = c.System, c.Name, or(w.BaseURL, c.BaseURL)
		w.Params = merged(c.Params, w.Params)
		if w.PerSecond == 0 {
			w.PerSecond = c.PerSecond
		}
		if s.Needs != nil {
			needs, err := s.Needs(ctx, w.Workspace, w.Connection)
			if err != nil {
				return w, System{}, err
			}
			w.For = append(slices.Clone(w.For), needs...)
		}
	}
	w.Name = strings.TrimSpace(w.Name)
	w.For = append([]connector.Need{connector.ToRead}, w.For...)
	slices.Sort(w.For)
	w.For = slices.Compact(w.For)
	sys, err := s.system(w.System)
	if err != nil {
		return w, sys, broken(NotOffered, w, err.Error(), err)
	}
	if sys.Spec.OAuth == nil {
		return w, sys, broken(NotOffered, w, sys.Spec.Name+" is connected by a key.", nil)
	}
	if w.Session == "" || w.Redirect == "" {
		return w, sys, broken(NotOffered, w, "Sign in first, then connect the account.", nil)
	}
	if err := s.plausible(ctx, w.Workspace, w.Connection, w.Name, w.BaseURL, w.Params, sys, false); err != nil {
		return w, sys, broken(NotOffered, w, err.Error(), err)
	}
	return w, sys, nil
}

// plausible checks what a person gave, before any call: the name is free, the address may be used, and the params have
// the right form, but for those that the system tells with a consent; with a key it tells none.
func (s *Service) plausible(ctx context.Context, workspace, id, name, base string, params map[string]string, sys System, key bool) error {
	if id == "" && name != "" {
		all, err := s.Memory.Connections(ctx, workspace)
		if err != nil {
			return err
		}
		if _, err := newName(all, name, connector.Identity{}, sys.Spec); err != nil {
			return err
		}
	}
	if base != "" {
		if why := badAddress(base, s.Allow); why != "" {
			return &connector.Error{Kind: connector.Config, Fields: []string{"base_url"}, Message: "The address " + why}
		}
	}
	told := !key && sys.Spec.OAuth != nil && len(sys.Spec.OAuth.Account) > 0
	for _, p := range sys.Spec.Params {
		if told && params[p.Name] == "" {
			return nil
		}
	}
	_, err := sys.New(connector.Account{BaseURL: base, Params: params, HTTP: s.HTTP, Token: func(context.Context) (string, error) { return "", nil }})
	return err
}

// link is the address that the browser is sent to, and the scopes that are asked for there.
func (s *Service) link(app App, spec *connector.Spec, address string, w Wish, kept []string, state, verifier string) (string, []string, error) {
	asked := app.scopes(spec, w.For)
	if len(app.Scopes) == 0 {
		for _, name := range kept {
			if !slices.Contains(asked, name) {
				asked = append(asked, name)
			}
		}
	}
	var options []oauth2.AuthCodeOption
	for name, value := range spec.OAuth.AuthorizeParams {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	if app.VersionID != "" {
		options = append(options, oauth2.SetAuthURLParam("version_id", app.VersionID))
	}
	if verifier != "" {
		options = append(options, oauth2.S256ChallengeOption(verifier))
	}
	own := oauth2.Config{ClientID: app.clientID(), RedirectURL: w.Redirect, Scopes: asked, Endpoint: oauth2.Endpoint{AuthURL: "https://x/"}}
	ours, err := url.Parse(own.AuthCodeURL(state, options...))
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", nil, err
	}
	query := ours.Query()
	for name, values := range u.Query() {
		switch name {
		case "state", "redirect_uri", "response_type", "code_challenge", "code_challenge_method": // these are ours, whatever stands there
		case "scope":
			query[name] = values
			asked = strings.Fields(strings.Join(values, " "))
		default: // the client id and version of an install link are kept
			query[name] = values
		}
	}
	// A blank as %20, which every server takes for one; a plus sign of a value is written %2B.
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String(), asked, nil
}

// kept are the scopes of the spec that a connection has by consent to the same app. A new consent takes the place of the
// former one, so they are asked for again, whether a flow needs them now or not.
func (s *Service) kept(ctx context.Context, w Wish, app App, spec *connector.Spec) (names []string, err error) {
	if w.Connection == "" || spec.OAuth.Undocumented {
		return nil, nil
	}
	p, ok, err := s.Memory.PermitOf(ctx, w.Workspace, w.Connection)
	if err != nil || !ok || p.Client != app.clientID() {
		return nil, err
	}
	for _, scope := range spec.Scopes {
		if slices.Contains(p.Scopes, scope.Name) && !slices.Contains(scope.For, connector.ToInstall) {
			names = append(names, scope.Name)
		}
	}
	return names, nil
}

// secretWord is a word of 256 random bits.
func secretWord() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashed is what is stored of a secret word that comes back. It is long and random, so a plain hash is enough.
func hashed(word string) string {
	sum := sha256.Sum256([]byte(word))
	return hex.EncodeToString(sum[:])
}

// newID makes the id of a new thing.
func newID(kind string) string { return kind + strings.ToLower(rand.Text()[:10]) }

func merged(under, over map[string]string) map[string]string {
	out := map[string]string{}
	for _, some := range []map[string]string{under, over} {
		for name, value := range some {
			if value != "" {
				out[name] = value
			}
		}
	}
	return out
}

func broken(reason Reason, w Wish, message string, err error) *Broken {
	w.Session = ""
	return &Broken{Reason: reason, Message: message, Wish: w, Err: err}
}
