package connection

import (
	"context"
	"errors"
	"slices"
	"strings"

	"couplet/internal/connector"
)

// GiveKey is a key that a person gave for an account: pasted (Key), or the id and secret of an app that acts for itself
// (Client, for the grant client_credentials).
type GiveKey struct {
	Workspace string
	// Connection is the id of the one that gets the key, "" for a new one, which is then called Name and is of System.
	Connection, System, Name string
	// Params name the account; BaseURL and PerSecond are as in Connection. For one that exists, what is left out is kept.
	Params    map[string]string
	BaseURL   string
	PerSecond float64
	// Settings are as in Connection; nil keeps those of a connection that exists.
	Settings map[string]string
	Key      string
	// Client is set instead of Key. With an empty id and secret those of the app of the workspace are used.
	Client *ClientKey
	// For is what flows will want, reading in any case: the key is tried for it.
	For []connector.Need
}

// ClientKey is the id and secret of an app that acts for itself, and where its tokens come from ("" for the app's own
// address).
type ClientKey struct {
	ID, Secret, TokenURL string
	Scopes               []string
}

// Given is what a key turned out to be.
type Given struct {
	Account connector.Identity
	// Was is the account that the connection had before. OtherAccount: this key is of another one, and is refused for this
	// connection. Twin is the name of another connection of the workspace that has the same account, "" for none.
	Was          connector.Identity
	OtherAccount bool
	Twin         string
	// Granted are the scopes that the key has, Missing those that it lacks for what was asked.
	Granted, Missing []connector.Scope
}

// Tried is a key that was tried and is not saved yet.
type Tried struct {
	Given
	// Connection is what Keep will save.
	Connection Connection

	secrets map[string]any
	permit  Permit
	trial   trial
}

// Reach makes a connector with a key that was tried and is not saved yet.
func (s *Service) Reach(t Tried) (connector.Connector, error) {
	return t.trial.sys.New(s.account(t.trial))
}

// SameClient reports whether a connection already has that app's id and secret; an empty id and secret are the same as
// whatever it has.
func (s *Service) SameClient(ctx context.Context, c Connection, k ClientKey) (bool, error) {
	own, err := s.client(ctx, c)
	if err != nil || own.ID == "" || k.ID == "" && k.Secret == "" && k.TokenURL == "" {
		return own.ID != "", err
	}
	return own.ID == k.ID && own.Secret == k.Secret && (k.TokenURL == "" || k.TokenURL == own.TokenURL) &&
		(len(k.Scopes) == 0 || slices.Equal(k.Scopes, own.Scopes)), nil
}

// ClientOf is the app of a connection that acts for itself, without its secret.
func (s *Service) ClientOf(ctx context.Context, c Connection) (ClientKey, error) {
	own, err := s.client(ctx, c)
	return ClientKey{ID: own.ID, TokenURL: own.TokenURL, Scopes: own.Scopes}, err
}

func (s *Service) client(ctx context.Context, c Connection) (own clientOf, err error) {
	sealed, err := s.Memory.Secret(ctx, c.Workspace, c.ID, SecretClient)
	if err != nil || len(sealed) == 0 {
		return own, err
	}
	return own, unseal(s.Sealer, c.Workspace, c.ID, SecretClient, sealed, &own)
}

// Try looks at a key and tries it, and saves nothing. Its error is a sentence for the person who gave it.
func (s *Service) Try(ctx context.Context, g GiveKey) (Tried, error) {
	t, sys, err := s.wanted(ctx, g)
	if err != nil {
		return t, err
	}
	needs := append([]connector.Need{connector.ToRead}, g.For...)
	if g.Connection != "" && s.Needs != nil {
		more, err := s.Needs(ctx, g.Workspace, g.Connection)
		if err != nil {
			return t, err
		}
		needs = append(needs, more...)
	}
	c := t.Connection
	try := trial{sys: sys, params: c.Params, settings: c.Settings, base: c.BaseURL, perSecond: c.PerSecond, id: g.Connection}
	if g.Client == nil {
		try.key = strings.TrimSpace(g.Key)
		if err := s.looksRight(sys.Spec, try.key); err != nil {
			return t, err
		}
		t.secrets, t.permit = map[string]any{SecretToken: try.key}, Permit{}
	} else if err := s.ownTokens(ctx, sys, *g.Client, &t, &try, needs); err != nil {
		return t, err
	}
	who, has, err := s.look(ctx, try, slices.Contains(needs, connector.ToWrite), true)
	if err != nil {
		return t, err
	}
	if g.Client == nil || sys.Spec.OAuth.Undocumented {
		t.permit.Scopes = has
	}
	all, err := s.Memory.Connections(ctx, g.Workspace)
	if err != nil {
		return t, err
	}
	t.Account, t.Connection.Identity, t.trial = who, who, try
	t.Granted, t.Missing = sys.Spec.ScopesNamed(t.permit.Scopes...), withheld(sys.Spec, needs, t.permit.Scopes)
	t.Was, t.OtherAccount, t.Twin = s.compare(sys.Spec, all, g.Connection, c.System, ConsentBody{Params: c.Params, BaseURL: c.BaseURL, Account: who})
	if g.Connection == "" && c.Name == "" {
		t.Connection.Name = freeName(all, who, sys.Spec)
	}
	return t, nil
}

