package connection

import (
	"time"

	"couplet/internal/connector"
)

// Wish is what a person wants to connect by consent.
type Wish struct {
	Workspace string
	// User and Session are who asks, as words that stay the same until the person comes back. Session is stored as a hash.
	User, Session string
	// Connection is the id of the one that is connected again, "" for a new one, which is then called Name and is of
	// System. Params, BaseURL and PerSecond are as in Connection; for one that exists, what is left out is kept.
	Connection, System, Name string
	Params                   map[string]string
	BaseURL                  string
	PerSecond                float64
	// For is what flows will want, reading in any case. The needs of the flows that use the connection are added.
	For []connector.Need
	// Redirect is the address in this installation to which the system sends the person back, whole.
	Redirect string
	// Back is the path of the page that the person came from.
	Back string
}

// Returned is what came back with the browser. State, Code and Error are the query as it came. The error_description beside
// them is not taken: anybody can write one into an address.
type Returned struct {
	// Session and User are who came back; they must be who went.
	Session, User string
	// Workspace is the one that the person works in, "" for whichever the consent was begun in.
	Workspace string
	// Redirect is the address at which the browser came back, without its query.
	Redirect           string
	State, Code, Error string
}

// Pending is a consent that was given and not yet accepted: nothing of it is saved in a connection. It is forgotten after
// ten minutes.
type Pending struct {
	ID        string
	Workspace string
	System    string
	// Connection is the id of the one that is connected again, "" for a new one. Name is what it is called.
	Connection, Name string
	// Account is whose account it is. It is empty while an account of an agency is still to be chosen (Locations).
	Account connector.Identity
	// Was is the account that the connection had before. When the new one is another (OtherAccount), Accept refuses: what
	// was agreed about the records of one account says nothing about those of another. The person can make it a connection
	// of its own (AcceptNew), or decline.
	Was          connector.Identity
	OtherAccount bool
	// Twin is the name of another connection of the workspace that has the same account already, "" for none.
	Twin string
	// Granted are the scopes that were given, Withheld those that were asked for and not given, each with its reason.
	Granted, Withheld []connector.Scope
	// Locations are the accounts of an agency to choose from, empty when the consent was for one account. Agency names it.
	Locations []connector.Identity
	Agency    connector.Identity
	// Chosen is the id of the location that was chosen.
	Chosen  string
	Back    string
	Expires time.Time
}

// Reason says why a consent came to nothing.
type Reason string

// The reasons. A person can begin again after each of them.
const (
	// Denied: the person, or the system, said no.
	Denied Reason = "denied"
	// Expired: the consent took longer than ten minutes, or was accepted, declined or used already.
	Expired Reason = "expired"
	// Foreign: the answer came to another session, user, workspace or address than the one that began.
	Foreign Reason = "foreign"
	// NoState: the answer does not say which consent it belongs to.
	NoState Reason = "no_state"
	// NotTaken: the system did not exchange the code, or does not take the credential that it gave.
	NotTaken Reason = "not_taken"
	// Unanswered: the system could not be reached or broke off.
	Unanswered Reason = "unanswered"
	// NotOffered: there is no app for consent, or it is not complete.
	NotOffered Reason = "not_offered"
	// WrongAccount: it is another account than the connection has.
	WrongAccount Reason = "wrong_account"
	// BadName: the connection cannot be called so, or another is.
	BadName Reason = "bad_name"
	// Incomplete: an account of the agency must be chosen first.
	Incomplete Reason = "incomplete"
)

// Broken is the error of a consent that came to nothing: a sentence for the person, and what had been wished for, so
// that it can be begun again with one click. The wish is empty when it is not known, or not this person's.
type Broken struct {
	Reason  Reason
	Message string
	Wish    Wish
	Err     error
}

func (b *Broken) Error() string { return b.Message }
func (b *Broken) Unwrap() error { return b.Err }
