package connection

import (
	"context"
	"time"

	"couplet/internal/connector"
)

// Memory is what the service and the pool need remembered. Every method is one transaction and sees one workspace only,
// unless it says that it looks across. What is secret is sealed before it gets here.
type Memory interface {
	Secrets
	// ConnectionByID fails when the workspace has no such connection.
	ConnectionByID(ctx context.Context, workspace, id string) (Connection, error)
	Connections(ctx context.Context, workspace string) ([]Connection, error)
	// FindConnectionByAccount looks across all workspaces.
	FindConnectionByAccount(ctx context.Context, system, account string) ([]Connection, error)

	// AppOf returns the app of a workspace with its sealed secret; ok is false when there is none.
	AppOf(ctx context.Context, workspace, system string) (app App, sealed []byte, ok bool, err error)
	SaveApp(ctx context.Context, workspace string, app App, sealed []byte) error
	DeleteApp(ctx context.Context, workspace, system string) error

	// SaveConsent stores a consent whole and forgets those of the workspace that are past their time.
	SaveConsent(ctx context.Context, workspace string, c Consent, now time.Time) error
	// ConsentByID returns a consent that is not past its time.
	ConsentByID(ctx context.Context, workspace, id string, now time.Time) (c Consent, ok bool, err error)
	// DropConsent forgets a consent and reports whether there was one.
	DropConsent(ctx context.Context, workspace, id string) (bool, error)
	// TakeConsent looks across all workspaces for a consent by the hash of its state, and hands it out once.
	TakeConsent(ctx context.Context, state string, now time.Time) (c Consent, ok bool, err error)
	// OpenConsents looks across all workspaces for the consents that a session has under way.
	OpenConsents(ctx context.Context, session string, now time.Time) ([]Consent, error)

	// Connect stores a connection with its credential, all or nothing, and with it ends the consent that it came from. It
	// reports false, and changes nothing, when that consent is no longer there.
	Connect(ctx context.Context, workspace string, c Connected) (bool, error)
	// Disconnect forgets the secrets and the permit of a connection, and stores why.
	Disconnect(ctx context.Context, workspace, id string, state State, problem string) error
	// ChangeConnection stores what differs in the name, the address, the pace and the settings of a connection from what somebody saw, and
	// nothing else of it. It fails when one of these is not what they saw any more.
	ChangeConnection(ctx context.Context, workspace string, was, c Connection) error
	// MarkConnection stores the state of a connection and when it was checked, and reports whether the state changed.
	MarkConnection(ctx context.Context, workspace, id string, state State, problem string, checked time.Time) (bool, error)
	// TellConnection says anew why a connection is in a state, and reports false when it is in another one by now.
	TellConnection(ctx context.Context, workspace, id string, state State, problem string) (bool, error)

	PermitOf(ctx context.Context, workspace, connection string) (p Permit, ok bool, err error)
	SavePermit(ctx context.Context, workspace string, p Permit) error
	// Permits lists all of a workspace.
	Permits(ctx context.Context, workspace string) ([]Permit, error)
	// FindPermits looks across all workspaces for connections of a system to an account, or when account is "" for those
	// that an agency's consent covers.
	FindPermits(ctx context.Context, system, account, agency string) ([]Permit, error)

	// HoldTokens takes the right to renew the tokens of that name until a time, and reports false when somebody has it.
	HoldTokens(ctx context.Context, workspace, name, holder string, now, until time.Time) (bool, error)
	// LetTokens gives that right back.
	LetTokens(ctx context.Context, workspace, name, holder string) error
	// SaveRenewed replaces a sealed secret and its permit, and reports false, changing nothing, when the secret is no
	// longer the one that was read: somebody connected anew meanwhile.
	SaveRenewed(ctx context.Context, workspace string, was, is []byte, kind string, p Permit) (bool, error)
	// AgencyTokens returns the sealed tokens of an agency, none when there are none. SaveAgencyTokens replaces them, if
	// they are still as they were read; was is nil to store them whatever is there.
	AgencyTokens(ctx context.Context, workspace, system, agency string) ([]byte, error)
	SaveAgencyTokens(ctx context.Context, workspace, system, agency string, was, is []byte) (bool, error)
}

// Connected is a connection with everything that proves it.
type Connected struct {
	Connection Connection
	// Secrets are sealed, by kind; all others of the connection are forgotten.
	Secrets map[string][]byte
	Permit  Permit
	// AgencyTokens are stored when there are any.
	AgencyTokens []byte
	// Consent is the id of the consent that it comes from, "" for none.
	Consent string
}

// ConsentStatus says how far a consent is.
type ConsentStatus string

// The statuses of a consent.
const (
	ConsentAway  ConsentStatus = "away"  // the person is at the system
	ConsentTaken ConsentStatus = "taken" // the answer came; its code is being exchanged
	ConsentBack  ConsentStatus = "back"  // the person is asked whether it is the right account
)

// Consent is a consent under way, as it is stored.
type Consent struct {
	ID, Workspace string
	// State and Session are hashes.
	State, Session           string
	User, System, Connection string
	Status                   ConsentStatus
	Body                     ConsentBody
	// Sealed is the proof key while the person is away, then the tokens.
	Sealed  []byte
	Expires time.Time
}

// ConsentBody is what of a consent is stored as it is. Nothing in it is secret.
type ConsentBody struct {
	Name      string            `json:"name,omitempty"`
	Params    map[string]string `json:"params,omitempty"`
	BaseURL   string            `json:"base_url,omitempty"`
	PerSecond float64           `json:"per_second,omitempty"`
	For       []connector.Need  `json:"for,omitempty"`
	Redirect  string            `json:"redirect"`
	Back      string            `json:"back,omitempty"`
	// Client and TokenURL are those of the app when the consent was begun: the code is exchanged nowhere else.
	Client   string   `json:"client"`
	TokenURL string   `json:"token_url"`
	Asked    []string `json:"asked,omitempty"`

	// What is known once the person is back.
	Account   connector.Identity   `json:"account,omitzero"`
	Granted   []string             `json:"granted,omitempty"`
	Agency    string               `json:"agency,omitempty"`
	Locations []connector.Identity `json:"locations,omitempty"`
	Chosen    string               `json:"chosen,omitempty"`
}
