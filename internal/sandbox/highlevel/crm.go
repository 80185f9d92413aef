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

	AccessLife          time.Duration // of an OAuth access token; 86399 s when zero (section 3.3)
	RedirectURIs        []string      // registered for the app; none accepts any https or loopback address
	DropState           bool          // the consent page does not send state back (section 3.1 [U])
	OldAccessLives      bool          // a refresh leaves the old access token alive (section 3.3 says that the old pair dies)
	NoLocationRefresh   bool          // an exchanged location token comes without a refresh token (section 3.4)
	NoClientCredentials bool          // the grant that no page describes is refused (section 3.2 [U])

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

// CRM is the account of one location of a pretend HighLevel. What New returns is the
// seeded location's, and also serves and saves the whole company (agency.go).
type CRM struct {
	o      Options
	agency *agency
	ids    *kit.IDs
	routes *router

	mu       sync.Mutex
	location Location
	contacts map[string]*Contact
	emails   lookup // lower-cased e-mail → contact ids
	phones   lookup // E.164 → contact ids
	index    *index
	tags     []*Tag
	tagNames map[string]*Tag
	fields   []*CustomField
	dropped  map[string]*CustomField // fields that were deleted, by id
	users    []*User
	tasks    taskShelf
	notes    map[string][]*Note // by contact, oldest first

	businesses []*Business          // oldest first
	kept       map[string][]*record // by the name of their family, oldest first

	taskIndex *taskIndex
	taskCalls int // how often TaskCreate was told
}

// New makes an empty company with a location, one user and a private integration
// token, and two further locations, which stay as empty as they are.
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
	a := newAgency(o)
	c := &CRM{o: o, agency: a, ids: kit.NewIDs(o.Seed)}
	c.empty()
	appID := c.ids.Hex(24)
	a.app = App{ClientID: appID + "-" + c.ids.AlphaNum(8), ClientSecret: c.ids.UUID(), VersionID: appID}
	a.key = ed25519.NewKeyFromSeed([]byte(c.ids.Hex(ed25519.SeedSize)))
	c.location = newLocation(c.ids, !o.AllowDuplicates)
	c.furnish()
	a.companyID, a.locations = c.location.CompanyID, []*CRM{c}
	c.Issue(Token{Value: "pit-" + c.ids.UUID(), Kind: PIT, Class: LocationClass, Scopes: AllScopes()})
	a.personID = c.addUser(map[string]any{"firstName": "Olivia", "lastName": "Owner", "email": "olivia.owner@example.com"}).ID
	for i, place := range otherLocations {
		a.open(place, kit.NewIDs(o.Seed+int64(i)+0x10ca))
	}
	c.routes = newRouter(c)
	return c
}

// open adds an empty location to the company.
func (a *agency) open(place Location, ids *kit.IDs) {
	c := &CRM{o: a.o, agency: a, ids: ids}
	c.empty()
	c.location = place
	c.location.ID, c.location.CompanyID = ids.AlphaNum(20), a.companyID
	c.furnish()
	c.location.Settings.AllowDuplicateContact = a.o.AllowDuplicates
	c.addUser(map[string]any{"firstName": place.FirstName, "lastName": place.LastName, "email": place.Email})
	a.locations = append(a.locations, c)
}

// empty throws all records away.
func (c *CRM) empty() {
	c.contacts, c.emails, c.phones = map[string]*Contact{}, lookup{}, lookup{}
	c.index = newIndex(c.o.SearchLag)
	c.tags, c.tagNames, c.fields, c.users, c.businesses = nil, map[string]*Tag{}, nil, nil, nil
	c.dropped = map[string]*CustomField{}
	c.tasks, c.taskIndex, c.notes, c.taskCalls = newTaskShelf(), newTaskIndex(c.o.SearchLag), map[string][]*Note{}, 0
}

// Handler serves the API, with latency, faults and counters around it.
func (c *CRM) Handler() http.Handler {
	return kit.Wrap(c.routes, kit.Options{
		Clock: c.o.Clock, Faults: c.o.Faults, Counters: c.o.Counters, Latency: c.o.Latency, Route: c.routes.pattern,
		System: "highlevel", Page: c.routes.isPage,
	})
}

// LocationID is the location's id.
func (c *CRM) LocationID() string { return c.location.ID }

// Close stops the webhooks.
func (c *CRM) Close() { c.agency.hooks.Close() }

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
