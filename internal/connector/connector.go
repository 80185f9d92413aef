// Package connector says what Couplet needs from a CRM, in words no single CRM owns.
//
// # Terms
//
// A system is a product (HighLevel, User.com). An account is one customer's place in it. An object is a kind of
// record (contact, later task and note). A [Record] holds the fields of one record as that system shows them, under
// that system's own field names. A [Ref] points at a record without saying anything about it.
//
// A system is described by a [Spec], which is data: where it lives, how it authenticates, what it allows, what its
// errors mean, and which objects and fields it has. What data cannot say is a few lines of code in the system's own
// package. Both sit behind [Connector]; connectortest holds the checks that every Connector must pass.
//
// # What a caller may count on
//
// Reads may be stale (an index lags), may repeat a record, and never skip one. A write that returns a record has been
// answered by the system, and the record is what the system says it now holds, which need not be what was sent. A
// write that returns an [Error] of kind Unknown may have happened.
package connector

import (
	"context"
	"net/http"
	"time"
)

// Side names the two ends of a pair of connections. Code indexes by side; it has no branch for A and branch for B.
type Side int

// The two sides. A is the connection named "a" in a flow file.
const (
	A Side = 0
	B Side = 1
)

// Other is the opposite side.
func (s Side) Other() Side { return 1 - s }

// String is "a" or "b", as in flow files and in the JSON of a run.
func (s Side) String() string { return [...]string{"a", "b"}[s] }

// Ref points at one record. Parent is the id of the record it hangs under ("" for contacts).
type Ref struct {
	Object, ID, Parent string
}

// Fields are values under a system's own field names. A value is a string, float64, bool, []string or nil. Dates and
// instants are strings in ISO 8601; the field's Type says which. A name that is absent was not shown (unknown), a name
// with nil was shown empty: the two are never the same thing (sync-semantics 5.4).
type Fields map[string]any

// Delta is a change of a set field (tags): what to add and what to remove, by name. It appears only in the fields of
// an Update, because both systems have no safe way to replace a whole set (highlevel.md 1.3, usercom.md 6.1).
type Delta struct{ Add, Remove []string }

// Record is one record as its system showed it.
type Record struct {
	Ref
	// Version is the system's change stamp, compared for equality only ("" = the system gives none).
	Version string
	// Created is the system's creation time, zero when unknown.
	Created time.Time
	Fields  Fields
}

// Cursor continues a List. Opaque to everyone but its connector; "" is the beginning, and in a Page the end.
type Cursor string

// ListRequest asks for one page.
type ListRequest struct {
	Object string
	// Since limits the answer to records changed at or after it, oldest change first where the system can order.
	// Zero asks for everything (a generation).
	Since time.Time
	// Fields that the caller needs. A connector may leave out others, and may need extra streams to show these.
	Fields []string
	After  Cursor
	// Parent limits the answer to the records of one parent; an object that is PerParent needs it.
	Parent string
}

// Page is one answer to List.
type Page struct {
	Records []Record
	// Next continues; "" means that this was the last page.
	Next Cursor
	// Partial says, on the last page, that not everything may have been shown: the system broke the list off before its end,
	// or its rows moved between the pages all the time. Absence from such a list proves nothing.
	Partial bool
	// Total is the number of records in the whole answer as the system counts them, -1 when it does not say.
	Total int
	// At is the system's clock when it answered (its Date header), zero when it gave none.
	At time.Time
}

// Connector talks to one account of one system. Every method honours the context, spends the account's budget, and
// returns an *Error when the system refuses. It is safe for concurrent use.
type Connector interface {
	// Spec is the data this connector is driven by.
	Spec() *Spec
	// List returns one page. It may repeat a record and may show a record without some of its fields; it may not
	// skip one that existed when the first page was asked for and the index knew it.
	List(ctx context.Context, req ListRequest) (Page, error)
	// Get reads the truth about one record. A record that is gone is an *Error of kind NotFound.
	Get(ctx context.Context, ref Ref) (Record, error)
	// Find looks for live records that hold every one of the given values. Comparison is the system's own, so the
	// caller checks what comes back.
	Find(ctx context.Context, object, parent string, by Fields) ([]Record, error)
	// Create makes a record and returns what the system now holds. It is never repeated on a doubtful outcome.
	Create(ctx context.Context, object, parent string, set Fields) (Record, error)
	// Update changes only the given fields and returns what the system now holds, the given fields at least; like any
	// record it may leave out others, and a record without Version says nothing about the version. Sets are given as
	// Delta.
	Update(ctx context.Context, ref Ref, set Fields) (Record, error)
	// Delete removes a record. Deleting what is gone succeeds.
	Delete(ctx context.Context, ref Ref) error
}

