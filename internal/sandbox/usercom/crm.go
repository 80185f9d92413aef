package usercom

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"couplet/internal/sandbox/kit"
)

// Options says what the pretend workspace is made of. The switches stand for
// behaviour of the real service that the fact sheet could not confirm; their
// zero values are its best guesses.
type Options struct {
	Clock     *kit.Clock
	Faults    *kit.Faults
	Counters  *kit.Counters
	Limit     kit.Limit     // calls of the whole workspace; real: 10 in a second (section 5)
	Latency   time.Duration // added before every answer
	SearchLag time.Duration // how far lists and searches are behind; not measured of the real one
	Seed      int64

	Token     string // 64 characters (section 1); made up when empty
	Subdomain string // the workspace's name

	// The OAuth that the real service has not documented (oauth.go); an empty
	// ClientID is a workspace without it.
	ClientID, ClientSecret string
	RedirectURIs           []string      // registered for the app; none accepts any https or loopback address
	AccessLife             time.Duration // of an OAuth access token; an hour when zero

	HookURL string     // an address for two automations: new user, changed user (section 12); empty: none
	Hooks   *kit.Hooks // the sender; give it one attempt, as no retries are known

	EchoNames                bool // contacts also answer first_name and last_name (section 13, point 8)
	ActivitiesDocumentedOnly bool // no list, get and delete of activities: 405 (section 13, point 9)
	ActivitySampleNames      bool // dialect 2 activities answer datetime, person, deal, company (section 8)
	ActivityNameOnUpdate     bool // the table of section 8 marks name mandatory on update too
	UnknownAttribute400      bool // an unknown key of a contact is refused instead of ignored (section 13, point 11)
	ExpiredCursor404         bool // a cursor whose row is gone answers 404 (section 4)
	MockNotes                bool // serve /notes/, which does NOT exist in life (section 9)
	Bearer                   bool // also take keys after the word Bearer, not only OAuth's tokens
	DropState                bool // the consent page does not send state back

	HookSignature   bool // send X-User-Com-Signature (section 12, UNVERIFIED)
	HookWithoutUser bool // the automation leaves out user info (section 12)
	HookForm        bool // urlencoded instead of JSON (section 12)
}

// CRM is one pretend workspace. Its methods may be called at once from anywhere.
type CRM struct {
	opts    Options
	limiter *kit.Limiter
	ids     *kit.IDs
	pages   *pages
	grants  *kit.Grants // has a lock of its own, which is never taken inside mu

	mu          sync.RWMutex
	tokens      map[string]Token
	redirects   []string
	automations []Automation
	users       table[contact]
	attributes  table[attribute]
	tags        table[tag]
	lists       table[list]
	companies   table[company]
	activities  table[activity]
	notes       table[note]
	agents      table[agent]
	things      map[string]*table[thing] // by their sort

	oldUsers      behind[contact]
	oldCompanies  behind[company]
	oldActivities behind[activity]

	dropped map[int64]droppedAttribute // attributes that were deleted

	lastStamp int64            // microseconds; every stamp is later than the one before
	recent    recent           // contacts by time of change
	byEmail   index            // contacts
	byPhone   index            // contacts
	byKey     index            // contacts
	byCustom  map[string]int64 // contacts
	tagNames  map[string]int64
	coNames   index            // companies
	coCustom  map[string]int64 // companies
	kinds     map[string][]*attribute
	calls     []hookCall // automation calls of the write in progress
}

// New returns an empty workspace. Ids of different resources start at different
// numbers, so that an id used for the wrong resource is not found.
func New(o Options) *CRM {
	if o.Clock == nil {
		o.Clock = kit.NewClock()
	}
	if o.Faults == nil {
		o.Faults = kit.NewFaults(o.Seed)
	}
	if o.AccessLife <= 0 {
		o.AccessLife = accessLife
	}
	c := &CRM{
		opts: o, limiter: kit.NewLimiter(o.Clock, o.Limit), ids: kit.NewIDs(o.Seed), redirects: slices.Clone(o.RedirectURIs),
		grants: kit.NewGrants(o.Clock, kit.GrantLife{Code: codeLife, Refresh: refreshLife, Grace: grace}),
	}
	c.tokens, c.dropped = map[string]Token{}, map[int64]droppedAttribute{}
	if c.opts.Token == "" {
		c.opts.Token = c.ids.AlphaNum(64)
	}
	c.tokens[c.opts.Token] = Token{Value: c.opts.Token, Scope: ScopeBoth}
	c.users.next, c.attributes.next, c.tags.next = 1000, 2400, 40
	c.lists.next, c.companies.next, c.activities.next, c.agents.next = 300, 500, 70000, 925
	c.reindex()
	c.furnish()
	c.fromOptions()
	c.pages = newPages(c)
	return c
}

// Token is the key the workspace was made with (section 1).
func (c *CRM) Token() string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.opts.Token
}

// Subdomain is the workspace's name (section 1).
func (c *CRM) Subdomain() string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.opts.Subdomain
}

// Handler serves /api/public/… and /oauth/token with the faults, latency and
// counters of Options around them.
func (c *CRM) Handler() http.Handler {
	return kit.Wrap(http.HandlerFunc(c.serve), kit.Options{
		Clock: c.opts.Clock, Faults: c.opts.Faults, Counters: c.opts.Counters, System: "usercom", Page: func(r *http.Request) bool { return c.pages.Path(r) != "" },
		Latency: c.opts.Latency, Route: c.route,
	})
}

// route is what a request is counted under.
func (c *CRM) route(r *http.Request) string {
	if page := c.pages.Path(r); page != "" {
		return page
	}
	return routeOf(r).pattern
}

// now is a time in unix microseconds that was never given out before, so that
// updated_at moves on every write (section 6.2).
func (c *CRM) now() int64 {
	c.lastStamp = max(c.lastStamp+1, c.opts.Clock.Now().UnixMicro())
	return c.lastStamp
}
