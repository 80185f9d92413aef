// Package connectortest holds the named checks that every connector must pass, over real HTTP against a live server.
//
// A check gets a server of its own from the subject's factory, so checks run side by side. Between connector and server
// sits a [Tap], which can lose, replace or hold back an answer: what a connector says about a call whose outcome nobody
// knows is checked here, without any help of the server.
package connectortest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"couplet/internal/connector"
)

// Subject is one account of the system under test, freshly made, with nothing in it that matters.
type Subject struct {
	// New makes the connector under test.
	New func(connector.Account) (connector.Connector, error)
	// Account reaches the server: BaseURL and Params. Its HTTP client, if any, is used for its Transport. The checks
	// fill in the rest.
	Account connector.Account
	// Token is accepted by the server. WrongToken has the right form, but nobody knows it.
	Token, WrongToken string
	// Seed puts n contacts with email address and name into the system, past the connector, visible at once, and
	// returns their ids.
	Seed func(n int) []string
	// Pages is a number of contacts that fills at least three pages of a List.
	Pages int
	// Names are the fields of a person's name that List shows if it is asked. Email, Phone, City and Tags are the names
	// of those fields; Consent is a bool that says "do not contact".
	Names                             []string
	Email, Phone, City, Tags, Consent string
	// Writes are the values that give a new contact its name.
	Writes connector.Fields
	// Nobody is the id of a contact that does not exist.
	Nobody string
	// Identity is what Check must find.
	Identity connector.Identity
	// Unique: the system refuses a second contact with the same email address.
	Unique bool
	// Children are the objects whose records hang on contacts.
	Children []Child
	// Others are objects whose records hang on nothing and are no contacts.
	Others []Child
}

// Run runs every check as a subtest of its own, each with a subject of its own.
func Run(t *testing.T, subject func(t *testing.T) Subject) {
	for _, check := range checks {
		t.Run(check.name, func(t *testing.T) {
			t.Parallel()
			check.run(newBench(t, subject(t)))
		})
	}
}

// checks by name; the name is the rule.
var checks = []struct {
	name string
	run  func(*bench)
}{
	{"a reading of everything shows every record", listsEverything},
	{"a reading of changes shows what changed", listsChanges},
	{"list and get give the same version of an unchanged record", sameVersion},
	{"a record that is not there is not found", notFound},
	{"create returns what the system now holds", createEcho},
	{"a stamp written at creation finds the record again", findByStamp},
	{"find by a key gives every holder and nobody else", findByKey},
	{"update changes only the given field", updateOnly},
	{"blank is shown as nil and never left out", blank},
	{"tags are added and removed one by one", tagDelta},
	{"consent is written and read as a bool", consent},
	{"custom fields keep their types", customTypes},
	{"deleting what is gone succeeds", deleteTwice},
	{"a duplicate names the record in the way", duplicate},
	{"a write without an answer has an unknown outcome", lostAnswer},
	{"a server fault is temporary for a read and unknown for a write", serverFault},
	{"a refused create is unknown, a refused update is invalid", refusal},
	{"a call that the rate limit turned away is made again when the budget lets it", turnedAway},
	{"a call that is always turned away is given up with the time to wait", alwaysTurnedAway},
	{"describe lists custom fields, and ensuring one twice makes one", ensureField},
	{"ensuring a field from many places makes one", ensureTogether},
	{"check says whose credential it is and changes nothing", checkIdentity},
	{"a wrong key is unauthorized", wrongKey},
	{"a key of another kind is recognised before any call", foreignKey},
	{"a stopped call says so", stopped},
	{"a redirect is never followed", redirect},
	{"an address where nothing listens is a wrong setting at the first check", nobodyHome},
	{"errors hold neither keys nor personal data", discreet},
	{"every call waits for the budget once and reports once", budgeted},
	{"calls are observed without queries", observed},
	{"many calls at once do no harm", together},
	{"a record that hangs on a contact comes back as it was sent", eachChild(childComesBack)},
	{"a list shows every record that hangs on a contact", eachChild(childListed)},
	{"a change of a record that hangs on a contact changes nothing else", eachChild(childChanged)},
	{"deleting what hung on a contact and is gone succeeds", eachChild(childDeleted)},
	{"a record that hangs on a contact is found by what makes it alike", eachChild(childFound)},
	{"a record that lacks what the system wants is refused before any call", eachChild(childRefused)},
	{"a write to what hangs on a contact has an unknown outcome without an answer", eachChild(childInDoubt)},
	{"a company comes back as it was sent", eachOther(childComesBack)},
	{"a list shows every company", eachOther(otherListed)},
	{"a change of a company changes nothing else", eachOther(childChanged)},
	{"deleting a company that is gone succeeds", eachOther(otherDeleted)},
	{"a company is found by what it holds", eachOther(childFound)},
	{"a company that lacks what the system wants is refused before any call", eachOther(childRefused)},
	{"a write to a company has an unknown outcome without an answer", eachOther(childInDoubt)},
}