// wanted is the connection that a key is for, as it would be saved.
func (s *Service) wanted(ctx context.Context, g GiveKey) (t Tried, sys System, err error) {
	c := Connection{ID: newID("c"), Workspace: g.Workspace, Name: strings.TrimSpace(g.Name), System: g.System, Epoch: 1, Params: merged(nil, g.Params), BaseURL: g.BaseURL, PerSecond: g.PerSecond, Settings: Chosen(g.Settings)}
	if g.Settings == nil {
		c.Settings = Chosen(s.Known[g.System])
	}
	if g.Connection != "" {
		old, err := s.Memory.ConnectionByID(ctx, g.Workspace, g.Connection)
		if err != nil {
			return t, sys, err
		}
		c = old
		c.Params, c.BaseURL = merged(old.Params, g.Params), or(g.BaseURL, old.BaseURL)
		if g.PerSecond > 0 {
			c.PerSecond = g.PerSecond
		}
		if g.Settings != nil {
			c.Settings = Chosen(g.Settings)
		}
	}
	if sys, err = s.system(c.System); err != nil {
		return t, sys, err
	}
	c.AuthKind = KindToken
	if g.Client != nil {
		c.AuthKind = KindClient
	}
	t.Connection = c
	return t, sys, s.plausible(ctx, g.Workspace, g.Connection, c.Name, c.BaseURL, c.Params, sys, true)
}

// looksRight checks a pasted key before any call: it is of this system, and of a kind that people paste.
func (s *Service) looksRight(spec *connector.Spec, key string) error {
	var others []*connector.Spec
	for _, sys := range s.Systems {
		others = append(others, sys.Spec)
	}
	if err := spec.CheckKey(key, others...); err != nil {
		return err
	}
	if kind, _ := spec.Recognise(key); kind.Kind != KindToken {
		return &connector.Error{Kind: connector.Unauthorized, Message: "This is a key that an app gets for a short time, and it would end soon. Connect by consent instead, or make a key that lasts: " + looksOf(spec) + "."}
	}
	return nil
}

func looksOf(spec *connector.Spec) string {
	var looks []string
	for _, c := range spec.Credentials {
		if c.Kind == KindToken {
			looks = append(looks, c.Looks)
		}
	}
	return strings.Join(looks, ", or ")
}

// ownTokens gets the first tokens of an app that acts for itself.
func (s *Service) ownTokens(ctx context.Context, sys System, k ClientKey, t *Tried, try *trial, needs []connector.Need) error {
	if sys.Spec.OAuth == nil {
		return &connector.Error{Kind: connector.Config, Message: sys.Spec.Name + " is connected by a key."}
	}
	app, secret, err := s.registry().app(ctx, t.Connection.Workspace, sys.Spec)
	if err != nil {
		return err
	}
	if k.ID == "" && k.Secret == "" {
		k.ID, k.Secret = app.clientID(), secret
		if k.TokenURL != "" && place(k.TokenURL) != place(app.tokenURL(sys.Spec)) {
			k.ID, k.Secret = "", "" // the secret of an app goes to its own address only
		}
	}
	if k.TokenURL == "" {
		k.TokenURL = app.tokenURL(sys.Spec)
	}
	if k.TokenURL, err = filled(k.TokenURL, sys.Spec, t.Connection.Params); err != nil {
		return err
	}
	if k.ID == "" || k.Secret == "" || k.TokenURL == "" {
		return &connector.Error{Kind: connector.Config, Message: "An app that acts for itself needs a client ID, a client secret and a token address. Give all three."}
	}
	if why := badAddress(k.TokenURL, s.Allow); why != "" {
		return &connector.Error{Kind: connector.Config, Fields: []string{"token_url"}, Message: "The token address " + why}
	}
	if len(k.Scopes) == 0 {
		k.Scopes = app.scopes(sys.Spec, needs)
	}
	from := issuer{spec: sys.Spec, http: s.HTTP, now: s.Now, client: k.ID, secret: k.Secret, tokenURL: k.TokenURL}
	got, err := from.forItself(ctx, k.Scopes, app.HeaderWord)
	if connector.KindOf(err) == connector.Unauthorized && !errors.Is(err, errClient) {
		return &connector.Error{Kind: connector.Unauthorized, Err: err, Message: sys.Spec.Name + " gave no key to this app. Check its client ID and secret. If they are right, it does not let apps act for themselves: connect by consent, or with a key."}
	}
	if err != nil {
		return err
	}
	got.To = target(sys.Spec, t.Connection)
	try.key, try.word, try.issued = got.Access, got.Word, true
	t.secrets = map[string]any{SecretTokens: got, SecretClient: clientOf{k.ID, k.Secret, k.TokenURL, k.Scopes}}
	t.permit = got.permit(KindClient)
	return nil
}

// Give looks at a key, tries it, and saves the connection with the sealed key in one step. A key of another account
// than the connection had is refused.
func (s *Service) Give(ctx context.Context, g GiveKey) (Connection, Given, error) {
	t, err := s.Try(ctx, g)
	if err != nil {
		return Connection{}, t.Given, err
	}
	c, err := s.Keep(ctx, t)
	return c, t.Given, err
}

// Keep saves what was tried.
func (s *Service) Keep(ctx context.Context, t Tried) (Connection, error) {
	if t.OtherAccount {
		return Connection{}, &connector.Error{Kind: connector.Config, Message: otherAccount(s.Systems[t.Connection.System].Spec, t.Was, t.Account, t.Connection.Name)}
	}
	return s.keep(ctx, t.Connection, t.Account, Connected{Permit: t.permit}, t.secrets, Wish{})
}
