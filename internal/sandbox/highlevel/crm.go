package highlevel

import (
	"crypto/ed25519"
	"net/http"
	"sync"
	"time"

	"couplet/internal/sandbox/kit"
)

// Options of a pretend HighLevel. The zero value is a fast, faultless one without
// rate limits whose duplicate rule is the real one's default.
type Options struct {
	Clock    *kit.Clock
	Faults   *kit.Faults
	Counters *kit.Counters
	Hooks    *kit.Hooks // sends the webhooks; made from Clock and Faults when nil

	Rate      kit.Limit     // burst limit per client and location; RealRate is the vendor's (section 10)
	Daily     kit.Limit     // day limit per client and location; RealDaily is the vendor's
	Latency   time.Duration // added to every answer
	SearchLag time.Duration // how far the search index is behind (section 1.7)

	WebhookURL string // where webhooks go; empty sends none
	Seed       int64  // of ids, tokens and the signing key

	AllowDuplicates   bool // location setting "Allow Duplicate Contact" (section 4.4)
	DuplicateOnUpdate bool // whether PUT refuses duplicates as create does [U]
	AllowCompanyPut   bool // whether PUT takes companyName (section 4.2 [U])
	Unsigned          bool // webhooks carry "N/A" for a signature (section 11.2)
	SearchNames       bool // whether search rows also have firstName and lastName (section 4.6)
}

// The vendor's limits per app and location (section 10 [D]).
var (
	RealRate  = kit.Limit{Max: 100, Window: 10 * time.Second}
	RealDaily = kit.Limit{Max: 200_000, Window: 24 * time.Hour}
)

// CRM is one pretend HighLevel with one company and one location.
type CRM struct {
	o      Options
	ids    *kit.IDs
	burst  *kit.Limiter
	daily  *kit.Limiter
	hooks  *kit.Hooks
	routes *router

	mu       sync.Mutex
	key      ed25519.PrivateKey
	location Location
	app      App
	tokens   map[string]*Token
	contacts map[string]*Contact
	emails   lookup // lower-cased e-mail → contact ids
	phones   lookup // E.164 → contact ids
	index    *index
	tags     []*Tag
	tagNames map[string]*Tag
	fields   []*CustomField
	users    []*User
	tasks    taskShelf
	notes    map[string][]*Note // by contact, oldest first
}

// App is the marketplace app through which the sandbox is called (section 3.1).
type App struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	VersionID    string `json:"version_id"`
}

// New makes an empty CRM with a location, one user and a private integration token.
func New(o Options) *CRM {
	if o.Clock == nil {
		o.Clock = kit.NewClock()
	}
	if o.Faults == nil {
		o.Faults = kit.NewFaults(o.Seed)
	}
	if o.Hooks == nil {
		o.Hooks = kit.NewHooks(o.Clock, o.Faults, HookPolicy)
	}
	c := &CRM{
		o: o, ids: kit.NewIDs(o.Seed), hooks: o.Hooks,
		burst: kit.NewLimiter(o.Clock, o.Rate), daily: kit.NewLimiter(o.Clock, o.Daily),
		tokens: map[string]*Token{},
	}
	c.empty()
	appID := c.ids.Hex(24)
	c.app = App{ClientID: appID + "-" + c.ids.AlphaNum(8), ClientSecret: c.ids.UUID(), VersionID: appID}
	c.key = ed25519.NewKeyFromSeed([]byte(c.ids.Hex(ed25519.SeedSize)))
	c.location = newLocation(c.ids, !o.AllowDuplicates)
	c.Issue(Token{Value: "pit-" + c.ids.UUID(), Kind: PIT, Class: LocationClass, Scopes: AllScopes()})
	c.addUser(map[string]any{"firstName": "Olivia", "lastName": "Owner", "email": "olivia.owner@example.com"})
	c.routes = newRouter(c)
	return c
}

// empty throws all records away.
func (c *CRM) empty() {
	c.contacts, c.emails, c.phones = map[string]*Contact{}, lookup{}, lookup{}
	c.index = newIndex(c.o.SearchLag)
	c.tags, c.tagNames, c.fields, c.users = nil, map[string]*Tag{}, nil, nil
	c.tasks, c.notes = newTaskShelf(), map[string][]*Note{}
}

// Handler serves the API, with latency, faults and counters around it.
func (c *CRM) Handler() http.Handler {
	return kit.Wrap(c.routes, kit.Options{
		Clock: c.o.Clock, Faults: c.o.Faults, Counters: c.o.Counters, Latency: c.o.Latency, Route: c.routes.pattern,
	})
}

// LocationID is the one location's id.
func (c *CRM) LocationID() string { return c.location.ID }

// App returns the client credentials of the marketplace app.
func (c *CRM) App() App { return c.app }

// Close stops the webhooks.
func (c *CRM) Close() { c.hooks.Close() }

func (c *CRM) now() time.Time { return c.o.Clock.Now() }

// lookup finds contact ids by a key. Most keys have one id.
type lookup map[string][]string

func (l lookup) add(key, id string) {
	if key != "" {
		l[key] = append(l[key], id)
	}
}

func (l lookup) drop(key, id string) {
	ids := l[key]
	for i := range ids {
		if ids[i] == id {
			if len(ids) == 1 {
				delete(l, key)
			} else {
				l[key] = append(ids[:i:i], ids[i+1:]...)
			}
			return
		}
	}
}