// Describer is the ability to say which fields an account has, its own custom fields among them.
type Describer interface {
	// Describe lists the fields of an object, standard ones first.
	Describe(ctx context.Context, object string) ([]Field, error)
	// EnsureField creates a custom field unless one of that label exists, and returns it.
	EnsureField(ctx context.Context, object string, want Field) (Field, error)
}

// Checker is the ability to try a credential and to say whose it is.
type Checker interface {
	// Check makes the cheapest calls that prove the credential, reading and, when write is true, writing.
	Check(ctx context.Context, write bool) (Identity, error)
}

// Prober is the ability to find out what a credential may do where nobody says so. It changes nothing.
type Prober interface {
	// Probe returns the names of the scopes (Spec.Scopes) that the credential was seen to have.
	Probe(ctx context.Context) ([]string, error)
}

// Agency is a credential that stands for many accounts: it lists them, and gets a credential for one of them.
type Agency interface {
	// Accounts lists the accounts in which the app is installed.
	Accounts(ctx context.Context) ([]Identity, error)
	// Grant gets a credential for one account: the token answer, as a consent for that account alone would have given it.
	Grant(ctx context.Context, account string) (map[string]any, error)
}

// Staff is the ability to list the people who work in an account: those whom records can be assigned to (fields of type
// [User] hold their ids).
type Staff interface {
	Owners(ctx context.Context) ([]Owner, error)
}

// Owner is one member of an account's staff. Members of two accounts are the same person when their email is.
type Owner struct {
	ID, Name, Email string
}

// Identity is the account behind a credential.
type Identity struct {
	ID, Name string
	// Region is the ISO 3166 country that phone numbers without prefix belong to, "" when the system does not say.
	Region string
	// Zone is the IANA time zone of the account, "" when the system does not say.
	Zone string
}

// Hooks is the ability to take the system's own calls. Nothing in a call is believed: it yields Refs to look at.
type Hooks interface {
	// Parse verifies the raw body and says which account it is about and which records to look at. A bad or missing
	// signature is an *Error of kind Unauthorized.
	Parse(header http.Header, body []byte) (Call, error)
}

// Call is one verified webhook call.
type Call struct {
	// ID is unique per delivery ("" when the system has none; the caller then hashes the body).
	ID string
	// Account is the id of the account it is about.
	Account string
	Type    string
	At      time.Time
	Refs    []Ref
	// Extra is what whoever set the call up has it say besides, nil for nothing. It is theirs, and says nothing about a record.
	Extra map[string]any
	// App is set when the call is about an app of the system and not about records.
	App *AppCall
}

// AppCall says that an app was installed in an account or removed from it. It is verified like any call, but a system may
// sign in this way for every app that anybody has registered there: App must be compared with one's own.
type AppCall struct {
	Removed bool
	// App is the id of the app, Agency that of the agency when the call is about all its accounts (Call.Account is "" then).
	App, Agency string
}

// Budget hands out the right to start one call.
type Budget interface {
	// Wait blocks until a call may start. It fails only with the context.
	Wait(ctx context.Context) error
	// Done reports how the call ended, with the headers of its answer (nil when there was none).
	Done(status int, header http.Header)
}

// Account is what a connector needs to reach one customer's account.
type Account struct {
	// BaseURL replaces the vendor's, "" for the vendor's own.
	BaseURL string
	// Params name the account in the system's terms (locationId; subdomain).
	Params map[string]string
	// Settings are the choices of Spec.Settings, by name; one that is absent has its default.
	Settings map[string]string
	// Token returns the current credential.
	Token func(ctx context.Context) (string, error)
	// Renew returns the credential to use after one that was not accepted, and an error when there is none; nil asks Token
	// again. Refused is told a credential that is not accepted and cannot be renewed; it may be nil.
	Renew   func(ctx context.Context, refused string) (string, error)
	Refused func(key string, err *Error)
	// Scheme stands before the credential instead of the spec's own word, when it is not empty.
	Scheme string
	// Issued says that the credential was issued to a program and not copied by a person, so that its looks say nothing.
	Issued bool
	// HTTP is the guarded client. Nothing else may be used to reach the network.
	HTTP   *http.Client
	Budget Budget
	// Observe is called after each call for counting and for the log; it may be nil. It is given no bodies.
	Observe func(Exchange)
	// Now is the clock that Exchange.Took is measured with; without one Took is zero.
	Now func() time.Time
}

// Exchange is one call as the log keeps it: no bodies, no query values, no secrets.
type Exchange struct {
	Method, Path string
	// Pattern is the path without ids, by which calls are counted.
	Pattern string
	Write   bool
	Status  int
	Took    time.Duration
}
