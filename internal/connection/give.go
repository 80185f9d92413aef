package connection

import (
	"context"

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
	Key       string
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

// Try looks at a key and tries it, and saves nothing. Its error is a sentence for the person who pasted it.
func (s *Service) Try(ctx context.Context, g GiveKey) (Given, error) {
	return Given{}, errNotBuilt
}

// Give looks at a key, tries it, and saves the connection with the sealed key in one step. A key of another account
// than the connection had is refused.
func (s *Service) Give(ctx context.Context, g GiveKey) (Connection, Given, error) {
	return Connection{}, Given{}, errNotBuilt
}
