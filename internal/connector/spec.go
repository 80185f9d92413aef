package connector

import (
	"slices"
	"strings"
	"time"
)

// Spec is what is regular about a system, as data. It is read from a file beside the code of the system (spec.json,
// see [Load]) and drives the [Client], the forms, the pages and the checks. Nothing in it is a secret.
type Spec struct {
	// ID is the word in addresses and flow files, Name is what people read.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Mark is the drawing and the colour that stand for the system on pages: "hl" (square) or "uc" (circle).
	Mark string `json:"mark"`
	// Base is the address of the API, with {params} in it and without a slash at the end.
	Base string `json:"base"`
	// Params name the account.
	Params      []Param      `json:"params"`
	Auth        Auth         `json:"auth"`
	Credentials []Credential `json:"credentials"`
	// OAuth is set for systems that offer it.
	OAuth *OAuth `json:"oauth,omitempty"`
	// Headers are sent with every call.
	Headers map[string]string `json:"headers"`
	Limits  Limits            `json:"limits"`
	// Errors are tried from the top; the first rule that fits decides.
	Errors  []ErrorRule `json:"errors"`
	Scopes  []Scope     `json:"scopes,omitempty"`
	Objects []Object    `json:"objects"`
	Hooks   HookSpec    `json:"hooks"`
	// Settings are choices about an account that its API leaves open, such as which kind of activity stands for a task.
	Settings []Setting `json:"settings,omitempty"`
}

// Setting is one choice about an account, kept with the connection and given to the connector in Account.Settings.
type Setting struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Help  string `json:"help"`
	// Object is the object that it matters for, "" for all. Default holds when nobody chose.
	Object  string `json:"object,omitempty"`
	Default string `json:"default,omitempty"`
	// Options are the values to choose from; Pattern is what a free value must match as a whole. One of them is set. Looks
	// describes a free value in words, after "must be".
	Options []string `json:"options,omitempty"`
	Pattern string   `json:"pattern,omitempty"`
	Looks   string   `json:"looks,omitempty"`
}

// Param is one word or number that names an account, as a form asks for it.
type Param struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Help  string `json:"help"`
	// Pattern is the regular expression that a value must match as a whole.
	Pattern string `json:"pattern"`
	Example string `json:"example"`
}

// Matches reports whether a value has the right form.
func (p Param) Matches(value string) bool {
	re, err := whole(p.Pattern)
	return err == nil && re.MatchString(value)
}

// Auth says how the credential travels: "Header: Scheme credential".
type Auth struct {
	Header string `json:"header"`
	Scheme string `json:"scheme"`
}

// Credential is one kind of key, with what tells it from keys of other systems.
type Credential struct {
	// Kind is "token" (pasted by a person) or "oauth" (got by consent).
	Kind  string `json:"kind"`
	Label string `json:"label"`
	Help  string `json:"help"`
	// Steps lead a person to the place where the key is made.
	Steps []string `json:"steps,omitempty"`
	// Looks describes the key in words; Pattern is the regular expression that the whole key matches.
	Looks   string `json:"looks"`
	Pattern string `json:"pattern"`
}

// OAuth is the authorization code flow of a system that offers one.
type OAuth struct {
	// AuthorizeURL and TokenURL may be empty when Undocumented: whoever runs Couplet then has to give them.
	AuthorizeURL string `json:"authorize_url,omitempty"`
	TokenURL     string `json:"token_url,omitempty"`
	// Undocumented: the vendor publishes no consent for its API. It is off unless it is set up, and never claimed.
	Undocumented bool `json:"undocumented,omitempty"`
	// AuthorizeParams are sent with the browser, TokenParams with every exchange and refresh.
	AuthorizeParams map[string]string `json:"authorize_params,omitempty"`
	TokenParams     map[string]string `json:"token_params,omitempty"`
	// PKCE says that the system takes a proof key (S256).
	PKCE bool `json:"pkce,omitempty"`
	// Account maps the params of the account to the keys of the token answer.
	Account map[string]string `json:"account,omitempty"`
	// Expect are keys of the token answer that must have these values.
	Expect map[string]string `json:"expect,omitempty"`
	// Agency is set where a person may connect many accounts at once.
	Agency *AgencySpec `json:"agency,omitempty"`
	// Rotates says that a refresh token works once. Grace is for how long the same refresh may be repeated all the same.
	Rotates bool     `json:"rotates,omitempty"`
	Grace   Duration `json:"grace,omitempty"`
	// RefreshAhead is how long before its end a token is renewed.
	RefreshAhead Duration `json:"refresh_ahead"`
	// AppID is a regular expression whose match in a client id is the id of the app in the system's calls.
	AppID string `json:"app_id,omitempty"`
	// Removed and Installed tell a person that the app was removed from the account, or installed there (again).
	Removed   string `json:"removed,omitempty"`
	Installed string `json:"installed,omitempty"`
	// Help says how an app is registered, Steps lead there. Redirects says which redirect addresses the system refuses, ""
	// when it refuses none that is known.
	Help      string   `json:"help"`
	Steps     []string `json:"steps,omitempty"`
	Redirects string   `json:"redirects,omitempty"`
}

