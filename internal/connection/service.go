package connection

import (
	"context"
	"net/http"
	"time"

	"couplet/internal/connector"
)

// Service connects accounts: by consent in the browser, by a key that a person pastes, or by an app's own credentials.
// Whatever the way, the account is named before anything is saved, and a connection and its sealed secrets are saved
// together or not at all. It is safe for concurrent use.
type Service struct {
	// Systems by id, Memory, Sealer, HTTP (made by NewHTTP), Pool and Now must be set.
	Systems map[string]System
	Memory  Memory
	Sealer  *Sealer
	HTTP    *http.Client
	Pool    *Pool
	Now     func() time.Time
	// Apps are the registered clients of the installation, by system. A workspace that has its own uses that.
	Apps map[string]Client
	// Allow are the host:port that may be named although private, as in [Options].
	Allow []string
	// Needs says what the flows of a connection want to do with it; nil asks for reading only.
	Needs func(ctx context.Context, workspace, connection string) ([]connector.Need, error)
	// Known are the settings that a new connection begins with, by system, where they are known beforehand; it may be nil.
	Known map[string]map[string]string
	// Reconnected is told a connection that can be used again, so that its flows are woken. It may be nil.
	Reconnected func(ctx context.Context, workspace, connection string)
}

// Permit is what is known of a connection's credential without opening it.
type Permit struct {
	Workspace, Connection string
	// Scopes are those that were granted, in the system's own words.
	Scopes []string
	// Client is the id of the app that it was given to, "" for a pasted key. Agency is the id of the agency whose own
	// token it can be made from again, "" for none.
	Client, Agency string
	// Expires is when the access token ends, zero for a key that does not. Renews says that Couplet gets the next one by
	// itself.
	Expires time.Time
	Renews  bool
	// Obtained is when the person agreed or gave the key, Renewed when it was last renewed by itself.
	Obtained, Renewed time.Time
}

// Offer says which ways of connecting a system are open in a workspace, for a page that shows them.
type Offer struct {
	// Key: a key can be pasted. Consent: a person can be sent to the system to agree. Client: an app's own id and secret
	// can be given.
	Key, Consent, Client bool
	// Why says in a sentence why consent is not offered and what would have to be given, "" when it is.
	Why string
	// Undocumented says that the vendor documents no consent for its API, so that whoever offers it must not speak as if it
	// did.
	Undocumented bool
	// Agency: a whole agency can be connected, from which one account is picked.
	Agency bool
}

// Offer says which ways of connecting a system are open in a workspace.
func (s *Service) Offer(ctx context.Context, workspace, system string) (Offer, error) {
	sys, err := s.system(system)
	if err != nil {
		return Offer{}, err
	}
	o := Offer{Key: sys.takes(KindToken)}
	if sys.Spec.OAuth == nil {
		o.Why = sys.Spec.Name + " is connected by a key."
		return o, nil
	}
	app, _, err := s.registry().app(ctx, workspace, sys.Spec)
	if err != nil && app.ClientID == "" {
		return o, err
	}
	o.Why, o.Undocumented = app.lacks(sys.Spec), sys.Spec.OAuth.Undocumented
	o.Consent, o.Client = o.Why == "", app.tokenURL(sys.Spec) != ""
	o.Agency = sys.Spec.OAuth.Agency != nil && sys.Agency != nil
	return o, nil
}

// takes reports whether people can give a credential of that kind.
func (s System) takes(kind string) bool {
	for _, c := range s.Spec.Credentials {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

func (s *Service) system(id string) (System, error) {
	sys, ok := s.Systems[id]
	if !ok {
		return sys, &connector.Error{Kind: connector.Config, Message: "This program does not know a system called " + id + "."}
	}
	return sys, nil
}

func (s *Service) registry() registry { return registry{s.Memory, s.Sealer, s.Apps} }

// Permit says what is known of a connection's credential. ok is false when it has none.
func (s *Service) Permit(ctx context.Context, workspace, connection string) (p Permit, ok bool, err error) {
	return s.Memory.PermitOf(ctx, workspace, connection)
}

// Permits are those of all connections of a workspace, by connection.
func (s *Service) Permits(ctx context.Context, workspace string) (map[string]Permit, error) {
	all, err := s.Memory.Permits(ctx, workspace)
	out := make(map[string]Permit, len(all))
	for _, p := range all {
		out[p.Connection] = p
	}
	return out, err
}
