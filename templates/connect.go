package templates

import (
	"maps"
	"net/url"
	"slices"
)

// Connect is the page on which an account is connected: a step of the way to a flow, or a page of its own.
type Connect struct {
	Frame  Frame
	System System
	// Way is set on a step of the way to a flow.
	Way *Way
	// Again is the name of the connection that is connected again, "" for a new one. Problem says why it has to be.
	Again, Problem string
	// Here is the address of this page with its choices; its forms post to it. Back is where one came from. On, when set,
	// is the next step for an account that was chosen already: Chosen.
	Here, Back, On string
	Chosen         string
	// Stored are connections that can be picked instead.
	Stored []StoredAccount
	// ByConsent says which of the two ways is shown. ConsentHere and KeyHere are the addresses of both.
	ByConsent            bool
	ConsentHere, KeyHere string
	// Documented says what the vendor itself says about the ways, "" where both are its own.
	Documented string
	Consent    Consent
	Key        KeyForm
	// Asked are the permissions that are asked for, Later those that are not, with what for.
	Asked, Later []Permission
	// Purpose says for what the permissions are asked: what writes and what only reads.
	Purpose string
	// Link is the whole address of this page, for a colleague who is the admin.
	Link string
	// Flows are the names of flows that wait for the connection.
	Flows []string
}

// StoredAccount is a connection that can be picked.
type StoredAccount struct {
	Name, Account string
	// Href leads on with it. Problem says why it cannot be used as it is, "" when it can; Mend leads to where it is mended.
	Href, Problem, Mend string
}

// Consent is the way by which the person agrees in the system itself.
type Consent struct {
	// Start leads to the system; it is "" while something is missing, which Why says.
	Start, Why string
	// AgencyStart leads there for a whole agency, "" where there is no such thing. AgencyOne and AgencyMany are the system's
	// words for an account of an agency, AgencyAsked what is asked for besides.
	AgencyStart, AgencyOne, AgencyMany string
	AgencyAsked                        []Permission
	// AppHref leads to where the app is set up. App names it, "" when there is none. Owner says that the visitor may set it.
	AppHref, App string
	Owner        bool
	// Fields are what must be known of the account before anybody can be sent there.
	Fields  []Typed
	Address Typed
}

// KeyForm is the way by which the person pastes a key.
type KeyForm struct {
	Label, Help, Looks string
	Steps              []string
	// Key, the fields of the account, and the address of the API for those who need another one.
	Key     Typed
	Fields  []Typed
	Address Typed
	// Problem says why the whole was refused, "" when it was not.
	Problem string
	// OpenAddress says that the address is to be seen.
	OpenAddress bool
}

// Typed is one field of a form with what was typed into it.
type Typed struct {
	Name, Label, Help, Example, Value string
	// Error says what is wrong with it, OK that it looks right.
	Error string
	OK    string
	// Check is where a typed value is looked at, "" for nowhere.
	Check string
}

// describedBy names the lines that belong to a field.
func (i Typed) describedBy() string { return i.Name + "-h " + i.Name + "-c" }

// Permission is one thing that an account is to allow, in words and by its name.
type Permission struct {
	// Words says it: "Read contacts". Name is the system's own name for it. Reason says why it is needed.
	Words, Name, Reason string
	Icon                string
}

func (c Connect) title() string {
	if c.Again != "" {
		return "Connect " + c.Again + " again"
	}
	return "Connect " + c.System.Name
}

// goButton says where the button of the consent leads.
func (c Connect) goButton() string { return "Continue to " + c.System.Name }

func (c Connect) askedTitle() string {
	if c.ByConsent {
		return "What Couplet will ask for"
	}
	return "What the key must allow"
}

func (c Connect) askedLine() string {
	return Count(len(c.Asked), "permission, with its reason", "permissions, each with its reason")
}

// queryOf lists the names and values in the query of an address, in order.
func queryOf(address string) (list []Choice) {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	q := u.Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[name] {
			list = append(list, Choice{ID: name, Name: value})
		}
	}
	return list
}