// AgencySpec is how a token answer looks that is for all accounts of an agency.
type AgencySpec struct {
	// Expect are keys of the token answer that have these values; ID is the key that holds the agency's id.
	Expect map[string]string `json:"expect"`
	ID     string            `json:"id"`
	// TokenParams are sent with its refreshes.
	TokenParams map[string]string `json:"token_params,omitempty"`
	// One and Many are the vendor's words for an account of an agency.
	One  string `json:"one"`
	Many string `json:"many"`
}

// Limits is the vendor's published allowance and the part of it that is used.
type Limits struct {
	// Max calls may start within Window; Share (0 to 1) of them is what we start.
	Max    int      `json:"max"`
	Window Duration `json:"window"`
	Share  float64  `json:"share"`
	// Daily is the allowance of a day, 0 = none published.
	Daily   int         `json:"daily,omitempty"`
	Headers RateHeaders `json:"headers,omitzero"`
}

// RateHeaders are the names of the headers in which answers tell the state of the allowance.
type RateHeaders struct {
	Max            string `json:"max,omitempty"`
	Remaining      string `json:"remaining,omitempty"`
	WindowMillis   string `json:"window_millis,omitempty"`
	DailyMax       string `json:"daily_max,omitempty"`
	DailyRemaining string `json:"daily_remaining,omitempty"`
	DailyReset     string `json:"daily_reset,omitempty"`
}

// Scope is a permission that a credential can have, and what for.
type Scope struct {
	Name string `json:"name"`
	// Why continues the sentence "Couplet needs it to …".
	Why string `json:"why"`
	// For says which needs of flows ask for it. One without any is asked for by its name alone; see [Using].
	For []Need `json:"for,omitempty"`
	// Objects are the objects for which they ask for it; none = all.
	Objects []string `json:"objects,omitempty"`
}

// Need is something that flows want to do with an account. Scopes are asked for only as far as there is a need.
type Need string

// The needs. ToRead is there always, the others when a flow writes to the side, when it may have to make custom fields
// there, when the system is to tell of changes, and when a whole agency is connected.
const (
	ToRead       Need = "read"
	ToWrite      Need = "write"
	ToMakeFields Need = "make_fields"
	ToHear       Need = "webhooks"
	ToInstall    Need = "agency"
)

// Needs are all needs.
var Needs = []Need{ToRead, ToWrite, ToMakeFields, ToHear, ToInstall}

// about stands before the name of an object in a need.
const about = "object "

// Of is the need that says which object the others are about.
func Of(object string) Need { return Need(about + object) }

// named stands before the name of a scope in a need.
const named = "scope "

// Using is the need of one scope by its name, of an operation of the catalog for example.
func Using(scope string) Need { return Need(named + scope) }

// ScopesFor lists the scopes that the needs ask for, in the order of the spec. Needs that do not say which object they are
// about (see [Of]) are about the first one that hangs on nothing: contacts. Scopes that the spec does not know come last, by their names alone.
func (s *Spec) ScopesFor(needs ...Need) []Scope {
	objects := map[string]bool{}
	var byName []string
	for _, n := range needs {
		if scope, ok := strings.CutPrefix(string(n), named); ok && !slices.Contains(byName, scope) {
			byName = append(byName, scope)
		}
		if object, ok := strings.CutPrefix(string(n), about); ok {
			objects[object] = true
		}
	}
	if len(objects) == 0 {
		if i := slices.IndexFunc(s.Objects, func(o Object) bool { return o.Parent == "" }); i >= 0 {
			objects[s.Objects[i].Name] = true
		}
	}
	var out []Scope
	for _, scope := range s.Scopes {
		asked := slices.ContainsFunc(scope.For, func(n Need) bool { return slices.Contains(needs, n) })
		if i := slices.Index(byName, scope.Name); i >= 0 {
			out = append(out, scope)
			byName = slices.Delete(byName, i, i+1)
		} else if asked && (len(scope.Objects) == 0 || slices.ContainsFunc(scope.Objects, func(o string) bool { return objects[o] })) {
			out = append(out, scope)
		}
	}
	return append(out, s.ScopesNamed(byName...)...)
}

// ScopesNamed gives each name its entry of the spec, and a bare one to a name that the spec does not know.
func (s *Spec) ScopesNamed(names ...string) []Scope {
	var out []Scope
	for _, name := range names {
		i := slices.IndexFunc(s.Scopes, func(x Scope) bool { return x.Name == name })
		if i < 0 {
			out = append(out, Scope{Name: name})
			continue
		}
		out = append(out, s.Scopes[i])
	}
	return out
}

