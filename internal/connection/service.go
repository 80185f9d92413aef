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
	// Reconnected is told a connection that can be used again, so that its flows are woken. It may be nil.
	Reconnected func(ctx context.Context, workspace, connection string)
}

// Memory is what the service needs remembered. Every method is one transaction and sees one workspace only, unless it
// says otherwise. What is secret in it is sealed.
type Memory interface {
	Secrets
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
	return Offer{}, errNotBuilt
}

// Permit says what is known of a connection's credential. ok is false when it has none.
func (s *Service) Permit(ctx context.Context, workspace, connection string) (p Permit, ok bool, err error) {
	return Permit{}, false, errNotBuilt
}

// Missing lists the scopes that a connection lacks for what a flow wants to do with it (flow.Flow.Needs), each with its
// reason. Call it before a flow is switched on: nothing may be switched on while it is not empty. For a pasted key of
// which nobody knows what it may do, the account is asked.
func (s *Service) Missing(ctx context.Context, workspace, connection string, needs ...connector.Need) ([]connector.Scope, error) {
	return nil, errNotBuilt
}

// Check tries a connection's credential and stores how it went: a success makes a connection that had to be connected
// again usable, and wakes its flows; a refusal of the key does the opposite. The connection is returned as it is stored
// now. A failure that says nothing about the key, such as no answer, is returned and changes nothing.
func (s *Service) Check(ctx context.Context, workspace, connection string) (Connection, error) {
	return Connection{}, errNotBuilt
}

// Disconnect forgets the secrets of a connection. Its flows hold; what was agreed about records stays, so that
// connecting the same account again goes on from there.
func (s *Service) Disconnect(ctx context.Context, workspace, connection string) (Connection, error) {
	return Connection{}, errNotBuilt
}