// bench is one subject with everything that a check needs.
type bench struct {
	*testing.T
	Subject
	tap    *Tap
	budget *Budget
	conn   connector.Connector

	mu        sync.Mutex
	exchanges []connector.Exchange
}

func newBench(t *testing.T, s Subject) *bench {
	b := &bench{T: t, Subject: s, budget: &Budget{}}
	b.tap = &Tap{}
	if s.Account.HTTP != nil {
		b.tap.Next = s.Account.HTTP.Transport
	}
	if b.tap.Next == nil {
		transport := &http.Transport{MaxIdleConnsPerHost: 16}
		t.Cleanup(transport.CloseIdleConnections)
		b.tap.Next = transport
	}
	b.conn = b.connect(s.Token)
	return b
}

// account is the subject's account with a key.
func (b *bench) account(token string) connector.Account {
	acc := b.Subject.Account
	acc.Token = func(context.Context) (string, error) { return token, nil }
	acc.HTTP = &http.Client{Transport: b.tap}
	acc.Budget = b.budget
	acc.Now = time.Now
	acc.Observe = func(e connector.Exchange) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.exchanges = append(b.exchanges, e)
	}
	return acc
}

func (b *bench) connect(token string) connector.Connector {
	b.Helper()
	conn, err := b.New(b.account(token))
	b.must(err)
	return conn
}

func (b *bench) ctx() context.Context { return b.Context() }

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("%v (%#v)", err, err)
	}
}

// wantKind fails unless the error is of that kind, and returns it.
func (b *bench) wantKind(err error, kind connector.Kind) *connector.Error {
	b.Helper()
	e, ok := connector.AsError(err)
	if !ok || e.Kind != kind {
		b.Fatalf("got %v of kind %q, want kind %q", err, connector.KindOf(err), kind)
	}
	if e.Message == "" {
		b.Fatalf("an error of kind %q without a message", kind)
	}
	return e
}

// eventually waits until a condition holds, for systems whose index lags.
func (b *bench) eventually(what string, ok func() bool) {
	b.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			b.Fatalf("never: %s", what)
		}
	}
}

// person makes the values of a new contact.
func (b *bench) person(email string) connector.Fields {
	values := connector.Fields{b.Email: email}
	for name, v := range b.Writes {
		values[name] = v
	}
	return values
}

// create makes a contact, and warms the connector up so that what follows is only the calls under test.
func (b *bench) create(values connector.Fields) connector.Record {
	b.Helper()
	rec, err := b.conn.Create(b.ctx(), "contact", "", values)
	b.must(err)
	return rec
}

func (b *bench) get(id string) connector.Record {
	b.Helper()
	rec, err := b.conn.Get(b.ctx(), ref(id))
	b.must(err)
	return rec
}

func ref(id string) connector.Ref { return connector.Ref{Object: "contact", ID: id} }

func (b *bench) describer() connector.Describer {
	b.Helper()
	d, ok := b.conn.(connector.Describer)
	if !ok {
		b.Skip("not a Describer")
	}
	return d
}

func (b *bench) checker(conn connector.Connector) connector.Checker {
	b.Helper()
	c, ok := conn.(connector.Checker)
	if !ok {
		b.Skip("not a Checker")
	}
	return c
}

// stamp makes sure of the stamp field and returns its name.
func (b *bench) stamp() string {
	b.Helper()
	object, ok := b.conn.Spec().Object("contact")
	if !ok {
		b.Fatal("the spec has no contact")
	}
	f, err := b.describer().EnsureField(b.ctx(), "contact", object.Stamp)
	b.must(err)
	return f.Name
}