// Object is one kind of record.
type Object struct {
	// Name is the neutral word (contact); One and Many are the vendor's own words for it.
	Name string `json:"name"`
	One  string `json:"one"`
	Many string `json:"many"`
	// Fields are the standard ones. Describer adds the account's own.
	Fields []Field `json:"fields"`
	// Title names the fields by which people know a record, in the order in which they are said; see TitleOf.
	Title []string `json:"title"`
	// CustomPrefix stands before the id of a custom field in its name, "" where custom fields are named like others.
	CustomPrefix string `json:"custom_prefix,omitempty"`
	// CustomHelp tells how custom fields are named and made.
	CustomHelp string `json:"custom_help,omitempty"`
	// Stamp is the field that holds the reference of the counterpart: a custom one, whose empty Name is given by the account,
	// or one of Fields. Records without a stamp, whose Label is empty, are recognised by Alike.
	Stamp Field `json:"stamp,omitzero"`
	// Sweep: a List of everything yields every id. Changes: a List since a time is answered by the system itself.
	// Ordered: it is answered oldest change first.
	Sweep   bool `json:"sweep"`
	Changes bool `json:"changes"`
	Ordered bool `json:"ordered"`
	// Whole says that the records are few, and that the system answers neither what changed nor a search: all of them are
	// read each time, and one is looked for among all.
	Whole bool `json:"whole,omitempty"`
	// Undated says that a record's own answer has no stamp of its last change, so nobody can tell whether it was touched since.
	Undated bool `json:"undated,omitempty"`
	// Settle is how long a write may stay invisible to List and Find.
	Settle Duration `json:"settle"`
	// Views list the fields that each kind of answer shows, where it shows fewer than all.
	Views map[string][]string `json:"views,omitempty"`
	// Parent is the object whose records own the records of this one: a task hangs on a contact. "" = none. Every Ref
	// of such a record carries its parent's id.
	Parent string `json:"parent,omitempty"`
	// PerParent says that a List has to name the parent: the system has no list over all parents.
	PerParent bool `json:"per_parent,omitempty"`
	// Alike names the fields by which a record that can carry no stamp is recognised among its parent's others, when
	// nobody knows whether its create happened (sync-semantics 5.5, "Children").
	Alike []string `json:"alike,omitempty"`
	// Required names the fields without which the system refuses a create.
	Required []string `json:"required,omitempty"`
	// SetsOff names what in the system may begin by itself when such a record is made, "" where nothing is known.
	SetsOff string `json:"sets_off,omitempty"`
}

// HookSpec says how the system calls us.
type HookSpec struct {
	// Kind is "app" (part of an installed app), "manual" (a person pastes an address) or "none".
	Kind  string   `json:"kind"`
	Help  string   `json:"help"`
	Steps []string `json:"steps,omitempty"`
	// Signature is the header that carries a signature, "" when calls are not signed for certain.
	Signature string `json:"signature,omitempty"`
	// Types are the event names that concern each object.
	Types map[string][]string `json:"types,omitempty"`
}

// Object returns the object of that name.
func (s *Spec) Object(name string) (*Object, bool) {
	i := slices.IndexFunc(s.Objects, func(o Object) bool { return o.Name == name })
	if i < 0 {
		return nil, false
	}
	return &s.Objects[i], true
}

// View returns the names of the fields that an answer of that kind shows; all readable ones unless the spec says
// otherwise.
func (o *Object) View(name string) []string {
	if names, ok := o.Views[name]; ok {
		return names
	}
	var names []string
	for _, f := range o.Fields {
		if f.Read {
			names = append(names, f.Name)
		}
	}
	return names
}

// Recognise returns the kind of credential that a key looks like, and reports false when it looks like none.
func (s *Spec) Recognise(key string) (Credential, bool) {
	key = strings.TrimSpace(key)
	for _, c := range s.Credentials {
		if re, err := whole(c.Pattern); err == nil && re.MatchString(key) {
			return c, true
		}
	}
	return Credential{}, false
}

// CheckKey says what is wrong with a key before any call is made, nil when it looks right. The specs of other
// systems make it able to say whose key was pasted by mistake. The key itself is never repeated.
func (s *Spec) CheckKey(key string, others ...*Spec) error {
	if _, ok := s.Recognise(key); ok {
		return nil
	}
	looks := make([]string, len(s.Credentials))
	for i, c := range s.Credentials {
		looks[i] = c.Looks
	}
	want := s.Name + " keys are " + strings.Join(looks, ", or ") + "."
	for _, other := range others {
		if _, ok := other.Recognise(key); ok && other.ID != s.ID {
			return &Error{Kind: Unauthorized, Message: "This looks like a " + other.Name + " key, not one of " +
				s.Name + ". " + want + " Paste the key that belongs to " + s.Name + "."}
		}
	}
	return &Error{Kind: Unauthorized, Message: "This does not look like a " + s.Name + " key. " + want +
		" Copy the key again and paste all of it."}
}

// Duration is a time.Duration that is written "10s" in JSON.
type Duration time.Duration

// UnmarshalText reads "10s".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes "10s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }
